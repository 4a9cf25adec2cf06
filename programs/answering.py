"""Who answers for somebody in a program: the one named, the deputy, a coordinator, the council."""

from collections.abc import Collection

from programs.models import Duty, Leave, Membership, MembershipState, PointOfContact, Program, Role

DUTY_OF_ROLE = {Role.MENTEE: Duty.MENTEES, Role.MENTOR: Duty.MENTORS}


def staff(program: Program, role: str) -> list:
    """The active coordinators or council members of a program, the longest serving first."""
    active = Membership.objects.of(program).filter(role=role, state=MembershipState.ACTIVE)
    return [member.user for member in active.select_related("user").order_by("joined_at", "pk")]


def away(program: Program, now) -> set[int]:
    """The people (by primary key) who are on leave from any role in this program today."""
    today = Leave.objects.away_on(program.today(now)).filter(membership__program=program)
    return set(today.values_list("membership__user", flat=True))


def can_answer(person, avoid: Collection[int]) -> bool:
    """Active, reachable, and none of those it is about or who are away."""
    return bool(person and person.is_active and person.email and person.pk not in avoid)


def coordinator_for(program: Program, role: str, avoid: Collection[int], *, can_decide: bool = False):
    """The one named for questions of this role, their deputy, else a coordinator; none of `avoid`; else None.

    With `can_decide`, only those who run the program: somebody named for questions alone sees no follow-up.
    """
    point = PointOfContact.objects.filter(program=program, duty=DUTY_OF_ROLE[role]).select_related("person", "deputy")
    named = point.first()
    candidates = [named.person, named.deputy] if named else []
    coordinators = staff(program, Role.COORDINATOR)
    if can_decide:
        candidates = [person for person in candidates if person in coordinators]
    candidates += coordinators
    return next((person for person in candidates if can_answer(person, avoid)), None)
