"""Rules about the hours of a week in which two people both have time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.scoring.answers import FREE_QUARTERS, Ints, Said, Value, plain
from matching.scoring.rules.base import (
    FORBIDDEN,
    MENTEE,
    MENTOR,
    Field,
    Rule,
    both_said,
    rule_kind,
)

AN_HOUR = 4  # quarters


def taken(side: list[tuple[Said, ...]]) -> NDArray[np.float32]:
    """Which quarters of a week each has time in; whole numbers up to a week's, so float32 is exact."""
    found = np.zeros((len(side), FREE_QUARTERS), dtype=np.float32)
    for index, said in enumerate(side):
        found[index, [int(quarter) for quarter in said[0]]] = 1
    return found


def shared(mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
    """How many quarters of a week each has with each."""
    found: Ints = (taken(mentees) @ taken(mentors).T).astype(np.int64)
    return found


def hours_in_words(quarters: int) -> str:
    """A number of quarters as people say it."""
    hours = f"{quarters / AN_HOUR:g}"
    return f"{hours} {'hour' if quarters == AN_HOUR else 'hours'}"


@dataclass(frozen=True, kw_only=True)
class OfHours(Rule):
    """A rule over the free times people keep."""

    of_hours = True

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        common = len(plain(mentee) & plain(mentor))
        if not common:
            return None
        words = f"{hours_in_words(common)} a week in common."
        return words, self.words_for_pair(hours_in_words(common), f"You have {words}")


@rule_kind
@dataclass(frozen=True, kw_only=True)
class CommonHours(OfHours):
    """Hard: two people have at least so many hours of a week in common; where either said nothing, anybody may be."""

    kind = "common_hours"
    label = "Have time at the same hours"
    hard = True
    fields = (MENTEE, MENTOR, Field("least", "number", "At least so many hours a week"))

    least: int

    def default_sentence(self) -> str:
        return f"Mentor and mentee have at least {hours_in_words(self.least * AN_HOUR)} a week in common."

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        enough = shared(mentees, mentors) >= self.least * AN_HOUR
        return np.where(enough | ~both_said(mentees, mentors), 0, FORBIDDEN).astype(np.int64)

    def highest(self) -> int:
        return 0


@rule_kind
@dataclass(frozen=True, kw_only=True)
class HoursPoints(OfHours):
    """Weighted: points for each whole hour of a week two people have in common, up to so many hours."""

    kind = "hours_points"
    label = "Points for hours in common"
    hard = False
    fields = (
        MENTEE,
        MENTOR,
        Field("points", "points", "Points for each hour"),
        Field("most", "number", "Up to so many hours"),
    )

    points: int
    most: int

    def default_sentence(self) -> str:
        return f"Each hour a week in common counts, up to {self.most}."

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        table: Ints = self.points * np.minimum(shared(mentees, mentors) // AN_HOUR, self.most)
        return table

    def highest(self) -> int:
        return self.points * self.most
