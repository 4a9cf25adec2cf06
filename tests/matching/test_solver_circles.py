"""Circles: nobody or at least so many, never above the bound, and nearly always what an integer program finds."""

import numpy as np
import pytest
from hypothesis import given
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.solver import solve, solve_circles
from tests.matching.instances import checked_slowly, problems

pytestmark = pytest.mark.once


@checked_slowly
@given(problems(most_places=5))
def test_every_circle_has_nobody_or_enough_and_nothing_is_above_the_bound(problem):
    scores, capacity, rng = problem
    least = rng.integers(0, 5, capacity.size)
    found = solve_circles(scores, capacity, least)
    pairs = np.flatnonzero(found.assignment >= 0)
    sizes = np.bincount(found.assignment[pairs], minlength=capacity.size)
    assert ((sizes == 0) | (sizes >= least)).all()
    assert (sizes <= capacity).all()
    assert (scores[pairs, found.assignment[pairs]] >= 0).all()
    assert (found.matched, found.total) == (pairs.size, scores[pairs, found.assignment[pairs]].sum())
    free = solve(scores, capacity, floor_levels=0)
    assert (found.bound_matched, found.bound_value) == (free.matched, free.total)
    assert (found.matched, found.value) <= (free.matched, free.total)
    if (least <= 1).all():
        assert (found.matched, found.total) == (free.matched, free.total)


def by_integer_program(scores, capacity, least):
    """Matched and total at the optimum."""
    mentees, mentors = scores.shape
    rows, columns = np.nonzero(scores >= 0)
    worth = (mentees + 2) * (int(scores.max()) + 1)
    table = np.zeros((mentees + 2 * mentors, rows.size + mentors))
    pair = np.arange(rows.size)
    table[rows, pair] = table[mentees + columns, pair] = table[mentees + mentors + columns, pair] = 1
    table[mentees + np.arange(mentors), rows.size + np.arange(mentors)] = -capacity
    table[mentees + mentors + np.arange(mentors), rows.size + np.arange(mentors)] = -least
    low = np.concatenate([np.full(mentees + mentors, -np.inf), np.zeros(mentors)])
    high = np.concatenate([np.ones(mentees), np.zeros(mentors), np.full(mentors, np.inf)])
    found = milp(
        np.concatenate([-(scores[rows, columns] + worth), np.zeros(mentors)]),
        constraints=LinearConstraint(table, low, high),
        integrality=np.ones(table.shape[1]),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0},
    )
    chosen = found.x[: rows.size] > 0.5
    return int(chosen.sum()), int(scores[rows, columns][chosen].sum())


def test_the_answer_is_nearly_always_the_integer_programs():
    same = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        scores = rng.integers(0, 101, (30, 8))
        scores[rng.random(scores.shape) < 0.3] = -1
        capacity, least = rng.integers(3, 9, 8), rng.integers(0, 6, 8)
        found = solve_circles(scores, capacity, np.minimum(least, capacity))
        best = by_integer_program(scores, capacity, np.minimum(least, capacity))
        assert (found.matched, found.total) <= best
        same += (found.matched, found.total) == best
    assert same >= 18


def test_a_circle_too_small_is_closed_or_filled_whichever_is_better():
    scores = [[9, 8], [9, 8], [9, 8], [1, 9]]
    assert solve_circles(scores, [4, 4], [0, 0]).total == 36
    assert solve_circles(scores, [4, 4], [1, 2]).assignment.tolist().count(1) == 2
    assert solve_circles(scores, [4, 4], [1, 4]).total == 33
    assert solve_circles([[9, 0], [9, 0]], [1, 2], [2, 2]).total == 0


def test_a_least_size_below_nothing_is_refused():
    with pytest.raises(ValueError, match="least must not be negative"):
        solve_circles([[1]], [1], [-1])
