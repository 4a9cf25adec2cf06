"""Rules about the hours of a week in which two people both have time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from matching.scoring.answers import FREE_QUARTERS, Ints, Said, Value, plain
from matching.scoring.rules.base import (
    FORBIDDEN,
    MENTEE,
    MENTOR,
    Field,
    Rule,
    rule_kind,
)

AN_HOUR = 4  # quarters
QUARTER = {str(quarter): quarter for quarter in range(FREE_QUARTERS)}


def taken(side: list[tuple[Said, ...]]) -> NDArray[np.bool_]:
    """Which quarters of a week each has time in, a row for each quarter."""
    found = np.zeros((FREE_QUARTERS, len(side)), dtype=np.bool_)
    count = [len(said[0]) for said in side]
    quarters = np.fromiter(
        map(QUARTER.__getitem__, chain.from_iterable(said[0] for said in side)), dtype=np.int64, count=sum(count)
    )
    found[quarters, np.repeat(np.arange(len(side)), count)] = True
    return found


def shared(mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> NDArray[np.float32]:
    """How many quarters of a week each has with each: whole numbers up to a week's, so float32 is exact.

    Quarters that everybody has together, such as those of a whole hour, are one, which counts as often.
    """
    left, right = taken(mentees), taken(mentors)
    who = list(map(bytes, np.packbits(np.hstack([left, right]), axis=1)))
    alike, first = Counter(who), {key: quarter for quarter, key in enumerate(who)}
    quarters = [first[key] for key in alike]
    times = np.array(list(alike.values()), dtype=np.float32)
    found: NDArray[np.float32] = (left[quarters].T * times) @ right[quarters].astype(np.float32)
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
        enough[[not said[0] for said in mentees]] = True
        enough[:, [not said[0] for said in mentors]] = True
        return np.where(enough, np.int8(0), np.int8(FORBIDDEN))

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
        hours = np.minimum(shared(mentees, mentors) // AN_HOUR, self.most)
        table: Ints = hours.astype(np.int32) * self.points
        return table

    def highest(self) -> int:
        return self.points * self.most
