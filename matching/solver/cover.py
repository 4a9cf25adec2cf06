"""A placement of everybody at or above a score of their own, by searches from all who are free at once.

Rows, columns and classes are those of `problem.Costs`; going unmatched is also a place, for as many of each priority
class as have to. Which pairs a row may have is kept as bits and worked out only for the rows a search comes to.
"""

from __future__ import annotations

import numpy as np

from matching.solver.costs import Costs
from matching.solver.problem import BLOCK, Bools, Ints

FREE = -1
NO_FLOOR = -1
UNKNOWN = -2


class Cover:
    """The placement `place` (rows,) with the thresholds it keeps to, and what raises them."""

    def __init__(self, costs: Costs, place: Ints) -> None:
        self.losses, self.top = costs.plain[:, :-1], costs.top
        rows, self.mentors = self.losses.shape
        self.classes, capacity = costs.classes, costs.capacity[:-1]
        unmatched = place == self.mentors
        scarce = np.unique(self.classes[unmatched])
        left_out = np.zeros(scarce.size, dtype=np.int64)
        self.place = place.copy()
        for index, each in enumerate(scarce.tolist()):
            out = unmatched & (self.classes == each)
            left_out[index] = out.sum()
            self.place[out] = self.mentors + index
        self.scarce = scarce
        self.left_out = dict(zip(scarce.tolist(), left_out.tolist(), strict=True))
        self.capacity = np.concatenate([capacity, left_out])
        self.taken = np.bincount(self.place, minlength=self.capacity.size)
        self.best = self.top - self.losses.min(axis=1, initial=self.top + 1).astype(np.int64)
        self.thresholds = np.zeros(rows, dtype=np.int64)
        self.known = np.full(rows, UNKNOWN, dtype=np.int64)  # the thresholds that the bits were worked out for
        self.bits = np.empty((rows, -(-self.capacity.size // 8)), dtype=np.uint8)

    def highest_conceivable(self, active: Bools) -> int:
        """A score the lowest of the active rows cannot exceed, whatever is done."""
        highest = int(self.best.max(initial=0)) + 1
        for each in np.unique(self.classes[active]).tolist():
            own = np.sort(self.best[active & (self.classes == each)])
            out = self.left_out.get(each, 0)
            if own.size > out:
                highest = min(highest, int(own[out]))
        return highest

    def lowest(self, rows: Bools) -> int:
        """The lowest score of these rows where they are placed; going unmatched is above every score."""
        held = np.flatnonzero(rows & (self.place < self.mentors))
        return self.top - int(self.losses[held, self.place[held]].max(initial=-1))

    def reach(self, thresholds: Ints) -> tuple[Ints, Ints] | None:
        """Places everybody at or above their thresholds; where that fails, the rows and columns that are stuck.

        The present placement is the start, and is left as far as it got, with some rows free: whoever is placed then
        stays so while thresholds only fall.
        """
        self.thresholds = np.maximum(thresholds, 0)
        placed = np.flatnonzero((self.place != FREE) & (self.place < self.mentors))
        below = placed[self.losses[placed, self.place[placed]] > self.top - self.thresholds[placed]]
        np.subtract.at(self.taken, self.place[below], 1)
        self.place[below] = FREE
        while True:
            free = np.flatnonzero(self.place == FREE)
            if free.size == 0:
                return None
            stuck = self.augment(free)
            if stuck is not None:
                return stuck

    def allowed(self, rows: Ints) -> Ints:
        """A bit for each column these rows may have."""
        stale = rows[self.known[rows] != self.thresholds[rows]]
        for begin in range(0, stale.size, BLOCK):
            part = stale[begin : begin + BLOCK]
            table = np.empty((part.size, self.capacity.size), dtype=np.bool_)
            most = (self.top - self.thresholds[part]).astype(self.losses.dtype)
            np.less_equal(self.losses[part], most[:, None], out=table[:, : self.mentors])
            np.equal(self.classes[part, None], self.scarce, out=table[:, self.mentors :])
            self.bits[part] = np.packbits(table, axis=1)
        self.known[stale] = self.thresholds[stale]
        return self.bits[rows]

    def augment(self, free: Ints) -> tuple[Ints, Ints] | None:
        """Searches from all free rows at once, a part after another until there is room, and takes chains to it."""
        step = max(BLOCK, 2 * free.size)
        seen = np.zeros(self.bits.shape[1], dtype=np.uint8)
        parts: list[Ints] = []
        part_of = np.full(self.capacity.size, FREE, dtype=np.int64)  # the part whose rows found the column
        edge = free
        while edge.size:
            holds = np.zeros(self.capacity.size + 1, dtype=np.bool_)  # the last is for FREE
            for begin in range(0, edge.size, step):
                part = edge[begin : begin + step]
                new = np.bitwise_or.reduce(self.allowed(part), axis=0) & ~seen
                reached = np.flatnonzero(np.unpackbits(new, count=self.capacity.size))
                seen |= new
                part_of[reached] = len(parts)
                parts.append(part)
                room = reached[self.taken[reached] < self.capacity[reached]]
                if room.size:
                    self.take(room, parts, part_of)
                    return None
                holds[reached] = True
            edge = np.flatnonzero(holds[self.place])
        found = part_of != FREE
        return np.flatnonzero((self.place == FREE) | np.append(found, False)[self.place]), np.flatnonzero(found)

    def take(self, room: Ints, parts: list[Ints], part_of: Ints) -> None:
        """Makes the moves of chains that end in these columns, no row in two of them."""
        used = np.zeros(self.place.size, dtype=np.bool_)
        for column in room.tolist():
            while self.taken[column] < self.capacity[column]:
                columns, rows = self.chain_to(column, parts, part_of, used)
                if not rows:
                    break
                self.place[rows] = columns
                self.taken[column] += 1

    def chain_to(self, end: int, parts: list[Ints], part_of: Ints, used: Bools) -> tuple[list[int], list[int]]:
        """A chain backwards from a column to a free row, as columns with the row that goes into each; or nothing.

        Whoever was looked at is used: a row that leads nowhere leads nowhere for the next chain either.
        """
        columns: list[int] = [end]
        rows: list[int] = []
        while columns:
            here = columns[-1]
            part = parts[part_of[here]]
            fits = part[(self.bits[part, here >> 3] & (128 >> (here & 7)) != 0) & ~used[part]]
            if fits.size == 0:
                columns.pop()
                if rows:
                    rows.pop()
                continue
            row = int(fits[0])
            used[row] = True
            rows.append(row)
            before = int(self.place[row])
            if before == FREE:
                return columns, rows
            columns.append(before)
        return [], []

    def best_way_out(self, rows: Ints, columns: Ints) -> int:
        """The best score by which one of these rows could go to another column, or -1."""
        outside = np.ones(self.capacity.size, dtype=np.bool_)
        outside[columns] = False
        to = np.flatnonzero(outside[: self.mentors])
        least = self.top + 1
        for begin in range(0, rows.size, BLOCK):
            least = int(self.losses[np.ix_(rows[begin : begin + BLOCK], to)].min(initial=least))
        return self.top - least
