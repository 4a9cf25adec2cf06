"""What people say of themselves outside any form, for rules to use like answers; no question has such a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from matching.scoring import WHO
from matching.scoring.answers import FREE, plain_text, ranking
from profiles import civil, free, languages
from programs.models import Membership

# The words of the question, and the answer of a person at a moment.
OWN: dict[str, tuple[Any, Callable[[Any, datetime], Any]]] = {
    "@languages": (_("Language"), lambda person, now: [languages.name(code) for code in person.languages]),
    "@hours": (
        _("Time zone in hours"),
        lambda person, now: civil.hours_from_utc(civil.zone(person.time_zone), now),
    ),
    FREE: (_("Free times"), lambda person, now: free_quarters(person, now)),
}


def free_quarters(person, now: datetime) -> list[int]:
    """When somebody has time, on the clocks of that day: where a clock changes, the next round sees it."""
    return free.quarters(person.free_times, round(60 * civil.hours_from_utc(civil.zone(person.time_zone), now)))


def names_in(values: Iterable) -> set[str]:
    """Everybody named in these answers, as names are compared."""
    return {plain_text(each.partition("|")[2]) for value in values for each in ranking(value)}


def who(members: list[Membership], named: set[str]) -> list[list[str]]:
    """Who each of these is, by email and by name, as far as anybody names them.

    Whoever is named by nobody is like everybody else, so the tables of rules about names stay small.
    """
    names = [{plain_text(each) for each in (member.user.email, member.user.name) if each} for member in members]
    return [sorted(each & named) for each in names]


def fill_who(rules: Iterable, sides: tuple[tuple[list[Membership], dict[str, list]], ...]) -> None:
    """Adds who somebody is to the answers of both sides, where a rule is about names."""
    about = [rule for rule in rules if WHO in rule.keys("mentee")]
    if not about:
        return
    asked = {use for rule in about for use in rule.uses()}
    named: set[str] = set()
    for side, (_members, answers) in zip(("mentee", "mentor"), sides, strict=True):
        for of, key in asked:
            if of == side:
                named |= names_in(answers[key])
    for members, answers in sides:
        answers[WHO] = who(members, named)
