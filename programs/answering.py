"""Who answers for somebody in a program: the one named, the deputy, a coordinator, the council."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from programs.models import Duty, Leave, Membership, MembershipState, PointOfContact, Program, Role

DUTY_OF_ROLE = {Role.MENTEE: Duty.MENTEES, Role.MENTOR: Duty.MENTORS}


@dataclass
class Answering:
    """Who may answer in one program, in the order in which they are asked, and who of them is away."""

    points: dict[str, PointOfContact] = field(default_factory=dict)
    coordinators: list = field(default_factory=list)
    council: list = field(default_factory=list)
    away: set[int] = field(default_factory=set)

    def coordinator(self, role: str, avoid: Collection[int], *, can_decide: bool = False):
        """The one named for questions of this role, their deputy, else a coordinator; none of `avoid`; else None.

        With `can_decide`, only those who run the program: somebody named for questions alone sees no follow-up.
        """
        point = self.points.get(DUTY_OF_ROLE.get(role))
        named = [person for person in (point.person, point.deputy) if person] if point else []
        if can_decide:
            named = [person for person in named if person in self.coordinators]
        return next(iter(self.able([*named, *self.coordinators], avoid)), None)

    def anybody(self, role: str, avoid: Collection[int]):
        """The same, and where there is none of them a member of the council."""
        return self.coordinator(role, avoid) or next(iter(self.able(self.council, avoid)), None)

    def able(self, people: list, avoid: Collection[int]) -> list:
        """Those who can answer today."""
        return [one for one in people if one.pk not in self.away and can_answer(one, avoid)]


def of_programs(programs: Iterable[Program], now) -> dict[int, Answering]:
    """Who may answer in each of these programs (by primary key), in three queries."""
    programs = {program.pk: program for program in programs}
    found = {pk: Answering() for pk in programs}
    for point in PointOfContact.objects.filter(program__in=programs).select_related("person", "deputy"):
        found[point.program_id].points[point.duty] = point
    active = Membership.objects.filter(
        program__in=programs, role__in=[Role.COORDINATOR, Role.COUNCIL], state=MembershipState.ACTIVE
    )
    for member in active.select_related("user").order_by("joined_at", "pk"):
        mine = found[member.program_id]
        (mine.coordinators if member.role == Role.COORDINATOR else mine.council).append(member.user)
    # A day has come somewhere up to 14 hours before it has in UTC.
    leaves = Leave.objects.current().filter(
        membership__program__in=programs, starts_on__lte=(now + timedelta(hours=14)).date()
    )
    for program, person, starts_on, returns_on in leaves.values_list(
        "membership__program", "membership__user", "starts_on", "returns_on"
    ):
        if starts_on <= programs[program].today(now) < returns_on:
            found[program].away.add(person)
    return found


def staff(program: Program, role: str) -> list:
    """The active coordinators or council members of a program, the longest serving first."""
    active = Membership.objects.of(program).filter(role=role, state=MembershipState.ACTIVE)
    return [member.user for member in active.select_related("user").order_by("joined_at", "pk")]


def away(program: Program, now) -> set[int]:
    """The people (by primary key) who are on leave from any role in this program today."""
    today = Leave.objects.away_on(program.today(now)).filter(membership__program=program)
    return set(today.values_list("membership__user", flat=True))


def can_answer(person, avoid: Collection[int]) -> bool:
    """Active, reachable by email, and none of those it is about or who are away."""
    reachable = person and person.is_active and person.email and person.address_bounced_at is None
    return bool(reachable and person.pk not in avoid)
