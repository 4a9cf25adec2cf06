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


def can_answer_introduction(user, one, role) -> bool:
    """That side itself while it is asked, or a coordinator who heard it and is neither of the two."""
    if one.state != OfferState.OPEN or one.held:
        return False
    return user.pk == one.of_side(role).user_id or can_take_back_introduction(user, one)


def can_take_back_introduction(user, one) -> bool:
    """A coordinator who is neither of the two, while they are asked."""
    own = user.pk in (one.mentor.user_id, one.mentee.user_id)
    return one.state == OfferState.OPEN and not own and can_coordinate(user, one.program)
