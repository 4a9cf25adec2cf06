"""Who somebody is, for rules about people who are named in answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matching.scoring.answers import WHO, SideName, Value, plain_text, ranking
from matching.scoring.rules import Rule

# The texts each of one side is known by (an email, a name), and the side's answers by question.
Known = tuple[Sequence[Iterable[str | None]], dict[str, list[Value]]]


def names_in(values: Iterable[Value]) -> set[str]:
    """Everybody named in these answers, as names are compared."""
    return {plain_text(each.partition("|")[2]) for value in values for each in ranking(value)}


def fill_who(rules: Iterable[Rule], mentees: Known, mentors: Known) -> None:
    """Adds who somebody is to the answers of both sides, where a rule is about names.

    Whoever is named by nobody is like everybody else, so the tables of such rules stay small.
    """
    about = [rule for rule in rules if WHO in rule.keys("mentee")]
    if not about:
        return
    sides: tuple[tuple[SideName, Known], ...] = (("mentee", mentees), ("mentor", mentors))
    asked = {use for rule in about for use in rule.uses()}
    named: set[str] = set()
    for side, (_known, answers) in sides:
        for key in (key for of, key in asked if of == side):
            named |= names_in(answers.get(key, []))
    for _side, (known, answers) in sides:
        answers[WHO] = [sorted({plain_text(text) for text in texts if text} & named) for texts in known]
