"""What an answer means: what another pair would cost, and why somebody is unmatched."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matching.solver.network import FAR, FREE, GONE, Network
from matching.solver.problem import Bools, Ints, check_pins, total_of, value_of
from matching.solver.solve import Solution, Start, assigned, solve_problem


@dataclass(frozen=True)
class Move:
    """One mentee who would go from one mentor to another; -1 is unmatched."""

    mentee: int
    before: int
    after: int


@dataclass(frozen=True)
class Change:
    """What would be different: people matched, total, value (negative: lost), and who moves.

    `floor_kept` is False if some mentee's floor had to be given up for it; `by_class` is how many would be matched, in
    all and of each class.
    """

    matched: int
    total: int
    value: int
    moves: tuple[Move, ...]
    floor_kept: bool = True
    by_class: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Unmatched:
    """Why a mentee is unmatched, and the cheapest change by which they would be matched.

    `kind` is "forbidden" (hard rules exclude every mentor), "no_places" (no possible mentor has a place to give),
    "full" (`mentees` compete for the `places` of `mentors`, too few) or "total" (the best total does without them).
    `mentor` and `change`: "forbidden": None; "total": the pair that would cost least; otherwise one more place with
    this mentor, who is the one where it would cost the others least. `sentence` says the kind without names.
    """

    kind: str
    sentence: str
    mentees: Ints
    mentors: Ints
    places: int
    mentor: int | None
    change: Change | None


def what_if(solution: Solution, mentee: int, mentor: int) -> Change:
    """Exactly what it would cost to put this mentee with this mentor, and who would move.

    Everybody else keeps their floor where as many can be matched with it as without; otherwise, and only then, the
    whole problem is solved again with the pair pinned. ValueError for a pair that cannot be. Method: the mentee leaves,
    one chain of moves makes room with the mentor, another fills the place left.
    """
    check_pair(solution, mentee, mentor)
    if int(solution.assignment[mentee]) == mentor:
        return Change(0, 0, 0, ())
    costs = solution.costs
    network = solution.network.copy()
    column = column_of(solution, mentor)
    pinned_to = int(solution.problem.pins[mentee])
    if pinned_to >= 0 and solution.problem.spread:
        return pinned_anew(solution, mentee, mentor)
    if pinned_to >= 0:
        network.capacity[column_of(solution, pinned_to)] += 1
    else:
        network.lift(row_of(solution, mentee), leave=GONE)
    if network.capacity[column] == 0:
        raise ValueError(f"Mentor {mentor} has no place to give: there is none, or all are pinned.")
    network.capacity[column] -= 1
    if network.taken[column] > network.capacity[column]:
        network.evict(column)
    network.settle()
    after = assigned(solution.problem, costs, network.place)
    after[mentee] = mentor
    reached = matched_by_class(solution, after)
    floors_in_the_way = network.cost is not costs.cost and (
        pinned_to >= 0 or reached < matched_by_class(solution, solution.assignment)
    )
    if floors_in_the_way:
        fresh = pinned_anew(solution, mentee, mentor)
        if fresh.by_class > reached:
            return fresh
    return change_to(solution, after)


def pinned_anew(solution: Solution, mentee: int, mentor: int) -> Change:
    """The whole problem solved again with this pair pinned."""
    pins = solution.problem.pins.copy()
    pins[mentee] = mentor
    check_pins(replace(solution.problem, pins=pins))
    fresh = solve_problem(replace(solution.problem, pins=pins), solution).assignment
    return change_to(solution, fresh, floor_kept=not broken_floor(solution, mentee, fresh))


def one_more_place(solution: Solution, mentor: int) -> Change:
    """Exactly what one more place with this mentor would bring, and who would move."""
    if not 0 <= mentor < solution.prices.size:
        raise ValueError(f"There is no mentor {mentor}.")
    if solution.problem.spread:
        capacity = solution.problem.capacity.copy()
        capacity[mentor] += 1
        problem = replace(solution.problem, scores=scores_above_floors(solution), capacity=capacity, floor_levels=0)
        return change_to(solution, solve_problem(problem, Start(solution.assignment, solution.prices)).assignment)
    network = solution.network.copy()
    network.capacity[column_of(solution, mentor)] += 1
    network.settle()
    return change_to(solution, assigned(solution.problem, solution.costs, network.place))


def scores_above_floors(solution: Solution) -> Ints:
    """The scores without the pairs that the floor forbids."""
    costs, scores = solution.costs, solution.problem.scores.copy()
    mentors, columns = np.unique(costs.mentor_of, return_index=True)
    scores[np.ix_(costs.mentee_of, mentors)] = np.where(
        solution.network.cost[:, columns] < costs.forbidden, scores[np.ix_(costs.mentee_of, mentors)], -1
    )
    return scores


def explain_unmatched(solution: Solution, mentee: int) -> Unmatched:
    """Why this mentee is unmatched and the cheapest change; ValueError if they are matched."""
    problem, costs = solution.problem, solution.costs
    if not 0 <= mentee < solution.assignment.size:
        raise ValueError(f"There is no mentee {mentee}.")
    if solution.assignment[mentee] >= 0:
        raise ValueError(f"Mentee {mentee} is matched.")
    nobody = np.zeros(0, dtype=np.int64)
    if not (problem.scores[mentee] >= 0).any():
        sentence = "The hard rules exclude every mentor."
        return Unmatched("forbidden", sentence, nobody, nobody, 0, None, None)
    rows, columns = competing(solution, row_of(solution, mentee))
    mentees = np.sort(costs.mentee_of[rows])
    mentors = np.unique(costs.mentor_of[columns])
    places = int(costs.capacity[columns].sum())
    if bool((solution.network.taken[columns] < costs.capacity[columns]).any()):
        sentence = "The best total does without this mentee."
        mentor, change = cheapest_pair(solution, mentee)
        return Unmatched("total", sentence, mentees, mentors, places, mentor, change)
    mentor, change = cheapest_place(solution, mentee)
    if places == 0:
        sentence = "No possible mentor has a place to give."
        return Unmatched("no_places", sentence, mentees, mentors, places, mentor, change)
    sentence = f"{mentees.size} people compete for {places} {'place' if places == 1 else 'places'}."
    return Unmatched("full", sentence, mentees, mentors, places, mentor, change)


def check_pair(solution: Solution, mentee: int, mentor: int) -> None:
    """A ValueError unless both exist and no hard rule forbids the pair."""
    mentees, mentors = solution.problem.scores.shape
    if not (0 <= mentee < mentees and 0 <= mentor < mentors):
        raise ValueError(f"There is no mentee {mentee} or no mentor {mentor}.")
    if solution.problem.scores[mentee, mentor] < 0:
        raise ValueError(f"A hard rule forbids mentee {mentee} with mentor {mentor}.")


def row_of(solution: Solution, mentee: int) -> int:
    """The network's row of a mentee who is not pinned."""
    return int(np.flatnonzero(solution.costs.mentee_of == mentee)[0])


