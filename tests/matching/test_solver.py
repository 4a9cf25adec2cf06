"""The solver against independent ones: scipy for the total, brute force for classes and floors."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from matching.solver import NotProved, explain_unmatched, one_more_place, solve, what_if
from matching.solver.proof import prove

pytestmark = pytest.mark.once
checked = settings(max_examples=150, deadline=None, derandomize=True)
checked_slowly = settings(max_examples=120, deadline=None, derandomize=True)


@st.composite
def problems(draw, most_mentees=12, most_mentors=8, most_places=3, tops=(1, 3, 30, 1_000_000)):
    """Scores and places of every awkward shape: ties, zeros, nobody, everything forbidden, more places than people."""
    mentees = draw(st.integers(0, most_mentees))
    mentors = draw(st.integers(0, most_mentors))
    top = draw(st.sampled_from(tops))
    forbidden = draw(st.sampled_from([0.0, 0.2, 0.5, 0.8, 1.0]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scores = rng.integers(0, top + 1, (mentees, mentors))
    scores[rng.random((mentees, mentors)) < forbidden] = -1
    capacity = rng.integers(0, draw(st.integers(0, most_places)) + 1, mentors)
    return scores, capacity, rng


def by_scipy(values, possible, capacity, coverage_first=True):
    """Matched and value by scipy's assignment solver on the expanded places."""
    places = np.repeat(np.arange(capacity.size), capacity)
    rows = values.shape[0]
    unit = 1 if coverage_first else rows + 1
    bonus = (rows + 2) * (int(values.max(initial=0)) + 1) if coverage_first else 1
    table = np.where(possible[:, places], values[:, places] * unit + bonus, 0)
    left, right = linear_sum_assignment(table, maximize=True)
    good = possible[left, places[right]]
    left, right = left[good], places[right[good]]
    return left.size, int(values[left, right].sum())


def is_sound(solution, scores, capacity):
    """Places kept, nothing forbidden, sums right, and the proof closed."""
    pairs = np.flatnonzero(solution.assignment >= 0)
    used = np.bincount(solution.assignment[pairs], minlength=capacity.size)
    chosen = scores[pairs, solution.assignment[pairs]]
    return (
        (used <= capacity).all()
        and (chosen >= 0).all()
        and solution.matched == pairs.size
        and solution.total == chosen.sum()
        and solution.primal == solution.dual
        and (solution.prices >= 0).all()
        and (chosen >= solution.floors[pairs]).all()
        and (solution.floors[solution.assignment < 0] == -1).all()
    )


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


# --- Against brute force: classes and deeper floors


def all_assignments(scores, capacity):
    """Every possible assignment."""
    mentees, mentors = scores.shape
    options = [[-1, *np.flatnonzero(scores[i] >= 0).tolist()] for i in range(mentees)]
    for chosen in product(*options):
        used = [chosen.count(j) for j in range(mentors)]
        if all(count <= places for count, places in zip(used, capacity, strict=True)):
            yield chosen


def class_counts(chosen, priority):
    """How many are matched, in all and by class."""
    matched = [priority[i] for i, j in enumerate(chosen) if j >= 0]
    return (len(matched), *(matched.count(each) for each in sorted(set(priority))))


def brute_floors(scores, capacity, priority, exempt, depth):
    """Each mentee's threshold after so many levels, straight from the definition.

    A level is the highest score that the mentees still rising can all be given, those held keeping theirs, with as many
    of each class matched. Held there is whoever is left out in some way of placing as many as possible any higher, and
    again until the others can go higher together. Going unmatched counts as placed, as often as a class has to.
    """
    everything = list(all_assignments(scores, capacity))
    goal = max(class_counts(chosen, priority) for chosen in everything)
    spare = {each: priority.count(each) - goal[1 + index] for index, each in enumerate(sorted(set(priority)))}

    def placed_sets(thresholds):
        found = set()
        for chosen in everything:
            if all(j < 0 or scores[i, j] >= thresholds[i] for i, j in enumerate(chosen)):
                out = [i for i, j in enumerate(chosen) if j < 0]
                by_class = {each: [i for i in out if priority[i] == each] for each in spare}
                missed = [combinations(ids, max(len(ids) - spare[each], 0)) for each, ids in by_class.items()]
                for parts in product(*missed):
                    found.add(frozenset(i for part in parts for i in part))
        return found

    def possible(thresholds):
        return frozenset() in placed_sets(thresholds)

    active = {i for i in range(len(priority)) if not exempt[i]}
    thresholds = [-1] * len(priority)
    grades = sorted(set(scores[scores >= 0].tolist()) | {0})
    for _ in range(depth):
        if not active:
            break
        level = max(g for g in grades if possible([g if i in active else t for i, t in enumerate(thresholds)]))
        above = [g for g in grades if g > level] + [max(grades) + 1]
        if level == max(grades) and possible([level + 1 if i in active else t for i, t in enumerate(thresholds)]):
            break
        thresholds = [level if i in active else t for i, t in enumerate(thresholds)]
        while active:
            missed = placed_sets([above[0] if i in active else t for i, t in enumerate(thresholds)])
            fewest = min(map(len, missed))
            if fewest == 0:
                break
            active -= set().union(*(each for each in missed if len(each) == fewest)) & active
    best = max(
        (class_counts(chosen, priority), sum(scores[i, j] for i, j in enumerate(chosen) if j >= 0))
        for chosen in everything
        if all(j < 0 or scores[i, j] >= thresholds[i] for i, j in enumerate(chosen))
    )
    return thresholds, best


@checked_slowly
@given(problems(most_mentees=6, most_mentors=4, most_places=2, tops=(2, 4, 9)), st.integers(0, 4), st.booleans())
def test_classes_and_floors_are_those_of_brute_force(problem, depth, some_exempt):
    scores, capacity, rng = problem
    mentees = scores.shape[0]
    if mentees == 0 or sum(np.log2(1 + (scores >= 0).sum(axis=1))) > 11.7:
        scores, mentees = scores[:3], min(3, mentees)
    priority = rng.integers(0, 3, mentees).tolist()
    exempt = rng.random(mentees) < (0.3 if some_exempt else 0)
    solution = solve(
        scores, capacity, priority=np.array(priority, dtype=int), floor_exempt=exempt, floor_levels=depth, floor_cost=1
    )
    thresholds, (counts, total) = brute_floors(scores, capacity.tolist(), priority, exempt, depth)
    assert is_sound(solution, scores, capacity)
    assert class_counts(solution.assignment.tolist(), priority) == counts
    assert solution.total == total
    for mentee in np.flatnonzero(solution.assignment >= 0):
        assert solution.floors[mentee] == max(thresholds[mentee], 0)


def test_the_floor_stops_before_it_costs_more_than_allowed():
    capacity = np.array([1, 1])
    scores = np.array([[100, 40], [40, 1]])
    assert solve(scores, capacity, floor_levels=0).total == 101
    assert solve(scores, capacity).total == 101  # the floor would cost 21 of 101
    assert solve(scores, capacity, floor_cost=0.3).total == 80
    assert solve(scores, capacity, floor_cost=0.3).floors.tolist() == [40, 40]
    assert solve(scores, capacity, floor_cost=0.3, floor_exempt=[False, True]).total == 101


def test_the_floor_names_those_who_compete():
    solution = solve([[9, 2, -1], [9, 2, -1], [8, -1, 7]], [1, 1, 1], floor_cost=1)
    first = solution.levels[0]
    assert first.score == 2
    assert first.mentees.tolist() == [0, 1]
    assert first.mentors.tolist() == [0]
    assert first.places == 1


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


# --- Explanations


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
