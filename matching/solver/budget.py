"""What a floor costs at the least, read off the prices: none is worked out that they prove to cost too much."""

from __future__ import annotations

import numpy as np

from matching.solver.costs import Costs
from matching.solver.network import Network
from matching.solver.problem import BLOCK, Bools, Ints


def bound_above(costs: Costs, thresholds: Ints, prices: Ints) -> int:
    """What any placement above these floors costs at the least, by prices of whatever origin."""
    bound = -int(prices @ costs.capacity)
    charge = prices.astype(costs.cost.dtype)
    most = (costs.top - thresholds).astype(costs.plain.dtype)
    for begin in range(0, costs.cost.shape[0], BLOCK):
        part = slice(begin, begin + BLOCK)
        at_prices = costs.cost[part] + charge
        np.copyto(at_prices[:, :-1], costs.forbidden, where=costs.plain[part, :-1] > most[part, None])
        bound += int(at_prices.min(axis=1).sum(dtype=np.int64))
    return bound


class Budget:
    """The points that floors may cost beyond those that a placement keeps to, and its prices.

    At those prices everybody has what is cheapest for them, so what they would pay more for the cheapest that is left
    above their floor, all together, is at most what the floors cost (the prices are duals above the floors, too).
    """

    def __init__(self, costs: Costs, network: Network, dearest: float) -> None:
        self.costs, self.dearest = costs, dearest
        self.begin(network)

    def begin(self, network: Network) -> None:
        """Goes on from a cheapest placement, perhaps above some floors: what costs more than `dearest` is too dear."""
        costs = self.costs
        self.points = self.dearest - network.bound()
        self.cost, self.prices = network.cost, network.prices.astype(network.cost.dtype)
        rows = np.arange(network.rows)
        self.own = network.cost[rows, network.place].astype(np.int64) + network.prices[network.place]
        # The score each has: no floor up to it costs anything. Going unmatched is above every score.
        score = costs.top - costs.plain[rows, network.place].astype(np.int64)
        self.score = np.where(network.place == network.columns - 1, costs.top + 2, score)

    def more(self, thresholds: Ints, rows: Ints) -> int:
        """What these rows would pay more."""
        rows = rows[self.score[rows] < thresholds[rows]]
        more = 0
        for begin in range(0, rows.size, BLOCK):
            part = rows[begin : begin + BLOCK]
            at_prices = self.cost[part] + self.prices
            most = (self.costs.top - thresholds[part]).astype(self.cost.dtype)
            at_prices[:, :-1][self.costs.plain[part, :-1] > most[:, None]] = self.costs.forbidden
            more += int((at_prices.min(axis=1) - self.own[part]).sum())
        return more

    def highest(self, active: Bools, thresholds: Ints, low: int, high: int) -> int:
        """The highest score up to `high` the active rows may be raised to; below `low` if not even that."""
        rows = np.flatnonzero(active)
        left = self.points - self.more(thresholds, np.flatnonzero(~active))

        def too_dear(score: int) -> bool:
            return self.more(np.full(thresholds.size, score), rows) > left

        step, good, dear = 1, low - 1, high + 1
        while dear - good > 1:
            trial = min(good + step, dear - 1) if dear > high else (good + dear) // 2
            step *= 2
            if too_dear(trial):
                dear = trial
            else:
                good = trial
        return good
