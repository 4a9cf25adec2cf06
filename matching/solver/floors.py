"""The floor: nobody is matched badly if it can be helped.

Level by level the lowest score is raised as far as it goes while as many people of each priority class stay matched.
When it goes no further, the people who compete for too few better places (a Hall set: everybody who is left out in some
way of placing as many as possible any higher) keep the level reached, and it goes on rising for the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np

from matching.solver.budget import Budget
from matching.solver.costs import Costs
from matching.solver.cover import NO_FLOOR, Cover
from matching.solver.problem import Bools, Ints

DIRECT = 4  # so many failures are taken at their word


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


def levels(costs: Costs, place: Ints, budget: Budget) -> Iterator[Level]:
    """Each level of the floor in turn, from a placement that matches as many of each class as possible.

    `place` (rows,) is a column, the last if unmatched; exempt rows have no floor. Only where coverage comes first. The
    levels end where the budget proves the next to cost too much.
    """
    cover = Cover(costs, place)
    thresholds = np.full(place.size, NO_FLOOR, dtype=np.int64)
    active = ~costs.exempt
    low = 0
    highest = int(cover.best.max(initial=0))
    while active.any():
        reached = raise_floor(cover, active, thresholds, low, budget)
        if reached is None or reached > highest:
            return  # too dear; or the active rows could all go unmatched, and nothing is left to raise
        low = reached
        thresholds = np.where(active, low, thresholds)
        level = freeze(cover, active, thresholds, low)
        active[level.rows] = False
        yield level
        low += 1


def raise_floor(cover: Cover, active: Bools, thresholds: Ints, low: int, budget: Budget) -> int | None:
    """The highest score all active rows can be given together, while the others keep their thresholds.

    `low` is known to be possible. None if the budget proves that the highest costs too much. The first trial is as high
    as is conceivable or just too dear; a failure says how high it can be at most, the best way out of the stuck set,
    and whoever is placed by then stays so. Where that comes down slowly the rest is halved.
    """
    highest = cover.highest_conceivable(active)
    low = max(low, min(cover.lowest(active), highest))
    paid = budget.highest(active, thresholds, low, highest)
    if paid < low:
        return None
    trial = high = min(paid + 1, highest)
    for direct in chain(repeat(True, DIRECT), repeat(False)):
        stuck = cover.reach(np.where(active, trial, thresholds))
        if stuck is None:
            low = max(trial, min(cover.lowest(active), high))
            if low == high:
                break
        else:
            rows, columns = stuck
            high = max(low, min(trial - 1, cover.best_way_out(rows[active[rows]], columns)))
        trial = high if direct else (low + high + 1) // 2
    return low if low <= paid else None


def freeze(cover: Cover, active: Bools, thresholds: Ints, low: int) -> Level:
    """The level at `low`: whoever is stuck if the active rows were to go any higher, until the others can."""
    frozen, rivals = np.zeros_like(active), np.zeros_like(active)
    mentors = np.zeros(cover.mentors, dtype=np.bool_)
    while (active & ~frozen).any():
        stuck = cover.reach(np.where(active & ~frozen, low + 1, thresholds))
        if stuck is None:
            break
        rows, columns = stuck
        frozen[rows[active[rows]]] = True
        rivals[rows] = True
        mentors[columns[columns < mentors.size]] = True
    return Level(
        score=low,
        thresholds=thresholds,
        rows=np.flatnonzero(frozen),
        rivals=np.flatnonzero(rivals),
        columns=np.flatnonzero(mentors),
        places=int(cover.capacity[: mentors.size][mentors].sum()),
    )
