"""Rules about people named in answers: never those, or rather those, the first before the second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.scoring.answers import RANKED, WHO, Bools, Ints, Said, SideName, Value, ranked
from matching.scoring.rules.base import FORBIDDEN, Complaint, Field, Rule, in_a_sentence, overlap, rule_kind

# Several names in one answer, by commas or lines; an email or a whole name each.
NAMES = "People by their email or whole name; several with commas between."
ONE_OR_BOTH = (
    Field("mentee", "mentee_question", "Where mentees name somebody", NAMES, required=False),
    Field("mentor", "mentor_question", "Where mentors name somebody", NAMES, required=False),
)


@dataclass(frozen=True, kw_only=True)
class Named(Rule):
    """What it matters whom somebody names: each side's question, if it is asked, and who everybody is."""

    @classmethod
    def complaints(cls, given: Mapping[str, Any]) -> list[Complaint]:
        return (
            [] if given.get("mentee") or given.get("mentor") else [("mentee", "Name a question of one side at least.")]
        )

    def uses(self) -> tuple[tuple[SideName, str], ...]:
        sides: list[tuple[SideName, str]] = [("mentee", self.mentee), ("mentor", self.mentor)]
        return tuple((side, key) for side, key in sides if key)

    def keys(self, side: SideName) -> list[str]:
        asked = [RANKED + key for name, key in self.uses() if name == side]
        return [WHO, *asked]

    def asked(self) -> str:
        """The questions in words."""
        labels = [label for key, label in ((self.mentee, self.mentee_label), (self.mentor, self.mentor_label)) if key]
        return " or ".join(dict.fromkeys(in_a_sentence(label) for label in labels))


def said_names(side: list[tuple[Said, ...]]) -> list[dict[str, int]]:
    """The names in each answer, with their places; the question comes after who somebody is, if it is asked."""
    return [ranked(said[1]) if len(said) > 1 else {} for said in side]


def names(side: list[tuple[Said, ...]], others: list[tuple[Said, ...]]) -> Bools:
    """Whether each of one side names each of the other."""
    return overlap([frozenset(each) for each in said_names(side)], [said[0] for said in others])


@rule_kind
@dataclass(frozen=True, kw_only=True)
class NeverNamed(Named):
    """Hard: nobody is matched with somebody whom they name, or who names them: a manager, an evaluator, a funder."""

    kind = "never_named"
    label = "Never somebody they name"
    hard = True
    fields = ONE_OR_BOTH

    def default_sentence(self) -> str:
        return f"Nobody is matched with somebody named under {self.asked()}."

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        named = names(mentees, mentors) | names(mentors, mentees).T
        return np.where(named, FORBIDDEN, 0).astype(np.int64)

    def highest(self) -> int:
        return 0

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        return None


@rule_kind
@dataclass(frozen=True, kw_only=True)
class Preferences(Named):
    """Weighted: points where one names the other among those they would like, the earlier the more.

    The first choice brings all the points, each later one a fifth less and never under a fifth. Where both name each
    other, both count and the points once more: more than any wish of one side.
    """

    kind = "preferences"
    label = "Would like each other"
    hard = False
    fields = (*ONE_OR_BOTH, Field("points", "points", "Points for a first choice"))

    points: int

    def default_sentence(self) -> str:
        return f"People get whom they name under {self.asked()}; those who name each other come first."

    def worth(self, place: int) -> int:
        return max(self.points * (5 - place) // 5, self.points // 5, min(self.points, 1))

    def wishes(self, side: list[tuple[Said, ...]], others: list[tuple[Said, ...]]) -> Ints:
        """The points of each one's wishes among the others."""
        table = np.zeros((len(side), len(others)), dtype=np.int64)
        at: dict[str, list[int]] = {}
        for index, said in enumerate(others):
            for name in said[0]:
                at.setdefault(name, []).append(index)
        for index, wished in enumerate(said_names(side)):
            for name, place in wished.items():
                for other in at.get(name, []):
                    table[index, other] = max(table[index, other], self.worth(place))
        return table

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        theirs, others = self.wishes(mentees, mentors), self.wishes(mentors, mentees).T
        table: Ints = theirs + others + np.where((theirs > 0) & (others > 0), self.points, 0)
        return table

    def highest(self) -> int:
        return 3 * self.points

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        return "A wish for one of the two by name is met.", self.words_for_pair("", None)
