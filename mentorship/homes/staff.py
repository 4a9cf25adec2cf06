"""What concerns whoever runs a program or answers for something in it."""

from django.db.models import Q

from programs import answering
from programs.models import PointOfContact, ProgramState

MOST_COLLEAGUES = 5


def duties(user) -> list[PointOfContact]:
    """What this person answers for, or stands in for, in programs that have not ended."""
    theirs = PointOfContact.objects.filter(Q(person=user) | Q(deputy=user)).exclude(program__state=ProgramState.ENDED)
    return list(theirs.select_related("program", "person", "deputy").order_by("program__name", "duty"))


def colleagues(user, programs, now) -> list[dict]:
    """Whom else one can ask in these programs: coordinators first, then the council."""
    found: dict[int, dict] = {}
    answers = answering.of_programs(programs, now) if programs else {}
    for one in answers.values():
        for person in one.able(one.coordinators, {user.pk}):
            found.setdefault(person.pk, {"person": person, "coordinates": True})
    for one in answers.values():
        for person in one.able(one.council, {user.pk}):
            found.setdefault(person.pk, {"person": person, "coordinates": False})
    return list(found.values())[:MOST_COLLEAGUES]
