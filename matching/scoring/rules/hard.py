"""Rules that forbid pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.scoring.answers import PRESENT, Ints, Said, SideName, Value, plain, plain_text
from matching.scoring.rules.base import (
    FORBIDDEN,
    MENTEE,
    MENTOR,
    Field,
    Rule,
    both_said,
    in_a_sentence,
    number_of,
    overlap,
    rule_kind,
    shared_words,
)


@rule_kind
@dataclass(frozen=True, kw_only=True)
class MustDiffer(Rule):
    """Hard: mentor and mentee must not have said the same. Where either said nothing, nothing is forbidden."""

    kind = "must_differ"
    label = "Must be different"
    hard = True
    fields = (MENTEE, MENTOR)

    def default_sentence(self) -> str:
        return f"The mentor has a different {in_a_sentence(self.mentor_label)}."

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        same = overlap([said[0] for said in mentees], [said[0] for said in mentors])
        return np.where(same, FORBIDDEN, 0).astype(np.int64)

    def highest(self) -> int:
        return 0

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        if not plain(mentee) or not plain(mentor):
            return None
        return self.sentence(), self.words_for_pair("", None)


@rule_kind
@dataclass(frozen=True, kw_only=True)
class OneOfEach(Rule):
    """Hard: of a mentee's mentors, one for each purpose, no two said the same, such as one employer.

    What the mentors somebody has already said is filled in by whoever reads the pairs; unknown, nothing is forbidden.
    """

    kind = "one_of_each"
    label = "One mentor of each"
    hard = True
    fields = (MENTOR,)

    def default_sentence(self) -> str:
        return f"Nobody has two mentors with the same {in_a_sentence(self.mentor_label)}."

    def uses(self) -> tuple[tuple[SideName, str], ...]:
        return (("mentor", self.mentor),)

    def keys(self, side: SideName) -> list[str]:
        return [PRESENT + self.mentor if side == "mentee" else self.mentor]

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        same = overlap([said[0] for said in mentees], [said[0] for said in mentors])
        return np.where(same, FORBIDDEN, 0).astype(np.int64)

    def highest(self) -> int:
        return 0

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        return None


def step_on(scale: tuple[str, ...], said: Said) -> int | None:
    """Where an answer stands on a scale."""
    places = {plain_text(word): place for place, word in enumerate(scale)}
    return places.get(next(iter(said))) if len(said) == 1 else None


def on_scale(scale: tuple[str, ...], side: list[Said]) -> NDArray[np.float64]:
    """Where each answer stands on a scale, NaN where it does not."""
    steps = [step_on(scale, said) for said in side]
    return np.array([np.nan if step is None else step for step in steps], dtype=np.float64)


def unusable_step(scale: tuple[str, ...], said: Said) -> str | None:
    return "missing or not on the scale" if step_on(scale, said) is None else None


@rule_kind
@dataclass(frozen=True, kw_only=True)
class OrdinalDistance(Rule):
    """Hard: the mentor's place on a scale less the mentee's must be one of the listed distances, each with its points.

    Whoever said nothing, several things, or something that is not on the scale, can have nobody by this rule.
    """

    kind = "ordinal_distance"
    label = "Steps apart on a scale"
    hard = True
    fields = (
        MENTEE,
        MENTOR,
        Field("scale", "scale", "Scale", "All answers in order, the lowest first."),
        Field("points", "points_by_distance", "Steps and points", "How many steps above the mentee the mentor may be."),
    )

    scale: tuple[str, ...]
    points: Mapping[int, int]

    def default_sentence(self) -> str:
        steps = steps_in_words(sorted(self.points))
        return f"The mentor's {in_a_sentence(self.mentor_label)} is {steps} the mentee's."

    def step(self, said: Said) -> int | None:
        """Where an answer stands on the scale."""
        return step_on(self.scale, said)

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        table = np.full((len(mentees), len(mentors)), FORBIDDEN, dtype=np.int64)
        low, high = (on_scale(self.scale, [said[0] for said in side]) for side in (mentees, mentors))
        distance = high[None, :] - low[:, None]
        for steps, points in self.points.items():
            table[distance == steps] = points
        return table

    def highest(self) -> int:
        return max(self.points.values())

    def unusable(self, said: tuple[Said, ...]) -> str | None:
        return unusable_step(self.scale, said[0])

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        low, high = self.step(plain(mentee)), self.step(plain(mentor))
        if low is None or high is None:
            return None
        words = f"The mentor's {in_a_sentence(self.mentor_label)} is {steps_above(high - low)} the mentee's."
        return words, self.words_for_pair(str(high - low), words)


NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}


def steps_above(distance: int) -> str:
    """A distance in words that go before "the mentee's"."""
    if distance == 0:
        return "the same as"
    count = NUMBERS.get(abs(distance), str(abs(distance)))
    return f"{count} {'step' if abs(distance) == 1 else 'steps'} {'above' if distance > 0 else 'below'}"


def steps_in_words(distances: list[int]) -> str:
    """Several distances in words that go before "the mentee's"."""
    if len(distances) > 1 and distances[0] > 0:
        counts = [NUMBERS.get(each, str(each)) for each in distances]
        return f"{', '.join(counts[:-1])} or {counts[-1]} steps above"
    return " or ".join(steps_above(distance) for distance in distances)


@rule_kind
@dataclass(frozen=True, kw_only=True)
class MustAgree(Rule):
    """Hard: mentor and mentee must have something in common. Where either said nothing, nothing is forbidden."""

    kind = "must_agree"
    label = "Must have something in common"
    hard = True
    fields = (MENTEE, MENTOR)

    def default_sentence(self) -> str:
        return f"Mentor and mentee share a {in_a_sentence(self.mentee_label)}."

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        shared = overlap([said[0] for said in mentees], [said[0] for said in mentors])
        return np.where(shared | ~both_said(mentees, mentors), 0, FORBIDDEN).astype(np.int64)

    def highest(self) -> int:
        return 0

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        shared = shared_words(mentee, mentor)
        if not shared:
            return None
        label = in_a_sentence(self.mentee_label)
        return f"Shared {label}: {shared}.", self.words_for_pair(shared, f"You share a {label}: {shared}.")


@rule_kind
@dataclass(frozen=True, kw_only=True)
class NumbersWithin(Rule):
    """Hard: two numbers at most so far apart. Where either gave no number, nothing is forbidden."""

    kind = "numbers_within"
    label = "Numbers close together"
    hard = True
    fields = (MENTEE, MENTOR, Field("most", "number", "At most so far apart"))

    most: int

    def default_sentence(self) -> str:
        label = in_a_sentence(self.mentee_label)
        return f"Mentor and mentee are at most {self.most} apart in {label}."

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        low, high = (
            np.array([np.nan if (number := number_of(said[0])) is None else number for said in side], dtype=np.float64)
            for side in (mentees, mentors)
        )
        return np.where(np.abs(high[None, :] - low[:, None]) > self.most, FORBIDDEN, 0).astype(np.int64)

    def highest(self) -> int:
        return 0

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        if number_of(plain(mentee)) is None or number_of(plain(mentor)) is None:
            return None
        return self.sentence(), self.words_for_pair("", None)