def column_of(solution: Solution, mentor: int) -> int:
    """The network's column of a mentor, their cheapest where people are spread."""
    return int(np.flatnonzero(solution.costs.mentor_of == mentor)[0])


def change_to(solution: Solution, after: Ints, floor_kept: bool = True) -> Change:
    """The difference between the solution and another assignment."""
    before = solution.assignment
    moved = np.flatnonzero(before != after).tolist()
    pairs = np.flatnonzero(after >= 0)
    return Change(
        matched=pairs.size - solution.matched,
        total=total_of(solution.problem, pairs, after[pairs]) - solution.total,
        value=value_of(solution.problem, pairs, after[pairs]) - solution.value,
        moves=tuple(Move(mentee, int(before[mentee]), int(after[mentee])) for mentee in moved),
        floor_kept=floor_kept,
        by_class=matched_by_class(solution, after),
    )


def matched_by_class(solution: Solution, assignment: Ints) -> tuple[int, ...]:
    """How many are matched, then how many of the first priority class, of the next, and so on."""
    classes = np.unique(solution.problem.priority, return_inverse=True)[1]
    counts = np.bincount(classes[assignment >= 0], minlength=1)
    return (int(counts.sum()), *counts.tolist())


def broken_floor(solution: Solution, mentee: int, after: Ints) -> bool:
    """Whether somebody other than this mentee falls below the score they were guaranteed."""
    pairs = np.flatnonzero((after >= 0) & (solution.floors > 0))
    pairs = pairs[pairs != mentee]
    return bool((solution.problem.scores[pairs, after[pairs]] < solution.floors[pairs]).any())


