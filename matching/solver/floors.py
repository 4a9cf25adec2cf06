"""The floor: nobody is matched badly if it can be helped.

Level by level the lowest score is raised as far as it goes while as many people of each priority class stay matched.
When it goes no further, the people who compete for too few better places (a Hall set: everybody who is left out in some
way of placing as many as possible any higher) keep the level reached, and it goes on rising for the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.solver.problem import Bools, Costs, Ints

FREE = -1
NO_FLOOR = -1


@dataclass(frozen=True, eq=False)
class Level:
    """One step of the floor, in rows and columns: the score reached, who cannot be raised above it, and why.

    `thresholds` (rows,) is everybody's floor once this step is taken. `rivals` could only have the `places` of
    `columns` if `rows`, those of them not held already, were to be raised above `score`, and that is too few.
    """

    score: int
    thresholds: Ints
    rows: Ints
    rivals: Ints
    columns: Ints
    places: int


class Cover:
    """A search for a placement of everybody at or above a score of their own, where going unmatched is also a place."""

    def __init__(self, costs: Costs, place: Ints) -> None:
        self.losses, self.top = costs.plain[:, :-1], costs.top
        rows, self.mentors = self.losses.shape
        classes, capacity = costs.classes, costs.capacity[:-1]
        unmatched = place == self.mentors
        scarce = np.unique(classes[unmatched])
        self.allowed = np.zeros((rows, self.mentors + scarce.size), dtype=np.bool_)
        left_out = np.zeros(scarce.size, dtype=np.int64)
        self.place = place.copy()
        for index, each in enumerate(scarce.tolist()):
            self.allowed[classes == each, self.mentors + index] = True
            out = unmatched & (classes == each)
            left_out[index] = out.sum()
            self.place[out] = self.mentors + index
        self.capacity = np.concatenate([capacity, left_out])
        self.taken = np.bincount(self.place, minlength=self.capacity.size)
        self.classes = classes
        self.left_out = dict(zip(scarce.tolist(), left_out.tolist(), strict=True))

    def highest_conceivable(self, active: Bools) -> int:
        """A score the lowest of the active rows cannot exceed, whatever is done."""
        best = self.best()
        highest = int(best.max(initial=0)) + 1
        for each in np.unique(self.classes[active]).tolist():
            own = np.sort(best[active & (self.classes == each)])
            out = self.left_out.get(each, 0)
            if own.size > out:
                highest = min(highest, int(own[out]))
        return highest

    def best(self) -> Ints:
        """The highest score of each row, below 0 where nothing is possible."""
        least = self.losses.min(axis=1, initial=self.top + 1)
        found: Ints = self.top - least.astype(np.int64)
        return found

    def reach(self, thresholds: Ints) -> tuple[Ints, Ints] | None:
        """Places everybody at or above their thresholds; where that fails, the rows and columns that are stuck.

        The present placement is the start; it is left changed, with some rows free, when it fails.
        """
        allowed = self.allowed
        most = (self.top - np.maximum(thresholds, 0)).astype(self.losses.dtype)
        np.less_equal(self.losses, most[:, None], out=allowed[:, : self.mentors])
        placed = np.flatnonzero(self.place != FREE)
        below = placed[~allowed[placed, self.place[placed]]]
        np.subtract.at(self.taken, self.place[below], 1)
        self.place[below] = FREE
        while True:
            free = np.flatnonzero(self.place == FREE)
            if free.size == 0:
                return None
            stuck = self.augment(allowed, free)
            if stuck is not None:
                return stuck

    def augment(self, allowed: Bools, free: Ints) -> tuple[Ints, Ints] | None:
        """Searches from all free rows at once and takes one chain for each tree that found room."""
        seen = np.zeros(self.capacity.size, dtype=np.bool_)
        parent = np.full(self.capacity.size, FREE, dtype=np.int64)  # the row that found the column
        root = np.full(self.place.size, FREE, dtype=np.int64)
        root[free] = free
        edge = free
        while edge.size:
            reached = np.flatnonzero(allowed[edge].any(axis=0) & ~seen)
            parent[reached] = edge[allowed[np.ix_(edge, reached)].argmax(axis=0)]
            seen[reached] = True
            room = reached[self.taken[reached] < self.capacity[reached]]
            if room.size:
                self.take(room, parent, root)
                return None
            holds = np.zeros(self.capacity.size, dtype=np.bool_)
            holds[reached] = True
            edge = np.flatnonzero((self.place != FREE) & holds[self.place])
            root[edge] = root[parent[self.place[edge]]]
        return np.flatnonzero(root != FREE), np.flatnonzero(seen)

    def take(self, room: Ints, parent: Ints, root: Ints) -> None:
        """Makes the moves of the chains that end in these columns, one for each free row they began with."""
        begun: set[int] = set()
        for column in room.tolist():
            row = int(parent[column])
            start = int(root[row])
            if start in begun:
                continue
            begun.add(start)
            self.taken[column] += 1
            while True:
                before = int(self.place[row])
                self.place[row] = column
                if before == FREE:
                    break
                column, row = before, int(parent[before])

    def best_way_out(self, rows: Ints, columns: Ints) -> int:
        """The best score by which one of these rows could go to another column, or -1."""
        outside = np.ones(self.capacity.size, dtype=np.bool_)
        outside[columns] = False
        ways = self.losses[np.ix_(rows, np.flatnonzero(outside[: self.mentors]))]
        return self.top - int(ways.min(initial=self.top + 1))

    def lowest(self, rows: Bools) -> int:
        """The lowest score of these rows where they are placed; going unmatched is above every score."""
        held = np.flatnonzero(rows & (self.place < self.mentors))
        return self.top - int(self.losses[held, self.place[held]].max(initial=-1))


def raise_floor(cover: Cover, active: Bools, thresholds: Ints, low: int) -> int:
    """The highest score all active rows can be given together, while the others keep their thresholds.

    `low` is known to be possible, with the cover's present placement. Trials go up from what is reached already, by
    steps that double, so that few rows are moved; a failure says how high it can be at most: no score above the best
    way out of a stuck set is possible.
    """
    high = cover.highest_conceivable(active)
    low = max(low, min(cover.lowest(active), high))
    good = cover.place.copy(), cover.taken.copy()
    step = 1
    while low < high:
        trial = min(low + step, (low + high + 1) // 2) if step > 1 else low + 1
        step *= 2
        stuck = cover.reach(np.where(active, trial, thresholds))
        if stuck is None:
            low = max(trial, min(cover.lowest(active), high))
            good = cover.place.copy(), cover.taken.copy()
        else:
            rows, columns = stuck
            high = max(low, cover.best_way_out(rows[active[rows]], columns))
            cover.place, cover.taken = good[0].copy(), good[1].copy()
    cover.place, cover.taken = good
    return low


def levels(costs: Costs, place: Ints) -> Iterator[Level]:
    """Each level of the floor in turn, from a placement that matches as many of each class as possible.

    `place` (rows,) is a column, the last if unmatched; exempt rows have no floor. Only where coverage comes first.
    """
    cover = Cover(costs, place)
    thresholds = np.full(place.size, NO_FLOOR, dtype=np.int64)
    active = ~costs.exempt
    low = 0
    highest = int(cover.best().max(initial=0))
    while active.any():
        low = raise_floor(cover, active, thresholds, low)
        if low > highest:
            return  # the active rows could all go unmatched: nothing is left to raise
        thresholds = np.where(active, low, thresholds)
        frozen, rivals = np.zeros_like(active), np.zeros_like(active)
        mentors = np.zeros(cover.mentors, dtype=np.bool_)
        while active.any():
            stuck = cover.reach(np.where(active, low + 1, thresholds))
            if stuck is None:
                break
            rows, columns = stuck
            frozen[rows[active[rows]]] = True
            rivals[rows] = True
            mentors[columns[columns < mentors.size]] = True
            active = active & ~frozen
        yield Level(
            score=low,
            thresholds=thresholds,
            rows=np.flatnonzero(frozen),
            rivals=np.flatnonzero(rivals),
            columns=np.flatnonzero(mentors),
            places=int(cover.capacity[: mentors.size][mentors].sum()),
        )
        low += 1
