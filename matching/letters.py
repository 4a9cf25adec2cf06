"""The emails of matching: to whom, which text, which key."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import formataddr
from types import SimpleNamespace

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching import circles
from matching.circles import Together
from matching.models import Pairing, PairingState
from outbox import kinds, letters, texts
from outbox.kinds import Kind
from outbox.models import Letter, LetterState
from profiles import civil
from programs import answering
from programs.models import Membership, MembershipState, Program, ProgramState, Role
from programs.permissions import may_write_to


def day(value: date) -> str:
    """A date as people say it."""
    return date_format(value, "l j F Y")


def one_line(text) -> str:
    return " ".join(str(text).split())


def clock_words(mine: str, theirs: str, now: datetime) -> str:
    """How far the other's clock is from mine, where it is; "" where it is not."""
    noon = civil.moment(civil.day_of(now, civil.zone(mine)), datetime.min.time().replace(hour=12), civil.zone(mine))
    there = noon.astimezone(civil.zone(theirs))
    if there.utcoffset() == noon.astimezone(civil.zone(mine)).utcoffset():
        return ""
    words = {"time": date_format(there, "H:i"), "zone": theirs.replace("_", " ")}
    return _("When it is 12:00 where you are, it is %(time)s there (%(zone)s).") % words


class Desk:
    """Who answers for a program, and what all its emails have in common."""

    def __init__(self, program: Program, now: datetime):
        self.program = program
        self.now = now

    @cached_property
    def first_contact_by(self) -> date:
        return self.program.today(self.now) + timedelta(days=self.program.figure("first_contact_days"))

    @cached_property
    def answering(self) -> answering.Answering:
        return answering.of_programs([self.program], self.now)[self.program.pk]

    @cached_property
    def own_words(self) -> dict:
        """The program's own texts, read once for all emails."""
        return texts.own_words(self.program.slug)

    def write(self, kind: str, member: Membership, *, key: str, context: dict, about: dict, with_people=(), **times):
        """An unsaved email of this program to one of its members; `times` are `due` and `cut_off`."""
        people = [member.user, *with_people]
        contact = self.answering.coordinator(member.role, {person.pk for person in people})
        return letters.write(
            kind,
            member.user,
            key=key,
            topic=self.program.slug,
            now=self.now,
            reply_to=formataddr((str(contact), contact.email)) if contact else "",
            own_words=self.own_words,
            about={**about, "people": [str(person.public_id) for person in people]},
            context={
                "program": self.program,
                "evaluation": self.program.evaluation_for(member.role),
                "helper": contact,
                **context,
            },
            **times,
        )


@dataclass(frozen=True)
class Partner:
    """The other one of a pair, as an email tells of them."""

    name: str
    pronouns: str
    address: str
    clock: str
    why: list[str]


def partner(pairing: Pairing, me, other, now) -> Partner:
    """What somebody is told of their mentor or mentee: only what both may see."""
    return Partner(
        name=one_line(other),
        pronouns=one_line(other.pronouns),
        address=(other.email or "") if pairing.program.show_addresses else "",
        clock=clock_words(me.time_zone, other.time_zone, now),
        why=[one_line(words) for words in pairing.pair_words],
    )


def to_mentee(desk: Desk, pairing: Pairing, key: str, before: Pairing | None = None, circle: Together | None = None):
    """You have a mentor; `before` is the pair that ends for it, `circle` the one they will be in."""
    mentor, mentee = pairing.mentor.user, pairing.mentee.user
    return desk.write(
        "matching.matched_mentee",
        pairing.mentee,
        key=key,
        with_people=[mentor],
        about={"pairings": [str(pairing.public_id)]},
        context={
            "mentor": partner(pairing, mentee, mentor, desk.now),
            "before": one_line(before.mentor.user) if before else "",
            "circle": one_line(circle.in_words(pairing.mentor, pairing.mentee)) if circle else "",
            "rhythm": pairing.rhythm_words,
            "first_contact_by": day(desk.first_contact_by),
        },
    )


