"""Which pairs are not asked just now: apps above name it here when they start."""

from collections.abc import Callable, Collection

_rest: list[Callable[..., set[int]]] = []


def register(function: Callable[..., set[int]]) -> None:
    """Asks function(pairing primary keys, now=…) which of them rest."""
    if function not in _rest:
        _rest.append(function)


def of(pairings: Collection[int], now) -> set[int]:
    """The pairs (by primary key) that rest at this moment."""
    return {pk for function in _rest for pk in function(pairings, now=now)}
