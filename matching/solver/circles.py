"""Circles: each mentor has nobody, or at least so many people.

With least sizes the problem is no longer one of flows, and finding the best is hard. Here every circle that is too
small is either closed or filled, whichever is better, the smallest first, each by solving again from where it stands;
then each decision is turned round once to see whether that is better. Without least sizes nothing can be better than
`bound_matched` and `bound_value`, which are exact; so the two together say how far from the best it can be at most.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from matching.solver.problem import Bools, Ints, Problem, read_problem, whole_numbers
from matching.solver.solve import Solution, Start, solve_problem

LARGEST_VALUE = 2**30
FREE, FILLED, CLOSED = 0, 1, 2
MOST_TURNED = 60  # where there are more circles only those decided about are turned round


@dataclass(frozen=True, eq=False)
class Circles:
    """A matching with circles; `value` is the total with bonuses, the bounds are those without least sizes."""

    assignment: Ints
    matched: int
    total: int
    value: int
    bound_matched: int
    bound_value: int
    solves: int


@dataclass(frozen=True, eq=False)
class Tried:
    """An answer for some decisions; `rank` is None where a circle that should be filled cannot be."""

    decided: Ints
    solution: Solution
    sizes: Ints
    rank: tuple[int, ...] | None

    def beats(self, other: Tried) -> bool:
        return self.rank is not None and (other.rank is None or self.rank > other.rank)


def solve_circles(
    scores: ArrayLike,
    capacity: ArrayLike,
    least: ArrayLike,
    *,
    priority: ArrayLike | None = None,
    coverage_first: bool = True,
    keep: ArrayLike | None = None,
    keep_bonus: int = 0,
    mentee_order: ArrayLike | None = None,
    mentor_order: ArrayLike | None = None,
) -> Circles:
    """Matches as `solve` does without a floor, with nobody or at least `least` (N,) people for each mentor."""
    problem = read_problem(
        scores,
        capacity,
        priority=priority,
        coverage_first=coverage_first,
        floor_levels=0,
        floor_cost=0,
        floor_exempt=None,
        keep=keep,
        keep_bonus=keep_bonus,
        pins=None,
        mentee_order=mentee_order,
        mentor_order=mentor_order,
    )
    fewest = whole_numbers("least", least, problem.capacity.shape)
    if fewest.size and int(fewest.min()) < 0:
        raise ValueError(f"least must not be negative; mentor {int(fewest.argmin())} has {int(fewest.min())}.")
    return Search(problem, fewest).run()


class Search:
    """The decisions about circles. A mentor has two columns: one for the least size, worth more than all scores."""

    def __init__(self, problem: Problem, least: Ints) -> None:
        self.problem, self.least = problem, least
        self.mentors = least.size
        values = problem.scores.astype(np.int64)
        kept = np.flatnonzero(problem.keep >= 0)
        kept = kept[values[kept, problem.keep[kept]] >= 0]
        values[kept, problem.keep[kept]] += problem.keep_bonus
        self.values = values
        self.filling = (min(values.shape) + 2) * (int(values.max(initial=0)) + 1)
        if self.filling + int(values.max(initial=0)) > LARGEST_VALUE:
            raise ValueError("There are too many people for scores as high as these.")
        doubled = np.hstack([values, np.where(values >= 0, values + self.filling, -1)]).astype(np.int32)
        order = problem.mentor_order
        self.doubled = replace(
            problem,
            scores=doubled,
            keep=np.full(values.shape[0], -1),
            keep_bonus=0,
            mentor_order=np.concatenate([order, order + self.mentors]),
        )
        self.solves = 0

    def run(self) -> Circles:
        """All decisions, and the answer."""
        impossible = self.least > self.problem.capacity
        bound = self.tried(np.full(self.mentors, FREE), None)
        best = bound
        if impossible.any():
            best = self.tried(np.where(impossible, CLOSED, FREE), bound)
        best = self.settled(best)
        touched = (self.least > 1) & ~impossible
        if touched.sum() > MOST_TURNED:
            touched &= best.decided != FREE
        for mentor in self.problem.mentor_order[touched[self.problem.mentor_order]].tolist():
            for to in (FILLED, CLOSED) if best.decided[mentor] == FREE else (FILLED + CLOSED - best.decided[mentor],):
                other = self.changed(best, mentor, to)
                if other.beats(best):
                    other = self.settled(other)
                    best = other if other.beats(best) else best
        return self.answer(best, bound)

    def settled(self, best: Tried) -> Tried:
        """Every circle that is too small closed or filled, the smallest first."""
        while (small := self.too_small(best)).any():
            mentor = min(np.flatnonzero(small).tolist(), key=lambda each: (best.sizes[each], self.rank[each]))
            closed, filled = (self.changed(best, mentor, to) for to in (CLOSED, FILLED))
            best = filled if filled.beats(closed) else closed
        return best

    @property
    def rank(self) -> Ints:
        """Where each mentor comes in the order that settles ties."""
        return np.argsort(self.problem.mentor_order)

    def changed(self, before: Tried, mentor: int, to: int) -> Tried:
        """The same decisions but for one mentor."""
        decided = before.decided.copy()
        decided[mentor] = to
        return self.tried(decided, before)

    def tried(self, decided: Ints, before: Tried | None) -> Tried:
        """The best answer for these decisions, from an earlier one."""
        self.solves += 1
        least = np.where(decided == FILLED, self.least, 0)
        rest = np.where(decided == CLOSED, 0, self.problem.capacity - least)
        start = Start(before.solution.assignment, before.solution.prices) if before else None
        solution = solve_problem(replace(self.doubled, capacity=np.concatenate([rest, least])), start)
        sizes = np.bincount(self.mentor_of(solution), minlength=self.mentors)
        if (sizes < least).any():
            return Tried(decided, solution, sizes, None)
        return Tried(decided, solution, sizes, self.rank_of(solution))

    def mentor_of(self, solution: Solution) -> Ints:
        """The mentor of everybody matched."""
        pairs: Ints = solution.assignment[solution.assignment >= 0] % self.mentors
        return pairs

    def rank_of(self, solution: Solution) -> tuple[int, ...]:
        """What is compared: matched, and of each class, then the value; or the value first."""
        matched = solution.assignment >= 0
        classes = np.unique(self.problem.priority, return_inverse=True)[1]
        value = int(self.values[matched, self.mentor_of(solution)].sum())
        if not self.problem.coverage_first:
            return (value, int(matched.sum()))
        return (int(matched.sum()), *np.bincount(classes[matched], minlength=1).tolist(), value)

    def too_small(self, tried: Tried) -> Bools:
        """Which circles have somebody, but too few."""
        found: Bools = (tried.sizes > 0) & (tried.sizes < self.least)
        return found

    def answer(self, best: Tried, bound: Tried) -> Circles:
        """The decisions' answer in the caller's indices."""
        assignment = np.where(best.solution.assignment < 0, -1, best.solution.assignment % max(self.mentors, 1))
        pairs = np.flatnonzero(assignment >= 0)
        bounding = bound.solution.assignment >= 0
        return Circles(
            assignment=assignment,
            matched=pairs.size,
            total=int(self.problem.scores[pairs, assignment[pairs]].sum(dtype=np.int64)),
            value=int(self.values[pairs, assignment[pairs]].sum()),
            bound_matched=int(bounding.sum()),
            bound_value=int(self.values[bounding, self.mentor_of(bound.solution)].sum()),
            solves=self.solves,
        )