def to_mentor(desk: Desk, pairings: list[Pairing], key: str, circle: Together | None = None):
    """One email to a mentor for all their new mentees; `circle` is the one these will be in."""
    mentor = pairings[0].mentor
    return desk.write(
        "matching.matched_mentor",
        mentor,
        key=key,
        with_people=[pairing.mentee.user for pairing in pairings],
        about={"pairings": [str(pairing.public_id) for pairing in pairings]},
        context={
            "mentees": [partner(pairing, mentor.user, pairing.mentee.user, desk.now) for pairing in pairings],
            "circle": circle is not None,
            "circle_with": one_line(circles.names(circle.already)) if circle else "",
            "rhythm": pairings[0].rhythm_words,
            "first_contact_by": day(desk.first_contact_by),
        },
    )


def of_pairs(pairings: list[Pairing], *, now, key: str = "", before: Pairing | None = None) -> list:
    """The emails to both sides of new pairs: one to each mentee, one to each mentor for all of theirs.

    `before` is the pair of the same mentee that ends for a single new one.
    """
    desk = Desk(pairings[0].program, now) if pairings else None
    of_mentor = defaultdict(list)
    for pairing in pairings:
        of_mentor[circles.of(pairing)].append(pairing)
    found = circles.together(pairings)
    return [
        *(
            to_mentee(desk, pairing, key or str(pairing.public_id), before, found.get(circles.of(pairing)))
            for pairing in pairings
        ),
        *(
            to_mentor(desk, theirs, key or str(theirs[0].public_id), found.get(which))
            for which, theirs in of_mentor.items()
        ),
    ]


def of_unmatched(program: Program, mentees: list[tuple[Membership, str]], mentors, *, write_again_on, key, now) -> list:
    """The emails to those whom a round left without anybody; mentees come with the kind of reason."""
    desk = Desk(program, now)
    context = {"write_again_on": day(write_again_on)}
    return [
        *(
            desk.write(
                "matching.unmatched_mentee",
                mentee,
                key=key,
                about={"membership": str(mentee.public_id)},
                context={**context, "reason": kind},
            )
            for mentee, kind in mentees
        ),
        *(
            desk.write(
                "matching.unmatched_mentor",
                mentor,
                key=key,
                about={"membership": str(mentor.public_id)},
                context=context,
            )
            for mentor in mentors
        ),
    ]


def of_ending(pairing: Pairing, *, write_again_on: date | None, now, takes_more: bool = True) -> list:
    """The emails to both sides of a pair that ends; nobody is told why, nor by whose wish."""
    desk = Desk(pairing.program, now)
    return [
        desk.write(
            "matching.pair_ended",
            member,
            key=str(pairing.public_id),
            with_people=[other.user],
            about={"ended": str(pairing.public_id)},
            context={
                "role": member.role,
                "other": one_line(other.user),
                "write_again_on": day(write_again_on) if write_again_on else "",
                "takes_more": takes_more,
            },
        )
        for member, other in ((pairing.mentee, pairing.mentor), (pairing.mentor, pairing.mentee))
    ]


def not_sent_of(pairing: Pairing) -> dict[int, Letter]:
    """By reader, the email that tells of this pair and has not left yet."""
    waiting = Letter.objects.filter(
        recipient__in=[pairing.mentor.user_id, pairing.mentee.user_id],
        kind__in=["matching.matched_mentee", "matching.matched_mentor"],
        topic=pairing.program.slug,
        state__in=[LetterState.WAITING, LetterState.HELD],
    )
    return {
        letter.recipient_id: letter for letter in waiting if str(pairing.public_id) in letter.about.get("pairings", [])
    }


def of_the_rest(letter: Letter, without: Pairing, *, now) -> list[Letter]:
    """The email that takes the place of one to a mentor, where one of several pairs ends before it leaves."""
    rest = Pairing.objects.open().filter(public_id__in=letter.about.get("pairings", [])).exclude(pk=without.pk)
    pairings = list(rest.select_related("program", "mentor__user", "mentee__user").order_by("pk"))
    if not pairings:
        return []
    circle = circles.together(pairings).get(circles.of(pairings[0]))
    instead = to_mentor(Desk(without.program, now), pairings, f"without:{without.public_id}", circle)
    hold(instead, letter.due_at, letter.about.get("publication", ""))
    return [instead]


def hold(letter: Letter, until: datetime, publication: str) -> None:
    """An unsaved email that leaves no sooner than the others of what was published."""
    letter.due_at = max(letter.due_at, until)
    if publication:
        letter.about = {**letter.about, "publication": publication}


