"""Priority classes and the floor of the solver against brute force."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.solver import solve
from tests.matching.instances import checked_slowly, is_sound, problems

pytestmark = pytest.mark.once


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
