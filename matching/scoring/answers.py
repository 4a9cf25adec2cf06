"""People's answers as columns, and what makes two answers the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[Any]  # whole numbers
Bools = NDArray[np.bool_]
Value: TypeAlias = str | list[str] | int | float | bool | None
Answers: TypeAlias = Mapping[str, Sequence[Value]]
SideName: TypeAlias = Literal["mentee", "mentor"]
Said: TypeAlias = frozenset[str]  # one answer in its plain form; empty where nothing was said
# Before a question's key: its answer with the order of what it names. And who somebody is, by email and by name.
RANKED = "@ranked:"
WHO = "@who"
# Before a mentors' question: what the mentors somebody has already, for something else, said to it.
PRESENT = "@present:"
# When somebody has time: the numbers of the quarters of an hour of a week in UTC.
FREE = "@free"
FREE_QUARTERS = 7 * 24 * 4


def plain_text(text: str) -> str:
    """Text as it is compared: without case, and without space around it or doubled within."""
    return " ".join(text.split()).casefold()


def plain(value: Value) -> Said:
    """An answer as the set of what it says; None, blank text and an empty list say nothing.

    Yes and no are "yes" and "no", and a whole number says the same whether it came as 2 or 2.0.
    """
    if value is None:
        return frozenset()
    if isinstance(value, bool):
        return frozenset(["yes" if value else "no"])
    if isinstance(value, (int, float)):
        return frozenset([str(int(value)) if float(value).is_integer() else repr(float(value))])
    if isinstance(value, str):
        return frozenset([plain_text(value)]) if value.strip() else frozenset()
    return frozenset().union(*(plain(each) for each in value))


def spelled(value: Value) -> dict[str, str]:
    """What an answer says, each in its plain form and as the person wrote it."""
    if isinstance(value, list):
        return {key: word for each in value for key, word in spelled(each).items()}
    if isinstance(value, str) and value.strip():
        return {plain_text(value): " ".join(value.split())}
    return {each: each for each in plain(value)}


def ranking(value: Value) -> list[str]:
    """What an answer names, each with its place in front, so that the order outlives the plain form."""
    parts = re.split(r"[,;\n]", value) if isinstance(value, str) else value if isinstance(value, list) else []
    return [f"{place:04}|{part}" for place, part in enumerate(part.strip() for part in parts if part.strip())]


def ranked(said: Said) -> dict[str, int]:
    """The names in an answer that kept its order, each with its place from 0, the first where one stands twice."""
    pairs = (each.partition("|") for each in sorted(said, reverse=True))
    return {plain_text(name): int(place) for place, _bar, name in pairs}


class PlainTexts(dict[str, str]):
    """Texts in their plain form, each worked out once."""

    def __missing__(self, text: str) -> str:
        found = self[text] = plain_text(text)
        return found


def plainly(column: Sequence[Value]) -> list[Said]:
    """All answers of a column in their plain form; what many said is read once."""
    texts = PlainTexts()

    def read(value: Value) -> Said:
        if isinstance(value, list):
            kinds = set(map(type, value))
            if kinds == {str}:
                return frozenset(filter(None, map(texts.__getitem__, value)))
            if kinds == {int}:
                return frozenset(map(str, value))
        return frozenset([texts[value]]) if isinstance(value, str) and texts[value] else plain(value)

    return [read(value) for value in column]


@dataclass(frozen=True, eq=False)
class Side:
    """All answers of the mentees or of the mentors."""

    name: SideName
    size: int
    answers: Answers
    read: dict[tuple[str, ...], tuple[Ints, list[tuple[Said, ...]]]] = field(default_factory=dict)

    def value(self, key: str, person: int) -> Value:
        """One answer as it was given; None where the question was never asked."""
        column = self.answers.get(key)
        return None if column is None else column[person]

    def column(self, key: str) -> Sequence[Value] | None:
        """All answers to a question; None where it was never asked."""
        if key.startswith(RANKED):
            column = self.answers.get(key.removeprefix(RANKED))
            return None if column is None else [ranking(value) for value in column]
        return self.answers.get(key)

    def coded(self, keys: Sequence[str]) -> tuple[Ints, list[tuple[Said, ...]]]:
        """A number for each person, and for each number what those people said to these questions; read once."""
        found = self.read.get(tuple(keys))
        if found is None:
            found = self.read[tuple(keys)] = self.read_coded(keys)
        return found

    def read_coded(self, keys: Sequence[str]) -> tuple[Ints, list[tuple[Said, ...]]]:
        """A number for each person, and for each number what those people said to these questions."""
        columns = [self.column(key) for key in keys]
        nothing = [frozenset[str]()] * self.size
        said = zip(*(nothing if column is None else plainly(column) for column in columns), strict=True)
        seen: dict[tuple[Said, ...], int] = {}
        codes = [seen.setdefault(each, len(seen)) for each in (said if columns else [()] * self.size)]
        return np.array(codes, dtype=np.int64), list(seen)


def read_side(name: SideName, answers: Answers, size: int | None) -> Side:
    """The answers of one side with their number of people; ValueError unless all columns have the same length."""
    lengths = {len(column) for column in answers.values()} | ({size} if size is not None else set())
    if len(lengths) > 1:
        raise ValueError(f"The {name}s' columns have different lengths: {', '.join(map(str, sorted(lengths)))}.")
    return Side(name, lengths.pop() if lengths else 0, answers)
