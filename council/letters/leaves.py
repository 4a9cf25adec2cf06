"""The emails about leaves, pauses and leaving: to whom, which text, which key."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.letters import Desk, may_leave, one_line, sample
from matching.models import Pairing
from outbox import kinds
from outbox.days import day
from outbox.kinds import Kind
from outbox.sayings import Saying
from programs.models import Leave, Membership, MembershipState, Role

TOOK_PART = Saying("You get this email because you took part in {program}.")


def said(membership, *, starts_on, returns_on, number, others, asked, now):
    """To whoever goes on leave: from when to when, who is told, and when we ask."""
    return Desk(membership.program, now).write(
        "council.leave_said",
        membership,
        key=f"{membership.public_id}:{number}:{starts_on}:{returns_on}",
        about={"membership": str(membership.public_id)},
        context={
            "role": membership.role,
            "starts": day(starts_on),
            "returns": day(returns_on),
            "others": [one_line(person) for person in others],
            "asked": asked,
        },
    )


def told(pairing, away: Membership, *, returns_on, starts_on, number, now, back=False):
    """To the other of a pair: they are away until a day, or back before it."""
    other = pairing.mentee if away.pk == pairing.mentor_id else pairing.mentor
    return Desk(pairing.program, now).write(
        "council.leave_told_mentee" if other.role == Role.MENTEE else "council.leave_told_mentor",
        other,
        key=f"{pairing.public_id}:{number}:{'back' if back else returns_on}",
        with_people=[away.user],
        about={"pairings": [str(pairing.public_id)]},
        context={
            "other": one_line(away.user),
            "starts": day(starts_on),
            "returns": day(returns_on),
            "away_now": starts_on <= pairing.program.today(now),
            "back": back,
        },
    )


def paused(pairing, *, until, now, over=False) -> list:
    """To both of a pair: it rests until a day, or goes on before it; not by whose wish."""
    desk, today = Desk(pairing.program, now), pairing.program.today(now)
    return [
        desk.write(
            "council.paused_mentee" if member.role == Role.MENTEE else "council.paused_mentor",
            member,
            key=f"{pairing.public_id}:{today}:{'over' if over else until}",
            with_people=[other.user],
            about={"pairings": [str(pairing.public_id)]},
            context={"role": member.role, "other": one_line(other.user), "until": day(until), "over": over},
        )
        for member, other in ((pairing.mentee, pairing.mentor), (pairing.mentor, pairing.mentee))
    ]


def asks(leave: Leave, *, now):
    """The day before the return: is it as you said, or later?"""
    membership = leave.membership
    return Desk(membership.program, now).write(
        "council.leave_asks",
        membership,
        key=f"{leave.pk}:{leave.returns_on}",
        about={"leave": leave.pk, "returns_on": leave.returns_on.isoformat()},
        context={"returns": day(leave.returns_on)},
    )


def back(leave: Leave, *, others, state: str, write_again_on: date | None, now):
    """To whoever is back: where they stand now."""
    membership = leave.membership
    return Desk(membership.program, now).write(
        "council.leave_back",
        membership,
        key=str(leave.pk),
        about={"membership": str(membership.public_id)},
        context={
            "role": membership.role,
            "state": state,
            "others": [one_line(person) for person in others],
            "write_again_on": day(write_again_on) if write_again_on else "",
        },
    )


def left(membership, *, others, by_themselves: bool, now):
    """To whoever leaves a program: what ends with it, and how to come back."""
    return Desk(membership.program, now).write(
        "council.left",
        membership,
        key=f"{membership.public_id}:{membership.program.today(now)}",
        with_people=others,
        about={"membership": str(membership.public_id)},
        context={
            "role": membership.role,
            "others": [one_line(person) for person in others],
            "by_themselves": by_themselves,
            "why": TOOK_PART(program=membership.program),
        },
    )


def still_away(letter, now) -> str:
    """Needed while the leave stands as it was when we asked."""
    leave = Leave.objects.current().filter(pk=letter.about.get("leave")).first()
    same = leave is not None and leave.returns_on.isoformat() == letter.about.get("returns_on")
    return "" if same else _("They have said so meanwhile.")


def still_a_pair(letter, now) -> str:
    """Needed while the pair it tells of goes on."""
    stands = Pairing.objects.open().filter(public_id__in=letter.about.get("pairings", [])).exists()
    return "" if stands else _("The pair has ended.")


def still_in(letter, now) -> str:
    """Needed while they are in the program."""
    rows = Membership.objects.filter(public_id=letter.about.get("membership"))
    gone = rows.filter(state__in=[MembershipState.LEFT, MembershipState.DECLINED]).exists()
    return _("They have left the program.") if gone else ""


def samples(topic: str) -> dict:
    """Made-up days and people for a preview."""
    return {
        **sample(topic),
        "starts": day(date(2027, 3, 1)),
        "returns": day(date(2027, 4, 12)),
        "others": ["Sam Example"],
        "asked": True,
        "away_now": True,
        "until": day(date(2027, 4, 12)),
        "by_themselves": True,
        "state": MembershipState.ACTIVE,
    }


def of_mentors(topic: str) -> dict:
    """The same for what goes to mentors."""
    return {**samples(topic), "role": Role.MENTOR}


def _kind(name: str, title, template: str = "", **fields) -> Kind:
    fields = {"may_leave": may_leave, "sample": samples, **fields}
    return Kind(f"council.{name}", title, f"council/{template or name}.txt", **fields)


KINDS = [
    _kind("leave_said", gettext_lazy("A leave, as somebody said it")),
    _kind(
        "leave_told_mentee",
        gettext_lazy("A mentor is away"),
        "leave_told",
        to_mentees=True,
        still_needed=still_a_pair,
    ),
    _kind("leave_told_mentor", gettext_lazy("A mentee is away"), "leave_told", still_needed=still_a_pair),
    _kind("leave_asks", gettext_lazy("Is somebody back tomorrow?"), optional=True, still_needed=still_away),
    _kind("leave_back", gettext_lazy("Back from a leave"), still_needed=still_in),
    _kind("paused_mentee", gettext_lazy("A pair pauses"), "paused", to_mentees=True, still_needed=still_a_pair),
    _kind("paused_mentor", gettext_lazy("A pair pauses"), "paused", still_needed=still_a_pair, sample=of_mentors),
    _kind("left", gettext_lazy("Somebody has left the program")),
]


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)
