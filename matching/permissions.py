"""Who may work out, change and publish pairs."""

from django.db.models import Q

from matching.models import LIVE, OfferState
from programs.models import Membership, Role
from programs.permissions import can_coordinate


def takes_part(user, round) -> bool:
    """Whether this person is themselves in the round, as mentee or as mentor."""
    if round.proposals.filter(Q(mentee__user_id=user.pk) | Q(mentor__user_id=user.pk)).exists():
        return True
    mine = Membership.objects.of(round.program_id).filter(user_id=user.pk, role=Role.MENTOR)
    return any(pk in round.places_then for pk in mine.values_list("pk", flat=True))


def can_publish(user, round) -> bool:
    """A coordinator who is not in the round themselves: nobody decides what is about them."""
    return can_coordinate(user, round.program) and not takes_part(user, round)


def can_answer_offer(user, offer) -> bool:
    """The mentor who is asked, while the question stands."""
    return offer.mentor.user_id == user.pk and offer.state == OfferState.OPEN


def can_change_offer(user, offer) -> bool:
    """The mentee whose list it stands on, until it is answered."""
    return offer.mentee.user_id == user.pk and offer.state in LIVE
