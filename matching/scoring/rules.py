"""The kinds of rules a policy is made of. A new kind is a new class here, entered with `@rule_kind`.

A rule looks at a few questions of each side. What it says of a pair depends only on what the two people said there, so
it fills one small table over the different things said, and every score and every reason is read from that table.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar

import numpy as np

from matching.scoring.answers import Bools, Ints, Said, SideName, Value, plain, plain_text, spelled

FORBIDDEN = -1
FieldType: TypeAlias = Literal[
    "mentee_question", "mentor_question", "scale", "points", "points_by_distance", "bool", "text"
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

    id: str
    mentee: str
    mentor: str
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
            if value is not None:
                data[field.name] = json_of(field.type, value)
        if self.own_sentence:
            data["sentence"] = self.own_sentence
        if self.own_pair_words:
            data["pair_words"] = self.own_pair_words
        return data


def json_of(kind: FieldType, value: Any) -> Any:
    """A field's value as JSON keeps it."""
    if kind == "scale":
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


def shared_words(mentee: Value, mentor: Value) -> str:
    """What both answers say, in the mentee's spelling."""
    other = plain(mentor)
    return ", ".join(word for key, word in spelled(mentee).items() if key in other)


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
        places = {plain_text(word): place for place, word in enumerate(self.scale)}
        return places.get(next(iter(said))) if len(said) == 1 else None

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        table = np.full((len(mentees), len(mentors)), FORBIDDEN, dtype=np.int64)
        below = [self.step(said[0]) for said in mentees]
        above = [self.step(said[0]) for said in mentors]
        low = np.array([np.nan if step is None else step for step in below])
        high = np.array([np.nan if step is None else step for step in above])
        distance = high[None, :] - low[:, None]
        for steps, points in self.points.items():
            table[distance == steps] = points
        return table

    def highest(self) -> int:
        return max(self.points.values())

    def unusable(self, said: tuple[Said, ...]) -> str | None:
        return "missing or not on the scale" if self.step(said[0]) is None else None

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
