"""What the solver's answer means: what else it would cost, and why not."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.solver import explain_unmatched, one_more_place, solve, what_if
from tests.matching.instances import checked, problems

pytestmark = pytest.mark.once


@checked
@given(problems(most_mentees=6, most_mentors=4, tops=(1, 9, 1000)), st.booleans(), st.booleans())
def test_what_if_is_the_difference_of_solving_again_with_the_pin(problem, coverage_first, floor):
    scores, capacity, rng = problem
    mentees, mentors = scores.shape
    pins = np.full(mentees, -1)
    if mentees and rng.random() < 0.3:
        free = np.flatnonzero((scores[0] >= 0) & (capacity > 0))
        pins[0] = free[0] if free.size else -1
    settings_ = {"priority": rng.integers(0, 2, mentees), "coverage_first": coverage_first, "floor_cost": 1}
    solution = solve(scores, capacity, pins=pins, floor_levels=10 if floor else 0, **settings_)
    state = solution.assignment.copy(), solution.network.place.copy(), solution.network.prices.copy()
    for mentee, mentor in product(range(mentees), range(mentors)):
        pinned = pins.copy()
        pinned[mentee] = mentor
        try:
            again = solve(scores, capacity, pins=pinned, floor_levels=0, **settings_)
        except ValueError:
            with pytest.raises(ValueError, match=r"forbids|no place"):
                what_if(solution, mentee, mentor)
            continue
        change = what_if(solution, mentee, mentor)
        after = solution.assignment.copy()
        for move in change.moves:
            assert after[move.mentee] == move.before
            after[move.mentee] = move.after
        assert after[mentee] == mentor
        assert (np.bincount(after[after >= 0], minlength=mentors) <= capacity).all()
        assert change.matched == again.matched - solution.matched or not coverage_first
        if not floor:
            assert (change.matched, change.total) == (again.matched - solution.matched, again.total - solution.total)
        elif change.floor_kept and coverage_first:
            others = np.flatnonzero((after >= 0) & (np.arange(mentees) != mentee) & (solution.assignment >= 0))
            assert (scores[others, after[others]] >= solution.floors[others]).all()
    assert (state[0] == solution.assignment).all()
    assert (state[1] == solution.network.place).all()
    assert (state[2] == solution.network.prices).all()


@checked
@given(problems(most_mentees=8, most_mentors=4, tops=(1, 9, 1000)))
def test_one_more_place_is_the_difference_of_solving_again_and_has_its_price(problem):
    scores, capacity, _ = problem
    solution = solve(scores, capacity, floor_levels=0)
    for mentor in range(capacity.size):
        more = capacity.copy()
        more[mentor] += 1
        again = solve(scores, more, floor_levels=0)
        change = one_more_place(solution, mentor)
        assert (change.matched, change.total) == (again.matched - solution.matched, again.total - solution.total)
        assert (solution.prices[mentor] > 0) == ((change.matched, change.total) != (0, 0))


@checked
@given(problems(most_mentees=8, most_mentors=4, tops=(1, 9)), st.sampled_from([0, 0, 0, 1, 10]))
def test_everybody_unmatched_gets_a_reason_and_the_cheapest_place(problem, levels):
    scores, capacity, _ = problem
    solution = solve(scores, capacity, floor_levels=levels, floor_cost=1)
    for mentee in range(scores.shape[0]):
        if solution.assignment[mentee] >= 0:
            with pytest.raises(ValueError, match="is matched"):
                explain_unmatched(solution, mentee)
            continue
        found = explain_unmatched(solution, mentee)
        if (scores[mentee] < 0).all():
            assert (found.kind, found.change) == ("forbidden", None)
            continue
        assert found.kind == ("full" if found.places else "no_places")
        assert found.places == capacity[found.mentors].sum() < found.mentees.size
        assert mentee in found.mentees
        assert found.change.matched == 1
        assert {move.mentee: move.after for move in found.change.moves}[mentee] >= 0
        if levels == 0:
            best = max(best_with_place(solution, mentee, mentor) for mentor in range(capacity.size))
            assert found.change.total == best - solution.total


def best_with_place(solution, mentee, mentor):
    """The best total of this mentee and all matched now, with one more place with a mentor; -1 if they do not fit."""
    rows = np.flatnonzero((solution.assignment >= 0) | (np.arange(solution.assignment.size) == mentee))
    more = solution.problem.capacity.copy()
    more[mentor] += 1
    again = solve(solution.problem.scores[rows], more, floor_levels=0)
    return again.total if again.matched == rows.size else -1


def test_unmatched_for_the_sake_of_the_total():
    solution = solve([[10, 0], [9, -1]], [1, 1], coverage_first=False)
    found = explain_unmatched(solution, 1)
    assert found.kind == "total"
    assert found.mentor == 0
    assert (found.change.matched, found.change.total) == (1, -1)


def test_blocking_pairs_are_those_who_would_both_rather():
    solution = solve([[10, 9], [10, -1]], [1, 1])
    assert solution.blocking == 0
    assert solve([[10, 9], [8, -1]], [1, 1]).blocking == 1
    assert solve([[5, 6]], [1, 1], pins=[0]).blocking == 1
