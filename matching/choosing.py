"""Mentees who choose for themselves: who may, whom they may ask, and what they read of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median

from django.db.models import Count

from matching import tables
from matching.models import AvailabilityAnswer, Breather, Introduction, Offer, OfferState, Pairing, PairPurpose, Policy
from matching.scoring import PolicyError
from profiles import languages
from programs.models import Membership, Program, ProgramState, Role
from programs.said import in_words
from questions.models import QuestionKind, Readers
from questions.values import of_sheets

ANSWERED = (OfferState.MADE, OfferState.DECLINED)
# How many answers tell how quick somebody is, and how far back they count.
ANSWERS_THAT_TELL = 3
TELLING_DAYS = timedelta(days=365)
# So many requests in a row without an answer, and we ask whether to pause.
LAPSES_IN_A_ROW = 2
# Choices with more answers than this are no filter.
MOST_OPTIONS = 40


@dataclass
class Candidate:
    """A mentor as a mentee who looks for one sees them: never who else asked, never a score."""

    mentor: Membership
    free: int
    # Why the two would suit, from answers both may see.
    pair_words: list[str]
    # As (question, answer), of those meant for the other side.
    answers: list[tuple[str, str]] = field(default_factory=list)
    # Within how many days they usually answer; None where too little is known.
    days: int | None = None
    # Whether a request would reach them today; else it waits on the mentee's list.
    reachable: bool = True

    @property
    def languages(self) -> list[str]:
        return [languages.name(code) for code in self.mentor.user.languages]


def can_choose(mentee: Membership) -> bool:
    """A mentee without a mentor for everything, and asked about none, in an open program that lets them choose."""
    return (
        mentee.role == Role.MENTEE
        and mentee.program.mentees_choose
        and mentee.program.state == ProgramState.OPEN
        and mentee.state in tables.MATCHABLE
        and bool(purposes_left(mentee))
        and not Introduction.objects.open().told().filter(mentee=mentee).exists()
    )


def purposes_left(mentee: Membership) -> list[PairPurpose | None]:
    """What a mentee has no mentor for, in the program's order; [None] where its pairs are for nothing in particular."""
    purposes = list(PairPurpose.objects.of(mentee.program))
    pairs = Pairing.objects.of_mentee(mentee)
    if not purposes:
        return [] if pairs.exists() else [None]
    has = set(pairs.values_list("purpose", flat=True))
    return [purpose for purpose in purposes if purpose.pk not in has]


def purpose_asked(asked, purposes: list) -> PairPurpose | None:
    """What somebody is looked for for: as named in the address, else the first of these."""
    named = asked.get("for", "")
    return next((one for one in purposes if one is not None and str(one.public_id) == named), purposes[0])


def mentors_to_ask(program: Program):
    """Mentors who may be asked: not those who said that they take nobody, this time or any more."""
    no = [AvailabilityAnswer.NOT_NOW, AvailabilityAnswer.NO_MORE]
    return tables.mentors_at_hand(program).exclude(availability__answer__in=no)


def candidates(mentee: Membership, now, purpose: PairPurpose | None = None) -> list[Candidate]:
    """Every mentor with a free place whom the program's rules allow this mentee, the one who suits best first."""
    program = mentee.program
    policy = Policy.objects.of(program).first()
    me = Membership.objects.of(program).filter(pk=mentee.pk)
    try:
        rules = policy.rules if policy else {"rules": []}
        mentors = mentors_to_ask(program)
        read = tables.read(program, rules, now=now, mentees=me, mentors=mentors, purpose=purpose, by_people=True)
    except PolicyError:
        return []
    fit = [j for j in range(len(read.mentors)) if read.free[j] and read.score(0, j) >= 0]
    fit.sort(key=lambda j: (-read.score(0, j), str(read.mentors[j].user), read.mentors[j].pk))
    mentors = [read.mentors[j] for j in fit]
    days, room = answering_days(mentors, now), room_of(program, {read.mentors[j].pk: read.free[j] for j in fit})
    said = answers_for_other_side(program, mentors)
    return [
        Candidate(
            mentor=read.mentors[j],
            free=read.free[j],
            pair_words=read.pair_words(0, j),
            answers=said[read.mentors[j].pk],
            days=days.get(read.mentors[j].pk),
            reachable=room[read.mentors[j].pk] > 0,
        )
        for j in fit
    ]


def answers_for_other_side(program: Program, members: list[Membership]) -> dict[int, list[tuple[str, str]]]:
    """By member, the answers meant for their mentor or mentee, in the order of the form."""
    asked = {
        key: question
        for (side, key), question in tables.asked_in(program).questions.items()
        if members and side == members[0].role and key not in tables.OWN and question.readers == Readers.OTHER_SIDE
    }
    said = of_sheets(member.sheet_id for member in members)
    return {
        member.pk: [
            (question.text, in_words(value))
            for key, question in asked.items()
            if (value := said.get(member.sheet_id, {}).get(key)) not in (None, "", [])
        ]
        for member in members
    }


def filters_of(program: Program) -> list:
    """The questions to mentors with few answers to choose from, meant for mentees."""
    questions = tables.asked_in(program).questions.items()
    kinds = (QuestionKind.CHOICE, QuestionKind.SCALE, QuestionKind.SEVERAL)
    return [
        question
        for (side, key), question in questions
        if side == Role.MENTOR
        and question.kind in kinds
        and question.readers == Readers.OTHER_SIDE
        and 0 < len(question.options) <= MOST_OPTIONS
    ]


def room_of(program: Program, free: dict[int, int]) -> dict[int, int]:
    """By mentor, how many more may ask them at once, so that nobody is asked by everybody; 0 while they pause."""
    beyond = program.figure("requests_of_mentor")
    waiting = dict(
        Offer.objects.open().filter(mentor__in=free).order_by().values_list("mentor").annotate(n=Count("pk"))
    )
    pausing = set(Breather.objects.filter(mentor__in=free, ended_at=None).values_list("mentor", flat=True))
    return {
        pk: 0 if pk in pausing or not places else max(0, places + beyond - waiting.get(pk, 0))
        for pk, places in free.items()
    }


def answering_days(mentors: list[Membership], now) -> dict[int, int]:
    """By mentor, within how many days they usually answer; those who have answered too few are left out."""
    rows = Offer.objects.filter(mentor__in=mentors, state__in=ANSWERED, closed_at__gt=now - TELLING_DAYS)
    took: dict[int, list[timedelta]] = {}
    for mentor, asked_at, closed_at in rows.values_list("mentor", "asked_at", "closed_at"):
        took.setdefault(mentor, []).append(closed_at - asked_at)
    known = {pk: median(spans) for pk, spans in took.items() if len(spans) >= ANSWERS_THAT_TELL}
    return {pk: max(1, round(span / timedelta(days=1))) for pk, span in known.items()}


def answer_by(program: Program, now) -> date:
    """The last day on which whoever is asked now may answer."""
    return program.today(now) + timedelta(days=program.figure("request_days"))


def asks_too_much(mentor: Membership) -> bool:
    """Whether the last requests this mentor got, since they last said that they go on, all lapsed."""
    answered = Offer.objects.filter(mentor=mentor, state__in=[*ANSWERED, OfferState.LAPSED])
    said = Breather.objects.filter(mentor=mentor, ended_at__isnull=False).order_by("-ended_at").first()
    if said:
        answered = answered.filter(closed_at__gt=said.ended_at)
    last = list(answered.order_by("-closed_at", "-pk").values_list("state", flat=True)[:LAPSES_IN_A_ROW])
    return last == [OfferState.LAPSED] * LAPSES_IN_A_ROW
