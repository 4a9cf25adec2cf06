"""What apps above do, in the same transaction, when pairs begin and end: they name it here when they start."""

from collections.abc import Callable

# opened(pairings, now): just written, in the transaction that opens them.
_opened: list[Callable[..., None]] = []
# ended(pairing, by, now): in the transaction that ends it.
_ended: list[Callable[..., None]] = []

# tied(pairings): the keys of those (a queryset) that no round may change.
_tied: list[Callable[..., set[int]]] = []


def on_opened(function: Callable[..., None]) -> None:
    """Calls function(pairings, now=…) whenever pairs have been opened."""
    if function not in _opened:
        _opened.append(function)


def on_ended(function: Callable[..., None]) -> None:
    """Calls function(pairing, by=…, now=…) whenever a pair has been ended."""
    if function not in _ended:
        _ended.append(function)


def opened(pairings, *, now) -> None:
    for function in _opened:
        function(pairings, now=now)


def ended(pairing, *, by, now) -> None:
    for function in _ended:
        function(pairing, by=by, now=now)


def on_tied(function: Callable[..., set[int]]) -> None:
    """Calls function(pairings) for the keys of those in which something is open that has to be settled first."""
    if function not in _tied:
        _tied.append(function)


def tied(pairings) -> set[int]:
    return {pk for function in _tied for pk in function(pairings)}
