"""How many levels of the floor the permitted cost allows: each trial solves again above the floor."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import numpy as np

from matching.solver.budget import Budget, bound_above
from matching.solver.costs import Costs
from matching.solver.cover import NO_FLOOR
from matching.solver.floors import Level, levels
from matching.solver.network import Network
from matching.solver.problem import BLOCK, Ints, Problem
from matching.solver.state import Earlier, begin_from, column_prices, placed_value

CHEAP = 0.25  # the share of the points allowed that one level must take to be tried alone


@dataclass(frozen=True, eq=False)
class Lifted:
    """The network above the floor, everybody's thresholds, and the levels taken.

    `too_dear` are the prices (of columns) that prove the next level too dear, where they were found.
    """

    network: Network
    thresholds: Ints
    steps: list[Level]
    too_dear: Ints | None


class Lifting:
    """The trials. `stood` is how many levels there were at the start, `still` its prices that proved one more too dear.

    More levels never give a higher value, so first those are tried that look cheap, or as many as at the start and one
    more; then all that the prices do not prove too dear, and one less; once those cost too much, halving finds the last
    that do not. A trial ends as soon as its own prices prove that it costs too much.
    """

    def __init__(self, problem: Problem, costs: Costs, network: Network, start: Earlier | None) -> None:
        self.problem, self.costs, self.start = problem, costs, start
        self.best, self.taken = network, 0
        before = placed_value(problem, costs, network.place)
        self.lowest_allowed = before - problem.floor_cost * before
        self.dearest = network.bound() + before - self.lowest_allowed
        self.budget = Budget(costs, network, self.dearest)
        self.ahead = levels(costs, network.place, self.budget)
        self.steps = list(islice(self.ahead, 1))
        self.refused, self.failed = problem.floor_levels + 1, 0
        self.everybody = np.arange(network.rows)
        self.too_dear: Ints | None = None

    def run(self, stood: int | None, still: Ints | None) -> Lifted:
        """All trials; the most levels that may be taken."""
        known = None if still is None else column_prices(self.costs, still)
        trials = [1] if stood is None else [stood, stood + 1]
        if stood is None and self.steps and self.cost_of(self.steps[0]) < CHEAP * self.budget.points:
            trials = []
        while self.taken + 1 < self.refused:
            halfway = self.refused - 1 if self.failed < 2 else (self.taken + self.refused) // 2
            trial = self.with_steps(trials.pop(0) if trials else halfway)
            if trial == self.taken:
                break
            thresholds = self.steps[trial - 1].thresholds
            if known is not None and trial > (stood or 0) and bound_above(self.costs, thresholds, known) > self.dearest:
                self.refused, self.too_dear = trial, known
            elif self.tried(thresholds, trial):
                continue
            trials, self.failed = [], self.failed + 1
        thresholds = self.steps[self.taken - 1].thresholds if self.taken else np.full_like(self.everybody, NO_FLOOR)
        return Lifted(self.best, thresholds, self.steps[: self.taken], self.too_dear)

    def cost_of(self, step: Level) -> int:
        """What a level costs at the least."""
        return self.budget.more(step.thresholds, self.everybody)

    def with_steps(self, wanted: int) -> int:
        """As many levels as are wanted, worked out; or as many as there are."""
        trial = max(self.taken + 1, min(wanted, self.refused - 1))
        self.steps += islice(self.ahead, max(0, trial - len(self.steps)))
        if len(self.steps) < trial:
            trial, self.refused = len(self.steps), len(self.steps) + 1
        return trial

    def tried(self, thresholds: Ints, trial: int) -> bool:
        """Solves above these thresholds; whether that costs no more than is allowed."""
        network = self.best.copy(above_floor(self.costs, thresholds))
        if self.start is None:
            network.free_forbidden()
        else:
            begin_from(network, self.costs, self.start)
        settled = network.settle(dearest=self.dearest)
        if not settled or placed_value(self.problem, self.costs, network.place) < self.lowest_allowed:
            self.refused, self.too_dear = trial, network.prices
            return False
        self.best, self.taken = network, trial
        self.budget.begin(network)
        while len(self.steps) > trial and self.cost_of(self.steps[-1]) > self.budget.points:
            self.refused = len(self.steps)
            self.steps.pop()
        return True


def above_floor(costs: Costs, thresholds: Ints) -> Ints:
    """The costs with every pair below its mentee's floor forbidden."""
    most = (costs.top - thresholds).astype(costs.plain.dtype)
    cost = np.empty_like(costs.cost)
    for begin in range(0, cost.shape[0], BLOCK):
        part = slice(begin, begin + BLOCK)
        cost[part] = costs.cost[part]
        np.copyto(cost[part, :-1], costs.forbidden, where=costs.plain[part, :-1] > most[part, None])
    return cost
