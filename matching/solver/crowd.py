"""Many free rows placed at once: one search from all of them, then every chain of moves that costs nothing more.

The search is Dijkstra's from all free rows together over the cores (labels are corrected until none changes, as many
columns at a time as there are). Prices rise so far that the nearest column with room costs what the rows pay already;
then chains are walked depth first over the pairs that are tight, until none is left (Kuhn's primal-dual method).
"""

from __future__ import annotations

import numpy as np

from matching.solver.bids import FAR, FREE, Core
from matching.solver.problem import Bools, Ints

LEAP = 8


class Crowd:
    """The free rows of a placement, and the searches that place them; `place`, `taken` and `prices` are changed."""

    def __init__(self, core: Core, capacity: Ints, place: Ints, taken: Ints, prices: Ints) -> None:
        self.core, self.capacity = core, capacity
        self.place, self.taken, self.prices = place, taken, prices
        self.searches = 0
        self.gained = 0  # what the prices prove more than at the beginning, as far as the cores tell
        self.due = np.zeros(place.size, dtype=np.int64)  # the search from which on a row may have a new core
        self.times = np.zeros(place.size, dtype=np.int64)
        self.last = np.zeros(place.size, dtype=np.int64)
        self.farthest = 1
        self.usual = 8

    def place_some(self) -> int:
        """One search and its chains; how many rows were placed."""
        free = np.flatnonzero(self.place == FREE)
        self.searches += 1
        room = self.taken < self.capacity
        self.core.at_prices(free, self.prices)
        slack, own = self.slack(np.arange(self.place.size))
        while True:
            distance, base = self.search(slack, free, room)
            nearest = distance[room].min()
            outside = base + (self.core.beyond - own) < nearest
            leap = nearest > LEAP * self.farthest
            hot = self.renew(outside, leap)
            if hot.size == 0 and leap and outside.any():
                return 0  # the cores are too small to tell
            if hot.size == 0:
                break
            slack[hot], own[hot] = self.slack(hot)
        self.farthest = max(self.farthest, nearest)
        self.gained += int(nearest) * free.size
        rise = np.maximum(nearest - distance, 0)
        self.prices += rise
        reached = np.flatnonzero(base <= nearest)
        slack = slack[reached] + rise[self.core.columns[reached]]
        which, slot = np.nonzero(slack == (nearest - base[reached])[:, None])
        rows = reached[which]
        return self.walk(rows, self.core.columns[rows, slot])

    def renew(self, hot: Bools, leap: bool) -> Ints:
        """Gives new cores to rows that could have found something nearer outside theirs, and says to whom.

        The oftener a row had a new core the longer it waits for the next: where many columns are as good none is
        enough. Only before a leap, much farther than any before, nobody waits.
        """
        rows = np.flatnonzero(hot & ((self.due <= self.searches) | (leap & (self.last < self.searches))))
        if rows.size:
            self.core.pick(rows, self.prices)
            self.times[rows] += 1
            self.last[rows] = self.searches
            self.due[rows] = self.searches + (1 << self.times[rows]) - 1
        return rows

    def slack(self, rows: Ints) -> tuple[Ints, Ints]:
        """How much dearer the columns of these rows' cores are than what the row pays or, if free, could; and that."""
        everybody = rows.size == self.place.size
        columns, costs = (self.core.columns, self.core.costs) if everybody else self.core.of(rows)
        at_prices = costs + self.prices[columns]
        own = at_prices.min(axis=1)
        placed = np.flatnonzero(self.place[rows] != FREE)
        place = self.place[rows[placed]]
        own[placed] = self.core.cost[rows[placed], place] + self.prices[place]
        at_prices -= own[:, None]
        # A new core may show a row that it pays too much; that is put right later, and until then it is tight.
        return np.maximum(at_prices, 0, out=at_prices), own

    def search(self, slack: Ints, free: Ints, room: Bools) -> tuple[Ints, Ints]:
        """How far each column is, and each row's own column; right where it is not farther than the nearest room.

        Pairs with much slack are left out at first, and let in where nothing with room is found without.
        """
        most = int(self.usual)
        while True:
            pairs = np.flatnonzero(slack.ravel() <= most)
            rows = pairs // slack.shape[1]
            found = self.labels(rows, self.core.columns.ravel()[pairs], slack.ravel()[pairs], free, room)
            if found[0][room].min() <= most or pairs.size == slack.size:
                self.usual = max(1, min(2 * int(found[0][room].min()), 2**40))
                return found
            most = 8 * most

    def labels(self, rows: Ints, columns: Ints, slack: Ints, free: Ints, room: Bools) -> tuple[Ints, Ints]:
        """The search over these pairs: distances are corrected until none changes."""
        distance = np.full(self.capacity.size, FAR)
        base = np.full(self.place.size, FAR)
        base[free] = 0
        nearest = FAR
        ahead = np.zeros(self.place.size, dtype=np.bool_)
        ahead[free] = True
        while True:
            pairs = np.flatnonzero(ahead[rows])
            to = columns[pairs]
            offered = slack[pairs] + base[rows[pairs]]
            good = np.flatnonzero(offered < np.minimum(distance, nearest + 1)[to])
            if good.size == 0:
                return distance, base
            before = distance.copy()
            np.minimum.at(distance, to[good], offered[good])
            nearest = distance[room].min()
            better = np.append((distance < before) & (distance <= nearest), False)
            ahead = better[self.place]
            base[ahead] = distance[self.place[ahead]]

    def walk(self, rows: Ints, columns: Ints) -> int:
        """Takes chains over these tight pairs until there are none; how many rows were placed.

        Backwards from each column with room, breadth first, to a free row; where there is none, there is none for
        whatever was looked at on the way either, until prices change.
        """
        order = np.argsort(columns, kind="stable")
        first = np.searchsorted(columns[order], np.arange(self.capacity.size + 1)).tolist()
        self.coming: list[int] = rows[order].tolist()
        self.first = first
        self.where: list[int] = self.place.tolist()
        seen: set[int] = set()
        placed = 0
        for end in np.unique(columns[(self.taken < self.capacity)[columns]]).tolist():
            for _ in range(int(self.capacity[end] - self.taken[end])):
                if not self.take_chain(end, seen):
                    break
                placed += 1
        return placed

    def take_chain(self, end: int, dead: set[int]) -> bool:
        """Finds the shortest chain that ends in this column, and makes its moves; whether there is one."""
        goes_to = {end: (FREE, FREE)}  # who would leave a column, and for which
        line = [end]
        for column in line:
            for row in self.coming[self.first[column] : self.first[column + 1]]:
                before = self.where[row]
                if before == FREE:
                    self.move(row, column, goes_to)
                    self.taken[end] += 1
                    return True
                if before not in goes_to and before not in dead:
                    goes_to[before] = row, column
                    line.append(before)
        dead.update(line)
        return False

    def move(self, row: int, column: int, goes_to: dict[int, tuple[int, int]]) -> None:
        """A free row into a column, somebody from there into the next, and so on."""
        while True:
            self.where[row] = column
            self.place[row] = column
            row, column = goes_to[column]
            if row == FREE:
                return
