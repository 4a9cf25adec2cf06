"""What is to be solved: the caller's arrays checked, put in order and turned into whole-number costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

HIGHEST_SCORE = 1_000_000
FORBIDDEN = np.int64(2**60)  # the cost of a pair that may not be; nothing possible ever costs as much
LARGEST_COST = 2**56  # what a possible pair, or staying unmatched, may cost at most


@dataclass(frozen=True, eq=False)
class Problem:
    """The caller's arrays, whole and checked, in the caller's own order."""

    scores: Ints
    capacity: Ints
    priority: Ints
    coverage_first: bool
    floor_levels: int
    floor_cost: float
    floor_exempt: Bools
    keep: Ints
    keep_bonus: int
    pins: Ints
    mentee_order: Ints
    mentor_order: Ints


@dataclass(frozen=True, eq=False)
class Costs:
    """The problem of everybody who is not pinned, in the program's order, with "unmatched" as the last column.

    `cost` (rows, N + 1) is what each pair costs, `capacity` (N + 1,) the places the pins leave, `mentee_of` (rows,) and
    `mentor_of` (N,) say who stands where, and `classes` (rows,) is each row's priority class, counted from 0.
    """

    cost: Ints
    capacity: Ints
    scores: Ints
    exempt: Bools
    classes: Ints
    mentee_of: Ints
    mentor_of: Ints


def whole_numbers(name: str, given: Any, shape: tuple[int, ...]) -> Ints:
    """The argument as an int64 array of this shape, or a ValueError that says what is wrong with it."""
    array = np.asarray(given)
    if array.size == 0 and array.dtype.kind == "f":
        array = array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise ValueError(f"{name} must be whole numbers, not {array.dtype}.")
    if array.shape != shape:
        raise ValueError(f"{name} must have the shape {shape}, not {array.shape}.")
    if array.dtype.kind == "u" and array.size and int(array.max()) > 2**62:
        raise ValueError(f"{name} has a number that is too large.")
    return array.astype(np.int64)


def one_of_each(name: str, given: Any, size: int) -> Ints:
    """An order as an int64 array, or a ValueError unless it names each of `size` places once."""
    if given is None:
        return np.arange(size, dtype=np.int64)
    order = whole_numbers(name, given, (size,))
    if not np.array_equal(np.sort(order), np.arange(size)):
        raise ValueError(f"{name} must name each of 0 to {size - 1} exactly once.")
    return order


def named_mentors(name: str, given: Any, mentees: int, mentors: int) -> Ints:
    """For each mentee the index of a mentor or -1, or a ValueError that says which is out of range."""
    if given is None:
        return np.full(mentees, -1, dtype=np.int64)
    chosen = whole_numbers(name, given, (mentees,))
    wrong = np.flatnonzero((chosen < -1) | (chosen >= mentors))
    if wrong.size:
        raise ValueError(f"{name}: mentee {wrong[0]} names mentor {chosen[wrong[0]]}, who does not exist.")
    return chosen


def read_problem(scores: Any, capacity: Any, **given: Any) -> Problem:
    """All arguments of `solve` checked; ValueError with a sentence for the first that is wrong."""
    shape = np.shape(scores)
    if len(shape) != 2:
        raise ValueError(f"scores must be a table, a row for each mentee and a column for each mentor, not {shape}.")
    mentees, mentors = shape
    table = whole_numbers("scores", scores, (mentees, mentors))
    if table.size and int(table.max()) > HIGHEST_SCORE:
        raise ValueError(f"scores must not be above {HIGHEST_SCORE}; the highest is {int(table.max())}.")
    places = whole_numbers("capacity", capacity, (mentors,))
    if places.size and int(places.min()) < 0:
        raise ValueError(f"capacity must not be negative; mentor {int(places.argmin())} has {int(places.min())}.")
    exempt = np.zeros(mentees, dtype=np.bool_) if given["floor_exempt"] is None else np.asarray(given["floor_exempt"])
    if exempt.dtype != np.bool_ or exempt.shape != (mentees,):
        raise ValueError(f"floor_exempt must be a yes or no for each of the {mentees} mentees.")
    priority = np.zeros(mentees, dtype=np.int64)
    if given["priority"] is not None:
        priority = whole_numbers("priority", given["priority"], (mentees,))
    problem = Problem(
        scores=np.maximum(table, -1),
        capacity=places,
        priority=priority,
        coverage_first=bool(given["coverage_first"]),
        floor_levels=number_from("floor_levels", given["floor_levels"], 0, 10_000),
        floor_cost=share("floor_cost", given["floor_cost"]),
        floor_exempt=exempt,
        keep=named_mentors("keep", given["keep"], mentees, mentors),
        keep_bonus=number_from("keep_bonus", given["keep_bonus"], 0, HIGHEST_SCORE),
        pins=named_mentors("pins", given["pins"], mentees, mentors),
        mentee_order=one_of_each("mentee_order", given["mentee_order"], mentees),
        mentor_order=one_of_each("mentor_order", given["mentor_order"], mentors),
    )
    check_pins(problem)
    return problem


def number_from(name: str, given: Any, lowest: int, highest: int) -> int:
    """A whole number within bounds, or a ValueError."""
    whole = isinstance(given, (int, np.integer)) and not isinstance(given, bool)
    if not whole or not lowest <= int(given) <= highest:
        raise ValueError(f"{name} must be a whole number from {lowest} to {highest}, not {given!r}.")
    return int(given)


def share(name: str, given: Any) -> float:
    """A share from 0 to 1, or a ValueError."""
    number = isinstance(given, (int, float, np.integer, np.floating)) and not isinstance(given, bool)
    if not number or not 0 <= float(given) <= 1:
        raise ValueError(f"{name} must be a number from 0 to 1, not {given!r}.")
    return float(given)


def check_pins(problem: Problem) -> None:
    """A ValueError that names the first pin that cannot be."""
    left = problem.capacity.copy()
    for mentee in np.flatnonzero(problem.pins >= 0).tolist():
        mentor = int(problem.pins[mentee])
        if problem.scores[mentee, mentor] < 0:
            raise ValueError(f"Mentee {mentee} cannot be pinned to mentor {mentor}: a hard rule forbids this pair.")
        if left[mentor] == 0:
            raise ValueError(
                f"Mentee {mentee} cannot be pinned to mentor {mentor}: "
                f"no place is left of {int(problem.capacity[mentor])}."
            )
        left[mentor] -= 1


def values_of(problem: Problem) -> Ints:
    """What each pair is worth: its score, and the bonus where it is kept; meaningless where forbidden."""
    values = problem.scores.copy()
    kept = np.flatnonzero(problem.keep >= 0)
    values[kept, problem.keep[kept]] += problem.keep_bonus
    return values


def build_costs(problem: Problem) -> Costs:
    """The costs whose smallest sum is the best matching without floors.

    With coverage first, staying unmatched costs more than any chain of moves can win, times the rank of the priority
    class. Otherwise it costs what a pair of score 0 costs and the smallest bit more, so that among matchings of the
    same total the one with more pairs is cheaper.
    """
    mentee_of = problem.mentee_order[problem.pins[problem.mentee_order] < 0]
    mentor_of = problem.mentor_order
    rows, columns = mentee_of.size, mentor_of.size
    pinned = problem.pins[problem.pins >= 0]
    scores = problem.scores[np.ix_(mentee_of, mentor_of)]
    values = values_of(problem)[np.ix_(mentee_of, mentor_of)]
    classes = np.unique(problem.priority[mentee_of], return_inverse=True)[1].astype(np.int64).reshape(rows)
    top = int(values[scores >= 0].max(initial=0))
    cost = np.full((rows, columns + 1), FORBIDDEN, dtype=np.int64)
    if problem.coverage_first:
        steps = int(classes.max(initial=0)) + 1
        beyond = (min(rows, columns) + 2) * (top + 1)
        if steps * beyond > LARGEST_COST:
            raise ValueError("There are too many priority classes for so many people.")
        cost[:, :-1] = np.where(scores >= 0, top - values, FORBIDDEN)
        cost[:, -1] = (steps - classes) * beyond
    else:
        unit = rows + 1
        if (top + 1) * unit > LARGEST_COST:
            raise ValueError("There are too many people for scores as high as these.")
        cost[:, :-1] = np.where(scores >= 0, (top - values) * unit, FORBIDDEN)
        cost[:, -1] = top * unit + 1
    enough = np.minimum(problem.capacity, problem.pins.size)
    capacity = enough - np.bincount(pinned, minlength=columns)
    return Costs(
        cost=cost,
        capacity=np.append(capacity[mentor_of], rows).astype(np.int64),
        scores=scores,
        exempt=problem.floor_exempt[mentee_of],
        classes=classes,
        mentee_of=mentee_of,
        mentor_of=mentor_of,
    )
