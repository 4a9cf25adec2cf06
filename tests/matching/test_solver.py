"""The solver against independent ones: scipy for the total."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.solver import NotProved, bids, solve
from matching.solver.proof import prove
from tests.matching.instances import by_scipy, checked, few_checked, is_sound, problems

pytestmark = pytest.mark.once
# --- The smallest trap, and the edges


def test_two_mentees_and_two_places_are_both_filled_though_the_best_pair_would_block_one():
    solution = solve([[10, 9], [10, -1]], [1, 1])
    assert solution.assignment.tolist() == [1, 0]
    assert (solution.matched, solution.total) == (2, 19)


def test_coverage_goes_before_any_score_unless_told_otherwise():
    scores = [[1_000_000, 0], [0, -1]]
    assert solve(scores, [1, 1]).matched == 2
    greedy = solve(scores, [1, 1], coverage_first=False)
    assert (greedy.matched, greedy.total) == (1, 1_000_000)


def test_best_total_first_still_prefers_more_pairs_among_equal_totals():
    solution = solve([[5, 0], [5, 0]], [1, 1], coverage_first=False)
    assert (solution.matched, solution.total) == (2, 5)


@pytest.mark.parametrize(("mentees", "mentors"), [(0, 0), (0, 3), (3, 0)])
def test_nobody_on_a_side_is_no_error(mentees, mentors):
    solution = solve(np.zeros((mentees, mentors), dtype=int), np.ones(mentors, dtype=int))
    assert solution.assignment.tolist() == [-1] * mentees
    assert (solution.matched, solution.total, solution.primal) == (0, 0, solution.dual)


def test_scores_as_high_as_allowed_with_many_classes_do_not_overflow():
    scores = np.full((60, 20), 1_000_000)
    solution = solve(scores, np.ones(20, dtype=int), priority=np.arange(60)[::-1], keep=np.zeros(60, dtype=int))
    assert np.flatnonzero(solution.assignment >= 0).tolist() == list(range(40, 60))


# --- Against scipy


@checked
@given(problems(), st.booleans())
def test_matched_and_total_are_scipys_without_floor(problem, coverage_first):
    scores, capacity, _ = problem
    solution = solve(scores, capacity, floor_levels=0, coverage_first=coverage_first)
    assert is_sound(solution, scores, capacity)
    assert (solution.matched, solution.total) == by_scipy(scores, scores >= 0, capacity, coverage_first)


@few_checked
@given(problems(most_mentees=160, most_mentors=50, most_places=6), st.sampled_from([3, 8, 64]), st.booleans())
def test_people_enough_to_be_placed_together_are_scipys(problem, size, coverage_first):
    scores, capacity, _ = problem
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bids, "SIZE", size)  # so that many columns are left out of the cores
        solution = solve(scores, capacity, floor_levels=0, coverage_first=coverage_first)
    assert is_sound(solution, scores, capacity)
    assert (solution.matched, solution.total) == by_scipy(scores, scores >= 0, capacity, coverage_first)


@checked
@given(problems())
def test_one_level_is_scipys_optimum_over_the_highest_floor_that_matches_as_many(problem):
    scores, capacity, _ = problem
    most, _ = by_scipy(scores, scores >= 0, capacity)
    expected = (0, 0)
    for floor in reversed(np.unique(scores[scores >= 0])):
        expected = by_scipy(scores, scores >= floor, capacity)
        if expected[0] == most:
            break
    solution = solve(scores, capacity, floor_levels=1, floor_cost=1)
    assert is_sound(solution, scores, capacity)
    assert (solution.matched, solution.total) == expected


@checked
@given(problems())
def test_pins_and_bonuses_are_scipys(problem):
    scores, capacity, rng = problem
    mentees, mentors = scores.shape
    keep = rng.integers(-1, mentors, mentees) if mentors else np.full(mentees, -1)
    pins, left = np.full(mentees, -1), capacity.copy()
    for mentee in rng.permutation(mentees)[: mentees // 3]:
        free = np.flatnonzero((scores[mentee] >= 0) & (left > 0))
        if free.size:
            pins[mentee] = rng.choice(free)
            left[pins[mentee]] -= 1
    values = scores.copy()
    kept = np.flatnonzero(keep >= 0)
    values[kept, keep[kept]] += 7
    loose, held = pins < 0, np.flatnonzero(pins >= 0)
    matched, value = by_scipy(values[loose], scores[loose] >= 0, left)
    solution = solve(scores, capacity, keep=keep, keep_bonus=7, pins=pins, floor_levels=0)
    assert is_sound(solution, scores, capacity)
    assert (solution.assignment[held] == pins[held]).all()
    assert solution.matched == matched + held.size
    assert solution.value == value + values[held, pins[held]].sum()


@pytest.mark.parametrize("kind", ["noise", "agreed", "few values", "scarce"])
def test_middling_sizes_are_scipys(kind):
    rng = np.random.default_rng(8)
    scores = {
        "noise": rng.integers(0, 1000, 60) + rng.integers(0, 200, (150, 60)),
        "agreed": np.tile(rng.integers(0, 1000, 60), (150, 1)),
        "few values": rng.integers(-1, 4, (150, 60)),
        "scarce": rng.integers(0, 1_000_001, (150, 60)),
    }[kind]
    capacity = rng.integers(0, 3 if kind == "scarce" else 6, 60)
    solution = solve(scores, capacity, floor_levels=0)
    assert is_sound(solution, scores, capacity)
    assert (solution.matched, solution.total) == by_scipy(scores, scores >= 0, capacity)
    fair = solve(scores, capacity)
    assert is_sound(fair, scores, capacity)
    assert fair.matched == solution.matched
    assert fair.total >= solution.total * 0.995


# --- Order, start, proof


@checked
@given(problems(), st.integers(0, 10))
def test_the_order_people_come_in_changes_nothing(problem, levels):
    scores, capacity, rng = problem
    mentees, mentors = scores.shape
    priority = rng.integers(0, 2, mentees)
    orders = rng.permutation(mentees), rng.permutation(mentors)
    rows, columns = rng.permutation(mentees), rng.permutation(mentors)
    first = solve(
        scores, capacity, priority=priority, floor_levels=levels, mentee_order=orders[0], mentor_order=orders[1]
    )
    moved = scores[np.ix_(rows, columns)], capacity[columns]
    other = solve(*moved, priority=priority[rows], floor_levels=levels)
    assert (other.matched, other.total) == (first.matched, first.total)
    assert sorted(level.score for level in other.levels) == sorted(level.score for level in first.levels)
    same = solve(
        *moved,
        priority=priority[rows],
        floor_levels=levels,
        mentee_order=np.argsort(rows)[orders[0]],
        mentor_order=np.argsort(columns)[orders[1]],
    )
    names = np.append(columns, -1)
    assert names[same.assignment].tolist() == first.assignment[rows].tolist()
    assert same.prices.tolist() == first.prices[columns].tolist()


@checked
@given(problems(), st.integers(0, 10))
def test_a_start_changes_neither_counts_nor_total(problem, levels):
    scores, capacity, rng = problem
    before = solve(scores, capacity, floor_levels=levels)
    scores = scores.copy()
    scores[rng.random(scores.shape) < 0.1] = -1
    capacity = np.maximum(capacity + rng.integers(-1, 2, capacity.size), 0)
    cold = solve(scores, capacity, floor_levels=levels)
    warm = solve(scores, capacity, floor_levels=levels, start=before)
    assert is_sound(warm, scores, capacity)
    assert (warm.matched, warm.total, warm.primal) == (cold.matched, cold.total, cold.primal)
    assert [level.score for level in warm.levels] == [level.score for level in cold.levels]
    assert warm.prices.tolist() == cold.prices.tolist()


def test_a_worse_answer_is_not_proved():
    solution = solve([[3, 1], [1, 3]], [1, 1], floor_levels=0)
    network = solution.network
    prove(network.cost, network.capacity, network.place, network.prices)
    with pytest.raises(NotProved):
        prove(network.cost, network.capacity, network.place[::-1].copy(), network.prices)
    with pytest.raises(NotProved):
        prove(network.cost, network.capacity, np.zeros_like(network.place), network.prices)
    with pytest.raises(NotProved):
        prove(network.cost, network.capacity, network.place, network.prices - 1)


# --- Bad input


@pytest.mark.parametrize(
    ("arguments", "changes", "words"),
    [
        (([1, 2], [1, 1]), {}, "scores must be a table"),
        (([[1.0, 2.0]], [1, 1]), {}, "scores must be whole numbers"),
        (([[float("nan")]], [1]), {}, "scores must be whole numbers"),
        (([["a"]], [1]), {}, "scores must be whole numbers"),
        (([[1_000_001]], [1]), {}, "not be above 1000000"),
        (([[1]], [1, 1]), {}, "capacity must have the shape"),
        (([[1]], [-1]), {}, "capacity must not be negative"),
        (([[1]], [1.0]), {}, "capacity must be whole numbers"),
        (([[1]], [True]), {}, "capacity must be whole numbers"),
        (([[1]], [1]), {"priority": [0, 1]}, "priority must have the shape"),
        (([[1]], [1]), {"floor_levels": -1}, "floor_levels must be a whole number"),
        (([[1]], [1]), {"floor_levels": 1.5}, "floor_levels must be a whole number"),
        (([[1]], [1]), {"floor_cost": 2}, "floor_cost must be a number from 0 to 1"),
        (([[1]], [1]), {"floor_cost": float("nan")}, "floor_cost must be a number from 0 to 1"),
        (([[1]], [1]), {"floor_exempt": [0]}, "floor_exempt must be a yes or no"),
        (([[1]], [1]), {"keep": [1]}, "mentee 0 names mentor 1"),
        (([[1]], [1]), {"keep": [-2]}, "mentee 0 names mentor -2"),
        (([[1]], [1]), {"keep_bonus": -1}, "keep_bonus must be a whole number"),
        (([[1]], [1]), {"pins": [3]}, "mentee 0 names mentor 3"),
        (([[-1]], [1]), {"pins": [0]}, "Mentee 0 cannot be pinned to mentor 0: a hard rule forbids"),
        (([[1], [1]], [1]), {"pins": [0, 0]}, "Mentee 1 cannot be pinned to mentor 0: no place is left of 1"),
        (([[1]], [1]), {"mentee_order": [1]}, "mentee_order must name each"),
        (([[1, 1]], [1, 1]), {"mentor_order": [0, 0]}, "mentor_order must name each"),
    ],
)
def test_bad_input_is_said_in_a_sentence(arguments, changes, words):
    with pytest.raises(ValueError, match=words):
        solve(*arguments, **changes)


def test_a_start_of_another_size_is_refused():
    with pytest.raises(ValueError, match="start must be a solution for as many"):
        solve([[1, 1]], [1, 1], start=solve([[1]], [1]))


def test_nothing_given_is_changed():
    scores, capacity = np.array([[3, -5], [3, 2]]), np.array([1, 1])
    solve(scores, capacity)
    assert scores.tolist() == [[3, -5], [3, 2]]
    assert capacity.tolist() == [1, 1]
