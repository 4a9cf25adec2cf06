"""Scores of all pairs at once, and on demand why: every figure is read from the same tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matching.scoring.answers import Answers, Bools, Ints, Side, SideName, read_side
from matching.scoring.policy import Policy
from matching.scoring.rules import FORBIDDEN, Rule, Used

Excluded: TypeAlias = NDArray[np.bool_] | Iterable[tuple[int, int]] | None
WISH = "A personal wish is met."
FEW = 512  # things said
ROWS = 64  # people scored together, so that what is added up stays near at hand
APART = "These two are kept apart."


@dataclass(frozen=True, eq=False)
class RuleTable:
    """One rule over everybody: each person's number, and the points of each number with each, -1 forbidden."""

    rule: Rule
    mentees: Ints
    mentors: Ints
    points: Ints

    def of(self, mentee: int, mentor: int) -> int:
        """The points of one pair by this rule, or -1."""
        return int(self.points[self.mentees[mentee], self.mentors[mentor]])

    def row(self, mentee: int) -> Ints:
        """The points of one mentee with every mentor."""
        points: Ints = self.points[self.mentees[mentee], self.mentors]
        return points


@dataclass(frozen=True)
class Diagnosis:
    """Somebody whose own answer makes every pair impossible by one rule."""

    rule_id: str
    side: SideName
    person: int
    key: str
    sentence: str


@dataclass(frozen=True)
class Reason:
    """What one rule says for a pair: its points, words for coordinators and for the pair, and every answer used."""

    rule_id: str
    kind: str
    points: int
    sentence: str
    pair_sentence: str | None
    uses: tuple[Used, ...]


@dataclass(frozen=True)
class Blocked:
    """What one hard rule does to a mentee: how many mentors it excludes alone, how many would be possible without it.

    `rule_id` is None for the pairs kept apart by name. `own_answer` says that the mentee's own answer is what excludes.
    """

    rule_id: str | None
    kind: str
    excludes: int
    possible_without: int
    own_answer: bool
    sentence: str


@dataclass(frozen=True)
class RuleCost:
    """How many people one hard rule, if it were the only one, leaves without any possible partner."""

    rule_id: str
    kind: str
    sentence: str
    mentees: int
    mentors: int


@dataclass(frozen=True, eq=False)
class Scored:
    """Everybody scored: `matrix` (M, N) int64, -1 where forbidden, and the tables it was read from."""

    policy: Policy
    matrix: Ints
    tables: tuple[RuleTable, ...]
    excluded: Bools
    diagnostics: tuple[Diagnosis, ...]
    mentees: Side
    mentors: Side


def score(
    policy: Policy,
    mentees: Answers,
    mentors: Answers,
    excluded: Excluded = None,
    shape: tuple[int, int] | None = None,
) -> Scored:
    """Scores every mentee with every mentor.

    `mentees` and `mentors` are columns of typed answers by question key; a question that is not there counts as not
    answered. `excluded` are pairs kept apart, a (M, N) yes or no or a list of (mentee, mentor). `shape` says how many
    there are where no column does. Points are whole numbers; ValueError for columns or pairs that do not fit.
    """
    left = read_side("mentee", mentees, None if shape is None else shape[0])
    right = read_side("mentor", mentors, None if shape is None else shape[1])
    return score_sides(policy, left, right, read_excluded(excluded, left.size, right.size))


def score_sides(policy: Policy, left: Side, right: Side, apart: Bools) -> Scored:
    """`score` for two sides already read and those kept apart."""
    tables: list[RuleTable] = []
    diagnostics: list[Diagnosis] = []
    for rule in policy.rules:
        mentee_codes, mentee_said = left.coded(rule.keys("mentee"))
        mentor_codes, mentor_said = right.coded(rule.keys("mentor"))
        said_by = np.bincount(mentee_codes, minlength=1), np.bincount(mentor_codes, minlength=1)
        points = rule.counted_table(mentee_said, mentor_said, said_by)
        tables.append(RuleTable(rule, mentee_codes, mentor_codes, points))
        if rule.hard:
            for side, codes, said in ((left, mentee_codes, mentee_said), (right, mentor_codes, mentor_said)):
                wrong = [rule.unusable(each) for each in said]
                diagnostics.extend(diagnoses(rule, side, codes, wrong))
    return Scored(policy, added_up(tables, apart), tuple(tables), apart, tuple(diagnostics), left, right)


