"""Circles: each mentor has nobody, or at least so many people.

With least sizes the problem is no longer one of flows, and finding the best is hard. Here every circle that is too
small is either closed or filled, whichever is better, the smallest first, each by solving again from where it stands;
then each decision is turned round once to see whether that is better. What is found so is then weighed against all
other decisions, the most promising first: what is best for some decisions, with the other circles as small as they
like, is a bound for all that follow from them. Once no bound is above the answer it is proved to be the best; where
that takes too many steps, the highest bound left says how far from the best the answer can be at most.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from matching.solver.costs import build_costs
from matching.solver.network import Network
from matching.solver.problem import Bools, Ints, Problem, read_problem, whole_numbers
from matching.solver.proof import prove
from matching.solver.solve import Solution, solve_problem
from matching.solver.state import Start, assigned, begin_from, prices_of

LARGEST_VALUE = 2**30
FREE, FILLED, CLOSED = 0, 1, 2
MOST_TURNED = 60  # where there are more circles only those decided about are turned round
# How many answers for some decisions are weighed, by the size of the table: a second or two at most.
CELLS_WEIGHED, FEWEST_WEIGHED, MOST_WEIGHED = 60_000_000, 20, 1_000


@dataclass(frozen=True, eq=False)
class Circles:
    """A matching with circles; `value` is the total with bonuses.

    `bound_matched` and `bound_value` are what nothing with these least sizes exceeds, equal to the answer's own where
    it is `proved` to be the best; `free_matched` and `free_value` are the best without any least size. `places` (N,)
    are those of the circles there are, 0 for the others. `moving` is the answer to a problem of flows in which a mentor
    stands twice, as themselves and as the `least` of their circle, worth `filling` more; pinned people are not in it.
    """

    assignment: Ints
    matched: int
    total: int
    value: int
    proved: bool
    bound_matched: int
    bound_value: int
    free_matched: int
    free_value: int
    places: Ints
    moving: Solution
    filling: int
    solves: int


@dataclass(frozen=True, eq=False)
class Tried:
    """The best answer for some decisions; `rank` is None where a circle that should be filled cannot be."""

    decided: Ints
    begin: Start
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
    pins: ArrayLike | None = None,
    mentee_order: ArrayLike | None = None,
    mentor_order: ArrayLike | None = None,
) -> Circles:
    """Matches as `solve` does without a floor, with nobody or at least `least` (N,) people for each mentor.

    ValueError where the circles of pinned mentees cannot all be filled.
    """
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
        pins=pins,
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
        self.problem, self.mentors = problem, least.size
        pinned = problem.pins >= 0
        # Whoever is pinned is there already: a place less, and one less is missing.
        self.pinned = np.bincount(problem.pins[pinned], minlength=self.mentors)
        self.capacity = problem.capacity - self.pinned
        self.least = np.maximum(least - self.pinned, 0)
        values = problem.scores.astype(np.int64)
        kept = np.flatnonzero(problem.keep >= 0)
        kept = kept[values[kept, problem.keep[kept]] >= 0]
        values[kept, problem.keep[kept]] += problem.keep_bonus
        self.values = values
        self.filling = (min(values.shape) + 2) * (int(values.max(initial=0)) + 1)
        if self.filling + int(values.max(initial=0)) > LARGEST_VALUE:
            raise ValueError("There are too many people for scores as high as these.")
        doubled = np.hstack([values, np.where(values >= 0, values + self.filling, -1)]).astype(np.int32)
        doubled[pinned] = -1
        order = problem.mentor_order
        self.doubled = replace(
            problem,
            scores=doubled,
            capacity=np.concatenate([self.capacity, np.zeros_like(self.capacity)]),
            keep=np.full(values.shape[0], -1),
            keep_bonus=0,
            pins=np.full(values.shape[0], -1),
            mentor_order=np.concatenate([order, order + self.mentors]),
        )
        self.costs = build_costs(self.doubled)
        self.solves = 0

    def run(self) -> Circles:
        """All decisions, and the answer."""
        free = self.tried(np.full(self.mentors, FREE), None)
        impossible = self.least > self.capacity
        decided = np.where(impossible, CLOSED, FREE)
        forced = (self.pinned > 0) & (self.least > 0)
        decided[forced] = FILLED
        root = None if (forced & impossible).any() else self.tried(decided, free)
        if root is None or root.rank is None:
            raise ValueError("The circles of those who are pinned cannot all be filled.")
        best = self.turned(self.settled(root), root)
        best, bound = self.weighed(best, root)
        return self.answer(best, bound, free)

    def turned(self, best: Tried, root: Tried) -> Tried:
        """Each decision the other way round, kept where that is better."""
        touched = (self.least > 1) & (root.decided == FREE)
        if touched.sum() > MOST_TURNED:
            touched &= best.decided != FREE
        for mentor in self.problem.mentor_order[touched[self.problem.mentor_order]].tolist():
            for to in (FILLED, CLOSED) if best.decided[mentor] == FREE else (FILLED + CLOSED - best.decided[mentor],):
                other = self.changed(best, mentor, to)
                if other.beats(best):
                    other = self.settled(other)
                    best = other if other.beats(best) else best
        return best

    def settled(self, best: Tried) -> Tried:
        """Every circle that is too small closed or filled, the smallest first."""
        while (small := self.too_small(best)).any():
            closed, filled = self.both_ways(best, small)
            best = filled if filled.beats(closed) else closed
        return best

    def weighed(self, best: Tried, root: Tried) -> tuple[Tried, tuple[int, ...]]:
        """The best of all decisions, as far as they are weighed, and the rank that nothing exceeds."""
        cells = self.doubled.scores.size
        most = self.solves + min(max(CELLS_WEIGHED // max(cells, 1), FEWEST_WEIGHED), MOST_WEIGHED)
        open_ones = [(reverse(root), 0, root)]
        made = 1
        while open_ones and open_ones[0][2].beats(best):
            if self.solves >= most:
                return best, known(open_ones[0][2])
            _rank, _made, first = heapq.heappop(open_ones)
            small = self.too_small(first)
            if not small.any():
                best = first
                continue
            for other in self.both_ways(first, small):
                if other.beats(best):
                    heapq.heappush(open_ones, (reverse(other), made, other))
                    made += 1
        return best, known(best)

    def both_ways(self, before: Tried, small: Bools) -> tuple[Tried, Tried]:
        """The smallest of these circles closed, and filled."""
        mentor = min(np.flatnonzero(small).tolist(), key=lambda each: (before.sizes[each], self.place_of[each]))
        return self.changed(before, mentor, CLOSED), self.changed(before, mentor, FILLED)

    @cached_property
    def place_of(self) -> Ints:
        """Where each mentor comes in the order that settles ties."""
        return np.argsort(self.problem.mentor_order)

    def changed(self, before: Tried, mentor: int, to: int) -> Tried:
        """The same decisions but for one mentor."""
        decided = before.decided.copy()
        decided[mentor] = to
        return self.tried(decided, before)

    def places(self, decided: Ints) -> Ints:
        """(2N,) the places each mentor has by these decisions, those of the least sizes last."""
        least = np.where(decided == FILLED, self.least, 0)
        return np.concatenate([np.where(decided == CLOSED, 0, self.capacity - least), least])

    def tried(self, decided: Ints, before: Tried | None) -> Tried:
        """The best for these decisions, from an earlier answer: solved and proved as any, with nothing said of it."""
        self.solves += 1
        places = np.minimum(self.places(decided), self.problem.pins.size)[self.costs.mentor_of]
        costs = replace(self.costs, capacity=np.append(places, self.costs.capacity[-1]))
        network = Network(costs.cost, costs.capacity, costs.forbidden)
        if before is not None:
            begin_from(network, costs, before.begin)
        network.settle(bidding=before is None)
        prove(network.cost, network.capacity, network.place, network.prices, costs.forbidden - 1)
        found = assigned(self.doubled, costs, network.place)
        mentors = self.mentors_of(found)
        sizes = np.bincount(mentors[mentors >= 0], minlength=self.mentors)
        possible = not (sizes - self.pinned < np.where(decided == FILLED, self.least, 0)).any()
        return Tried(decided, Start(found, prices_of(costs, network)), sizes, self.rank_of(found) if possible else None)

    def mentors_of(self, doubled: Ints) -> Ints:
        """(M,) the mentor of everybody, those pinned too, or -1."""
        mentors: Ints = np.where(doubled < 0, self.problem.pins, doubled % max(self.mentors, 1))
        return mentors

    def rank_of(self, doubled: Ints) -> tuple[int, ...]:
        """What is compared: matched, and of each class, then the value; or the value first."""
        mentors = self.mentors_of(doubled)
        matched = mentors >= 0
        classes = np.unique(self.problem.priority, return_inverse=True)[1]
        value = int(self.values[matched, mentors[matched]].sum())
        if not self.problem.coverage_first:
            return (value, int(matched.sum()))
        return (int(matched.sum()), *np.bincount(classes[matched], minlength=1).tolist(), value)

    def too_small(self, tried: Tried) -> Bools:
        """Which circles have somebody, but too few."""
        missing = tried.sizes - self.pinned < self.least
        found: Bools = (tried.sizes > 0) & missing & (tried.decided == FREE)
        return found

    def matched_and_value(self, rank: tuple[int, ...]) -> tuple[int, int]:
        return (rank[0], rank[-1]) if self.problem.coverage_first else (rank[-1], rank[0])

    def answer(self, best: Tried, bound: tuple[int, ...], free: Tried) -> Circles:
        """The decisions' answer in the caller's indices."""
        assignment = self.mentors_of(best.begin.assignment)
        pairs = np.flatnonzero(assignment >= 0)
        bound_matched, bound_value = self.matched_and_value(bound)
        free_matched, free_value = self.matched_and_value(known(free))
        closed = (best.sizes == 0) & (self.least > 0)
        decided = np.where(closed, CLOSED, np.where(self.least > 0, FILLED, FREE))
        return Circles(
            assignment=assignment,
            matched=pairs.size,
            total=int(self.problem.scores[pairs, assignment[pairs]].sum(dtype=np.int64)),
            value=int(self.values[pairs, assignment[pairs]].sum()),
            proved=bound == best.rank,
            bound_matched=bound_matched,
            bound_value=bound_value,
            free_matched=free_matched,
            free_value=free_value,
            places=np.where(closed, 0, self.problem.capacity),
            moving=solve_problem(replace(self.doubled, capacity=self.places(decided)), best.begin),
            filling=self.filling,
            solves=self.solves,
        )


def known(tried: Tried) -> tuple[int, ...]:
    """The rank of what is possible."""
    assert tried.rank is not None
    return tried.rank


def reverse(tried: Tried) -> tuple[int, ...]:
    """The rank as a heap sorts it, the highest first."""
    return tuple(-part for part in known(tried))
