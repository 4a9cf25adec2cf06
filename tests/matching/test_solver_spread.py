"""Mentees spread over the mentors: a second costs points, a third twice as many. Against brute force."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.solver import Start, explain_unmatched, one_more_place, solve, what_if
from matching.solver.chains import NEVER, chains_of
from tests.matching.instances import few_checked, problems
from tests.matching.test_solver_floor import all_assignments, class_counts

pytestmark = pytest.mark.once


def net(scores, chosen, spread, load):
    """The scores less what the load costs, mentee by mentee."""
    had, total = list(load), 0
    for i, j in enumerate(chosen):
        if j >= 0:
            total += int(scores[i, j]) - spread * had[j]
            had[j] += 1
    return total


def small(problem, most):
    """As much of a problem as brute force can bear."""
    scores, capacity, rng = problem
    while sum(np.log2(1 + (scores >= 0).sum(axis=1))) > most:
        scores = scores[:-1]
    return scores, capacity, rng, rng.integers(0, 3, capacity.size)


def highest(scores, capacity, spread, load, priority, coverage_first=True, fits=lambda chosen: True):
    """What is best of everything: counts and total, or total and matched."""
    ways = (
        (class_counts(chosen, priority), net(scores, chosen, spread, load))
        for chosen in all_assignments(scores, capacity)
        if fits(chosen)
    )
    return max(ways) if coverage_first else max((total, counts[0]) for counts, total in ways)


@few_checked
@given(problems(most_mentees=6, most_mentors=4, tops=(3, 9, 30)), st.sampled_from([1, 2, 7]), st.booleans())
def test_counts_and_total_are_those_of_brute_force(problem, spread, coverage_first):
    scores, capacity, rng, load = small(problem, 10)
    priority = rng.integers(0, 2, scores.shape[0])
    about = {"priority": priority, "coverage_first": coverage_first, "spread": spread, "load": load}
    solution = solve(scores, capacity, floor_levels=0, **about)
    chosen = solution.assignment.tolist()
    best = highest(scores, capacity.tolist(), spread, load.tolist(), priority.tolist(), coverage_first)
    counts = class_counts(chosen, priority.tolist())
    assert solution.total == net(scores, chosen, spread, load.tolist())
    assert ((counts, solution.total) if coverage_first else (solution.total, counts[0])) == best
    assert solution.primal == solution.dual
    pairs = np.flatnonzero(solution.assignment >= 0)
    assert solution.total + solution.load_cost == scores[pairs, solution.assignment[pairs]].sum()
    # From anywhere, it is the same.
    begun = Start(solution.assignment[::-1].copy(), rng.integers(0, 9, capacity.size))
    again = solve(scores, capacity, floor_levels=0, start=begun, **about)
    assert (again.matched, again.total, again.prices.tolist()) == (counts[0], solution.total, solution.prices.tolist())


@few_checked
@given(problems(most_mentees=6, most_mentors=4, tops=(3, 9)), st.sampled_from([1, 3]))
def test_the_floor_is_of_the_pairs_own_scores(problem, spread):
    scores, capacity, _rng, load = small(problem, 10)
    nobody_first = [0] * scores.shape[0]
    one = solve(scores, capacity, floor_levels=1, floor_cost=1, spread=spread, load=load)
    plain = solve(scores, capacity, floor_levels=1, floor_cost=1)
    if one.total < 0 or not one.levels:
        return  # where the load costs more than all pairs bring, a share of the total allows no floor
    floor = plain.levels[0].score
    assert one.levels[0].score == floor
    above = highest(
        scores, capacity.tolist(), spread, load.tolist(), nobody_first,
        fits=lambda chosen: all(j < 0 or scores[i, j] >= floor for i, j in enumerate(chosen)),
    )  # fmt: skip
    assert ((one.matched, one.matched), one.total) == above


@few_checked
@given(problems(most_mentees=5, most_mentors=4, most_places=2, tops=(3, 9)), st.sampled_from([1, 3]))
def test_what_another_pair_or_place_would_cost_is_exact(problem, spread):
    scores, capacity, _rng, load = small(problem, 9)
    if scores.shape[0] == 0:
        return
    about = {"floor_levels": 0, "spread": spread, "load": load}
    solution = solve(scores, capacity, **about)
    base = solve(np.where((solution.assignment < 0)[:, None], -1, scores), capacity, **about)
    chains = chains_of(base, np.zeros(scores.shape[0], dtype=bool))
    for mentee in range(scores.shape[0]):
        for mentor in np.flatnonzero((scores[mentee] >= 0) & (capacity > 0)).tolist():
            pins = np.full(scores.shape[0], -1)
            pins[mentee] = mentor
            fresh = solve(scores, capacity, pins=pins, **about)
            change = what_if(solution, mentee, mentor)
            assert (change.matched, change.total) == (fresh.matched - solution.matched, fresh.total - solution.total)
    for mentor in range(capacity.size):
        more = capacity.copy()
        more[mentor] += 1
        fresh = solve(scores, more, **about)
        change = one_more_place(solution, mentor)
        assert (change.matched, change.total) == (fresh.matched - solution.matched, fresh.total - solution.total)
    for mentee in np.flatnonzero(solution.assignment < 0).tolist():
        why = explain_unmatched(solution, mentee)
        if why.kind == "full":
            more = capacity.copy()
            more[why.mentor] += 1
            pins = np.full(scores.shape[0], -1)
            assert why.change.matched == 1
            assert why.change.total <= solve(scores, more, **about).total - solution.total
            only = np.append(np.flatnonzero(solution.assignment >= 0), mentee)
            fresh = [
                solve(scores[only], capacity + (np.arange(capacity.size) == mentor), **about)
                for mentor in range(capacity.size)
            ]
            best = max(each.total for each in fresh if each.matched == only.size)
            assert why.change.total == best - solution.total
            worth = np.where(scores[mentee] >= 0, scores[mentee] - chains.to_new, -NEVER)
            assert worth.max() == best - solution.total


def test_two_equal_mentors_have_one_each_and_a_long_way_is_not_gone_for_it():
    assert sorted(solve([[9, 9], [9, 9]], [2, 2], spread=1).assignment.tolist()) == [0, 1]
    assert solve([[9, 1], [9, 1]], [2, 2], spread=7).assignment.tolist() == [0, 0]
    assert solve([[9, 8], [9, 8]], [2, 2], spread=1, load=[0, 3], floor_levels=0).assignment.tolist() == [0, 0]


def test_pins_take_places_of_the_load():
    solution = solve([[5, 5], [5, 5], [5, 4]], [3, 3], pins=[0, -1, -1], spread=1)
    assert solution.assignment.tolist() in ([0, 1, 0], [0, 1, 1], [0, 0, 1])
    assert solution.total == 14
    assert replace(solution.problem).load_cost(solution.assignment) == solution.load_cost == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"spread": -1}, "spread must be"), ({"load": [1, 2]}, "load must have"), ({"load": [-1]}, "load must be from 0")],
)
def test_a_spread_that_cannot_be_is_said_in_a_sentence(changes, words):
    with pytest.raises(ValueError, match=words):
        solve([[1]], [1], **changes)
