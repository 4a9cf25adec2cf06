"""A rule about a mentor's people together, which no pair has points by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.scoring.answers import Ints, Said, SideName, Value
from matching.scoring.rules.base import Field, Rule, rule_kind


@rule_kind
@dataclass(frozen=True, kw_only=True)
class LoadSpread(Rule):
    """Weighted: each mentee a mentor has already, now or by the same round, costs one more points.

    The matching takes them off the points of all pairs together; the pair itself has none by this.
    """

    kind = "load_spread"
    label = "Spread over the mentors"
    hard = False
    fields = (
        Field("points", "points", "Points that a mentor's second mentee costs", "The third costs twice as many."),
    )
    wording = (Field("sentence", "text", "In your own words", "How coordinators see it.", required=False),)

    points: int

    def default_sentence(self) -> str:
        return f"Mentees are spread over the mentors: a second costs {self.points} points, a third {2 * self.points}."

    def uses(self) -> tuple[tuple[SideName, str], ...]:
        return ()

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        return np.zeros((len(mentees), len(mentors)), dtype=np.int64)

    def highest(self) -> int:
        return 0

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        return None