def of_publication(publication) -> QuerySet[Letter]:
    """Every email written because of it."""
    return Letter.objects.filter(topic=publication.round.program.slug, about__publication=str(publication.public_id))


def still_looking(member: Membership, *, next_date: date, now):
    """On the date we named: where somebody on the waiting list stands, and when we write next."""
    return Desk(member.program, now).write(
        "matching.still_looking",
        member,
        key=(member.write_again_on or member.program.today(member.since)).isoformat(),
        about={"membership": str(member.public_id)},
        context={
            "role": member.role,
            "again": member.write_again_on is not None,
            "since": day(member.since.astimezone(member.program.zone)),
            "next": day(next_date),
        },
    )


def pairs_stand(letter, now) -> str:
    """Needed while every pair it tells of is open; where one ends, another email tells of the rest."""
    told = letter.about.get("pairings", [])
    found = Pairing.objects.filter(public_id__in=told, state=PairingState.OPEN)
    return "" if told and found.count() == len(told) else _("A pair it tells of has ended.")


def still_waits(letter, now) -> str:
    """Needed while the person is on the waiting list of a program that goes on."""
    member = Membership.objects.filter(public_id=letter.about.get("membership")).select_related("program").first()
    if member is None or member.state != MembershipState.WAITING:
        return _("They are no longer on the waiting list.")
    return _("The program has ended.") if member.program.state == ProgramState.ENDED else ""


def may_leave(letter, now) -> bool:
    """Held until the program is open."""
    return may_write_to(letter.topic)


def sample_partner(**fields) -> Partner:
    why = [_("You have the same profession: Policy.")]
    return Partner(**{"name": "Sam Example", "pronouns": "", "address": "", "clock": "", "why": why, **fields})


def sample(topic: str) -> dict:
    """Made-up people for a preview, in the program's own words."""
    program = Program.objects.filter(Q(slug=topic)).first() or Program(name=_("Example program"))
    some_day = day(date(2027, 3, 1))
    address = "sam@example.org" if program.show_addresses else ""
    return {
        "program": program,
        "evaluation": program.evaluation_for_mentees,
        "helper": SimpleNamespace(name=_("Your coordinator")),
        "mentor": sample_partner(address=address),
        "mentees": [sample_partner(address=address)],
        "rhythm": Pairing(rhythm_days=14).rhythm_words,
        "circle": False,
        "first_contact_by": some_day,
        "write_again_on": some_day,
        "reason": "full",
        "role": Role.MENTEE,
        "other": "Sam Example",
        "again": True,
        "since": day(datetime(2027, 2, 1, tzinfo=UTC)),
        "next": some_day,
    }


KINDS = [
    Kind(
        "matching.matched_mentee",
        gettext_lazy("You have a mentor"),
        "matching/matched_mentee.txt",
        still_needed=pairs_stand,
        may_leave=may_leave,
        to_mentees=True,
        sample=sample,
    ),
    Kind(
        "matching.matched_mentor",
        gettext_lazy("You have new mentees"),
        "matching/matched_mentor.txt",
        still_needed=pairs_stand,
        may_leave=may_leave,
        sample=sample,
    ),
    Kind(
        "matching.unmatched_mentee",
        gettext_lazy("No mentor yet"),
        "matching/unmatched_mentee.txt",
        still_needed=still_waits,
        may_leave=may_leave,
        sample=sample,
    ),
    Kind(
        "matching.unmatched_mentor",
        gettext_lazy("No mentee yet"),
        "matching/unmatched_mentor.txt",
        still_needed=still_waits,
        may_leave=may_leave,
        sample=sample,
    ),
    Kind(
        "matching.pair_ended",
        gettext_lazy("A pair has ended"),
        "matching/pair_ended.txt",
        may_leave=may_leave,
        sample=sample,
    ),
    Kind(
        "matching.still_looking",
        gettext_lazy("Still on the waiting list"),
        "matching/still_looking.txt",
        still_needed=still_waits,
        may_leave=may_leave,
        sample=sample,
    ),
]


def register() -> None:
    """Makes the kinds of this app known to the outbox."""
    for kind in KINDS:
        kinds.register(kind)
