"""What apps above do, in the same transaction, when a program changes: they name it here when they start."""

from collections.abc import Callable

_figures_changed: list[Callable[..., None]] = []
_places_offered: list[Callable[..., None]] = []


def on_figures_changed(function: Callable[..., None]) -> None:
    """Calls function(program, now=…) whenever figures of a program have been changed."""
    if function not in _figures_changed:
        _figures_changed.append(function)


def figures_changed(program, *, now) -> None:
    for function in _figures_changed:
        function(program, now=now)


def on_places_offered(function: Callable[..., None]) -> None:
    """Calls function(memberships, by=…, now=…) whenever mentors known before are said to have places to give."""
    if function not in _places_offered:
        _places_offered.append(function)


def places_offered(memberships, *, by, now) -> None:
    for function in _places_offered:
        function(memberships, by=by, now=now)
