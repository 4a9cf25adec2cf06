"""A policy: what makes a good match in a program, read from its JSON with plain words for what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from matching.scoring.answers import FREE, plain_text
from matching.scoring.first import DEFAULT_FIRST, First, parse_first
from matching.scoring.rules import KINDS, Field, Rule
from matching.scoring.rules.load import LoadSpread

Questions: TypeAlias = Mapping[str, str] | Iterable[str]  # keys with their labels, or keys alone

MOST_POINTS = 100_000  # of one rule
HIGHEST_SCORE = 1_000_000  # of all together: the solver's limit
MOST_LEVELS = 100
MOST_APART = 1_000


class PolicyError(ValueError):
    """A policy that cannot be used; `errors` is a list of (path, sentence), a path being like "rules.2.points"."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        self.errors = errors
        super().__init__(" ".join(f"{path}: {sentence}" if path else sentence for path, sentence in errors))


@dataclass(frozen=True)
class Policy:
    """The rules of a program and the solver's settings that go with them."""

    rules: tuple[Rule, ...]
    floor_levels: int = 10
    coverage_first: bool = True
    # Two who were a pair before are not brought together again.
    never_again: bool = True
    # Who goes first where places are short; whoever is none of these comes last.
    first: tuple[First, ...] = DEFAULT_FIRST

    def to_json(self) -> dict[str, Any]:
        """The policy as `parse_policy` reads it."""
        return {
            "rules": [rule.to_json() for rule in self.rules],
            "floor_levels": self.floor_levels,
            "coverage_first": self.coverage_first,
            "never_again": self.never_again,
            "first": [line.to_json() for line in self.first],
        }

    @property
    def spread(self) -> int:
        """What a mentor's second mentee costs, in points of all pairs together."""
        return sum(rule.points for rule in self.rules if isinstance(rule, LoadSpread))

    def hard_rules(self) -> tuple[Rule, ...]:
        """The rules that can forbid a pair."""
        return tuple(rule for rule in self.rules if rule.hard)


def parse_policy(data: Any, mentee_questions: Questions, mentor_questions: Questions) -> Policy:
    """The policy in this JSON, or a PolicyError with everything that is wrong.

    `mentee_questions` and `mentor_questions` are the keys that may be named, with their labels (or just the keys).
    A rule without an `id` gets one from its kind and place.
    """
    if not isinstance(data, Mapping):
        raise PolicyError([("", "A policy is an object with a list of rules.")])
    errors: list[tuple[str, str]] = [
        (str(key), "There is no such setting.")
        for key in data
        if key not in ("rules", "floor_levels", "coverage_first", "never_again", "first")
    ]
    given = data.get("rules", [])
    if not isinstance(given, list):
        errors.append(("rules", "This must be a list of rules."))
        given = []
    sides = labelled(mentee_questions), labelled(mentor_questions)
    ids = ids_for(given, errors)
    rules = [parse_rule(f"rules.{index}", each, ids[index], *sides, errors) for index, each in enumerate(given)]
    floor_levels = data.get("floor_levels", 10)
    if not is_whole(floor_levels) or not 0 <= floor_levels <= MOST_LEVELS:
        errors.append(("floor_levels", f"This must be a whole number from 0 to {MOST_LEVELS}."))
    switches = {name: data.get(name, True) for name in ("coverage_first", "never_again")}
    errors += [(name, "This must be yes or no.") for name, value in switches.items() if not isinstance(value, bool)]
    first, wrong = parse_first(data["first"], sides[0]) if "first" in data else (DEFAULT_FIRST, [])
    errors += wrong
    read = tuple(rule for rule in rules if rule is not None)
    if sum(rule.highest() for rule in read) > HIGHEST_SCORE:
        errors.append(("rules", f"All points together must not be above {HIGHEST_SCORE:,}."))
    if errors:
        raise PolicyError(errors)
    return Policy(read, floor_levels, **switches, first=first)


def labelled(questions: Questions) -> dict[str, str]:
    """Questions by key, each with a label."""
    if isinstance(questions, Mapping):
        return {str(key): str(label) for key, label in questions.items()}
    return {key: key.replace("-", " ").replace("_", " ") for key in questions}


def is_whole(value: Any) -> bool:
    """Whether this is a whole number and not a yes or no."""
    return isinstance(value, int) and not isinstance(value, bool)


def ids_for(given: list[Any], errors: list[tuple[str, str]]) -> list[str]:
    """Each rule's own id, or one made of its kind and place."""
    ids: list[str] = []
    own = [each.get("id") for each in given if isinstance(each, Mapping)]
    for index, each in enumerate(given):
        chosen = each.get("id") if isinstance(each, Mapping) else None
        if chosen is None:
            kind = str(each.get("kind", "rule")) if isinstance(each, Mapping) else "rule"
            number = index + 1
            while f"{kind}-{number}" in own or f"{kind}-{number}" in ids:
                number += 1
            chosen = f"{kind}-{number}"
        elif not isinstance(chosen, str) or not chosen.strip():
            errors.append((f"rules.{index}.id", "An id must be a text."))
            chosen = f"rule-{index + 1}"
        elif chosen in ids:
            errors.append((f"rules.{index}.id", f"Another rule has the id {chosen}."))
        ids.append(chosen)
    return ids


