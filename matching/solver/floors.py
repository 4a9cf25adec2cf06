"""The floor: nobody is matched badly if it can be helped.

Level by level the lowest score is raised as far as it goes while as many people of each priority class stay matched.
When it goes no further, the people who compete for too few better places (a Hall set: everybody who is left out in some
way of placing as many as possible any higher) keep the level reached, and it goes on rising for the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.solver.problem import HIGHEST_SCORE, Bools, Ints

FREE = -1
NO_FLOOR = -1
ANY = np.int64(2 * HIGHEST_SCORE)  # the score of going unmatched where somebody of the class has to


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

    def __init__(self, scores: Ints, capacity: Ints, classes: Ints, place: Ints) -> None:
        rows, self.mentors = scores.shape
        unmatched = place == self.mentors
        scarce = np.unique(classes[unmatched])
        extra = np.full((rows, scarce.size), -1, dtype=np.int64)
        left_out = np.zeros(scarce.size, dtype=np.int64)
        self.place = place.copy()
        for index, each in enumerate(scarce.tolist()):
            extra[classes == each, index] = ANY
            out = unmatched & (classes == each)
            left_out[index] = out.sum()
            self.place[out] = self.mentors + index
        self.scores = np.hstack([scores, extra])
        self.capacity = np.concatenate([capacity, left_out])
        self.taken = np.bincount(self.place, minlength=self.capacity.size)
        self.classes = classes
        self.left_out = dict(zip(scarce.tolist(), left_out.tolist(), strict=True))

    def highest_conceivable(self, active: Bools) -> int:
        """A score the lowest of the active rows cannot exceed, whatever is done."""
        best = self.scores[:, : self.mentors].max(axis=1, initial=-1)
        highest = int(best.max(initial=0)) + 1
        for each in np.unique(self.classes[active]).tolist():
            own = np.sort(best[active & (self.classes == each)])
            out = self.left_out.get(each, 0)
            if own.size > out:
                highest = min(highest, int(own[out]))
        return highest

    def reach(self, thresholds: Ints) -> tuple[Ints, Ints] | None:
        """Places everybody at or above their thresholds; where that fails, the rows and columns that are stuck.

        The present placement is the start; it is left changed, with some rows free, when it fails.
        """
        allowed = self.scores >= np.maximum(thresholds, 0)[:, None]
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
        return int(self.scores[np.ix_(rows, np.flatnonzero(outside))].max(initial=-1))


def raise_floor(cover: Cover, active: Bools, thresholds: Ints, low: int) -> int:
    """The highest score all active rows can be given together, while the others keep their thresholds.

    `low` is known to be possible, with the cover's present placement. Every other trial halves what is left; the others
    try its upper end, which jumps down: no score above the best way out of a stuck set is possible.
    """
    high = cover.highest_conceivable(active)
    good = cover.place.copy(), cover.taken.copy()
    halve = False
    while low < high:
        trial = (low + high + 1) // 2 if halve else high
        halve = not halve
        stuck = cover.reach(np.where(active, trial, thresholds))
        if stuck is None:
            lowest = int(cover.scores[active, cover.place[active]].min())
            low = max(trial, min(lowest, high))
            good = cover.place.copy(), cover.taken.copy()
        else:
            rows, columns = stuck
            high = max(low, cover.best_way_out(rows[active[rows]], columns))
            cover.place, cover.taken = good[0].copy(), good[1].copy()
    cover.place, cover.taken = good
    return low


def levels(scores: Ints, capacity: Ints, classes: Ints, exempt: Bools, place: Ints) -> Iterator[Level]:
    """Each level of the floor in turn, from a placement that matches as many of each class as possible.

    `scores` (rows, N), negative where forbidden; `place` (rows,) a column, N if unmatched; exempt rows have no floor.
    """
    cover = Cover(scores, capacity, classes, place)
    thresholds = np.full(place.size, NO_FLOOR, dtype=np.int64)
    active = ~exempt
    low = 0
    while active.any():
        low = raise_floor(cover, active, thresholds, low)
        if low > int(scores.max(initial=0)):
            return  # the active rows could all go unmatched: nothing is left to raise
        thresholds = np.where(active, low, thresholds)
        frozen, rivals = np.zeros_like(active), np.zeros_like(active)
        mentors = np.zeros(scores.shape[1], dtype=np.bool_)
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
            places=int(capacity[mentors].sum()),
        )
        low += 1
