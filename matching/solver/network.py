"""The transportation problem solved with prices: rounds of bids, then shortest chains of moves.

One price p >= 0 stands on each column (a mentor; the last column is "unmatched", with room for all). Everywhere below,
"tight" means: a row's own column is the cheapest for it at the present prices. Every step keeps all placed rows tight;
once all rows are placed and every price above 0 stands on a full column, the placement is the cheapest there is.
Source of the method: the Hungarian method in the shape of successive shortest paths with potentials (Kuhn 1955;
Tomizawa 1971; Edmonds and Karp 1972), opened with simultaneous bids as in Bertsekas' auction (1979).
"""

from __future__ import annotations

from itertools import pairwise
from math import inf

import numpy as np

from matching.solver.bids import FAR, FREE, Bidding, Core
from matching.solver.crowd import Crowd
from matching.solver.problem import BLOCK, Bools, Ints

GONE = -2  # a row taken out of the network altogether

MANY = 8  # so many free rows are placed together as long as one search places FEW or more
FEW = 1
TURNS = 8


class Network:
    """A placement of rows in columns with prices, and the steps that make it the cheapest."""

    def __init__(self, cost: Ints, capacity: Ints, forbidden: int) -> None:
        self.cost = cost
        self.forbidden = forbidden
        self.capacity = capacity.copy()
        self.rows, self.columns = cost.shape
        self.prices = np.zeros(self.columns, dtype=np.int64)
        self.place = np.full(self.rows, FREE, dtype=np.int64)
        self.taken = np.zeros(self.columns, dtype=np.int64)
        self.known_moves: dict[int, Ints] = {}
        self.core: Core | None = None
        self.stats = {"rounds": 0, "searches": 0, "paths": 0, "columns_searched": 0, "pulls": 0}

    def copy(self, cost: Ints | None = None) -> Network:
        """The same placement and prices to go on from, over other costs where they are given."""
        other = Network(self.cost if cost is None else cost, self.capacity, self.forbidden)
        other.prices = self.prices.copy()
        other.place = self.place.copy()
        other.taken = self.taken.copy()
        other.known_moves = dict(self.known_moves) if cost is None else {}
        other.stats = dict(self.stats)
        other.core = self.core.over(other.cost) if self.core else None
        return other

    # One row, one column

    def members(self, column: int) -> Ints:
        """The rows placed in this column."""
        return np.flatnonzero(self.place == column)

    def put(self, row: int, column: int) -> None:
        """Places a row that is free."""
        self.place[row] = column
        self.taken[column] += 1
        self.known_moves.pop(column, None)

    def lift(self, row: int, leave: int = FREE) -> None:
        """Frees a row that is placed, or takes it out for good."""
        column = int(self.place[row])
        self.place[row] = leave
        self.taken[column] -= 1
        self.known_moves.pop(column, None)

    def moves_from(self, column: int) -> Ints:
        """For every other column, what the cheapest move of one member there would cost."""
        known = self.known_moves.get(column)
        if known is None:
            members = self.members(column)
            if members.size == 0:
                known = np.full(self.columns, self.forbidden)
            else:
                known = (self.cost[members] - self.cost[members, column][:, None]).min(axis=0)
            self.known_moves[column] = known
        return known

    def mover(self, column: int, to: int) -> int:
        """Whose move from one column to another is the cheapest."""
        members = self.members(column)
        return int(members[(self.cost[members, to] - self.cost[members, column]).argmin()])

    # From any state to the cheapest placement

    def settle(self, bidding: bool = False, dearest: float = inf) -> bool:
        """Places every free row and leaves no price above 0 on a column with room: the cheapest placement.

        With `bidding`, from an empty placement, rounds of bids come first. Many free rows are placed together over the
        cores alone; what that leaves dearer than it need be is found by one look at all pairs, and placed again. False,
        and it is left as it is, as soon as it is seen that the cheapest costs more than `dearest`.
        """
        if bidding or int((self.place == FREE).sum()) >= MANY:
            core = self.core = self.core or Core(self.cost, self.prices)
            if bidding:
                self.hold_rounds(core)
            for _ in range(TURNS):
                if not self.place_together(core, dearest):
                    return False
                freed = self.loosen()
                if freed.size < MANY:
                    break
                core.pick(freed, self.prices)
        for row in np.flatnonzero(self.place == FREE).tolist():
            self.insert(row)
        for column in np.flatnonzero((self.taken < self.capacity) & (self.prices > 0)).tolist():
            while self.taken[column] < self.capacity[column] and self.prices[column] > 0:
                self.pull(column)
        return True

    def bound(self) -> int:
        """What any placement costs at the least, by the present prices."""
        return int(self.cheapest().sum()) - int(self.prices @ self.capacity)

    def loosen(self) -> Ints:
        """Frees every row that is not tight, and the last ones of a column that holds too many; who was freed."""
        own = np.full(self.rows, FAR)
        placed = np.flatnonzero(self.place != FREE)
        own[placed] = self.cost[placed, self.place[placed]] + self.prices[self.place[placed]]
        freed = placed[own[placed] > self.cheapest()[placed]].tolist()
        for column in np.flatnonzero(self.taken > self.capacity).tolist():
            members = self.members(column)
            freed += members[np.isin(members, freed, invert=True)][self.capacity[column] :].tolist()
        for row in freed:
            self.lift(row)
        return np.array(freed, dtype=np.int64)

    def free_forbidden(self) -> None:
        """Frees every row whose pair is forbidden; the others stay tight where costs have only risen."""
        for row in np.flatnonzero(self.cost[np.arange(self.rows), self.place] >= self.forbidden).tolist():
            self.lift(row)

    def cheapest(self) -> Ints:
        """What each row's cheapest column costs at the present prices."""
        prices = self.prices.astype(self.cost.dtype)
        found = np.empty(self.rows, dtype=np.int64)
        for begin in range(0, self.rows, BLOCK):
            found[begin : begin + BLOCK] = (self.cost[begin : begin + BLOCK] + prices).min(axis=1)
        return found

    def hold_rounds(self, core: Core) -> None:
        """Bids from an empty placement."""
        bidding = Bidding(core, self.capacity, self.place, self.prices)
        bidding.hold()
        self.stats["rounds"] += bidding.rounds
        self.taken = np.bincount(self.place[self.place != FREE], minlength=self.columns).astype(np.int64)
        self.known_moves.clear()

    def place_together(self, core: Core, dearest: float) -> bool:
        """Places free rows many at a time, until there are few or a search places few; False where that is too dear."""
        crowd = Crowd(core, self.capacity, self.place, self.taken, self.prices)
        bound = self.bound() if dearest < inf else 0
        while int((self.place == FREE).sum()) >= MANY and crowd.place_some() >= FEW:
            # Prices rose for each free row; within the cores, so it is looked at again over all pairs.
            if bound + crowd.gained > dearest:
                bound, crowd.gained = self.bound(), 0
                if bound > dearest:
                    return False
        self.stats["searches"] += crowd.searches
        self.known_moves.clear()
        return True

    # Shortest chains of moves

    def insert(self, row: int) -> None:
        """Places a free row by the cheapest chain of moves: the row displaces somebody, who displaces somebody."""
        at_prices = self.cost[row] + self.prices
        distance = at_prices - at_prices.min()
        came_from = np.full(self.columns, FREE, dtype=np.int64)
        end = self.search(distance, came_from)
        first = self.shift(end, came_from)
        self.put(row, first)

    def evict(self, column: int) -> None:
        """Moves one member out of a column that holds one too many, by the cheapest chain of moves."""
        distance = np.full(self.columns, FAR)
        distance[column] = 0
        came_from = np.full(self.columns, FREE, dtype=np.int64)
        end = self.search(distance, came_from)
        self.shift(end, came_from)

    def search(self, distance: Ints, came_from: Ints) -> int:
        """Finds the nearest column with room, which it returns, and raises the prices of the columns passed."""
        end, done = self.explore(distance, came_from, self.taken < self.capacity)
        self.stats["paths"] += 1
        self.stats["columns_searched"] += int(done.sum())
        self.prices[done] += distance[end] - distance[done]
        return end

    def explore(self, distance: Ints, came_from: Ints, ends: Bools | None = None) -> tuple[int, Bools]:
        """Dijkstra's search from column to column: the nearest of the ends, FREE if there is none, and those passed.

        `distance` holds each column's distance to begin with, FAR where there is none; it and `came_from` are filled.
        """
        ahead = distance.copy()  # FAR once a column is done
        done = np.zeros(self.columns, dtype=np.bool_)
        while True:
            reach = ahead.min()
            if reach >= self.forbidden // 2:
                return FREE, done
            ready = np.flatnonzero(ahead == reach)
            if ends is not None and ends[ready].any():
                return int(ready[ends[ready]][0]), done
            for column in ready.tolist():
                done[column] = True
                ahead[column] = FAR
                cost = self.moves_from(column) + self.prices
                cost += reach - self.prices[column]
                nearer = np.flatnonzero((cost < distance) & ~done)
                distance[nearer] = ahead[nearer] = cost[nearer]
                came_from[nearer] = column

    def shift(self, end: int, came_from: Ints) -> int:
        """Makes the moves of a chain found by `search`, the last first, and returns the column it began with."""
        column = end
        while came_from[column] != FREE:
            before = int(came_from[column])
            row = self.mover(before, column)
            self.lift(row)
            self.put(row, column)
            column = before
        return column

    def pull(self, column: int) -> None:
        """Fills one free place of a column by the best chain of moves into it, or lowers its price to 0.

        A search backwards: the price falls until somebody would rather come, which frees a place elsewhere, until the
        place freed is one whose price has fallen to 0. No row is FREE while this runs.
        """
        rows = np.flatnonzero(self.place >= 0)
        place = self.place[rows]
        own = self.cost[rows, place] + self.prices[place]
        distance = np.full(self.columns, FAR)
        distance[column] = 0
        goes_to = np.full(self.columns, FREE, dtype=np.int64)
        done = np.zeros(self.columns, dtype=np.bool_)
        end, radius = column, self.prices[column]
        while True:
            ahead = np.where(done, FAR, distance)
            here = int(ahead.argmin())
            if ahead[here] >= radius:
                break
            done[here] = True
            if distance[here] + self.prices[here] < radius:
                end, radius = here, distance[here] + self.prices[here]
            extra = np.full(self.columns, FAR)
            np.minimum.at(extra, place, self.cost[rows, here] + self.prices[here] - own)
            nearer = np.flatnonzero((extra + distance[here] < distance) & ~done)
            distance[nearer] = extra[nearer] + distance[here]
            goes_to[nearer] = here
        self.stats["pulls"] += 1
        self.prices[done] -= np.maximum(radius - distance[done], 0)
        chain = [end]
        while goes_to[chain[-1]] != FREE:
            chain.append(int(goes_to[chain[-1]]))
        for before, after in reversed(list(pairwise(chain))):
            row = self.mover(before, after)
            self.lift(row)
            self.put(row, after)

    def lower_prices(self) -> None:
        """Makes every price the smallest possible: what one more place in that column would save."""
        distance = self.prices.copy()
        self.explore(distance, np.full(self.columns, FREE, dtype=np.int64))
        self.prices -= distance
