"""The costs of a problem: whole numbers in the program's order, with "unmatched" as the last column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.solver.problem import BLOCK, Bools, Ints, Problem

FORBIDDEN = 2**46  # the cost of a pair that may not be; nothing possible ever costs as much
LARGEST_COST = 2**44  # what a possible pair, or staying unmatched, may cost at most
# The same where costs are so small that half the memory will do, as they are for nearly everybody.
SMALL_FORBIDDEN = 2**30
LARGEST_SMALL_COST = 2**27
MOST_COLUMNS = 30_000


@dataclass(frozen=True, eq=False)
class Costs:
    """The problem of everybody who is not pinned, in the program's order, with "unmatched" as the last column.

    `cost` (rows, N + 1) is what each pair costs, `forbidden` where it may not be; `plain` is the same without bonuses
    for pairs kept, and `top` less it the score where every score counts once. `capacity` (N + 1,) are the places the
    pins leave, `mentees` is how many there are with those pinned, `mentee_of` (rows,) and `mentor_of` (N,) say who
    stands where, and `classes` (rows,) is each row's priority class, counted from 0. Where people are to be spread over
    the mentors, each place is a column of its own, a mentor's cheapest first, and `cost` has what it costs, `extra`
    (N,), on top; then N is the number of those columns.
    """

    cost: Ints
    plain: Ints
    forbidden: int
    top: int
    capacity: Ints
    exempt: Bools
    classes: Ints
    extra: Ints
    mentees: int
    mentee_of: Ints
    mentor_of: Ints

    @property
    def mentors(self) -> int:
        """How many mentors there are; each has a column at least."""
        return int(self.mentor_of.max(initial=-1)) + 1


def build_costs(problem: Problem) -> Costs:
    """The costs whose smallest sum is the best matching without floors.

    With coverage first, staying unmatched costs more than any chain of moves can win, times the rank of the priority
    class. Otherwise it costs what a pair of score 0 costs and the smallest bit more, so that among matchings of the
    same total the one with more pairs is cheaper.
    """
    mentee_of = problem.mentee_order[problem.pins[problem.mentee_order] < 0]
    pinned = problem.pins[problem.pins >= 0]
    mentor_of, capacity, extra = places_to_give(problem, pinned)
    rows, columns = mentee_of.size, mentor_of.size
    classes = np.unique(problem.priority[mentee_of], return_inverse=True)[1].astype(np.int64).reshape(rows)
    top = int(problem.scores.max(initial=0)) + problem.keep_bonus * bool((problem.keep >= 0).any())
    if problem.coverage_first:
        unit, steps = 1, int(classes.max(initial=0)) + 1
        beyond = (min(rows, columns) + 2) * (top + int(extra.max(initial=0)) + 1)
        alone = (steps - classes) * beyond
        if steps * beyond > LARGEST_COST:
            raise ValueError("There are too many priority classes for so many people.")
    else:
        unit = rows + 1
        alone = np.full(rows, top * unit + 1, dtype=np.int64)
        if (top + int(extra.max(initial=0)) + 1) * unit > LARGEST_COST:
            raise ValueError("There are too many people for scores as high as these.")
    extra *= unit
    small = int(alone.max(initial=0)) + int(extra.max(initial=0)) <= LARGEST_SMALL_COST
    forbidden = SMALL_FORBIDDEN if small else FORBIDDEN
    plain = np.empty((rows, columns + 1), dtype=np.int32 if small else np.int64)
    for begin in range(0, rows, BLOCK):
        part = problem.scores[np.ix_(mentee_of[begin : begin + BLOCK], mentor_of)].astype(plain.dtype)
        plain[begin : begin + BLOCK, :-1] = np.where(part >= 0, (top - part) * unit, forbidden)
    plain[:, -1] = alone
    return Costs(
        cost=with_extra(with_bonus(problem, plain, mentee_of, mentor_of, unit, forbidden), plain, extra, forbidden),
        plain=plain,
        forbidden=forbidden,
        top=top,
        capacity=np.append(capacity, rows).astype(np.int64),
        exempt=problem.floor_exempt[mentee_of],
        classes=classes,
        extra=extra,
        mentees=problem.pins.size,
        mentee_of=mentee_of,
        mentor_of=mentor_of,
    )


def places_to_give(problem: Problem, pinned: Ints) -> tuple[Ints, Ints, Ints]:
    """For each column the mentor, the places the pins leave and, in points, what one there costs on top.

    Where people are spread there is a column for each place, or one without a place for a mentor who has none to give.
    """
    taken = np.bincount(pinned, minlength=problem.capacity.size)
    left = np.minimum(problem.capacity, problem.pins.size) - taken
    if not problem.spread:
        return problem.mentor_order, left[problem.mentor_order], np.zeros(left.size, dtype=np.int64)
    if int(left.sum()) > MOST_COLUMNS:
        raise ValueError(f"People cannot be spread over more than {MOST_COLUMNS:,} places.")
    mentor_of = np.repeat(problem.mentor_order, np.maximum(left[problem.mentor_order], 1))
    extra = problem.nth(mentor_of, taken[mentor_of] + nth_of_each(mentor_of))
    return mentor_of, np.minimum(left[mentor_of], 1), extra


def nth_of_each(names: Ints) -> Ints:
    """How often each name stands earlier in a list in which the same names stand together."""
    begins = np.flatnonzero(np.append(True, names[1:] != names[:-1])) if names.size else names
    nth: Ints = np.arange(names.size) - np.repeat(begins, np.diff(np.append(begins, names.size)))
    return nth


def with_bonus(problem: Problem, plain: Ints, mentee_of: Ints, mentor_of: Ints, unit: int, forbidden: int) -> Ints:
    """The costs with the bonus for pairs kept taken off; the same array where there is none."""
    kept = np.flatnonzero(problem.keep[mentee_of] >= 0)
    if problem.keep_bonus == 0 or kept.size == 0:
        return plain
    cost = plain.copy()
    for begin in range(0, kept.size, BLOCK):
        part = kept[begin : begin + BLOCK]
        same = problem.keep[mentee_of[part]][:, None] == mentor_of
        rows, columns = np.nonzero(same & (plain[part, :-1] < forbidden))
        cost[part[rows], columns] -= problem.keep_bonus * unit
    return cost


def with_extra(cost: Ints, plain: Ints, extra: Ints, forbidden: int) -> Ints:
    """The costs with what each place costs on top; the same array where none does."""
    if not extra.any():
        return cost
    dearer = cost.copy() if cost is plain else cost
    for begin in range(0, cost.shape[0], BLOCK):
        part = dearer[begin : begin + BLOCK, :-1]
        np.add(part, extra.astype(part.dtype), out=part, where=part < forbidden)
    return dearer
