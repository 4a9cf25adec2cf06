"""Rules that bring points for what somebody knows: skills with their level, and languages in their order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from matching.scoring.answers import RANKED, Ints, Said, SideName, Value, plain, plain_text, ranked, ranking, spelled
from matching.scoring.rules.base import MENTEE, MENTOR, Field, Rule, holders, in_a_sentence, in_both, rule_kind, says

# More than so many skills bring no further points.
MOST_SKILLS = 3
NO_LEVEL = -1
LEVEL = re.compile(r"(.+?)\s*(?::\s*(\d{1,3})|\((\d{1,3})\))")


def with_level(text: str) -> tuple[str, int | None]:
    """A skill and its level, as in "Python: 3" or "Python (3)"; the level is None where none is given."""
    found = LEVEL.fullmatch(text)
    return (found[1], int(found[2] or found[3])) if found else (text, None)


def skills(said: Said) -> dict[str, int | None]:
    """What an answer names, each with its level."""
    parts = (part for each in said for part in parts_of(each))
    # Where one stands twice, the higher level holds.
    return dict(sorted(parts, key=lambda each: (each[0], each[1] or 0)))


@lru_cache(4096)
def parts_of(text: str) -> tuple[tuple[str, int | None], ...]:
    """What stands in a text with commas, each with its level."""
    return tuple(with_level(part.strip()) for part in re.split("[,;]", text) if part.strip())


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
        wants, offers = ([skills(said[0]) for said in side] for side in (mentees, mentors))
        at = in_both(wants, offers)
        count = says(wants, at) @ says(offers, at).T
        if not any(level is not None for side in (wants, offers) for each in side for level in each.values()):
            # Few large tables are cheaper than many: memory touched for the first time is what takes long.
            np.minimum(count, MOST_SKILLS, out=count)
            alike: Ints = count.astype(np.int32)
            alike *= self.points
            return alike
        table = np.zeros(count.shape, dtype=np.int32)
        wanted, offered = (
            holders([{name: NO_LEVEL if level is None else level for name, level in each.items()} for each in side])
            for side in (wants, offers)
        )
        for name in at:
            (rows, most), (columns, has) = wanted[name], offered[name]
            table[np.ix_(rows, columns)] += self.worth_of_all(most, has)
        # Only the best three count: all alike are quickly said, the others looked at one by one.
        many, whole = count > MOST_SKILLS, table == count * self.points
        table[many & whole] = MOST_SKILLS * self.points
        for i, j in np.argwhere(many & ~whole).tolist():
            table[i, j] = sum(points for _name, points in self.of(wants[i], offers[j]))
        return table

    def worth_of_all(self, wanted: Ints, offered: Ints) -> Ints:
        """The points of one skill for each who wants it with each who offers it, as `worth` says."""
        levels, rows = np.unique(wanted, return_inverse=True)
        has, columns = np.unique(offered, return_inverse=True)
        known = [
            [self.worth(None if w == NO_LEVEL else w, None if o == NO_LEVEL else o) for o in has.tolist()]
            for w in levels.tolist()
        ]
        worth: Ints = np.array(known, dtype=np.int32)[np.ix_(rows, columns)]
        return worth

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
        left, right = (holders([ranked(said[0]) for said in side]) for side in (mentees, mentors))
        down = np.full((len(mentees), len(mentors)), self.points)  # as far down as brings nothing
        for name in left.keys() & right.keys():
            (rows, first), (columns, second) = left[name], right[name]
            at = np.ix_(rows, columns)
            down[at] = np.minimum(down[at], first[:, None] + second)
        table: Ints = (self.points // (1 + down)).astype(np.int64)
        return table

    def highest(self) -> int:
        return self.points

    def reason(self, mentee: Value, mentor: Value) -> tuple[str, str | None] | None:
        found = self.best(ranked(plain(ranking(mentee))), ranked(plain(ranking(mentor))))
        if found is None:
            return None
        word = spelled(mentee).get(found[1], found[1])
        return f"Both speak {word}.", self.words_for_pair(word, f"You both speak {word}.")
