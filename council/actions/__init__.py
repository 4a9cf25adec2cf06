"""Every write that matters to cases, concerns and what participants ask for."""

from council.actions.asking import ask_again
from council.actions.concerns import watch_concerns
from council.actions.leaves import turn_leaves
from council.actions.watching import watch_cases
from council.actions.wishes import hear_pulses

__all__ = ["ask_again", "hear_pulses", "turn_leaves", "watch_cases", "watch_concerns"]