def parse_rule(
    path: str,
    data: Any,
    rule_id: str,
    mentee_questions: dict[str, str],
    mentor_questions: dict[str, str],
    errors: list[tuple[str, str]],
) -> Rule | None:
    """One rule, or None with its errors added."""
    if not isinstance(data, Mapping):
        errors.append((path, "A rule is an object with a kind."))
        return None
    kind = KINDS.get(data["kind"]) if isinstance(data.get("kind"), str) else None
    if kind is None:
        errors.append((f"{path}.kind", f"There is no such kind of rule; there are {', '.join(sorted(KINDS))}."))
        return None
    before = len(errors)
    fields = {field.name: field for field in (*kind.fields, *kind.wording)}
    for name in data:
        if name not in fields and name not in ("kind", "id"):
            errors.append((f"{path}.{name}", "This kind of rule has no such field."))
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if data.get(name) is None:
            if field.required:
                errors.append((f"{path}.{name}", "This is needed."))
            continue
        read, wrong = read_field(field, data[name], mentee_questions, mentor_questions)
        errors.extend((f"{path}.{name}{below}", sentence) for below, sentence in wrong)
        values[name] = read
    if len(errors) == before:
        errors.extend((f"{path}.{name}", sentence) for name, sentence in kind.complaints(values))
        for side in ("mentee", "mentor"):
            if values.get(side) and (values[side] == FREE) != kind.of_hours:
                errors.append((f"{path}.{side}", "Free times go with rules about hours in common, and only with them."))
    if len(errors) > before:
        return None
    return kind(
        id=rule_id,
        own_sentence=values.pop("sentence", ""),
        own_pair_words=values.pop("pair_words", ""),
        mentee_label=mentee_questions.get(values.get("mentee", ""), ""),
        mentor_label=mentor_questions.get(values.get("mentor", ""), ""),
        **values,
    )


def read_field(
    field: Field, value: Any, mentee_questions: dict[str, str], mentor_questions: dict[str, str]
) -> tuple[Any, list[tuple[str, str]]]:
    """A field's value in the form its rule keeps, and what is wrong with it."""
    if field.type == "mentee_question":
        known = isinstance(value, str) and value in mentee_questions
        return value, [] if known else [("", f"Mentees are not asked a question {value!r}.")]
    if field.type == "mentor_question":
        known = isinstance(value, str) and value in mentor_questions
        return value, [] if known else [("", f"Mentors are not asked a question {value!r}.")]
    if field.type == "points":
        return value, [] if is_points(value) else [("", f"Points are a whole number from 0 to {MOST_POINTS:,}.")]
    if field.type == "number":
        return value, [] if is_whole(value) and 0 <= value <= MOST_APART else [
            ("", f"This is a number up to {MOST_APART}.")
        ]
    if field.type == "bool":
        return value, [] if isinstance(value, bool) else [("", "This must be yes or no.")]
    if field.type == "text":
        return value, [] if isinstance(value, str) else [("", "This must be a text.")]
    if field.type == "scale":
        return read_scale(value)
    if field.type == "texts":
        fits = isinstance(value, list) and value and all(isinstance(each, str) and each.strip() for each in value)
        return (tuple(value), []) if fits else (None, [("", "Name at least one, each as a text.")])
    return read_points_by_distance(value)


def is_points(value: Any) -> bool:
    """Whether this can be a rule's points."""
    return is_whole(value) and 0 <= value <= MOST_POINTS


def read_scale(value: Any) -> tuple[Any, list[tuple[str, str]]]:
    """A scale as a tuple of texts, the lowest first."""
    if not isinstance(value, list) or len(value) < 2:
        return None, [("", "A scale is a list of two or more answers, the lowest first.")]
    wrong: list[tuple[str, str]] = []
    seen: set[str] = set()
    for index, each in enumerate(value):
        if not isinstance(each, str) or not each.strip():
            wrong.append((f".{index}", "Each step of a scale is a text."))
        elif plain_text(each) in seen:
            wrong.append((f".{index}", f"“{each}” stands on the scale twice."))
        else:
            seen.add(plain_text(each))
    return tuple(value), wrong


def read_points_by_distance(value: Any) -> tuple[Any, list[tuple[str, str]]]:
    """Points by how many steps the mentor stands above the mentee."""
    if not isinstance(value, Mapping) or not value:
        return None, [("", "Give the points for at least one number of steps.")]
    read: dict[int, int] = {}
    wrong: list[tuple[str, str]] = []
    for steps, points in value.items():
        if not re.fullmatch(r"-?\d{1,4}", str(steps)):
            wrong.append((f".{steps}", "Steps are a whole number."))
        elif int(steps) in read:
            wrong.append((f".{steps}", "This number of steps is given twice."))
        elif not is_points(points):
            wrong.append((f".{steps}", f"Points are a whole number from 0 to {MOST_POINTS:,}."))
        else:
            read[int(steps)] = points
    return read, wrong
