"""Matches mentees with mentors exactly, with a proof and with explanations; numpy only, no Django."""

from matching.solver.proof import NotProved
from matching.solver.solve import Competition, Solution, solve

__all__ = ["Competition", "NotProved", "Solution", "solve"]
