"""Prices to begin from when much of an answer is known: any will do, near ones are quick."""

from __future__ import annotations

import numpy as np

from matching.solver import Solution


def prices_in(solution: Solution, unit: int, top: int | None) -> np.ndarray:
    """The prices of a solution where a point counts `unit` and the highest score is `top`; only to begin from.

    A price is so many people who would be matched, each worth more than all points, and some points; without `top`
    somebody matched is worth their points and no more.
    """
    rows = int((solution.problem.pins < 0).sum())
    people = min(rows, solution.prices.size) + 2
    highest = int(solution.problem.scores.max(initial=0))
    one = people * (highest + 1)
    count = np.rint(solution.prices / one).astype(np.int64)
    points = (solution.prices - count * one) * unit
    worth = np.minimum(count, 1) * highest * unit if top is None else count * people * (top + 1)
    return np.maximum(points + worth, 0)
