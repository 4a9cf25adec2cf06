"""Who is matched with whom: the public function `solve` and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from matching.solver.budget import Budget, bound_above
from matching.solver.costs import Costs, build_costs, nth_of_each
from matching.solver.cover import NO_FLOOR
from matching.solver.floors import Level, levels
from matching.solver.network import FREE, Network
from matching.solver.problem import BLOCK, Ints, Problem, read_problem, total_of, value_of
from matching.solver.proof import prove

CHEAP = 0.25  # the share of the points allowed that one level must take to be tried alone


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


class Earlier(Protocol):
    """Where `solve` can begin: the pairs and prices of an earlier answer, which need not hold any more."""

    @property
    def assignment(self) -> Ints: ...

    @property
    def prices(self) -> Ints: ...


@dataclass(frozen=True, eq=False)
class Start:
    """Pairs, (M,) a mentor or -1, and prices, (N,), to begin from; prices of 0 will do."""

    assignment: Ints
    prices: Ints


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
    without_floor = Start(assigned(problem, costs, network.place), prices_of(costs, network.prices))
    thresholds = np.full(network.rows, NO_FLOOR, dtype=np.int64)
    steps: list[Level] = []
    too_dear: Ints | None = None
    if problem.coverage_first and problem.floor_levels:
        network, thresholds, steps, too_dear = with_floor(problem, costs, network, start)
    network.lower_prices()
    primal, dual = prove(network.cost, network.capacity, network.place, network.prices, costs.forbidden - 1)
    found = answer(problem, costs, network, without_floor, thresholds, steps, (primal, dual))
    return found if too_dear is None else replace(found, too_dear=prices_of(costs, too_dear))


def begin_from(network: Network, costs: Costs, start: Earlier) -> None:
    """Takes over pairs and prices as far as they still hold."""
    if start.assignment.shape != (costs.mentees,) or start.prices.shape != (costs.mentors,):
        raise ValueError("start must be a solution for as many mentees and mentors.")
    # No price is ever higher than what going unmatched costs.
    network.prices[:] = column_prices(costs, start.prices)
    network.place[:] = columns_for(costs, start.assignment[costs.mentee_of])
    network.taken[:] = np.bincount(network.place, minlength=network.columns)
    network.loosen()


def column_prices(costs: Costs, prices: Ints) -> Ints:
    """Mentors' prices as the columns', unmatched last; none is higher than what going unmatched costs."""
    highest = int(costs.cost[:, -1].max(initial=0))
    return np.append(np.clip(prices[costs.mentor_of] - costs.extra, 0, highest), 0)


def columns_for(costs: Costs, mentors: Ints) -> Ints:
    """A column for each row's mentor, the last for -1; people fill a mentor's in turn, the last one takes the rest."""
    last = costs.mentor_of.size
    first, count = np.full(costs.mentors + 1, last), np.ones(costs.mentors + 1, dtype=np.int64)
    np.minimum.at(first, costs.mentor_of, np.arange(last))
    count[:-1] = np.bincount(costs.mentor_of, minlength=costs.mentors)
    order = np.argsort(mentors, kind="stable")
    columns = np.empty(mentors.size, dtype=np.int64)
    columns[order] = first[mentors[order]] + np.minimum(nth_of_each(mentors[order]), count[mentors[order]] - 1)
    return columns


def with_floor(
    problem: Problem, costs: Costs, network: Network, start: Earlier | None
) -> tuple[Network, Ints, list[Level], Ints | None]:
    """The same network solved again above the floor, as many levels as the permitted cost allows.

    More levels never give a higher value, so first those are tried that look cheap, or as many as at the start and one
    more; then all that the prices do not prove too dear, and one less; once those cost too much, halving finds the last
    that do not. A trial ends as soon as its own prices prove that it costs too much; those are returned last, and where
    they come with the start they may prove it again without a trial.
    """
    before = placed_value(problem, costs, network.place)
    lowest_allowed = before - problem.floor_cost * before
    dearest = network.bound() + before - lowest_allowed
    budget = Budget(costs, network, dearest)
    ahead = levels(costs, network.place, budget)
    best, taken, refused, failed = network, 0, problem.floor_levels + 1, 0
    steps, everybody = list(islice(ahead, 1)), np.arange(network.rows)
    too_dear = still = None
    stood = len(start.levels) if isinstance(start, Solution) else 0
    if isinstance(start, Solution):
        still = column_prices(costs, start.too_dear) if start.too_dear is not None else None
        trials = [stood, stood + 1]
    else:
        cheap = bool(steps) and budget.more(steps[0].thresholds, everybody) < CHEAP * budget.points
        trials = [] if cheap else [1]
    while taken + 1 < refused:
        wanted = trials.pop(0) if trials else refused - 1 if failed < 2 else (taken + refused) // 2
        trial = max(taken + 1, min(wanted, refused - 1))
        steps += islice(ahead, max(0, trial - len(steps)))
        if len(steps) < trial:
            trial, refused = len(steps), len(steps) + 1
            if trial == taken:
                break
        if still is not None and trial > stood and bound_above(costs, steps[trial - 1].thresholds, still) > dearest:
            refused, trials, failed, too_dear = trial, [], failed + 1, still
            continue
        tried = best.copy(above_floor(costs, steps[trial - 1].thresholds))
        if start is None:
            tried.free_forbidden()
        else:
            begin_from(tried, costs, start)
        if tried.settle(dearest=dearest) and placed_value(problem, costs, tried.place) >= lowest_allowed:
            best, taken = tried, trial
            budget.begin(best)
            while len(steps) > taken and budget.more(steps[-1].thresholds, everybody) > budget.points:
                refused = len(steps)
                steps.pop()
        else:
            refused, trials, failed, too_dear = trial, [], failed + 1, tried.prices
    nothing = np.full(network.rows, NO_FLOOR, dtype=np.int64)
    return best, steps[taken - 1].thresholds if taken else nothing, steps[:taken], too_dear


def above_floor(costs: Costs, thresholds: Ints) -> Ints:
    """The costs with every pair below its mentee's floor forbidden."""
    most = (costs.top - thresholds).astype(costs.plain.dtype)
    cost = np.empty_like(costs.cost)
    for begin in range(0, cost.shape[0], BLOCK):
        part = slice(begin, begin + BLOCK)
        cost[part] = costs.cost[part]
        np.copyto(cost[part, :-1], costs.forbidden, where=costs.plain[part, :-1] > most[part, None])
    return cost


