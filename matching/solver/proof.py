"""The proof that an answer is the best there is, from the answer and its prices alone."""

from __future__ import annotations

import numpy as np

from matching.solver.costs import LARGEST_COST
from matching.solver.problem import BLOCK, Ints


class NotProved(ArithmeticError):
    """The solver's answer and its prices do not prove each other; it must not be used."""


def prove(cost: Ints, capacity: Ints, place: Ints, prices: Ints, largest: int = LARGEST_COST) -> tuple[int, int]:
    """What the placement costs and what its prices prove it must cost at least; NotProved unless they are equal.

    `cost` (rows, columns), `capacity` and `prices` (columns,), `place` (rows,) a column. Whatever the placement, its
    cost is at least sum_i min_j (cost_ij + price_j) - sum_j capacity_j price_j for prices of 0 and above (the dual of
    the transportation problem), so equality proves both. Sums are Python's integers and cannot overflow.
    """
    rows, columns = cost.shape
    if rows and (int(place.min()) < 0 or int(place.max()) >= columns):
        raise NotProved("Somebody was left without any answer.")
    if bool((np.bincount(place, minlength=columns) > capacity).any()):
        raise NotProved("A mentor was given more people than places.")
    if bool((prices < 0).any()):
        raise NotProved("A price is below 0.")
    own = cost[np.arange(rows), place]
    if rows and int(own.max()) > largest:
        raise NotProved("A pair was made that is forbidden.")
    primal = sum(own.tolist())
    dual = -sum(p * c for p, c in zip(prices.tolist(), capacity.tolist(), strict=True))
    for begin in range(0, rows, BLOCK):
        dual += sum((cost[begin : begin + BLOCK] + prices).min(axis=1).tolist())
    if primal != dual:
        raise NotProved(f"The answer costs {primal}, but its prices prove only {dual}.")
    return primal, dual
