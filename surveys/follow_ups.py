"""Where a wish is being looked after: an app above says it here when it starts."""

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class FollowUp:
    """What came of an answer: in words, with the address of its page."""

    words: str
    url: str


_find: list[Callable[..., dict[int, FollowUp]]] = []


def register(function: Callable[..., dict[int, FollowUp]]) -> None:
    """Asks function(invitations, user=…) what came of them, by the primary key of the invitation."""
    if function not in _find:
        _find.append(function)


def of(invitations: Collection, user) -> dict[int, FollowUp]:
    """What came of these answers, as far as this person may see it."""
    found: dict[int, FollowUp] = {}
    for function in _find if invitations else ():
        found |= function(invitations, user=user)
    return found