def competing(solution: Solution, row: int) -> tuple[Ints, Ints]:
    """Everybody whose place could go to this row by a chain of possible moves, floors aside, and their columns.

    Added are the other unmatched people for whom one of these columns is possible.
    """
    allowed = solution.costs.plain[:, :-1] < solution.costs.forbidden
    place = solution.network.place
    seen = np.zeros(allowed.shape[1] + 1, dtype=np.bool_)
    edge = np.array([row])
    while edge.size:
        reached = allowed[edge].any(axis=0) & ~seen[:-1]
        seen[:-1] |= reached
        edge = np.flatnonzero(np.append(reached, False)[place])
    columns = np.flatnonzero(seen)
    waiting: Bools = (place == allowed.shape[1]) & allowed[:, columns].any(axis=1)
    return np.flatnonzero(seen[place] | waiting), columns


def cheapest_pair(solution: Solution, mentee: int) -> tuple[int | None, Change | None]:
    """The mentor with whom matching this mentee costs least, where somebody has a place to give."""
    found: tuple[int | None, Change | None] = (None, None)
    for mentor in np.flatnonzero(solution.problem.scores[mentee] >= 0).tolist():
        if solution.costs.capacity[column_of(solution, mentor)] == 0:
            continue
        change = what_if(solution, mentee, mentor)
        if found[1] is None or (change.value, change.matched) > (found[1].value, found[1].matched):
            found = mentor, change
    return found


def cheapest_place(solution: Solution, mentee: int) -> tuple[int, Change]:
    """The mentor with whom one more place gets this mentee matched at the least cost to the others.

    One search over all columns: the mentee moves in somewhere, a chain of moves ends with the mentor who has one more.
    """
    network: Network = solution.network.copy()
    row = row_of(solution, mentee)
    network.lift(row, leave=GONE)
    forbidden = solution.costs.forbidden
    possible = solution.costs.plain[row, :-1] < forbidden
    distance = np.append(np.where(possible, solution.costs.cost[row, :-1] + network.prices[:-1], FAR), FAR)
    offset = distance.min()
    distance[distance < FAR] -= offset
    came_from = np.full(network.columns, FREE, dtype=np.int64)
    network.prices[-1] = forbidden  # so that nobody becomes unmatched on the way
    network.explore(distance, came_from)
    mentors = solution.costs.mentor_of
    unit = 1 if solution.problem.coverage_first else solution.network.rows + 1
    # The price and the cost of the place that is there are not paid, but those of the place more.
    new = solution.problem.nth(mentors, solution.problem.capacity[mentors]) * unit - solution.costs.extra
    worth = np.where(distance < forbidden // 2, distance - network.prices + np.append(new, 0), FAR)
    worth[-1] = FAR
    end = int(worth.argmin())
    first = network.shift(end, came_from)
    network.put(row, first)
    mentor = int(solution.costs.mentor_of[end])
    return mentor, change_to(solution, assigned(solution.problem, solution.costs, network.place))
