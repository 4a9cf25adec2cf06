"""One line of a draft as a coordinator weighs it: the two beside each other, and everybody else it could be."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from matching import tables
from matching.models import Proposal, Round
from matching.rounds import Held
from matching.rounds.answer import best_of, given_by
from matching.rounds.rework import people_of, standing_in
from matching.solver import Solution, what_if
from programs import said
from programs.models import Membership

MOST_WEIGHED = 40


@dataclass(frozen=True)
class Rank:
    """How one of two stands among all who are possible for the other: the first, the second ... of so many."""

    place: int
    of: int


@dataclass(frozen=True)
class Option:
    """A mentor a mentee could have, and exactly what it would cost all others."""

    mentor: Membership
    score: int
    rank: Rank
    reasons: list[dict]
    # Points and people the draft would gain (negative: lose), and how many others would move; None if it cannot be.
    points: int | None = None
    people: int = 0
    movers: int = 0
    # Those who have this mentor now and could take the mentee's own instead.
    swaps: list[Membership] = field(default_factory=list)

    @property
    def lost(self) -> int:
        return -(self.points or 0)

    @property
    def people_lost(self) -> int:
        return -self.people


@dataclass(frozen=True)
class Desk:
    """What the page of one line shows."""

    mentee_rank: Rank | None = None
    mentor_rank: Rank | None = None
    options: list[Option] = field(default_factory=list)
    further: int = 0
    impossible: list[tuple[Membership, str]] = field(default_factory=list)
    apart: list[Membership] = field(default_factory=list)
    # In circles a choice is worked out when it is made: it may open one circle and close another.
    circles: bool = False


def desk_of(round: Round, line: Proposal, user, costs: bool) -> Desk:
    """Everything about one line; nothing about whoever looks, and no costs for them if they are in the round."""
    read = people_of(round)
    row = {mentee.pk: i for i, mentee in enumerate(read.mentees)}
    if line.mentee_id not in row:
        return Desk()
    mine, matrix = row[line.mentee_id], read.scored.matrix
    held = Held.of(round)
    solution = None
    if costs and round.least is None:
        free = held.freed(line.mentee_id)
        begin = standing_in(round, read, dict(round.proposals.to_publish().values_list("mentee", "mentor")))
        solution = best_of(given_by(read, round.seed, free), read.policy.floor_levels, begin)[0]
    own = next((j for j, mentor in enumerate(read.mentors) if mentor.pk == line.mentor_id), None)
    others = [j for j, mentor in enumerate(read.mentors) if mentor.user_id != user.pk and j != own]
    apart = [j for j in others if (line.mentee_id, read.mentors[j].pk) in held.apart]
    possible = sorted((j for j in others if matrix[mine, j] >= 0 and j not in apart), key=lambda j: -matrix[mine, j])
    holders = holders_of(round, user, row)
    weighed = [option_of(read, mine, j, own, solution, round.result, holders) for j in possible[:MOST_WEIGHED]]
    weighed.sort(key=lambda option: (option.points is None, -option.people, -(option.points or 0), -option.score))
    return Desk(
        mentee_rank=rank_in(matrix[mine], own),
        mentor_rank=rank_in(matrix[:, own], mine) if own is not None else None,
        options=weighed,
        further=len(possible) - len(weighed),
        impossible=sorted(
            ((read.mentors[j], read.why_not(mine, j)) for j in others if matrix[mine, j] < 0),
            key=lambda pair: str(pair[0].user),
        ),
        apart=[read.mentors[j] for j in apart],
        circles=round.least is not None,
    )


def rank_in(scores: np.ndarray, at: int | None) -> Rank | None:
    """The place of one among all who are possible, equals sharing the better place."""
    if at is None or scores[at] < 0:
        return None
    return Rank(int((scores > scores[at]).sum()) + 1, int((scores >= 0).sum()))


def holders_of(round: Round, user, row: dict[int, int]) -> dict[int, list[tuple[int, Membership]]]:
    """Who has each mentor in the draft, by the mentor's key; never whoever looks."""
    found: dict[int, list[tuple[int, Membership]]] = {}
    for line in round.proposals.pairs().to_publish().select_related("mentee__user"):
        if line.mentee_id in row and line.mentee.user_id != user.pk:
            found.setdefault(line.mentor_id, []).append((row[line.mentee_id], line.mentee))
    return found


def option_of(
    read: tables.Tables, mine: int, j: int, own: int | None, solution: Solution | None, result: dict, holders: dict
) -> Option:
    """One mentor for a mentee, weighed against the draft as it stands."""
    matrix = read.scored.matrix
    swaps = []
    if own is not None:
        swaps = [mentee for i, mentee in holders.get(read.mentors[j].pk, []) if matrix[i, own] >= 0]
    about = {
        "mentor": read.mentors[j],
        "score": read.score(mine, j),
        "rank": rank_in(matrix[mine], j),
        "reasons": read.reasons(mine, j),
        "swaps": swaps,
    }
    if solution is None:
        return Option(**about)
    try:
        change = what_if(solution, mine, j)
    except ValueError:
        return Option(**about)
    return Option(
        **about,
        points=solution.total + change.total - result.get("total", 0),
        people=solution.matched + change.matched - result.get("matched", 0),
        movers=sum(1 for move in change.moves if move.mentee != mine),
    )


def side_by_side(line: Proposal) -> list[tuple[str, str, str]]:
    """What the two answered, question by question, as whoever runs the program may read it."""
    places = [place for place in (line.mentee, line.mentor) if place is not None]
    answers = said.of_places(places)
    sides = [
        {question: words for group in answers[place.pk] if not group["hidden"] for question, words in group["lines"]}
        for place in places
    ]
    first, second = sides if len(sides) == 2 else (sides[0], {})
    return [(question, first.get(question, ""), second.get(question, "")) for question in {**first, **second}]
