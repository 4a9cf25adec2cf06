"""Whom an email to somebody is about, for previews with people of the program: the other of a pair of theirs."""

from matching.models import Pairing
from programs import examples
from programs.models import Membership, Role


def other_of(member: Membership, user):
    """The other person of the newest open pair of somebody, as far as whoever looks may see it."""
    pairings = Pairing.objects.visible_to(user).open().filter(program=member.program)
    mine = {"mentor": member} if member.role == Role.MENTOR else {"mentee": member}
    pairing = pairings.filter(**mine).select_related("mentor__user", "mentee__user").order_by("-began_at").first()
    if pairing is None:
        return None
    return pairing.mentee.user if member.role == Role.MENTOR else pairing.mentor.user


def register() -> None:
    """Called once, when the roof starts."""
    examples.partners_come_from(other_of)
