"""What still ties somebody to a program: apps above name it here when they start."""

from collections.abc import Callable

# Each answers with a sentence where the membership cannot leave yet, else with "".
_checks: list[Callable[..., str]] = []


def register(check: Callable[..., str]) -> None:
    """Asks this function before anybody leaves a program."""
    if check not in _checks:
        _checks.append(check)


def ties(membership) -> list[str]:
    """Why this membership cannot leave yet, in sentences."""
    return [sentence for check in _checks if (sentence := check(membership))]
