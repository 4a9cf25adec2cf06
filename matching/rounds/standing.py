"""A round in which pairs may change: what is held from the beginning, what nobody may lose, and what changes bring."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _

from matching import tables
from matching.models import Round
from matching.rounds.answer import best_of, given_by
from matching.rounds.held import Held
from matching.rounds.pairs import Forbidden


def held_at_first(read: tables.Tables) -> Held:
    """Pairs that stand though a rule now forbids them: nobody ends one silently, so whoever decides lets go of it."""
    if read.standing is None:
        return Held()
    pairs = read.standing.mentor_of.items()
    return Held({read.mentees[i].pk: read.mentors[j].pk for i, j in pairs if read.score(i, j) < 0})


def pairs_that_stand(read: tables.Tables, round: Round, held: Held, assignment: np.ndarray) -> dict:
    """What is written down of a draft in which pairs may change."""
    if read.standing is None:
        return {}
    tied = sorted(read.mentees[i].pk for i in read.standing.tied)
    return {"held": held.to_json(), "tied": tied, **what_changes(read, round, held, assignment)}


def what_changes(read: tables.Tables, round: Round, held: Held, assignment: np.ndarray) -> dict:
    """How many of the pairs stay, and what the changes bring against the best in which all of them stay.

    Points are those of the rules alone, without what being a pair counts.
    """
    standing = read.standing
    if standing is None:
        return {}
    stay = sum(1 for i, j in standing.mentor_of.items() if assignment[i] == j)
    against = sum(1 for i, j in standing.mentor_of.items() if read.score(i, j) < 0 and assignment[i] == j)
    found = {"stay": stay, "stood": len(standing.mentor_of), "against": against}
    given = given_by(read, round.seed, held)
    for i, j in standing.mentor_of.items():
        given["pins"][i], given["scores"][i, j] = j, max(given["scores"][i, j], 0)
    if stay == len(standing.mentor_of) or (np.bincount(given["pins"][given["pins"] >= 0]) > given["capacity"]).any():
        return {"changes": found}
    as_it_is = best_of(given, 0, None)[0]
    points = rule_points(read, assignment) - rule_points(read, as_it_is.assignment)
    people = int((assignment >= 0).sum()) - as_it_is.matched
    return {"changes": {**found, "points": points, "people": people}}


def rule_points(read: tables.Tables, assignment: np.ndarray) -> int:
    """The points of all pairs by the rules alone."""
    total = 0
    for i, j in enumerate(assignment.tolist()):
        if j >= 0 and (score := read.score(i, j)) >= 0:
            kept = read.standing is not None and read.standing.has(i, j)
            total += score - (read.standing.price if kept else 0)
    return total - load_costs(read, assignment)


def load_costs(read: tables.Tables, assignment: np.ndarray) -> int:
    """What the spread over the mentors takes off: each mentee of a mentor costs as many times as they have already."""
    counts = np.bincount(assignment[assignment >= 0], minlength=len(read.mentors)).tolist()
    costs = (sum(range(load, load + count)) for load, count in zip(read.load, counts, strict=True))
    return read.policy.spread * sum(costs)


def check_tied(read: tables.Tables, held: Held) -> None:
    """Forbidden where what is held would change a pair that stays as it is; what is open in it is not said."""
    for i in read.standing.tied if read.standing else ():
        mentee, mentor = read.mentees[i].pk, read.mentors[read.standing.mentor_of[i]].pk
        elsewhere = held.pins.get(mentee, mentor) != mentor or mentee in held.left
        if elsewhere or (mentee, mentor) in held.apart:
            words = _("The pair of %(name)s stays as it is for now: something has to be settled first, or they rest.")
            raise Forbidden(words % {"name": read.mentees[i].user})


def check_nobody_loses(read: tables.Tables, assignment: np.ndarray) -> None:
    """Forbidden where somebody who has a mentor would have none."""
    if read.standing is None:
        return
    for i in read.standing.mentor_of:
        if assignment[i] < 0:
            words = _("With this %(name)s would lose their mentor and get nobody, so it cannot be done here.")
            raise Forbidden(words % {"name": read.mentees[i].user})
