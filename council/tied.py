"""Pairs that no round may change: something is open in them that has to be settled first, or they rest."""

from django.db.models import Exists, OuterRef, Q

from checkins.models import Pause
from council.models import Ask, Case, Concern, ConcernAbout


def tied(pairings) -> set[int]:
    """The keys of those of these pairs (a queryset); which of all reasons it is, nobody can tell from it."""
    mentor, mentee = OuterRef("mentor"), OuterRef("mentee")
    of_it = Q(pairing=OuterRef("pk")) | Q(pairing=None, membership=mentor) | Q(pairing=None, membership=mentee)
    asks = Ask.objects.filter(pairing=OuterRef("pk"), answered_at=None, look_at__isnull=False)
    rests = Pause.objects.filter(pairing=OuterRef("pk"), ended_at=None)
    concerns = Concern.objects.open().filter(program=OuterRef("program"))
    told = concerns.filter(either("by"))
    open_ones = Q(concern__closed_at=None, concern__program=OuterRef("program"))
    about = ConcernAbout.objects.filter(either("person"), open_ones)
    cases = Case.objects.open().filter(of_it)
    found = pairings.filter(Exists(cases) | Exists(asks) | Exists(rests) | Exists(told) | Exists(about))
    return set(found.values_list("pk", flat=True))


def either(field: str) -> Q:
    """Whether this is one of the two."""
    return Q(**{field: OuterRef("mentor__user")}) | Q(**{field: OuterRef("mentee__user")})
