"""People's answers as columns, and what makes two answers the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Value: TypeAlias = str | list[str] | int | float | bool | None
Answers: TypeAlias = Mapping[str, Sequence[Value]]
SideName: TypeAlias = Literal["mentee", "mentor"]
Said: TypeAlias = frozenset[str]  # one answer in its plain form; empty where nothing was said
# Before a question's key: its answer with the order of what it names. And who somebody is, by email and by name.
RANKED = "@ranked:"
WHO = "@who"
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


@dataclass(frozen=True, eq=False)
class Side:
    """All answers of the mentees or of the mentors."""

    name: SideName
    size: int
    answers: Answers

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
        """A number for each person, and for each number what those people said to these questions."""
        columns = [self.column(key) for key in keys]
        seen: dict[tuple[Said, ...], int] = {}
        codes = np.empty(self.size, dtype=np.int64)
        for person in range(self.size):
            said = tuple(frozenset() if column is None else plain(column[person]) for column in columns)
            codes[person] = seen.setdefault(said, len(seen))
        return codes, list(seen)


def read_side(name: SideName, answers: Answers, size: int | None) -> Side:
    """The answers of one side with their number of people; ValueError unless all columns have the same length."""
    lengths = {len(column) for column in answers.values()} | ({size} if size is not None else set())
    if len(lengths) > 1:
        raise ValueError(f"The {name}s' columns have different lengths: {', '.join(map(str, sorted(lengths)))}.")
    return Side(name, lengths.pop() if lengths else 0, answers)
