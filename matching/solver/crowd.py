"""Many free rows placed at once: one search from all of them, then a chain of moves for each that found room.

The search is Dijkstra's from all free rows together over the cores (labels are corrected until none changes, as many
columns at a time as there are). Prices rise so far that the nearest column with room costs what the rows pay already;
the columns found form trees, one for each free row, that have nothing in common, so that a chain in each can be taken.
"""

from __future__ import annotations

import numpy as np

from matching.solver.core import FAR, FREE, Core
from matching.solver.problem import Ints


class Crowd:
    """The free rows of a placement, and the searches that place them; `place`, `taken` and `prices` are changed."""

    def __init__(self, core: Core, capacity: Ints, place: Ints, taken: Ints, prices: Ints) -> None:
        self.core, self.capacity = core, capacity
        self.place, self.taken, self.prices = place, taken, prices
        self.searches = 0

    def place_some(self) -> int:
        """One search and its chains; how many rows were placed."""
        free = np.flatnonzero(self.place == FREE)
        self.searches += 1
        slack = self.slack(free)
        room = self.taken < self.capacity
        distance, parent, base = self.search(slack, free, room)
        nearest = distance[room].min()
        passed = distance < nearest
        self.prices[passed] += nearest - distance[passed]
        reached = np.flatnonzero(base <= nearest)
        ends = room & (distance == nearest)
        columns = self.core.columns[reached]
        which, slot = np.nonzero(ends[columns] & (slack[reached] + base[reached][:, None] == nearest))
        return self.take(reached[which], columns[which, slot], parent)

    def slack(self, free: Ints) -> Ints:
        """How much dearer each column of each row's core is than what the row has, or could have if it is free."""
        self.core.at_prices(free, self.prices)
        at_prices = self.core.costs + self.prices[self.core.columns]
        own = at_prices.min(axis=1)
        placed = np.flatnonzero(self.place != FREE)
        own[placed] = self.core.cost[placed, self.place[placed]] + self.prices[self.place[placed]]
        at_prices -= own[:, None]
        return at_prices

    def search(self, slack: Ints, free: Ints, room: Ints) -> tuple[Ints, Ints, Ints]:
        """The distance of each column and the row that found it, and the distance of each row's own column."""
        distance = np.full(self.capacity.size, FAR)
        parent = np.full(self.capacity.size, FREE, dtype=np.int64)
        base = np.full(self.place.size, FAR)
        base[free] = 0
        nearest = FAR
        edge = free
        while edge.size:
            columns = self.core.columns[edge].ravel()
            offered = (slack[edge] + base[edge][:, None]).ravel()
            good = np.flatnonzero(offered < np.minimum(distance, nearest + (nearest < FAR))[columns])
            columns, offered = columns[good], offered[good]
            rows = edge[good // slack.shape[1]]
            before = distance.copy()
            np.minimum.at(distance, columns, offered)
            won = np.flatnonzero(offered == distance[columns])
            parent[columns[won]] = rows[won]
            nearest = distance[room].min()
            better = np.append((distance < before) & (distance < nearest), False)
            edge = np.flatnonzero(better[self.place])
            base[edge] = distance[self.place[edge]]
        return distance, parent, base

    def take(self, rows: Ints, ends: Ints, parent: Ints) -> int:
        """Makes the moves of chains that end with these rows going to these columns, one for each tree."""
        begun: set[int] = set()
        before = self.place.copy()
        for row, end in zip(rows.tolist(), ends.tolist(), strict=True):
            if self.taken[end] >= self.capacity[end]:
                continue
            chain = [row]
            while before[chain[-1]] != FREE:
                chain.append(int(parent[before[chain[-1]]]))
            if chain[-1] in begun:
                continue
            begun.add(chain[-1])
            self.taken[end] += 1
            for mover in chain:
                self.place[mover] = end
                end = before[mover]
        return len(begun)
