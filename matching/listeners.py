"""What apps above do, in the same transaction, when pairs begin and end: they name it here when they start."""

from collections.abc import Callable

# opened(pairings, now): just written, in the transaction that opens them.
_opened: list[Callable[..., None]] = []
# ended(pairing, by, now): in the transaction that ends it.
_ended: list[Callable[..., None]] = []


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
