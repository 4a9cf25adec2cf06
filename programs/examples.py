"""An email as somebody of the program would get it: real people, a made-up moment, nothing sent."""

from collections.abc import Callable
from email.utils import formataddr

from outbox import preview
from outbox.kinds import Kind
from outbox.models import Letter
from outbox.sayings import as_said
from programs import answering
from programs.models import Membership, MembershipState, Role

_partner: list[Callable] = []
OUT = [MembershipState.LEFT, MembershipState.DECLINED]


def partners_come_from(function: Callable) -> None:
    """An app above knows who is in a pair with whom: function(membership, user) -> a person or None."""
    _partner[:] = [function]


def role_of(kind: Kind) -> str:
    """Who reads an email of this kind: mentees, mentors, or "" where it may be either."""
    if kind.to_mentees or kind.name.endswith("_mentee"):
        return Role.MENTEE
    return Role.MENTOR if kind.name.endswith("_mentor") else ""


def readers(program, kind: Kind, user):
    """The participants who could get this email, as far as this person sees them."""
    rows = Membership.objects.visible_to(user).of(program).participants().exclude(state__in=OUT)
    if role := role_of(kind):
        rows = rows.filter(role=role)
    return rows.select_related("user", "program").order_by("user__name", "pk")


def example(program, kind: Kind, member: Membership | None, user, *, now, words=None) -> Letter:
    """The email to this participant about their partner or, where they have none, somebody made up."""
    if member is None:
        return preview.example(kind, program.slug, preview.made_up(), known={"program": program}, words=words)
    other = _partner[0](member, user) if _partner else None
    people = {member.user_id, *([other.pk] if other else [])}
    helper = answering.of_programs([program], now)[program.pk].coordinator(member.role, people)
    known = {"program": program, "evaluation": as_said(program.evaluation_for(member.role)), "role": member.role}
    if helper:
        known |= {"helper": helper, "reply_to": formataddr((str(helper), helper.email))}
    name = " ".join(str(other).split()) if other else preview.SOMEBODY
    return preview.example(kind, program.slug, member.user, other=name, known=known, words=words)
