"""A round in circles: how large each may be, the answer, and what is certain of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from django.utils.translation import gettext as _

from matching import tables
from matching.models import Pairing, Round
from matching.rounds.answer import Answer, answer_to
from matching.rounds.pairs import Forbidden
from matching.solver import Circles, Start, solve_circles
from matching.solver.chains import NEVER, Chains, chains_of
from matching.solver.circles import LARGEST_VALUE
from matching.solver.problem import Problem
from matching.solver.solve import solve_problem

# What the solver of circles takes beside the scores.
TAKEN = ("capacity", "priority", "coverage_first", "pins", "mentee_order", "mentor_order")


def in_circle(round: Round, mentors) -> Counter[int]:
    """How many each of these mentors (by membership) has already in an open circle for the same."""
    pairs = Pairing.objects.open().filter(mentor__in=mentors, circle__isnull=False, purpose=round.purpose_id)
    return Counter(pairs.order_by().values_list("mentor", flat=True))


def limited(round: Round, read: tables.Tables) -> tuple[tables.Tables, np.ndarray | None]:
    """The people of a round with no more places than their circle has left, and how many each circle still needs."""
    if round.least is None:
        return read, None
    has = in_circle(round, [mentor.pk for mentor in read.mentors])
    free = read.free
    if round.most is not None:
        rooms = [round.most - has[mentor.pk] for mentor in read.mentors]
        free = [max(0, min(places, room)) for places, room in zip(free, rooms, strict=True)]
    least = np.array([max(0, round.least - has[mentor.pk]) for mentor in read.mentors], dtype=np.int64)
    return replace(read, free=free), least


@dataclass(frozen=True, eq=False)
class CircleAnswer:
    """The best circles found: what `Answer` is for pairs, with the bound in place of the proof.

    `given` has the places of the circles there are; the points in `found` count `unit` each.
    """

    given: dict
    found: Circles
    unit: int
    # (N,) how many each circle needs and the places it could have; `fewest` is what the round says.
    least: np.ndarray
    could_have: np.ndarray
    fewest: int

    @property
    def assignment(self) -> np.ndarray:
        return self.found.assignment

    @property
    def matched(self) -> int:
        return self.found.matched

    @property
    def total(self) -> int:
        return self.found.total // self.unit

    @property
    def load(self) -> int:
        """A circle wants many: more people with one mentor cost nothing."""
        return 0

    @property
    def facts(self) -> dict:
        """What is certain of it: see matching.rounds.circle_words."""
        return {
            "circles": self.fewest,
            "coverage_first": self.given["coverage_first"],
            "classes": len(set(self.given["priority"].tolist())) > 1,
            "matched": self.matched,
            "total": self.total,
            "proved": self.found.proved,
            "bound_matched": self.found.bound_matched,
            "bound_total": self.found.bound_value // self.unit,
            "free_matched": self.found.free_matched,
            "free_total": self.found.free_value // self.unit,
            "ways": self.found.solves,
        }

    @property
    def figures(self) -> dict:
        """What the page of a draft in circles says in numbers and that of pairs does not."""
        return {"circles": int(np.unique(self.assignment[self.assignment >= 0]).size)}

    @property
    def prices(self) -> np.ndarray:
        """Circles begin anew each time."""
        return np.zeros(self.least.size, dtype=np.int64)

    @cached_property
    def problem(self) -> Problem:
        """The people and the places of the circles there are."""
        return replace(self.found.moving.problem, scores=self.given["scores"], capacity=self.given["capacity"])

    def chains(self, scores: np.ndarray) -> tuple[Chains, np.ndarray]:
        """The chains of moves between circles with these scores; each leaves every circle as large, but for the last.

        A mentor stands twice in the problem that moves people, so what is found of the two is the better.
        """
        moving, mentors = self.found.moving, self.least.size
        there_is_one = self.given["capacity"] > 0
        possible = np.where(there_is_one, scores, -1) >= 0
        possible = np.hstack([possible, possible])
        problem = replace(moving.problem, scores=np.where(possible, moving.problem.scores, -1), coverage_first=True)
        base = solve_problem(problem, Start(moving.assignment, moving.prices))
        # What a circle needs is full: a place more is one beyond it.
        may_grow = np.concatenate([there_is_one, np.zeros(mentors, dtype=np.bool_)])
        found = chains_of(base, self.given["pins"] >= 0, may_grow)
        to_room, _second = self.folded(found.to_room)
        to_new, second = self.folded(found.to_new)
        new_with = np.where(second, found.new_with[mentors:], found.new_with[:mentors]) % max(mentors, 1)
        steps = found.steps.reshape(2, mentors, 2, mentors).any(axis=(0, 2))
        to_room[~there_is_one] = to_new[~there_is_one] = NEVER
        pairs = self.assignment[self.assignment >= 0]
        return Chains(to_room, to_new, new_with, steps), np.bincount(pairs, minlength=mentors)

    def folded(self, losses: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The loss in points for each mentor, and whether it is that of their second place in the problem."""
        first, second = losses.reshape(2, -1)
        second = np.where(second < NEVER, second - self.found.filling, NEVER)
        better = second < first
        loss = np.where(better, second, first)
        return np.where(loss < NEVER, np.rint(loss / self.unit).astype(np.int64), NEVER), better


def answer_of(
    round: Round,
    read: tables.Tables,
    given: dict,
    least: np.ndarray | None,
    stands: Start | None = None,
    progress=lambda done: None,
) -> Answer | CircleAnswer:
    """The best pairs, or the best circles where each needs so many (N,)."""
    if least is None or round.least is None:
        return answer_to(given, read.policy.floor_levels, stands, progress)
    scores, unit = given["scores"], 1
    keep = {}
    if stands is not None:
        # Of equally good circles those nearest to what stands: a pair kept counts less than any point.
        unit = 2 * scores.shape[0] + 2
        if (min(scores.shape) + 2) * (int(scores.max(initial=0)) * unit + 2) * 2 < LARGEST_VALUE:
            scores = np.where(scores > 0, scores * unit, scores)
            keep = {"keep": stands.assignment, "keep_bonus": 1}
        else:
            unit = 1
    asked = {name: given[name] for name in TAKEN}
    try:
        found = solve_circles(scores, least=least, **asked, **keep)
    except ValueError:
        words = _("Not all circles with somebody held by hand can have %(least)s people. Let one of them go first.")
        raise Forbidden(words % {"least": round.least}) from None
    shown = {**given, "capacity": found.places}
    return CircleAnswer(shown, found, unit, least, given["capacity"], round.least)
