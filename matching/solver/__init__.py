"""Matches mentees with mentors exactly, with a proof and with explanations; numpy only, no Django."""

from matching.solver.circles import Circles, solve_circles
from matching.solver.explain import Change, Move, Unmatched, explain_unmatched, one_more_place, what_if
from matching.solver.proof import NotProved
from matching.solver.solve import Competition, Solution, Start, solve

__all__ = [
    "Change",
    "Circles",
    "Competition",
    "Move",
    "NotProved",
    "Solution",
    "Start",
    "Unmatched",
    "explain_unmatched",
    "one_more_place",
    "solve",
    "solve_circles",
    "what_if",
]
