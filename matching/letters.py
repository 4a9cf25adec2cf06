"""The emails of matching: to whom, which text, which key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from types import SimpleNamespace

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching import circles, rhythm
from matching.circles import Together
from matching.letter_desk import Desk, one_line, partner, sample_partner
from matching.models import Pairing, PairingState, PairPurpose, PurposeWait
from outbox import kinds
from outbox.days import day
from outbox.kinds import Kind
from outbox.models import Letter, LetterState
from programs.models import Membership, MembershipState, Program, ProgramState, Role
from programs.permissions import may_write_to
from questions.values import chunks


def purpose_of(pairing: Pairing | None) -> str:
    """What a pair is for, as it stands in a sentence after "for"; "" where that goes without saying."""
    return one_line(pairing.purpose) if pairing is not None and pairing.purpose_id else ""


def others_told(pairing: Pairing) -> list[str]:
    """The other mentors of its mentee, by name, as far as the mentee has heard of them."""
    rows = Pairing.objects.of_mentee(pairing.mentee_id).told().exclude(pk=pairing.pk)
    return [one_line(row.mentor.user) for row in rows.select_related("mentor__user").order_by("began_at", "pk")]


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
            "purpose": purpose_of(pairing),
            "before": one_line(before.mentor.user) if before else "",
            "circle": circle.in_words(pairing.mentor, pairing.mentee) if circle else "",
            "rhythm": rhythm.said(pairing.rhythm_days),
            "first_contact_by": day(desk.first_contact_by),
        },
    )


def to_mentor(
    desk: Desk, pairings: list[Pairing], key: str, circle: Together | None = None, ended: Sequence[Pairing] = ()
):
    """One email to a mentor for all their new mentees; `circle` is the one these will be in.

    `ended` are pairs of theirs that end at the same time.
    """
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
            "circle_with": circles.names(circle.already) if circle else "",
            "purpose": purpose_of(pairings[0]),
            "ended": [one_line(pairing.mentee.user) for pairing in ended],
            "rhythm": rhythm.said(pairings[0].rhythm_days),
            "first_contact_by": day(desk.first_contact_by),
        },
    )


def to_former(desk: Desk, ended: list[Pairing], new: list[Pairing], key: str):
    """One email to a mentor whose mentees have somebody else from now on: it ends well."""
    return desk.write(
        "matching.mentee_moved",
        ended[0].mentor,
        key=key,
        with_people=[pairing.mentee.user for pairing in ended],
        about={"pairings": [str(pairing.public_id) for pairing in new]},
        context={"mentees": [one_line(pairing.mentee.user) for pairing in ended], "purpose": purpose_of(ended[0])},
    )


def of_pairs(pairings: list[Pairing], *, now, key: str = "", instead_of: Mapping[int, Pairing] | None = None) -> list:
    """The emails to both sides of new pairs: one to each mentee, one to each mentor for all of theirs.

    `instead_of` are, by mentee, pairs that end for these. In a round (with a `key`) their mentors hear of it, too.
    """
    desk = Desk(pairings[0].program, now) if pairings else None
    instead_of = instead_of or {}
    of_mentor, ended_of = defaultdict(list), defaultdict(list)
    for pairing in pairings:
        of_mentor[circles.of(pairing)].append(pairing)
        if key and pairing.mentee_id in instead_of:
            before = instead_of[pairing.mentee_id]
            ended_of[circles.of(before)].append((before, pairing))
    found = circles.together(pairings)
    former = {which: zip(*both, strict=True) for which, both in ended_of.items() if which not in of_mentor}
    return [
        *(
            to_mentee(
                desk,
                one,
                key or str(one.public_id),
                instead_of.get(one.mentee_id),
                found.get(circles.of(one)),
            )
            for one in pairings
        ),
        *(to_former(desk, list(ended), list(new), key) for ended, new in former.values()),
        *(
            to_mentor(
                desk,
                theirs,
                key or str(theirs[0].public_id),
                found.get(which),
                [ended for ended, _new in ended_of[which]],
            )
            for which, theirs in of_mentor.items()
        ),
    ]


def of_unmatched(
    program: Program, mentees: list[tuple[Membership, str]], mentors, *, write_again_on, key, now, purpose=None
) -> list:
    """The emails to those whom a round left without anybody; mentees come with the kind of reason."""
    desk = Desk(program, now)
    context = {"write_again_on": day(write_again_on), "purpose": one_line(purpose) if purpose else ""}
    # Somebody with another mentor is on no waiting list: what they wait for is another row.
    other = mentors_of([mentee for mentee, _kind in mentees]) if purpose else {}
    return [
        *(
            desk.write(
                "matching.unmatched_mentee",
                mentee,
                key=key,
                about=about_waiting(mentee, purpose if mentee.pk in other else None),
                context={**context, "reason": kind, "others": other.get(mentee.pk, [])},
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


def mentors_of(mentees: list[Membership]) -> dict[int, list[str]]:
    """The mentors each of these (by membership) has and has heard of, by name; whoever has none is left out."""
    found = defaultdict(list)
    for chunk in chunks([mentee.pk for mentee in mentees]):
        rows = Pairing.objects.open().told().filter(mentee__in=chunk).select_related("mentor__user").order_by("pk")
        for pairing in rows:
            found[pairing.mentee_id].append(one_line(pairing.mentor.user))
    return dict(found)


def about_waiting(member: Membership, purpose: PairPurpose | None) -> dict[str, str]:
    """What an email to somebody who waits is about: with a purpose, for a mentor for this beside another."""
    about = {"membership": str(member.public_id)}
    return {**about, "purpose": str(purpose.public_id)} if purpose else about


def of_ending(pairing: Pairing, *, write_again_on: date | None, now, takes_more: bool = True) -> list:
    """The emails to both sides of a pair that ends; nobody is told why, nor by whose wish."""
    desk = Desk(pairing.program, now)
    others = others_told(pairing)
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
                "purpose": purpose_of(pairing),
                "others": others if member.pk == pairing.mentee_id else [],
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


def still_looking_for(wait: PurposeWait, *, next_date: date, now):
    """The same to somebody who has a mentor for something else."""
    member = wait.membership
    return Desk(member.program, now).write(
        "matching.still_looking",
        member,
        key=f"{wait.purpose.public_id}:{wait.write_again_on.isoformat()}",
        about=about_waiting(member, wait.purpose),
        context={
            "role": member.role,
            "again": True,
            "since": day(wait.since.astimezone(member.program.zone)),
            "next": day(next_date),
            "purpose": one_line(wait.purpose),
        },
    )


def pairs_stand(letter, now) -> str:
    """Needed while every pair it tells of is open; where one ends, another email tells of the rest."""
    told = letter.about.get("pairings", [])
    found = Pairing.objects.filter(public_id__in=told, state=PairingState.OPEN)
    return "" if told and found.count() == len(told) else _("A pair it tells of has ended.")


def any_stands(letter, now) -> str:
    """Needed while one of the pairs it tells of is open."""
    found = Pairing.objects.open().filter(public_id__in=letter.about.get("pairings", []))
    return "" if found.exists() else _("A pair it tells of has ended.")


def still_waits(letter, now) -> str:
    """Needed while the person is on the waiting list of a program that goes on."""
    member = Membership.objects.filter(public_id=letter.about.get("membership")).select_related("program").first()
    if member is not None and (purpose := letter.about.get("purpose")):
        waits = PurposeWait.objects.filter(membership=member, purpose__public_id=purpose).exists()
    else:
        waits = member is not None and member.state == MembershipState.WAITING
    if not waits:
        return _("They are no longer on the waiting list.")
    return _("The program has ended.") if member.program.state == ProgramState.ENDED else ""


def may_leave(letter, now) -> bool:
    """Held until the program is open."""
    return may_write_to(letter.topic)


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
        "rhythm": rhythm.said(14),
        "circle": False,
        "first_contact_by": some_day,
        "write_again_on": some_day,
        "ended": [],
        "reason": "full",
        "purpose": "",
        "others": [],
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
        "matching.mentee_moved",
        gettext_lazy("A mentee has somebody else now"),
        "matching/mentee_moved.txt",
        still_needed=any_stands,
        may_leave=may_leave,
        sample=lambda topic: {**sample(topic), "mentees": ["Sam Example"]},
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
