"""Rules that bring points and forbid nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.scoring.answers import Ints, Said, SideName, Value, plain, spelled
from matching.scoring.rules.base import (
    MENTEE,
    MENTOR,
    Complaint,
    Field,
    Rule,
    both_said,
    in_a_sentence,
    in_both,
    overlap,
    rule_kind,
    says,
    shared_words,
)
from matching.scoring.rules.hard import OrdinalDistance, steps_in_words


@rule_kind
@dataclass(frozen=True, kw_only=True)
class SameValue(Rule):
    """Weighted: points where mentor and mentee said the same, or have something in common where several may be said."""

    kind = "same_value"
    label = "Have the same answer"
    hard = False
    fields = (MENTEE, MENTOR, Field("points", "points", "Points"))

    points: int

    def default_sentence(self) -> str:
        return f"Mentor and mentee have the same {in_a_sentence(self.mentee_label)}."

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        same = overlap([said[0] for said in mentees], [said[0] for said in mentors])
        return np.where(same, self.points, 0).astype(np.int64)

    def highest(self) -> int:
        return self.points

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        shared = shared_words(mentee, mentor)
        if not shared:
            return None
        label = in_a_sentence(self.mentee_label)
        return f"Same {label}: {shared}.", self.words_for_pair(shared, f"You have the same {label}: {shared}.")


def parts(said: Said) -> Said:
    """What was said, and the parts of what was written with commas between."""
    return said | {part.strip() for each in said for part in each.split(",") if part.strip()}


@rule_kind
@dataclass(frozen=True, kw_only=True)
class WishMet(Rule):
    """Weighted: points where what the mentee names stands among what the mentor says of themselves.

    The mentor's answer may be a list or a text with commas. With `honour` it counts only where the mentee answered yes
    to `asked`.
    """

    kind = "wish_met"
    label = "A wish is met"
    hard = False
    fields = (
        Field("mentee", "mentee_question", "What the mentee wishes for"),
        Field("mentor", "mentor_question", "Where the mentor would say so"),
        Field("points", "points", "Points"),
        Field("asked", "mentee_question", "Whether the mentee wants it to count", "A yes or no.", required=False),
        Field("honour", "bool", "Count it only where the mentee says yes", required=False),
    )

    points: int
    asked: str | None = None
    honour: bool = False

    @classmethod
    def complaints(cls, given: Mapping[str, Any]) -> list[Complaint]:
        if given.get("honour") and not given.get("asked"):
            return [("asked", "Name the question that says whether the wish counts.")]
        return []

    def default_sentence(self) -> str:
        wished, said = in_a_sentence(self.mentee_label), in_a_sentence(self.mentor_label)
        wish = f"The mentee's {wished} is among the mentor's {said}"
        return f"{wish}, where the mentee asked for it." if self.honour else f"{wish}."

    def uses(self) -> tuple[tuple[SideName, str], ...]:
        asked: tuple[tuple[SideName, str], ...] = (("mentee", self.asked),) if self.honour and self.asked else ()
        return (("mentee", self.mentee), *asked, ("mentor", self.mentor))

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        met = overlap([said[0] for said in mentees], [parts(said[0]) for said in mentors])
        if self.honour:
            met[[index for index, said in enumerate(mentees) if "yes" not in said[1]]] = False
        return np.where(met, self.points, 0).astype(np.int64)

    def highest(self) -> int:
        return self.points

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        said = parts(plain(mentor))
        shared = ", ".join(word for key, word in spelled(mentee).items() if key in said)
        return f"A wish is met: {shared}.", self.words_for_pair(shared, f"A wish is met: {shared}.")


@rule_kind
@dataclass(frozen=True, kw_only=True)
class DifferentValue(Rule):
    """Weighted: points where both answered and have nothing in common."""

    kind = "different_value"
    label = "Have different answers"
    hard = False
    fields = (MENTEE, MENTOR, Field("points", "points", "Points"))

    points: int

    def default_sentence(self) -> str:
        return f"Mentor and mentee have a different {in_a_sentence(self.mentee_label)}."

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        same = overlap([said[0] for said in mentees], [said[0] for said in mentors])
        return np.where(~same & both_said(mentees, mentors), self.points, 0).astype(np.int64)

    def highest(self) -> int:
        return self.points

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        if not plain(mentee) or not plain(mentor):
            return None
        return self.sentence(), self.words_for_pair("", None)


@rule_kind
@dataclass(frozen=True, kw_only=True)
class OrdinalPoints(OrdinalDistance):
    """Weighted: points by how many steps the mentor stands above the mentee; every other distance is possible, too."""

    kind = "ordinal_points"
    label = "Points for steps apart"
    hard = False

    def default_sentence(self) -> str:
        steps = steps_in_words(sorted(self.points))
        return f"It counts if the mentor's {in_a_sentence(self.mentor_label)} is {steps} the mentee's."

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        return np.maximum(super().table(mentees, mentors), 0)

    def unusable(self, said: tuple[Said, ...]) -> str | None:
        return None


# Sharing more than so many of the rarest things brings no further points.
MOST_SHARED = 3


@rule_kind
@dataclass(frozen=True, kw_only=True)
class SharedInterests(Rule):
    """Weighted: points for each thing both name, the more the fewer people name it.

    Something that nobody else names brings all the points, something that half of all people name brings half; whole
    numbers, at least one each, and at most three times the points in all.
    """

    kind = "shared_interests"
    label = "Share interests, rare ones first"
    hard = False
    fields = (MENTEE, MENTOR, Field("points", "points", "Points for the rarest"))

    points: int

    def default_sentence(self) -> str:
        return f"Mentor and mentee share {in_a_sentence(self.mentee_label)}; rare ones count more."

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        once = np.ones(len(mentees), dtype=np.int64), np.ones(len(mentors), dtype=np.int64)
        return self.counted_table(mentees, mentors, once)

    def counted_table(
        self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]], said_by: tuple[Ints, Ints]
    ) -> Ints:
        named: Counter[str] = Counter()
        for side, counts in zip((mentees, mentors), said_by, strict=True):
            for said, people in zip(side, counts.tolist(), strict=False):
                named.update(dict.fromkeys(said[0], people))
        everybody = int(sum(counts.sum() for counts in said_by))
        left, right = ([said[0] for said in side] for side in (mentees, mentors))
        at = in_both(left, right)
        # Whole numbers that either kind of float holds exactly, sums included.
        exact = np.float32 if self.points * len(at) < 2**24 else np.float64
        worth = np.array([self.worth(named[word], everybody) for word in at], dtype=exact)
        shared = (says(left, at) * worth) @ says(right, at).T.astype(exact)
        np.minimum(shared, self.highest(), out=shared)
        table: Ints = shared.astype(np.int32)
        return table

    def worth(self, named: int, everybody: int) -> int:
        """The points of one shared thing that so many of everybody name; two are the fewest who can share it."""
        others = max(everybody - 2, 1)
        return max(self.points * (others - (named - 2)) // others, min(self.points, 1))

    def highest(self) -> int:
        return MOST_SHARED * self.points

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        shared = shared_words(mentee, mentor)
        if not shared:
            return None
        return f"They share: {shared}.", self.words_for_pair(shared, f"You share: {shared}.")
