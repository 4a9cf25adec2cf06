"""What a rule is. A new kind is a new class in one of the modules beside this one, entered with `@rule_kind`.

A rule looks at a few questions of each side. What it says of a pair depends only on what the two people said there, so
it fills one small table over the different things said, and every score and every reason is read from that table.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.scoring.answers import Bools, Ints, Said, SideName, Value, plain, spelled

FORBIDDEN = -1
FieldType: TypeAlias = Literal[
    "mentee_question", "mentor_question", "scale", "points", "number", "points_by_distance", "bool", "text", "texts"
]
Complaint: TypeAlias = tuple[str, str]  # the name of a field, and what is wrong with it


@dataclass(frozen=True)
class Field:
    """One thing a coordinator fills in for a rule; enough to draw a form for it."""

    name: str
    type: FieldType
    label: str
    help: str = ""
    required: bool = True


@dataclass(frozen=True)
class Used:
    """A question a rule looks at, and what this person answered."""

    side: SideName
    key: str
    value: Value


WORDING = (
    Field("sentence", "text", "In your own words", "How this rule is called on coordinators' screens.", required=False),
    Field(
        "pair_words",
        "text",
        "What the pair is told",
        "“{value}” stands for what they share. Told only if both may see every answer used.",
        required=False,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """One rule of a policy; fields are named as in its JSON, labels are the texts of its questions."""

    kind: ClassVar[str]
    label: ClassVar[str]
    hard: ClassVar[bool]
    fields: ClassVar[tuple[Field, ...]]
    wording: ClassVar[tuple[Field, ...]] = WORDING
    # Whether it is about free times; those are no answer that other kinds could put into words.
    of_hours: ClassVar[bool] = False
    # Whether it looks at each person by themselves: who has nobody by it tells what they said.
    of_one: ClassVar[bool] = False

    id: str
    mentee: str = ""
    mentor: str = ""
    own_sentence: str = ""
    own_pair_words: str = ""
    mentee_label: str = ""
    mentor_label: str = ""

    @classmethod
    def complaints(cls, given: Mapping[str, Any]) -> list[Complaint]:
        """What is wrong between fields that are each right on their own."""
        return []

    @abstractmethod
    def default_sentence(self) -> str:
        """The rule in one plain sentence, from the labels of its questions."""

    @abstractmethod
    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        """The points of each thing said by mentees (down) with each said by mentors (across), or FORBIDDEN."""

    def counted_table(
        self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]], said_by: tuple[Ints, Ints]
    ) -> Ints:
        """The same where it matters how many people said each thing, mentees and mentors."""
        return self.table(mentees, mentors)

    @abstractmethod
    def highest(self) -> int:
        """The most points a pair can have from this rule."""

    @abstractmethod
    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        """Why a possible pair suits by this rule, for coordinators and for the pair; None if nothing is to be said."""

    def sentence(self) -> str:
        """The rule in one plain sentence for a coordinator."""
        return self.own_sentence or self.default_sentence()

    def uses(self) -> tuple[tuple[SideName, str], ...]:
        """The questions this rule looks at."""
        return (("mentee", self.mentee), ("mentor", self.mentor))

    def keys(self, side: SideName) -> list[str]:
        """The questions of one side this rule looks at, the main one first."""
        return [key for name, key in self.uses() if name == side]

    def unusable(self, said: tuple[Said, ...]) -> str | None:
        """Why an answer makes every pair impossible, in the words of a diagnosis, or None."""
        return None

    def words_for_pair(self, shared: str, otherwise: str | None) -> str | None:
        """The coordinator's own words for the pair if there are any, else these."""
        if self.own_pair_words:
            return self.own_pair_words.replace("{value}", shared)
        return otherwise

    def to_json(self) -> dict[str, Any]:
        """The rule as it stands in a policy's JSON."""
        data: dict[str, Any] = {"kind": self.kind, "id": self.id}
        for field in self.fields:
            value = getattr(self, field.name)
            if value is not None and value != "":
                data[field.name] = json_of(field.type, value)
        if self.own_sentence:
            data["sentence"] = self.own_sentence
        if self.own_pair_words:
            data["pair_words"] = self.own_pair_words
        return data


def json_of(kind: FieldType, value: Any) -> Any:
    """A field's value as JSON keeps it."""
    if kind in ("scale", "texts"):
        return list(value)
    if kind == "points_by_distance":
        return {str(distance): points for distance, points in value.items()}
    return value


KINDS: dict[str, type[Rule]] = {}
AnyRule = TypeVar("AnyRule", bound=type[Rule])


def rule_kind(cls: AnyRule) -> AnyRule:
    """Enters a kind of rule so that policies can name it."""
    KINDS[cls.kind] = cls
    return cls


SPOKEN_WORDS = 2  # "main work" is spoken; "Would like to learn" is quoted
MENTEE = Field("mentee", "mentee_question", "The mentee's answer to")
MENTOR = Field("mentor", "mentor_question", "The mentor's answer to")


def in_a_sentence(label: str) -> str:
    """A question's label as it stands inside a sentence: a short noun as it is spoken, anything longer in quotes."""
    label = label.strip().rstrip(":")
    if "?" in label or len(label.split()) > SPOKEN_WORDS:
        return f"“{label}”"
    if len(label) > 1 and label[1].islower():
        return label[0].lower() + label[1:]
    return label


def overlap(mentees: list[Said], mentors: list[Said]) -> Bools:
    """Whether two sides' answers have anything in common, for each with each."""
    found = np.zeros((len(mentees), len(mentors)), dtype=np.bool_)
    holders: dict[str, list[int]] = {}
    for index, said in enumerate(mentors):
        for each in said:
            holders.setdefault(each, []).append(index)
    for index, said in enumerate(mentees):
        for each in said:
            found[index, holders.get(each, [])] = True
    return found


def says(side: Sequence[Iterable[str]], at: Mapping[str, int]) -> NDArray[Any]:
    """1 where somebody says a thing, things being numbered by `at`."""
    found = np.zeros((len(side), len(at)), dtype=np.float32)
    for index, said in enumerate(side):
        found[index, [at[word] for word in said if word in at]] = 1
    return found


def in_both(mentees: Sequence[Iterable[str]], mentors: Sequence[Iterable[str]]) -> dict[str, int]:
    """What somebody says on each side, numbered."""
    left, right = ({word for said in side for word in said} for side in (mentees, mentors))
    return {word: place for place, word in enumerate(sorted(left & right))}


def holders(side: list[dict[str, int]]) -> dict[str, tuple[Ints, Ints]]:
    """For each thing said, who of a side says it, and with which number each."""
    found: dict[str, tuple[list[int], list[int]]] = {}
    for index, said in enumerate(side):
        for name, number in said.items():
            who, numbers = found.setdefault(name, ([], []))
            who.append(index)
            numbers.append(number)
    return {name: (np.array(who), np.array(numbers)) for name, (who, numbers) in found.items()}


def both_said(mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Bools:
    """Whether both said anything to their main question, for each with each."""
    left, right = (np.array([bool(said[0]) for said in side], dtype=np.bool_) for side in (mentees, mentors))
    found: Bools = left[:, None] & right[None, :]
    return found


def number_of(said: Said) -> float | None:
    """The number an answer is, if it is one."""
    try:
        number = float(next(iter(said)).replace(",", ".")) if len(said) == 1 else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def shared_words(mentee: Value, mentor: Value) -> str:
    """What both answers say, in the mentee's spelling."""
    other = plain(mentor)
    return ", ".join(word for key, word in spelled(mentee).items() if key in other)
