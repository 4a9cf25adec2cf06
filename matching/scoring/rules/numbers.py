"""Hard rules about a number or an answer of one side, and about how two numbers lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.scoring.answers import Ints, Said, SideName, Value, plain, plain_text
from matching.scoring.rules.base import (
    FORBIDDEN,
    MENTEE,
    MENTOR,
    Complaint,
    Field,
    Rule,
    in_a_sentence,
    number_of,
    rule_kind,
)
from matching.scoring.rules.hard import NUMBERS, on_scale, unusable_step

ONE_OR_BOTH = (
    Field(
        "mentee", "mentee_question", "The mentee's answer to", "Leave it empty where it is about mentors alone.", False
    ),
    Field(
        "mentor", "mentor_question", "The mentor's answer to", "Leave it empty where it is about mentees alone.", False
    ),
)


def numbers(side: list[tuple[Said, ...]]) -> NDArray[np.float64]:
    """The number each answer is, NaN where it is none."""
    found = [number_of(said[0]) for said in side]
    return np.array([np.nan if number is None else number for number in found], dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class OfEachSide(Rule):
    """What must hold for whoever is asked, each by themselves: a person for whom it does not can have nobody."""

    hard = True
    of_one = True

    @classmethod
    def complaints(cls, given: Mapping[str, Any]) -> list[Complaint]:
        return (
            [] if given.get("mentee") or given.get("mentor") else [("mentor", "Name a question of one side at least.")]
        )

    def uses(self) -> tuple[tuple[SideName, str], ...]:
        asked: list[tuple[SideName, str]] = [("mentee", self.mentee), ("mentor", self.mentor)]
        return tuple((side, key) for side, key in asked if key)

    def holds(self, said: Said) -> bool:
        """Whether what one person said is enough."""
        raise NotImplementedError

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        left, right = (
            np.array([self.unusable(said) is None for said in side], dtype=np.bool_) for side in (mentees, mentors)
        )
        return np.where(left[:, None] & right[None, :], 0, FORBIDDEN).astype(np.int64)

    def unusable(self, said: tuple[Said, ...]) -> str | None:
        return "does not allow it" if said and not self.holds(said[0]) else None

    def highest(self) -> int:
        return 0

    def of_whom(self) -> str:
        """The questions in words: of the mentee, of the mentor, or of both."""
        asked = [("The mentee's", self.mentee, self.mentee_label), ("The mentor's", self.mentor, self.mentor_label)]
        words = [f"{whose} {in_a_sentence(label)}" for whose, key, label in asked if key]
        return f"{words[0]} and {words[1][0].lower()}{words[1][1:]}" if len(words) == 2 else words[0]

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        return self.sentence(), self.words_for_pair("", None)


@rule_kind
@dataclass(frozen=True, kw_only=True)
class NumberBetween(OfEachSide):
    """Hard: a number of one side (or of each) is at least or at most so much. Whoever gave none can have nobody."""

    kind = "number_between"
    label = "A number at least or at most"
    fields = (
        *ONE_OR_BOTH,
        Field("least", "number", "At least", required=False),
        Field("most", "number", "At most", required=False),
    )

    least: int | None = None
    most: int | None = None

    @classmethod
    def complaints(cls, given: Mapping[str, Any]) -> list[Complaint]:
        found = super().complaints(given)
        least, most = given.get("least"), given.get("most")
        if least is None and most is None:
            found.append(("least", "Say at least how much, or at most."))
        elif least is not None and most is not None and least > most:
            found.append(("most", "This is less than the least."))
        return found

    def holds(self, said: Said) -> bool:
        number = number_of(said)
        if number is None:
            return False
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)

    def default_sentence(self) -> str:
        bounds = [f"at least {self.least}"] if self.least is not None else []
        bounds += [f"at most {self.most}"] if self.most is not None else []
        verb = "are" if self.mentee and self.mentor else "is"
        return f"{self.of_whom()} {verb} {' and '.join(bounds)}."


@rule_kind
@dataclass(frozen=True, kw_only=True)
class MustSay(OfEachSide):
    """Hard: whoever is asked must have given one of these answers, such as yes to having been checked."""

    kind = "must_say"
    label = "Must have given an answer"
    fields = (*ONE_OR_BOTH, Field("values", "texts", "One of these answers", "One answer a line, such as: yes"))

    values: tuple[str, ...]

    def holds(self, said: Said) -> bool:
        return bool(said & {plain_text(each) for each in self.values})

    def default_sentence(self) -> str:
        verb = "are" if self.mentee and self.mentor else "is"
        return f"{self.of_whom()} {verb} {' or '.join(self.values)}."


@rule_kind
@dataclass(frozen=True, kw_only=True)
class NumberAbove(Rule):
    """Hard: the mentor's number is at least so much above the mentee's. Whoever gave no number can have nobody."""

    kind = "number_above"
    label = "The mentor's number is higher"
    hard = True
    fields = (MENTEE, MENTOR, Field("least", "number", "At least so much above"))

    least: int

    def default_sentence(self) -> str:
        return f"The mentor's {in_a_sentence(self.mentor_label)} is at least {self.least} above the mentee's."

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        with np.errstate(invalid="ignore"):
            enough = numbers(mentors)[None, :] - numbers(mentees)[:, None] >= self.least
        return np.where(enough, 0, FORBIDDEN).astype(np.int64)

    def highest(self) -> int:
        return 0

    def unusable(self, said: tuple[Said, ...]) -> str | None:
        return "is no number" if number_of(said[0]) is None else None

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        return self.sentence(), self.words_for_pair("", None)


@rule_kind
@dataclass(frozen=True, kw_only=True)
class AtLeastSenior(Rule):
    """Hard: the mentor stands at least so many steps above the mentee on a scale; how many more does not matter."""

    kind = "at_least_senior"
    label = "At least so senior"
    hard = True
    fields = (
        MENTEE,
        MENTOR,
        Field("scale", "scale", "Scale", "All answers in order, the lowest first."),
        Field("least", "number", "At least so many steps above", "0 is the same step."),
    )

    scale: tuple[str, ...]
    least: int

    def default_sentence(self) -> str:
        label = in_a_sentence(self.mentor_label)
        if not self.least:
            return f"The mentor's {label} is not below the mentee's."
        steps = "step" if self.least == 1 else "steps"
        return f"The mentor's {label} is at least {NUMBERS.get(self.least, self.least)} {steps} above the mentee's."

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        below, above = (on_scale(self.scale, [said[0] for said in side]) for side in (mentees, mentors))
        with np.errstate(invalid="ignore"):
            enough = above[None, :] - below[:, None] >= self.least
        return np.where(enough, 0, FORBIDDEN).astype(np.int64)

    def highest(self) -> int:
        return 0

    def unusable(self, said: tuple[Said, ...]) -> str | None:
        return unusable_step(self.scale, said[0])

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        if not plain(mentee) or not plain(mentor):
            return None
        return self.sentence(), self.words_for_pair("", None)
