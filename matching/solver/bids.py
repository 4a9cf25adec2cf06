"""Each row's best columns, in which most of the work is done, and the rounds of bids over them.

The core of a row is its cheapest columns at the prices of the moment, the best first, and "unmatched" as the last. No
other column is cheaper for it than `beyond`, as long as prices only rise: a bid goes no higher than that, and a row
whose core has become dearer gets a new one. So the bids are those over all columns.
"""

from __future__ import annotations

from copy import copy

import numpy as np

from matching.solver.problem import BLOCK, Bools, Ints

FREE = -1
FAR = np.int64(2**62)
SIZE = 64  # columns in a core
SLOW_ROUNDS = 4  # rounds of bids end after so many with less than this share of all rows placed anew
SMALL_SHARE = 0.02
MIX = 0x9E3779B1  # an odd number that spreads the rows over where they begin among columns that are as good


class Core:
    """The cores of all rows of a table of costs."""

    def __init__(self, cost: Ints, prices: Ints) -> None:
        self.cost = cost
        rows, columns = cost.shape
        self.mentors = columns - 1
        self.size = min(SIZE, self.mentors)
        self.columns = np.full((rows, self.size + 1), self.mentors, dtype=np.int64)
        self.costs = np.empty((rows, self.size + 1), dtype=np.int64)
        self.costs[:, -1] = cost[:, -1]
        self.beyond = np.full(rows, FAR)
        self.pick(np.arange(rows), prices)

    def pick(self, rows: Ints, prices: Ints) -> None:
        """Gives these rows the cheapest columns at these prices.

        Cost and column are one number, so that the answer is the same on every machine. Where more columns are as good
        as there is room for, each row begins to take them somewhere else.
        """
        shift = max(self.mentors - 1, 1).bit_length()
        alone = self.costs[:, -1]
        small = int(alone.max(initial=0)) + 2 << shift < 2**31
        kind = np.int32 if small else np.int64
        column, charge = np.arange(self.mentors, dtype=kind), prices[:-1].astype(self.cost.dtype)
        for begin in range(0, rows.size, BLOCK):
            part = rows[begin : begin + BLOCK]
            turn = ((part * MIX % 2**32) * self.mentors >> 32).astype(kind)
            at_prices = self.cost[part, :-1] + charge
            # What is dearer than going unmatched is all the same.
            keys = np.minimum(at_prices, (alone[part, None] + 1).astype(at_prices.dtype)).astype(kind)
            keys <<= shift
            turned = column + (self.mentors - turn)[:, None]
            turned -= self.mentors * (turned >= self.mentors)
            keys |= turned
            if self.size < self.mentors:
                keys.partition(self.size, axis=1)
                self.beyond[part] = keys[:, self.size] >> shift
                keys = keys[:, : self.size]
            keys.sort(axis=1)
            found = ((keys & (2**shift - 1)) + turn[:, None]).astype(np.int64) % self.mentors
            self.columns[part, :-1] = found
            self.costs[part, :-1] = self.cost[part[:, None], found]

    def over(self, cost: Ints) -> Core:
        """The same columns of the same rows over other costs."""
        other = copy(self)
        other.cost = cost
        other.columns = self.columns.copy()
        other.costs = cost[np.arange(cost.shape[0])[:, None], other.columns].astype(np.int64)
        other.beyond = self.beyond.copy()
        return other

    def of(self, rows: Ints) -> tuple[Ints, Ints]:
        """The cores of these rows: columns and costs."""
        return self.columns[rows], self.costs[rows]

    def at_prices(self, rows: Ints, prices: Ints) -> Ints:
        """What the columns of these rows' cores cost now; rows whose cores have become too dear get new ones first."""
        found: Ints = self.costs[rows] + prices[self.columns[rows]]
        stale = np.flatnonzero(found.min(axis=1) > self.beyond[rows])
        if stale.size:
            self.pick(rows[stale], prices)
            found[stale] = self.costs[rows[stale]] + prices[self.columns[rows[stale]]]
        return found


class Bidding:
    """All free rows bid at once, round after round, until rounds bring little; from an empty placement.

    A bid is the price at which the second choice is as good. A column keeps its highest bids, and its price becomes
    the highest bid it ever refused, so that it stays the best choice of those it kept.
    """

    def __init__(self, core: Core, capacity: Ints, place: Ints, prices: Ints) -> None:
        self.core, self.capacity, self.place, self.prices = core, capacity, place, prices
        self.bids = np.zeros(place.size, dtype=np.int64)
        self.rounds = 0

    def hold(self) -> None:
        """All rounds; `place` and `prices` are changed."""
        slow = 0
        before = self.place.size
        while slow < SLOW_ROUNDS:
            free = np.flatnonzero(self.place == FREE)
            if self.rounds and before - free.size < SMALL_SHARE * self.place.size:
                slow += 1
            before = free.size
            if free.size == 0:
                break
            self.bid(free)
            self.rounds += 1

    def full(self) -> Bools:
        """Which columns have no room."""
        taken = np.bincount(self.place[self.place != FREE], minlength=self.capacity.size)
        found: Bools = taken >= self.capacity
        return found

    def bid(self, free: Ints) -> None:
        """The free rows bid, the columns choose, prices rise; of columns as good, one with room is better."""
        at_prices = self.core.at_prices(free, self.prices)
        columns = self.core.columns[free]
        line = np.arange(free.size)
        which = (2 * at_prices + self.full()[columns]).argmin(axis=1)
        best, best_value = columns[line, which], at_prices[line, which]
        at_prices[line, which] = FAR
        second = np.minimum(at_prices.min(axis=1), self.core.beyond[free])
        self.bids[free] = np.minimum(self.prices[best] + (second - best_value), FAR)
        self.place[free] = best
        wanted = np.zeros(self.capacity.size, dtype=np.bool_)
        wanted[best] = True
        rows = np.flatnonzero(wanted[self.place] & (self.place != FREE))
        rows = rows[np.lexsort((rows, -self.bids[rows], self.place[rows]))]
        column = self.place[rows]
        rank = np.arange(rows.size) - np.searchsorted(column, column)
        room = self.capacity[column]
        self.place[rows[rank >= room]] = FREE
        loudest = rows[rank == room]
        self.prices[column[rank == room]] = self.bids[loudest]
