"""What is to be solved: the caller's arrays, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[Any]  # whole numbers, mostly of 64 bits
Bools = NDArray[np.bool_]

HIGHEST_SCORE = 1_000_000
MOST_LOAD = 10_000  # mentees a mentor may have already
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
    spread: int = 0
    load: Ints | None = None

    def nth(self, mentors: Ints, more: Ints) -> Ints:
        """What one mentee more costs each of these mentors who have so many more than at the beginning."""
        had = 0 if self.load is None else self.load[mentors]
        cost: Ints = self.spread * (had + more)
        return cost

    def load_cost(self, mentors: Ints) -> int:
        """What it costs that each of these mentors has a mentee, a mentor standing there once for each."""
        more = np.bincount(mentors, minlength=self.capacity.size)
        had = 0 if self.load is None else self.load
        return self.spread * int((more * had + more * (more - 1) // 2).sum())


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
        spread=number_from("spread", given.get("spread", 0), 0, HIGHEST_SCORE),
        load=loads(given.get("load"), mentors),
    )
    check_pins(problem)
    return problem


def loads(given: Any, mentors: int) -> Ints | None:
    """How many mentees each mentor has already, or a ValueError."""
    if given is None:
        return None
    load = whole_numbers("load", given, (mentors,))
    if load.size and not 0 <= int(load.min()) <= int(load.max()) <= MOST_LOAD:
        raise ValueError(f"load must be from 0 to {MOST_LOAD} for each mentor.")
    return load


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
    """What these pairs are worth together: as `total_of` says, and the bonus where they are kept."""
    kept = int((problem.keep[mentees] == mentors).sum())
    return total_of(problem, mentees, mentors) + kept * problem.keep_bonus


def total_of(problem: Problem, mentees: Ints, mentors: Ints) -> int:
    """The scores of these pairs together, less what it costs that some mentors have more mentees than one."""
    scores = int(problem.scores[mentees, mentors].sum(dtype=np.int64))
    return scores - problem.load_cost(mentors) if problem.spread else scores
