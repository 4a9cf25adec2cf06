"""The emails about a pair that begins once both have said yes."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.letter_desk import Desk, Partner, clock_words, one_line, sample_partner
from matching.letters import may_leave, sample
from matching.models import Introduction, OfferState
from outbox import kinds
from outbox.days import day
from outbox.kinds import Kind
from programs.models import Membership, Role


def of_asking(found: list[Introduction], *, key: str, now, again: bool = False) -> list:
    """One email to each who has not answered, for everybody they are asked about; no address stands in it yet."""
    if not found:
        return []
    desk = Desk(found[0].program, now)
    theirs: dict[int, list[Introduction]] = defaultdict(list)
    members = {}
    for one in found:
        for member in one.sides:
            if not one.yes_of(member.role):
                theirs[member.pk].append(one)
                members[member.pk] = member
    return [to_member(desk, members[pk], rows, key=key, again=again) for pk, rows in theirs.items()]


def to_member(desk: Desk, member: Membership, rows: list[Introduction], *, key: str, again: bool = False):
    """We would bring you together with somebody: say yes or not this time."""
    others = [one.other_than(member.role) for one in rows]
    return desk.write(
        "matching.introduced",
        member,
        # Somebody may be a mentor and a mentee of the same round.
        key=f"{key}:{member.role}:{'again' if again else 'first'}",
        with_people=[other.user for other in others],
        about={"membership": str(member.public_id), "introductions": [str(one.public_id) for one in rows]},
        context={
            "role": member.role,
            "people": [who(one, member.user, other.user, desk.now) for one, other in zip(rows, others, strict=True)],
            "purpose": one_line(rows[0].purpose or ""),
            "circle": rows[0].in_circle,
            "answer_by": day(rows[0].answer_by),
            "again": again,
        },
    )


def who(one: Introduction, me, other, now) -> Partner:
    """What somebody reads of the other: only what both may see."""
    return Partner(
        name=one_line(other),
        pronouns=one_line(other.pronouns),
        address="",
        clock=clock_words(me.time_zone, other.time_zone, now),
        why=[one_line(words) for words in one.pair_words],
    )


def no_pair(one: Introduction, role: str, *, how: str, again: date | None, now):
    """It does not come about: one kind sentence, never by whom, and what comes next for this one of the two."""
    member, other = one.of_side(role), one.other_than(role)
    return Desk(one.program, now).write(
        "matching.not_this_pair",
        member,
        key=str(one.public_id),
        with_people=[other.user],
        about={"introduction": str(one.public_id), "membership": str(member.public_id)},
        context={
            "role": role,
            "other": one_line(other.user),
            "purpose": one_line(one.purpose or ""),
            "how": how,
            "write_again_on": day(again) if again else "",
        },
    )


def still_asked(letter, now) -> str:
    """Needed while its reader has an answer to give."""
    for one in Introduction.objects.open().filter(public_id__in=letter.about.get("introductions", [])):
        side = Role.MENTOR if str(one.mentor.public_id) == letter.about.get("membership") else Role.MENTEE
        if not one.yes_of(side):
            return ""
    return _("It has been answered, or is settled without them.")


def _sample(topic: str) -> dict:
    found = sample(topic)
    return {
        **found,
        "people": [sample_partner()],
        "purpose": "",
        "circle": False,
        "answer_by": found["first_contact_by"],
        "again": False,
        "how": OfferState.DECLINED,
    }


KINDS = [
    Kind(
        "matching.introduced",
        gettext_lazy("Would you two like to be a pair?"),
        "matching/introduced.txt",
        still_needed=still_asked,
        may_leave=may_leave,
        sample=_sample,
    ),
    Kind(
        "matching.not_this_pair",
        gettext_lazy("A pair does not come about"),
        "matching/not_this_pair.txt",
        may_leave=may_leave,
        sample=_sample,
    ),
]


def register() -> None:
    """Makes these kinds known to the outbox."""
    for kind in KINDS:
        kinds.register(kind)
