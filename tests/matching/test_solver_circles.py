"""Circles: nobody or at least so many, never above the bound, and what an integer program finds."""

import numpy as np
import pytest
from hypothesis import given
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.solver import circles, solve, solve_circles
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
    assert (found.free_matched, found.free_value) == (free.matched, free.total)
    assert (found.matched, found.value) <= (found.bound_matched, found.bound_value) <= (free.matched, free.total)
    assert found.proved == ((found.matched, found.value) == (found.bound_matched, found.bound_value))
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


def instance(seed):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 101, (24, 6))
    scores[rng.random(scores.shape) < 0.4] = -1
    capacity = rng.integers(3, 9, 6)
    return scores, capacity, np.minimum(rng.integers(0, 7, 6), capacity)


def test_the_answer_is_the_integer_programs_and_proved():
    for seed in range(12):
        scores, capacity, least = instance(seed)
        found = solve_circles(scores, capacity, least)
        assert found.proved and (found.matched, found.total) == by_integer_program(scores, capacity, least)


def test_whoever_is_pinned_is_there_and_the_rest_is_the_best_around_them():
    pinned = 0
    for seed in range(12):
        scores, capacity, least = instance(seed)
        pins = np.full(24, -1)
        for mentee in (0, 1):
            pins[mentee] = int(scores[mentee].argmax())
        held = scores.copy()
        for mentee in (0, 1):
            held[mentee, np.arange(6) != pins[mentee]] = -1
        # Whoever is pinned must be in: more than any other way to match as many can bring.
        held[[0, 1], pins[:2]] += 100_000
        try:
            found = solve_circles(scores, capacity, least, pins=pins)
        except ValueError as wrong:
            assert "cannot all be filled" in str(wrong)
            continue
        pinned += 1
        assert (found.assignment[:2] == pins[:2]).all()
        sizes = np.bincount(found.assignment[found.assignment >= 0], minlength=6)
        assert ((sizes == 0) | (sizes >= least)).all() and (sizes <= capacity).all()
        assert found.proved and (found.matched, found.total + 200_000) == by_integer_program(held, capacity, least)
    assert pinned > 8


def test_where_too_much_would_have_to_be_weighed_a_bound_is_left(monkeypatch):
    monkeypatch.setattr(circles, "CELLS_WEIGHED", 0)
    monkeypatch.setattr(circles, "FEWEST_WEIGHED", 0)
    monkeypatch.setattr(circles, "MOST_TURNED", 0)
    left = 0
    for seed in range(12):
        scores, capacity, least = instance(seed)
        found = solve_circles(scores, capacity, least)
        best = by_integer_program(scores, capacity, least)
        assert (found.matched, found.total) <= best <= (found.bound_matched, found.bound_value)
        left += not found.proved
    assert left


def test_a_circle_too_small_is_closed_or_filled_whichever_is_better():
    scores = [[9, 8], [9, 8], [9, 8], [1, 9]]
    assert solve_circles(scores, [4, 4], [0, 0]).total == 36
    assert solve_circles(scores, [4, 4], [1, 2]).assignment.tolist().count(1) == 2
    assert solve_circles(scores, [4, 4], [1, 4]).total == 33
    assert solve_circles([[9, 0], [9, 0]], [1, 2], [2, 2]).total == 0


def test_a_least_size_below_nothing_is_refused():
    with pytest.raises(ValueError, match="least must not be negative"):
        solve_circles([[1]], [1], [-1])
