"""Whom our emails do not reach, and why: nobody is called silent for that."""

from collections.abc import Collection, Iterable

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outbox import choices, kinds
from programs.models import Membership, MembershipState, OtherWay

BOUNCED, NO_ADDRESS, OFF = "bounced", "no_address", "off"
WORDS = {
    BOUNCED: gettext_lazy("Emails to %(name)s come back."),
    NO_ADDRESS: gettext_lazy("%(name)s has no email address."),
    OFF: gettext_lazy("%(name)s asked for no reminders."),
}
GONE = [MembershipState.LEFT, MembershipState.DECLINED, MembershipState.COMPLETED]


def by_email(person) -> str:
    """Why no email at all reaches somebody; "" where it does."""
    if not person.email:
        return NO_ADDRESS
    return BOUNCED if person.address_bounced_at else ""


def without_questions(program, people: Collection) -> set[int]:
    """Those of these people who get no question of a program by email, by primary key; their silence says nothing."""
    off = choices.turned_off(program.slug, kinds.QUESTIONS) if people else set()
    return {person.pk for person in people if by_email(person) or person.pk in off}


def of_members(members: Iterable[Membership]) -> dict[int, str]:
    """By membership, why reminders do not reach its person; only those whom they do not reach."""
    members = list(members)
    off = choices.turned_off_of({member.program.slug for member in members}, kinds.REMINDERS)
    found = {}
    for member in members:
        why = by_email(member.user) or (OFF if member.user_id in off[member.program.slug] else "")
        if why:
            found[member.pk] = why
    return found


def words(member: Membership, why: str) -> str:
    return str(WORDS[why]) % {"name": member.user}


def said_of(members: Iterable[Membership]) -> list[str]:
    """A line for each of them whom reminders do not reach, with what was agreed on instead."""
    return [line for _member, line in lines_of(members)]


def lines_of(members: Iterable[Membership]) -> list[tuple[Membership, str]]:
    """The same, with whom each line is about."""
    members = list(members)
    why = of_members(members)
    agreed = dict(OtherWay.objects.filter(membership__in=why).values_list("membership", "words"))
    lines = []
    for member in members:
        if member.pk in why:
            line = words(member, why[member.pk])
            if member.pk in agreed:
                line += " " + _("Agreed instead: %(how)s") % {"how": agreed[member.pk]}
            lines.append((member, line))
    return lines


def to_agree_with(rows) -> list[tuple[Membership, str]]:
    """Those of these participants with whom another way is still to be agreed, and why; two queries.

    Reminders that were turned off matter where there is a pair to be reminded of.
    """
    slugs = set(rows.order_by().values_list("program__slug", flat=True).distinct())
    off = choices.turned_off_of(slugs, kinds.REMINDERS)
    silent = Q(user__email=None) | Q(user__address_bounced_at__isnull=False)
    quiet = Q(state=MembershipState.ACTIVE, user__in={person for people in off.values() for person in people})
    rows = rows.exclude(state__in=GONE).filter(silent | quiet, other_way=None).select_related("user", "program")
    found = []
    for member in rows.order_by("user__name", "pk"):
        why = by_email(member.user)
        if not why and member.user_id in off[member.program.slug]:
            why = OFF
        if why:
            found.append((member, why))
    return found
