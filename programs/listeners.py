"""What apps above do, in the same transaction, when a program's figures change: they name it here when they start."""

from collections.abc import Callable

_figures_changed: list[Callable[..., None]] = []


def on_figures_changed(function: Callable[..., None]) -> None:
    """Calls function(program, now=…) whenever figures of a program have been changed."""
    if function not in _figures_changed:
        _figures_changed.append(function)


def figures_changed(program, *, now) -> None:
    for function in _figures_changed:
        function(program, now=now)
