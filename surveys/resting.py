"""Which pairs are not asked just now: one of them is on leave, or an app above says that they rest."""

from collections.abc import Callable, Collection

from django.db.models import Q

from matching.models import Pairing
from programs.models import MembershipState

_rest: list[Callable[..., set[int]]] = []


def register(function: Callable[..., set[int]]) -> None:
    """Asks function(pairing primary keys, now=…) which of them rest."""
    if function not in _rest:
        _rest.append(function)


def of(pairings: Collection[int], now) -> set[int]:
    """The pairs (by primary key) that rest at this moment."""
    if not pairings:
        return set()
    away = Q(mentor__state=MembershipState.ON_LEAVE) | Q(mentee__state=MembershipState.ON_LEAVE)
    on_leave = set(Pairing.objects.filter(away, pk__in=pairings).values_list("pk", flat=True))
    return on_leave.union(*(function(pairings, now=now) for function in _rest))
