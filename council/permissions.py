"""Who may see and decide what; rows come from Case.objects.visible_to."""

from programs.models import MembershipState, Role
from programs.permissions import can_coordinate


def sits_on_council(user, program) -> bool:
    """An active member of this program's council."""
    if not user.is_authenticated or not user.is_active:
        return False
    return user.memberships.filter(program=program, role=Role.COUNCIL, state=MembershipState.ACTIVE).exists()


def reads_as_coordinator(user, case) -> bool:
    """Whether somebody reads a case with all a coordinator is told; the council reads what is addressed to it."""
    return can_coordinate(user, case.program)
