"""Rules that bring points for what somebody knows: skills with their level, and languages in their order."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from matching.scoring.answers import RANKED, Ints, Said, SideName, Value, plain, plain_text, ranked, ranking, spelled
from matching.scoring.rules.base import MENTEE, MENTOR, Field, Rule, in_a_sentence, rule_kind

# More than so many skills bring no further points.
MOST_SKILLS = 3
LEVEL = re.compile(r"(.+?)\s*(?::\s*(\d{1,3})|\((\d{1,3})\))")


def with_level(text: str) -> tuple[str, int | None]:
    """A skill and its level, as in "Python: 3" or "Python (3)"; the level is None where none is given."""
    found = LEVEL.fullmatch(text)
    return (found[1], int(found[2] or found[3])) if found else (text, None)


def skills(said: Said) -> dict[str, int | None]:
    """What an answer names, each with its level."""
    parts = (with_level(part.strip()) for each in said for part in re.split("[,;]", each) if part.strip())
    # Where one stands twice, the higher level holds.
    return dict(sorted(parts, key=lambda each: (each[0], each[1] or 0)))


@rule_kind
@dataclass(frozen=True, kw_only=True)
class SkillsOffered(Rule):
    """Weighted: points for each skill the mentee wants and the mentor offers, three at most.

    Both may give a level after it, such as "Python: 3": years, or how sure. A mentor below the level that is wanted
    brings as much less; where either gives none, the skill counts whole.
    """

    kind = "skills_offered"
    label = "Offers what is wanted"
    hard = False
    fields = (
        Field("mentee", "mentee_question", "What the mentee wants", "Several with commas; a level as in “Python: 3”."),
        Field("mentor", "mentor_question", "What the mentor offers", "The same; skills, or years of experience."),
        Field("points", "points", "Points for each, three at most"),
    )

    points: int

    def default_sentence(self) -> str:
        return f"The mentor offers what the mentee wants: {in_a_sentence(self.mentor_label)}."

    def worth(self, wanted: int | None, offered: int | None) -> int:
        """The points of one skill at these levels."""
        if wanted is None or offered is None or offered >= wanted:
            return self.points
        return self.points * offered // wanted

    def of(self, wanted: dict[str, int | None], offered: dict[str, int | None]) -> list[tuple[str, int]]:
        """The skills in common with their points, the best three."""
        both = [(name, self.worth(level, offered[name])) for name, level in wanted.items() if name in offered]
        return sorted(both, key=lambda each: (-each[1], each[0]))[:MOST_SKILLS]

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        table = np.zeros((len(mentees), len(mentors)), dtype=np.int64)
        offers = [skills(said[0]) for said in mentors]
        at: dict[str, list[int]] = {}
        for index, offered in enumerate(offers):
            for name in offered:
                at.setdefault(name, []).append(index)
        for index, said in enumerate(mentees):
            wanted = skills(said[0])
            for other in {other for name in wanted for other in at.get(name, [])}:
                table[index, other] = sum(points for _name, points in self.of(wanted, offers[other]))
        return table

    def highest(self) -> int:
        return MOST_SKILLS * self.points

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        written = {
            with_level(plain_text(part))[0]: with_level(part.strip())[0]
            for word in spelled(mentee).values()
            for part in re.split("[,;]", word)
        }
        found = self.of(skills(plain(mentee)), skills(plain(mentor)))
        words = ", ".join(written.get(name, name) for name, points in found if points)
        if not words:
            return None
        return f"Wanted and offered: {words}.", self.words_for_pair(words, f"Wanted and offered: {words}.")


@rule_kind
@dataclass(frozen=True, kw_only=True)
class Fluency(Rule):
    """Weighted: points for the language both speak best, by its places in the two lists, most fluent first.

    The first of both brings all the points, the first of one and the second of the other half, and so on.
    """

    kind = "fluency"
    label = "Speak a language well together"
    hard = False
    fields = (MENTEE, MENTOR, Field("points", "points", "Points where it is the first of both"))

    points: int

    def default_sentence(self) -> str:
        return f"Mentor and mentee share a {in_a_sentence(self.mentee_label)} that both know well."

    def keys(self, side: SideName) -> list[str]:
        return [RANKED + key for name, key in self.uses() if name == side]

    def best(self, mentee: dict[str, int], mentor: dict[str, int]) -> tuple[int, str] | None:
        """How far down both lists the best common one stands, and which it is."""
        both = [(place + mentor[name], name) for name, place in mentee.items() if name in mentor]
        return min(both) if both else None

    def table(self, mentees: list[tuple[Said, ...]], mentors: list[tuple[Said, ...]]) -> Ints:
        left, right = ([ranked(said[0]) for said in side] for side in (mentees, mentors))
        table = np.zeros((len(left), len(right)), dtype=np.int64)
        for i, mentee in enumerate(left):
            for j, mentor in enumerate(right):
                if found := self.best(mentee, mentor):
                    table[i, j] = self.points // (1 + found[0])
        return table

    def highest(self) -> int:
        return self.points

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        found = self.best(ranked(plain(ranking(mentee))), ranked(plain(ranking(mentor))))
        if found is None:
            return None
        word = spelled(mentee).get(found[1], found[1])
        return f"Both speak {word}.", self.words_for_pair(word, f"You both speak {word}.")
