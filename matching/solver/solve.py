"""Who is matched with whom: the public function `solve` and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from matching.solver.costs import Costs, build_costs
from matching.solver.cover import NO_FLOOR
from matching.solver.lifting import Lifted, Lifting
from matching.solver.network import Network
from matching.solver.problem import Ints, Problem, read_problem, total_of, value_of
from matching.solver.proof import prove
from matching.solver.state import Earlier, Start, assigned, begin_from, mentor_prices, prices_of


@dataclass(frozen=True, eq=False)
class Competition:
    """Why the floor rises no further than `score` for these mentees.

    Above it they and the other `rivals` (whose own floor may be lower, but who have nowhere else to go) could only have
    these mentors' `places`, unless somebody of a class where not all can be matched went unmatched; that is too few.
    """

    score: int
    mentees: Ints
    rivals: Ints
    mentors: Ints
    places: int


@dataclass(frozen=True, eq=False)
class Solution:
    """A proved best matching; indices are the caller's own.

    `assignment` (M,) a mentor or -1; `matched` how many; `total` the sum of their scores, less the `load_cost` where
    people are spread over the mentors; `value` the same with the bonus for pairs kept; `floors` (M,) the score each
    matched mentee was guaranteed, 0 where nothing was, -1 for the unmatched; `levels` the scores of the floor in turn
    and who competes there; `prices` (N,) what one more place with each mentor would save, in the unit of `primal` and
    `dual`, which are the answer's cost and the proof of it, equal (with `spread`, before that place costs anything);
    `blocking` how many possible pairs would both rather have each other; `stats` counts of the work done;
    `without_floor` what the answer was before the floor.
    """

    assignment: Ints
    matched: int
    total: int
    value: int
    load_cost: int
    floors: Ints
    levels: tuple[Competition, ...]
    prices: Ints
    primal: int
    dual: int
    blocking: int
    stats: dict[str, int]
    problem: Problem = field(repr=False)
    costs: Costs = field(repr=False)
    network: Network = field(repr=False)
    without_floor: Start = field(repr=False)
    # The prices that prove the next level of the floor too dear, where they were found.
    too_dear: Ints | None = field(default=None, repr=False)


def solve(
    scores: ArrayLike,
    capacity: ArrayLike,
    *,
    priority: ArrayLike | None = None,
    coverage_first: bool = True,
    floor_levels: int = 10,
    floor_cost: float = 0.005,
    floor_exempt: ArrayLike | None = None,
    keep: ArrayLike | None = None,
    keep_bonus: int = 0,
    pins: ArrayLike | None = None,
    mentee_order: ArrayLike | None = None,
    mentor_order: ArrayLike | None = None,
    spread: int = 0,
    load: ArrayLike | None = None,
    start: Earlier | None = None,
) -> Solution:
    """Matches mentees with mentors as well as possible, with a proof.

    In this order: as many mentees as possible, and of the first priority class before the next; then the iterated
    floor, as far as it costs no more than `floor_cost` of the value; then the highest sum of scores and bonuses. With
    `coverage_first` false the highest sum comes first and the number matched second, without classes or floor.

    scores        (M, N) whole numbers up to 1,000,000; negative forbids the pair
    capacity      (N,) places of each mentor, 0 and more
    priority      (M,) class of each mentee, the smallest first
    floor_levels  how often the floor is raised, 0 for no floor; floor_cost a share of the value, 0 to 1
    floor_exempt  (M,) yes for whoever is left out of the floor
    keep          (M,) the mentor each mentee has now, or -1; keep_bonus is added to those pairs' scores
    pins          (M,) the mentor each mentee must have, or -1; pinned mentees have no floor
    mentee_order, mentor_order  permutations: entry k is the index of whoever comes k-th; they settle ties
    spread        a mentor's second mentee costs so many points, the third twice as many, and so on; floors are the
                  pairs' own scores all the same; load (N,) how many each mentor has already
    start         an earlier Solution, or a Start, for as many mentees and mentors, to begin from: sooner done, as good,
                  other ties; what stands moves little

    ValueError with a sentence for anything not of this shape, and for a pin that cannot be. NotProved (never seen)
    if the answer does not prove itself. Method: see `network` and `floors`.
    """
    problem = read_problem(
        scores,
        capacity,
        priority=priority,
        coverage_first=coverage_first,
        floor_levels=floor_levels,
        floor_cost=floor_cost,
        floor_exempt=floor_exempt,
        keep=keep,
        keep_bonus=keep_bonus,
        pins=pins,
        mentee_order=mentee_order,
        mentor_order=mentor_order,
        spread=spread,
        load=load,
    )
    return solve_problem(problem, start)


def solve_problem(problem: Problem, start: Earlier | None = None) -> Solution:
    """`solve` for a problem already checked."""
    costs = build_costs(problem)
    network = Network(costs.cost, costs.capacity, costs.forbidden)
    if start is None:
        network.settle(bidding=True)
    else:
        begin_from(network, costs, start.without_floor if isinstance(start, Solution) else start)
        network.settle()
    without_floor = Start(assigned(problem, costs, network.place), prices_of(costs, network))
    lifted = Lifted(network, np.full(network.rows, NO_FLOOR, dtype=np.int64), [], None)
    if problem.coverage_first and problem.floor_levels:
        earlier = (len(start.levels), start.too_dear) if isinstance(start, Solution) else (None, None)
        lifted = Lifting(problem, costs, network, start).run(*earlier)
    network = lifted.network
    network.lower_prices()
    proof = prove(network.cost, network.capacity, network.place, network.prices, costs.forbidden - 1)
    return answer(problem, costs, lifted, without_floor, proof)


def answer(problem: Problem, costs: Costs, lifted: Lifted, without_floor: Start, proof: tuple[int, int]) -> Solution:
    """The network's state in the caller's indices."""
    network, thresholds = lifted.network, lifted.thresholds
    assignment = assigned(problem, costs, network.place)
    pairs = np.flatnonzero(assignment >= 0)
    floors = np.zeros(assignment.size, dtype=np.int64)
    floors[costs.mentee_of] = np.maximum(thresholds, 0)
    floors[assignment < 0] = -1
    network.core = None
    found = tuple(
        Competition(
            score=step.score,
            mentees=np.sort(costs.mentee_of[step.rows]),
            rivals=np.sort(costs.mentee_of[step.rivals]),
            mentors=np.unique(costs.mentor_of[step.columns]),
            places=step.places,
        )
        for step in lifted.steps
    )
    return Solution(
        assignment=assignment,
        matched=pairs.size,
        total=total_of(problem, pairs, assignment[pairs]),
        load_cost=problem.load_cost(assignment[pairs]),
        value=value_of(problem, pairs, assignment[pairs]),
        floors=floors,
        levels=found,
        prices=prices_of(costs, network),
        primal=proof[0],
        dual=proof[1],
        blocking=count_blocking(problem, assignment),
        stats=dict(network.stats),
        problem=problem,
        costs=costs,
        network=network,
        without_floor=without_floor,
        too_dear=None if lifted.too_dear is None else mentor_prices(costs, lifted.too_dear),
    )


def count_blocking(problem: Problem, assignment: Ints) -> int:
    """How many possible pairs would both rather have each other than what they have.

    A mentee would if the score is higher than their own, or unmatched; a mentor if a place is free or somebody they
    have scores lower.
    """
    pairs = np.flatnonzero(assignment >= 0)
    own = np.full(assignment.size, -1, dtype=np.int64)
    own[pairs] = problem.scores[pairs, assignment[pairs]]
    lowest = np.full(problem.capacity.size, np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(lowest, assignment[pairs], own[pairs])
    lowest[np.bincount(assignment[pairs], minlength=lowest.size) < problem.capacity] = -1
    return int(((problem.scores > own[:, None]) & (problem.scores > lowest)).sum())
