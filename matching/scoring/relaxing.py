"""What would have to be let go for somebody to have a mentor: each hard rule as little as it takes, for them alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matching.scoring.answers import Bools, Ints, Said
from matching.scoring.rules import Rule
from matching.scoring.rules.base import in_a_sentence
from matching.scoring.rules.hard import NUMBERS, OrdinalDistance, steps_above
from matching.scoring.score import RuleTable, Scored

NOTHING = np.int64(-(2**50))  # the worth of what cannot be
MOST_TOGETHER = 3  # more rules than this at once are no advice
MOST_NUMBER = 1_000
# Rules that keep people safe or apart: never proposed to be let go.
FIRM = {"never_named", "must_say", "number_between"}


@dataclass(frozen=True)
class Looser:
    """One rule let go as little as it takes, in words."""

    rule_id: str
    words: str


@dataclass(frozen=True)
class Way:
    """What to let go, with whom it would bring the mentee together, and what that is worth to all together."""

    looser: tuple[Looser, ...]
    mentor: int
    worth: int


class Relaxing:
    """The hard rules of a program over everybody, ready to be let go for one mentee at a time."""

    def __init__(self, scored: Scored) -> None:
        self.scored = scored
        hard = [table for table in scored.tables if table.rule.hard]
        self.hard = [table for table in hard if table.rule.kind not in FIRM]
        self.firm = [table for table in hard if table.rule.kind in FIRM]
        self.said: dict[str, tuple[Ints, list[tuple[Said, ...]], list[tuple[Said, ...]]]] = {}

    def ways(self, mentee: int, possible: Bools, losses: Ints) -> list[Way]:
        """The ways by letting go of one rule, the best first; of several at once only where no single one does.

        `possible` (N,) says with whom it could be if no rule stood against it, `losses` (N,) what a place with each
        mentor costs the others.
        """
        for firm in self.firm:
            possible = possible & (firm.row(mentee) >= 0)
        forbids = np.array([table.row(mentee) < 0 for table in self.hard], dtype=np.bool_)
        forbids = forbids.reshape(len(self.hard), losses.size)
        count = forbids.sum(axis=0)
        alone = possible & (count == 1)
        found = [self.loosened(mentee, [t], alone & f, losses) for t, f in zip(self.hard, forbids, strict=True)]
        singles = [way for way in found if way is not None]
        if not singles and bool((possible & (count > 0)).any()):
            fewest = int(count[possible & (count > 0)].min())
            if fewest <= MOST_TOGETHER:
                singles = self.together(mentee, forbids, possible & (count == fewest), losses)
        return sorted(singles, key=lambda way: -way.worth)

    def together(self, mentee: int, forbids: Bools, mentors: Bools, losses: Ints) -> list[Way]:
        """The best way by letting go of several rules at once, or none."""
        found = []
        for pattern in np.unique(forbids[:, mentors], axis=1).T:
            tables = [table for table, at in zip(self.hard, pattern.tolist(), strict=True) if at]
            same = mentors & (forbids == pattern[:, None]).all(axis=0)
            way = self.loosened(mentee, tables, same, losses)
            if way is not None:
                found.append(way)
        return sorted(found, key=lambda way: -way.worth)[:1]

    def loosened(self, mentee: int, tables: list[RuleTable], mentors: Bools, losses: Ints) -> Way | None:
        """The smallest change of these rules that allows one of these mentors, whom nothing else forbids."""
        left = mentors
        looser = []
        worth = -losses
        for table in self.scored.tables:
            if not any(table is each for each in tables):
                worth = worth + np.maximum(table.row(mentee), 0)
        for table in tables:
            if not left.any():
                return None
            words, points = self.least(table.rule, mentee, left)
            left = left & (points >= 0)
            worth = worth + np.maximum(points, 0)
            looser.append(Looser(table.rule.id, words))
        worth = np.where(left, worth, NOTHING)
        mentor = int(worth.argmax())
        return Way(tuple(looser), mentor, int(worth[mentor])) if worth[mentor] > NOTHING else None

    def least(self, rule: Rule, mentee: int, mentors: Bools) -> tuple[str, Ints]:
        """The smallest change of one rule that allows one of these mentors, and the mentee's points by it."""
        label = in_a_sentence(rule.mentor_label)
        if isinstance(rule, OrdinalDistance):
            for distance in distances_outside(rule):
                points = self.row(replace(rule, points={**rule.points, distance: 0}), mentee)
                if bool((mentors & (points >= 0)).any()):
                    return f"allowing a {label} {steps_above(distance)} theirs", points
        for name, step in (("most", 1), ("least", -1)):
            number = getattr(rule, name, None)
            if isinstance(number, int) and not isinstance(number, bool):
                best = self.nearest_number(rule, name, number, step, mentee, mentors)
                if best is not None:
                    looser = with_number(rule, name, best)
                    return words_of(looser, abs(best - number), best, label), self.row(looser, mentee)
        return f"setting aside “{rule.sentence().rstrip('.')}”", np.zeros(mentors.size, dtype=np.int64)

    def nearest_number(self, rule: Rule, name: str, number: int, step: int, mentee: int, mentors: Bools) -> int | None:
        """The number nearest to the rule's own by which one of these mentors is allowed, or None."""

        def allows(change: int) -> bool:
            points = self.row(with_number(rule, name, number + step * change), mentee)
            return bool((mentors & (points >= 0)).any())

        furthest = MOST_NUMBER - number if step > 0 else number
        if furthest < 1 or not allows(furthest):
            return None
        return number + step * smallest(allows, furthest)

    def row(self, rule: Rule, mentee: int) -> Ints:
        """The points of one mentee with every mentor by a looser form of a rule."""
        table = next(each for each in self.hard if each.rule.id == rule.id)
        if rule.id not in self.said:
            codes, mentees_said = self.scored.mentees.coded(rule.keys("mentee"))
            self.said[rule.id] = codes, mentees_said, self.scored.mentors.coded(rule.keys("mentor"))[1]
        codes, mentees_said, mentors_said = self.said[rule.id]
        points: Ints = rule.table([mentees_said[codes[mentee]]], mentors_said)[0][table.mentors]
        return points


def words_of(looser: Rule, less: int, number: int, label: str) -> str:
    """A rule with a looser number in words."""
    count = NUMBERS.get(less, str(less))
    if looser.kind == "common_hours":
        return f"{count} common {'hour' if less == 1 else 'hours'} a week less"
    if looser.kind == "numbers_within":
        return f"allowing {number} apart in {label}"
    return f"it being enough that: {looser.default_sentence().rstrip('.')}"


def with_number(rule: Rule, name: str, number: int) -> Rule:
    """The same rule with another number in one of its fields."""
    changed: dict[str, Any] = {name: number}
    return replace(rule, **changed)


def distances_outside(rule: OrdinalDistance) -> list[int]:
    """The distances on a scale that a rule does not allow, the nearest to those it does first."""
    steps = range(1 - len(rule.scale), len(rule.scale))
    outside = [steps for steps in steps if steps not in rule.points]
    return sorted(outside, key=lambda distance: (min(abs(distance - each) for each in rule.points), -distance))


def smallest(holds: Callable[[int], bool], known: int) -> int:
    """The smallest number from 1 on for which this holds; it holds for `known` and for everything above a number."""
    low, high = 0, known
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
