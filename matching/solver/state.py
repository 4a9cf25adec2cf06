"""Between the caller's mentees and mentors and a network's rows and columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from matching.solver.costs import Costs, nth_of_each
from matching.solver.network import FREE, Network
from matching.solver.problem import Ints, Problem, value_of


class Earlier(Protocol):
    """Where `solve` can begin: the pairs and prices of an earlier answer, which need not hold any more."""

    @property
    def assignment(self) -> Ints: ...

    @property
    def prices(self) -> Ints: ...


@dataclass(frozen=True, eq=False)
class Start:
    """Pairs, (M,) a mentor or -1, and prices, (N,), to begin from; prices of 0 will do."""

    assignment: Ints
    prices: Ints


def begin_from(network: Network, costs: Costs, start: Earlier) -> None:
    """Takes over pairs and prices as far as they still hold."""
    if start.assignment.shape != (costs.mentees,) or start.prices.shape != (costs.mentors,):
        raise ValueError("start must be a solution for as many mentees and mentors.")
    # No price is ever higher than what going unmatched costs.
    network.prices[:] = column_prices(costs, start.prices)
    network.place[:] = columns_for(costs, start.assignment[costs.mentee_of])
    network.taken[:] = np.bincount(network.place, minlength=network.columns)
    network.loosen()


def column_prices(costs: Costs, prices: Ints) -> Ints:
    """Mentors' prices as the columns', unmatched last; none is higher than what going unmatched costs."""
    highest = int(costs.cost[:, -1].max(initial=0))
    return np.append(np.clip(prices[costs.mentor_of] - costs.extra, 0, highest), 0)


def columns_for(costs: Costs, mentors: Ints) -> Ints:
    """A column for each row's mentor, the last for -1; people fill a mentor's in turn, the last one takes the rest."""
    last = costs.mentor_of.size
    first, count = np.full(costs.mentors + 1, last), np.ones(costs.mentors + 1, dtype=np.int64)
    np.minimum.at(first, costs.mentor_of, np.arange(last))
    count[:-1] = np.bincount(costs.mentor_of, minlength=costs.mentors)
    order = np.argsort(mentors, kind="stable")
    columns = np.empty(mentors.size, dtype=np.int64)
    columns[order] = first[mentors[order]] + np.minimum(nth_of_each(mentors[order]), count[mentors[order]] - 1)
    return columns


def assigned(problem: Problem, costs: Costs, place: Ints) -> Ints:
    """For each of the caller's mentees the caller's mentor or -1, pins included."""
    mentors = np.append(costs.mentor_of, FREE)
    assignment = problem.pins.copy()
    assignment[costs.mentee_of] = mentors[place]
    return assignment


def placed_value(problem: Problem, costs: Costs, place: Ints) -> int:
    """What a placement and the pinned pairs are worth."""
    assignment = assigned(problem, costs, place)
    pairs = np.flatnonzero(assignment >= 0)
    return value_of(problem, pairs, assignment[pairs])


def prices_of(costs: Costs, network: Network) -> Ints:
    """The price of each of the caller's mentors."""
    return mentor_prices(costs, network.prices)


def mentor_prices(costs: Costs, of_columns: Ints) -> Ints:
    """Mentors' prices from the columns', with what the place costs where people are spread."""
    prices = np.full(costs.mentors, np.iinfo(np.int64).max)
    np.minimum.at(prices, costs.mentor_of, of_columns[:-1] + costs.extra)
    return prices
