"""What must hold whatever the problem: more room never makes it worse, and a solver that errs does not get through."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.solver import NotProved, bids, solve
from matching.solver.network import Network
from tests.matching.instances import by_scipy, few_checked, problems

pytestmark = pytest.mark.once


def reached(scores, capacity, priority, levels):
    """What is compared, in this order: matched, of each class, the floor, the total."""
    solution = solve(scores, capacity, priority=priority, floor_levels=levels, floor_cost=1)
    matched = solution.assignment >= 0
    floor = solution.levels[0].score if solution.levels else -1
    return solution.matched, *(int((matched & (priority == each)).sum()) for each in range(3)), floor, solution.total


@few_checked
@given(problems(most_mentees=8, most_mentors=5, tops=(1, 4, 30)), st.sampled_from([0, 1]))
def test_one_more_place_or_one_rule_less_never_makes_it_worse(problem, levels):
    scores, capacity, rng = problem
    priority = rng.integers(0, 3, scores.shape[0])
    before = reached(scores, capacity, priority, levels)
    for mentor in range(capacity.size):
        more = capacity + (np.arange(capacity.size) == mentor)
        assert reached(scores, more, priority, levels) >= before
    forbidden = np.argwhere(scores < 0)
    for mentee, mentor in rng.permutation(forbidden)[:4].tolist():
        freer = scores.copy()
        freer[mentee, mentor] = rng.integers(0, scores.max(initial=1) + 1)
        assert reached(freer, capacity, priority, levels) >= before


@pytest.fixture
def crowded(monkeypatch):
    """People enough that the best columns alone mislead."""
    monkeypatch.setattr(bids, "SIZE", 3)
    rng = np.random.default_rng(4)
    return rng.integers(0, 100, 40)[None, :] // 2 + rng.integers(0, 50, (120, 40)), np.full(40, 3)


def test_a_solver_that_looks_only_at_the_best_few_is_found_out(crowded, monkeypatch):
    solution = solve(*crowded, floor_levels=0)
    assert (solution.matched, solution.total) == by_scipy(crowded[0], crowded[0] >= 0, crowded[1])
    monkeypatch.setattr(Network, "loosen", lambda self: np.zeros(0, dtype=np.int64))
    with pytest.raises(NotProved):
        solve(*crowded, floor_levels=0)


def test_a_solver_that_leaves_places_unfilled_is_found_out(monkeypatch):
    scores, capacity = np.array([[9, 1], [9, 1], [9, -1]]), np.array([2, 2])
    start = solve(scores, np.array([1, 2]), floor_levels=0)
    best = solve(scores, capacity, floor_levels=0, start=start)
    assert (best.matched, best.total) == (3, 19)
    monkeypatch.setattr(Network, "pull", lambda self, column: self.prices.__setitem__(column, 0))
    with pytest.raises(NotProved):
        solve(scores, capacity, floor_levels=0, start=start)
