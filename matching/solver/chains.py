"""Chains of moves for everybody at once: what it costs the others to free a place with each mentor.

A chain begins with a mentor one of whose people moves to another mentor, from where somebody moves on, until it ends
where there is room. Its loss is in points of those who move; it may also be a gain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.solver.problem import Bools, Ints
from matching.solver.solve import Solution

NEVER = np.int64(2**50)  # the loss of a chain that does not exist
NOBODY = -1


@dataclass(frozen=True, eq=False)
class Chains:
    """For each mentor the cheapest chain that frees a place with them.

    `to_room` (N,) is its loss where it ends at a free place, `to_new` (N,) where it ends at one place more, which is
    with the mentor `new_with` (N,); NEVER where there is no such chain.
    """

    to_room: Ints
    to_new: Ints
    new_with: Ints
    # (N, N): whether somebody of a mentor (down) could go to another (across).
    steps: Bools

    def reach(self, begin: Bools) -> Bools:
        """All mentors with whom a chain from one of these can free a place, these included."""
        seen, edge = begin.copy(), begin
        while edge.any():
            edge = self.steps[edge].any(axis=0) & ~seen
            seen |= edge
        return seen


def chains_of(solution: Solution, fixed: Bools, may_grow: Bools | None = None) -> Chains:
    """All chains of a solution without a floor; who is `fixed` does not move, and nobody loses their place.

    A place more may be with any mentor, or only with those who `may_grow`.

    The solution is the best for those it matches, so its prices make every step 0 or more and Dijkstra's search holds.
    """
    prices, capacity, place = solution.prices, solution.problem.capacity, solution.assignment
    taken = np.bincount(place[place >= 0], minlength=capacity.size)
    into = steps_into(solution.problem.scores, np.where(fixed, NOBODY, place), prices)
    # What one more costs with each mentor beyond the price, which everybody's move there counts already.
    one_more = solution.problem.nth(np.arange(prices.size), taken) - prices
    room = np.where(taken < capacity, one_more, NEVER)
    least = one_more.min(initial=np.int64(0))
    to_room, _ends = nearest(into, room)
    more = one_more - least if may_grow is None else np.where(may_grow, one_more - least, NEVER)
    to_new, new_with = nearest(into, more)
    return Chains(
        to_room=np.where(to_room < NEVER, to_room + prices, NEVER),
        to_new=np.where(to_new < NEVER, to_new + least + prices, NEVER),
        new_with=new_with,
        steps=np.ascontiguousarray((into < NEVER).T),
    )


def steps_into(scores: Ints, place: Ints, prices: Ints) -> Ints:
    """(N, N): the least that a step into a mentor (down) from another (across) costs at these prices, NEVER if none."""
    mentors = prices.size
    into = np.full((mentors, mentors), NEVER, dtype=np.int64)
    movers = np.flatnonzero(place >= 0)
    movers = movers[np.argsort(place[movers], kind="stable")]
    if movers.size == 0:
        return into
    own = place[movers]
    loss = scores[movers, own][:, None] - scores[movers] + prices[None, :] - prices[own][:, None]
    loss[scores[movers] < 0] = NEVER
    froms, begins = np.unique(own, return_index=True)
    into[:, froms] = np.minimum.reduceat(loss, begins, axis=0).T
    return into


def nearest(into: Ints, distance: Ints) -> tuple[Ints, Ints]:
    """How far each mentor is from the nearest end, and which end that is; `distance` is what each has as an end."""
    distance = distance.copy()
    end = np.where(distance < NEVER, np.arange(distance.size), NOBODY)
    ahead = distance.copy()
    for _each in range(distance.size):
        here = int(ahead.argmin())
        reach = ahead[here]
        if reach >= NEVER:
            break
        ahead[here] = NEVER
        further = into[here] + reach
        nearer = np.flatnonzero(further < distance)
        distance[nearer] = ahead[nearer] = further[nearer]
        end[nearer] = end[here]
    return distance, end
