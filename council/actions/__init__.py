"""Every write that matters to cases, concerns and what participants ask for."""

from council.actions.asking import ask_again
from council.actions.leaves import turn_leaves
from council.actions.watching import watch_cases

__all__ = ["ask_again", "turn_leaves", "watch_cases"]