def added_up(tables: list[RuleTable], apart: Bools) -> Ints:
    """The points of all tables for everybody, FORBIDDEN where one forbids or two are kept apart."""
    matrix = np.empty(apart.shape, dtype=np.int64)
    # So far below 0 that no points make up for it, and not too far for all rules together in half the memory.
    never = np.int32(-(2**30) // max(1, sum(table.rule.hard for table in tables)))

    def counted(points: Ints) -> Ints:
        whole: Ints = points.astype(np.int32)
        return np.where(whole < 0, never, whole)

    # Where few things are said there is a column for each mentor at once, otherwise a part at a time.
    across = [counted(table.points)[:, table.mentors] if table.points.shape[0] <= FEW else None for table in tables]
    for begin in range(0, apart.shape[0], ROWS):
        part = slice(begin, begin + ROWS)
        total = np.zeros(matrix[part].shape, dtype=np.int32)
        for table, points in zip(tables, across, strict=True):
            if points is not None:
                total += points[table.mentees[part]]
                continue
            rows = table.points[table.mentees[part]].take(table.mentors, axis=1)
            total += counted(rows) if table.rule.hard else rows
        np.copyto(total, FORBIDDEN, where=(total < 0) | apart[part])
        matrix[part] = total
    return matrix


def diagnoses(rule: Rule, side: Side, codes: Ints, wrong: list[str | None]) -> Iterable[Diagnosis]:
    """Those of one side whose answer cannot be used."""
    key = rule.mentee if side.name == "mentee" else rule.mentor
    label = (rule.mentee_label if side.name == "mentee" else rule.mentor_label) or key
    for person, code in enumerate(codes.tolist()):
        if wrong[code] is not None:
            yield Diagnosis(rule.id, side.name, person, key, f"{label} {wrong[code]}")


def read_excluded(excluded: Excluded, mentees: int, mentors: int) -> Bools:
    """The pairs kept apart as a table, or a ValueError."""
    if isinstance(excluded, np.ndarray):
        if excluded.dtype != np.bool_ or excluded.shape != (mentees, mentors):
            raise ValueError(f"excluded must be a yes or no for each of {mentees} x {mentors} pairs.")
        return excluded.copy()
    apart = np.zeros((mentees, mentors), dtype=np.bool_)
    for mentee, mentor in excluded or ():
        if not (0 <= mentee < mentees and 0 <= mentor < mentors):
            raise ValueError(f"excluded names a pair that is not there: {mentee}, {mentor}.")
        apart[mentee, mentor] = True
    return apart


def reasons(scored: Scored, mentee: int, mentor: int) -> list[Reason]:
    """Why this pair suits, rule by rule; the points add up to its score. A forbidden pair has none."""
    if scored.matrix[mentee, mentor] < 0:
        return []
    found: list[Reason] = []
    for table in scored.tables:
        rule, points = table.rule, table.of(mentee, mentor)
        if points == 0 and not rule.hard:
            continue
        said = rule.reason(scored.mentees.value(rule.mentee, mentee), scored.mentors.value(rule.mentor, mentor))
        if said is None:
            continue
        people = {"mentee": (scored.mentees, mentee), "mentor": (scored.mentors, mentor)}
        uses = tuple(Used(side, key, people[side][0].value(key, people[side][1])) for side, key in rule.uses())
        found.append(Reason(rule.id, rule.kind, points, said[0], said[1], uses))
    return found


def pair_words(found: Iterable[Reason], visible_to_other: Collection[tuple[SideName, str]]) -> list[str]:
    """What the pair may be told: only from rules whose every answer the other of the two may see, without points.

    `visible_to_other` holds (side, key) of each question whose answer the other side sees.
    """
    return [
        reason.pair_sentence
        for reason in found
        if reason.pair_sentence and all((used.side, used.key) in visible_to_other for used in reason.uses)
    ]


def coordinator_words(found: Iterable[Reason], sensitive: Collection[tuple[SideName, str]]) -> list[str]:
    """What coordinators are told: of a rule that looks at a sensitive answer only that a personal wish is met."""
    return [
        WISH if any((used.side, used.key) in sensitive for used in reason.uses) else reason.sentence for reason in found
    ]


def why_not(scored: Scored, mentee: int, mentor: int) -> list[tuple[str | None, str]]:
    """The hard rules that forbid this pair, as (rule id, sentence); the id is None where the two are kept apart."""
    found: list[tuple[str | None, str]] = [
        (table.rule.id, table.rule.sentence()) for table in scored.tables if table.of(mentee, mentor) < 0
    ]
    return [(None, APART), *found] if scored.excluded[mentee, mentor] else found


def why_none(scored: Scored, mentee: int) -> list[Blocked]:
    """For a mentee without any possible mentor, what each hard rule excludes, in words without others' answers.

    The rules whose going would help most come first; those that exclude nobody are left out.
    """
    hard: list[tuple[RuleTable | None, Bools]] = [
        (table, table.row(mentee) < 0) for table in scored.tables if table.rule.hard
    ]
    hard.append((None, scored.excluded[mentee]))
    total = scored.mentors.size
    times = np.sum([forbids for _, forbids in hard], axis=0)
    unusable = {each.rule_id: each for each in scored.diagnostics if each.side == "mentee" and each.person == mentee}
    found: list[Blocked] = []
    for table, forbids in hard:
        excludes = int(forbids.sum())
        own = unusable.get(table.rule.id) if table else None
        if not excludes and own is None:
            continue
        without = int((times - forbids == 0).sum())
        rule_id, kind = (table.rule.id, table.rule.kind) if table else (None, "excluded")
        name = table.rule.sentence() if table else "Pairs kept apart by name."
        words = blocked_words(name, excludes, total, without, own.sentence if own else None)
        found.append(Blocked(rule_id, kind, excludes, without, own is not None, words))
    return sorted(found, key=lambda each: (-each.possible_without, -each.excludes))


def blocked_words(name: str, excludes: int, total: int, without: int, own: str | None) -> str:
    """One line of `why_none`."""
    if own:
        return f"{name} Excludes everybody: {own}."
    mentors = "mentor" if total == 1 else "mentors"
    if without == 0:
        return f"{name} Excludes {excludes} of {total} {mentors}; nobody would be possible without it."
    return f"{name} Excludes {excludes} of {total} {mentors}; {without} would be possible without it."


def costs(scored: Scored) -> list[RuleCost]:
    """For each hard rule, how many people it alone leaves without any possible partner."""
    found: list[RuleCost] = []
    for table in scored.tables:
        if not table.rule.hard:
            continue
        suits = table.points >= 0
        mentees = int((suits.sum(axis=1)[table.mentees] == 0).sum())
        mentors = int((suits.sum(axis=0)[table.mentors] == 0).sum())
        found.append(RuleCost(table.rule.id, table.rule.kind, table.rule.sentence(), mentees, mentors))
    return found
