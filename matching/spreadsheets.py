"""Two spreadsheets matched without an account, a program or a database (pure)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching import scoring
from matching.scoring.answers import plain_text
from matching.solver import Solution, explain_unmatched, solve
from programs.imports import columns
from questions import cells
from questions.typed import BadValue, split, typed

Ints = NDArray[np.int64]
MOST_PLACES = 50
# The reason of each unmatched person costs a search; past this many the rest are told that places are too few.
MOST_EXPLAINED = 200
QUESTION_FIELDS = ("mentee", "mentor", "asked", "question")


class Wrong(ValueError):
    """A spreadsheet that cannot be matched; `line` is where to look, 0 for the whole file."""

    def __init__(self, code: str, line: int = 0, **params: object) -> None:
        super().__init__(code)
        self.code, self.line, self.params = code, line, params


@dataclass(frozen=True)
class Person:
    """Somebody on a line of a spreadsheet."""

    line: int
    name: str
    email: str


@dataclass(frozen=True, eq=False)
class People:
    """One side: its people, their answers by question key, the questions' labels, and a mentor's places."""

    role: str
    people: list[Person]
    labels: dict[str, str]
    answers: dict[str, list[scoring.Value]]
    places: list[int]
    problems: list[cells.Problem] = field(default_factory=list)

    def values(self, key: str) -> list[str]:
        """What was said to one question, each once, in the order of the lines."""
        said: dict[str, None] = {}
        for value in self.answers.get(key, []):
            for part in value if isinstance(value, list) else [value]:
                if part not in (None, ""):
                    said.setdefault(str(part))
        return list(said)


def read_people(content: bytes, filename: str, role: str, places: int = 1) -> People:
    """One side from a CSV or XLSX file: `role` is "mentee" or "mentor", `places` of a mentor whose line names none.

    Names, addresses and places are known by their columns' names; every other column is an answer. Raises
    cells.Unreadable where the file is no table, Wrong where nobody in it has a name or a number of places is none.
    """
    table = cells.read_table(content, filename)
    meanings = columns.recognise(table.header, [row.cells for row in table.rows], role)
    at: dict[str, int] = {}
    labels: dict[str, str] = {}
    answers: dict[str, list[scoring.Value]] = {}
    for place, (name, meaning) in enumerate(zip(table.header, meanings, strict=True)):
        if meaning.target in (columns.NAME, columns.FIRST_NAME, columns.LAST_NAME, columns.EMAIL, columns.PLACES):
            at[meaning.target] = place
        elif meaning.target != columns.IGNORE:
            key = columns.key_of(name, labels)
            texts = [row.cells[place] for row in table.rows]
            kind = meaning.kind if meaning.is_answer else columns.guess_kind(texts)
            labels[key] = name
            answers[key] = [value_of(kind, text) for text in texts]
    people = [_person(row, at) for row in table.rows]
    if not any(person.name or person.email for person in people):
        raise Wrong("no_names")
    return People(role, people, labels, answers, _places(table.rows, at, places), table.problems)


def value_of(kind: str, text: str) -> scoring.Value:
    """A cell as the answer it looks like; what does not fit stays text."""
    if not text.strip():
        return None
    if kind == "several":
        return split(text)
    if kind in ("yes_no", "number"):
        try:
            value: scoring.Value = typed(kind, (), text)
        except BadValue:
            return text
        return value
    return text


def _person(row: cells.Row, at: Mapping[str, int]) -> Person:
    def cell(target: str) -> str:
        return row.cells[at[target]].strip() if target in at else ""

    name = cell(columns.NAME) or f"{cell(columns.FIRST_NAME)} {cell(columns.LAST_NAME)}".strip()
    return Person(row.line, name or cell(columns.EMAIL), cell(columns.EMAIL).lower())


def _places(rows: Sequence[cells.Row], at: Mapping[str, int], places: int) -> list[int]:
    found = []
    for row in rows:
        text = row.cells[at[columns.PLACES]].strip() if columns.PLACES in at else ""
        if text and not (text.isdecimal() and int(text) <= MOST_PLACES):
            raise Wrong("bad_places", row.line, value=text[:60], most=MOST_PLACES)
        found.append(int(text) if text else places)
    return found


def policy_for(data: Any, mentees: People, mentors: People) -> scoring.Policy:
    """The policy in this JSON; its rules may name a question by the name of its column. Raises scoring.PolicyError."""
    keys = {people.role: _keys_by_name(people.labels) for people in (mentees, mentors)}
    if isinstance(data, Mapping) and isinstance(data.get("rules"), list):
        data = {**data, "rules": [_renamed(rule, keys) for rule in data["rules"]]}
    if isinstance(data, Mapping) and isinstance(data.get("first"), list):
        data = {**data, "first": [_renamed(line, keys) for line in data["first"]]}
    return scoring.parse_policy(data, mentees.labels, mentors.labels)


def _keys_by_name(labels: Mapping[str, str]) -> dict[str, str]:
    return {name: key for key, label in labels.items() for name in (columns.plain(label), columns.plain(key), key)}


def _renamed(rule: Any, keys: Mapping[str, Mapping[str, str]]) -> Any:
    """A rule whose questions are called by their keys."""
    if not isinstance(rule, Mapping):
        return rule
    renamed = dict(rule)
    for name in QUESTION_FIELDS:
        if isinstance(said := rule.get(name), str):
            side = "mentor" if name == "mentor" else "mentee"
            renamed[name] = keys[side].get(columns.plain(said), said)
    return renamed


# What two people who work together share, so that their mentor should be from elsewhere.
NEARNESS = re.compile(r"\b(organi[sz]ation|employer|company|department|team|manager|unit|office|school)\b")
PROPOSED_POINTS = 10
MOST_PROPOSED = 4


def proposed_rules(mentees: People, mentors: People) -> list[dict]:
    """Rules to start from: columns of both files that say where somebody works must differ, others count if the same.

    A column counts only where its answers tell people apart and occur on both sides; yes and no, and free text, do not.
    """
    differ, same = [], []
    of_mentors = _keys_by_name(mentors.labels)
    for key, label in mentees.labels.items():
        other = of_mentors.get(columns.plain(label))
        shared = other and {plain_text(said) for said in mentees.values(key)} & {
            plain_text(said) for said in mentors.values(other)
        }
        if not shared or len(mentees.values(key)) < 2 or any(isinstance(said, bool) for said in mentees.answers[key]):
            continue
        if NEARNESS.search(columns.plain(label)):
            differ.append({"kind": "must_differ", "mentee": key, "mentor": other})
        elif len(mentees.values(key)) <= columns.MOST_OPTIONS:
            same.append({"kind": "same_value", "mentee": key, "mentor": other, "points": PROPOSED_POINTS})
    return [*differ[:MOST_PROPOSED], *same[:MOST_PROPOSED]]


@dataclass(frozen=True)
class Line:
    """What became of one mentee: their mentor with the reasons, or why there is none."""

    mentee: Person
    mentor: Person | None
    score: int
    reasons: tuple[tuple[int, str], ...]
    why_none: str = ""

    def cells(self) -> tuple[str | int, ...]:
        """The line as a file has it: both names and addresses, the score, the reasons with points, why nobody."""
        mentor = self.mentor or Person(0, "", "")
        why = " ".join(f"{words} ({points})" for points, words in self.reasons)
        score = self.score if self.mentor else ""
        return self.mentee.name, self.mentee.email, mentor.name, mentor.email, score, why, self.why_none


@dataclass(frozen=True, eq=False)
class Outcome:
    """Everybody matched: the proved best answer and what greedy would have done."""

    mentees: People
    mentors: People
    scored: scoring.Scored
    solution: Solution

    def lines(self) -> list[Line]:
        """A line for each mentee, in the order of the file; the points of its reasons add up to its score."""
        found, explained = [], 0
        for i, mentee in enumerate(self.mentees.people):
            j = int(self.solution.assignment[i])
            if j < 0:
                words = self._why_none(i, in_full=explained < MOST_EXPLAINED)
                explained += 1
                found.append(Line(mentee, None, 0, (), words))
                continue
            reasons = tuple((one.points, one.sentence) for one in scoring.reasons(self.scored, i, j))
            found.append(Line(mentee, self.mentors.people[j], int(self.scored.matrix[i, j]), reasons))
        return found

    def _why_none(self, mentee: int, *, in_full: bool) -> str:
        if not (self.scored.matrix[mentee] >= 0).any():
            blocked = scoring.why_none(self.scored, mentee)
            return " ".join(dict.fromkeys(one.sentence for one in blocked)) or "There is no mentor."
        if not in_full:
            return "More people suit the same mentors than these have places."
        found = explain_unmatched(self.solution, mentee)
        if found.mentor is None or found.kind == "total":
            return found.sentence
        return f"{found.sentence} One more place with {self.mentors.people[found.mentor].name} would match them."


def match(policy: scoring.Policy, mentees: People, mentors: People) -> Outcome:
    """The best matching of two sides: the same people give the same pairs in whatever order their lines come."""
    shape = len(mentees.people), len(mentors.people)
    scoring.fill_who(policy.rules, *(([(p.email, p.name) for p in s.people], s.answers) for s in (mentees, mentors)))
    scored = scoring.score(policy, mentees.answers, mentors.answers, excluded=_same(mentees, mentors), shape=shape)
    solution = solve(
        scored.matrix,
        np.array(mentors.places, dtype=np.int64),
        coverage_first=policy.coverage_first,
        spread=policy.spread,
        priority=_priority(policy, mentees),
        floor_levels=policy.floor_levels if policy.coverage_first else 0,
        mentee_order=_order(mentees.people),
        mentor_order=_order(mentors.people),
    )
    return Outcome(mentees, mentors, scored, solution)


def _priority(policy: scoring.Policy, mentees: People) -> Ints:
    """Who goes first, by the answers the policy names; a file knows nothing of waiting lists."""
    lines = [line for line in policy.first if line.question]
    return np.array(
        [
            next((n for n, line in enumerate(lines) if line.said(mentees.answers[line.question][i])), len(lines))
            for i in range(len(mentees.people))
        ],
        dtype=np.int64,
    )


def _same(mentees: People, mentors: People) -> list[tuple[int, int]]:
    """Nobody mentors themselves: the same address on both sides is the same person."""
    at: dict[str, list[int]] = {}
    for j, mentor in enumerate(mentors.people):
        at.setdefault(mentor.email, []).append(j)
    return [(i, j) for i, mentee in enumerate(mentees.people) if mentee.email for j in at.get(mentee.email, [])]


def _order(people: Sequence[Person]) -> Ints:
    """Places in the order of a hash of who they are; equal lines stay in the order of the file."""
    keys = [hashlib.sha256(f"{one.email}\0{one.name}".encode()).digest() for one in people]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


def greedy(scores: Ints, capacity: Sequence[int]) -> Ints:
    """What most people do by hand: again and again the best pair left with a place free; ties by position.

    `scores` (M, N), negative forbidden; the answer (M,) has a mentor or -1. With one score a pair it is also the
    stable matching.
    """
    assignment = np.full(scores.shape[0], -1, dtype=np.int64)
    left = list(capacity)
    if not scores.size:
        return assignment
    for flat in np.argsort(-scores, axis=None, kind="stable").tolist():
        i, j = divmod(flat, scores.shape[1])
        if scores[i, j] < 0:
            break
        if assignment[i] < 0 and left[j] > 0:
            assignment[i] = j
            left[j] -= 1
    return assignment


@dataclass(frozen=True)
class Figures:
    """What one way of matching comes to; `lowest` is None where nobody is matched."""

    matched: int
    total: int
    lowest: int | None


def figures_of(scores: Ints, assignment: Ints, spread: int = 0) -> Figures:
    """How many are matched, the sum of their scores less what the mentors' load costs, and the lowest of them."""
    rows = np.flatnonzero(assignment >= 0)
    found = scores[rows, assignment[rows]]
    each = np.bincount(assignment[rows], minlength=1)
    total = int(found.sum()) - spread * int((each * (each - 1) // 2).sum())
    return Figures(int(rows.size), total, int(found.min()) if rows.size else None)


def read_orlib(text: str) -> Ints:
    """The costs of an assignment problem of OR-Library (n, then n x n whole numbers); Wrong where it is none."""
    try:
        numbers = [int(word) for word in text.split()]
    except ValueError as error:
        raise Wrong("not_orlib") from error
    size = numbers[0] if numbers else 0
    if size < 1 or len(numbers) != 1 + size * size:
        raise Wrong("not_orlib")
    costs = np.array(numbers[1:], dtype=np.int64).reshape(size, size)
    if int(costs.max() - costs.min()) > scoring.HIGHEST_SCORE:
        raise Wrong("costs_too_far_apart", most=scoring.HIGHEST_SCORE)
    return costs


def lowest_cost(costs: Ints) -> int:
    """The least sum of costs that gives every row a column of its own."""
    highest = int(costs.max())
    size = costs.shape[0]
    solution = solve(highest - costs, np.ones(size, dtype=np.int64), floor_levels=0)
    return int(highest * size - solution.total)
