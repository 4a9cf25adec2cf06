"""What is to be solved: the caller's arrays checked, put in order and turned into whole-number costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[Any]  # whole numbers, mostly of 64 bits
Bools = NDArray[np.bool_]

HIGHEST_SCORE = 1_000_000
FORBIDDEN = 2**46  # the cost of a pair that may not be; nothing possible ever costs as much
LARGEST_COST = 2**44  # what a possible pair, or staying unmatched, may cost at most
# The same where costs are so small that half the memory will do, as they are for nearly everybody.
SMALL_FORBIDDEN = 2**30
LARGEST_SMALL_COST = 2**27
BLOCK = 256  # rows looked at together, so that what is worked out for them stays near at hand


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

    `cost` (rows, N + 1) is what each pair costs, `forbidden` where it may not be; `plain` is the same without bonuses
    for pairs kept, and `top` less it the score where every score counts once. `capacity` (N + 1,) are the places the
    pins leave, `mentees` is how many there are with those pinned, `mentee_of` (rows,) and `mentor_of` (N,) say who
    stands where, and `classes` (rows,) is each row's priority class, counted from 0.
    """

    cost: Ints
    plain: Ints
    forbidden: int
    top: int
    capacity: Ints
    exempt: Bools
    classes: Ints
    mentees: int
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
    return array.astype(np.int64, copy=name != "scores")


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
        scores=in_half_the_memory(table),
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


def in_half_the_memory(table: Ints) -> Ints:
    """A copy of the scores, -1 for whatever is negative."""
    scores = np.empty(table.shape, dtype=np.int32)
    for begin in range(0, table.shape[0], BLOCK):
        scores[begin : begin + BLOCK] = np.maximum(table[begin : begin + BLOCK], -1)
    return scores


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


def value_of(problem: Problem, mentees: Ints, mentors: Ints) -> int:
    """What these pairs are worth together: their scores, and the bonus where they are kept."""
    kept = int((problem.keep[mentees] == mentors).sum())
    return int(problem.scores[mentees, mentors].sum(dtype=np.int64)) + kept * problem.keep_bonus


def build_costs(problem: Problem) -> Costs:
    """The costs whose smallest sum is the best matching without floors.

    With coverage first, staying unmatched costs more than any chain of moves can win, times the rank of the priority
    class. Otherwise it costs what a pair of score 0 costs and the smallest bit more, so that among matchings of the
    same total the one with more pairs is cheaper.
    """
    mentee_of = problem.mentee_order[problem.pins[problem.mentee_order] < 0]
    mentor_of = problem.mentor_order
    rows, columns = mentee_of.size, mentor_of.size
    classes = np.unique(problem.priority[mentee_of], return_inverse=True)[1].astype(np.int64).reshape(rows)
    top = int(problem.scores.max(initial=0)) + problem.keep_bonus * bool((problem.keep >= 0).any())
    if problem.coverage_first:
        unit, steps = 1, int(classes.max(initial=0)) + 1
        beyond = (min(rows, columns) + 2) * (top + 1)
        alone = (steps - classes) * beyond
        if steps * beyond > LARGEST_COST:
            raise ValueError("There are too many priority classes for so many people.")
    else:
        unit = rows + 1
        alone = np.full(rows, top * unit + 1, dtype=np.int64)
        if (top + 1) * unit > LARGEST_COST:
            raise ValueError("There are too many people for scores as high as these.")
    small = int(alone.max(initial=0)) <= LARGEST_SMALL_COST
    forbidden = SMALL_FORBIDDEN if small else FORBIDDEN
    plain = np.empty((rows, columns + 1), dtype=np.int32 if small else np.int64)
    for begin in range(0, rows, BLOCK):
        part = problem.scores[np.ix_(mentee_of[begin : begin + BLOCK], mentor_of)].astype(plain.dtype)
        plain[begin : begin + BLOCK, :-1] = np.where(part >= 0, (top - part) * unit, forbidden)
    plain[:, -1] = alone
    pinned = problem.pins[problem.pins >= 0]
    enough = np.minimum(problem.capacity, problem.pins.size)
    capacity = enough - np.bincount(pinned, minlength=columns)
    return Costs(
        cost=with_bonus(problem, plain, mentee_of, unit, forbidden),
        plain=plain,
        forbidden=forbidden,
        top=top,
        capacity=np.append(capacity[mentor_of], rows).astype(np.int64),
        exempt=problem.floor_exempt[mentee_of],
        classes=classes,
        mentees=problem.pins.size,
        mentee_of=mentee_of,
        mentor_of=mentor_of,
    )


def with_bonus(problem: Problem, plain: Ints, mentee_of: Ints, unit: int, forbidden: int) -> Ints:
    """The costs with the bonus for pairs kept taken off; the same array where there is none."""
    kept = np.flatnonzero(problem.keep[mentee_of] >= 0)
    if problem.keep_bonus == 0 or kept.size == 0:
        return plain
    column_of = np.empty(problem.capacity.size, dtype=np.int64)
    column_of[problem.mentor_order] = np.arange(problem.capacity.size)
    columns = column_of[problem.keep[mentee_of[kept]]]
    possible = plain[kept, columns] < forbidden
    cost = plain.copy()
    cost[kept[possible], columns[possible]] -= problem.keep_bonus * unit
    return cost