def placed_value(problem: Problem, costs: Costs, place: Ints) -> int:
    """What a placement and the pinned pairs are worth."""
    assignment = assigned(problem, costs, place)
    pairs = np.flatnonzero(assignment >= 0)
    return value_of(problem, pairs, assignment[pairs])


def assigned(problem: Problem, costs: Costs, place: Ints) -> Ints:
    """For each of the caller's mentees the caller's mentor or -1, pins included."""
    mentors = np.append(costs.mentor_of, FREE)
    assignment = problem.pins.copy()
    assignment[costs.mentee_of] = mentors[place]
    return assignment


def prices_of(costs: Costs, of_columns: Ints) -> Ints:
    """The price of each of the caller's mentors, with what the place costs where people are spread."""
    prices = np.full(costs.mentors, np.iinfo(np.int64).max)
    np.minimum.at(prices, costs.mentor_of, of_columns[:-1] + costs.extra)
    return prices


def answer(
    problem: Problem,
    costs: Costs,
    network: Network,
    without_floor: Start,
    thresholds: Ints,
    steps: list[Level],
    proof: tuple[int, int],
) -> Solution:
    """The network's state in the caller's indices."""
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
        for step in steps
    )
    return Solution(
        assignment=assignment,
        matched=pairs.size,
        total=total_of(problem, pairs, assignment[pairs]),
        load_cost=problem.load_cost(assignment[pairs]),
        value=value_of(problem, pairs, assignment[pairs]),
        floors=floors,
        levels=found,
        prices=prices_of(costs, network.prices),
        primal=proof[0],
        dual=proof[1],
        blocking=count_blocking(problem, assignment),
        stats=dict(network.stats),
        problem=problem,
        costs=costs,
        network=network,
        without_floor=without_floor,
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
