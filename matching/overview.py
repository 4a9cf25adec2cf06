"""What the workbench shows before anything is computed: the rules in words, and what they cost."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching import scoring, tables
from matching.models import Policy
from matching.scoring import PolicyError
from questions.models import Answer, QuestionKind, Readers

MOST_NAMED = 20
# Rules that keep people safe are weighed against nobody's place.
SAFEGUARDS = {"never_named", "must_say", "number_between"}
# More different answers than this are no scale.
MOST_STEPS = 40


@dataclass(frozen=True)
class RuleLine:
    """One rule as the page shows it."""

    place: int
    kind: str
    label: str
    sentence: str
    hard: bool
    highest: int
    # What a hard rule costs the people of now, in words.
    cost: str
    errors: list[str]


@dataclass(frozen=True)
class Overview:
    """The latest rules with what they cost the people of now."""

    version: int
    rules: dict
    lines: list[RuleLine]
    read: tables.Tables | None
    # Names with the reason, and how many there are in all.
    impossible: list[tuple[str, str]]
    impossible_count: int
    unusable: list[tuple[str, str]]


def latest_rules(program) -> tuple[int, dict]:
    """The version and the data of the latest rules; version 0 where there are none yet."""
    policy = Policy.objects.of(program).first()
    return (policy.version, policy.rules) if policy else (0, {"rules": []})


def overview(program, user, asked, now) -> Overview:
    """Everything about the rules that the page shows this coordinator, nothing about themselves."""
    version, rules = latest_rules(program)
    try:
        read = tables.read(program, rules, now=now)
    except PolicyError:
        read = None
    lines = lines_of(rules, asked, costs_of(read) if read and read.mentees and read.mentors else {})
    if read is None or not read.mentors or not lines:
        return Overview(version, rules, lines, read, [], 0, [])
    alone = (read.scored.matrix < 0).all(axis=1).nonzero()[0].tolist()
    named = [i for i in alone if read.mentees[i].user_id != user.pk][:MOST_NAMED]
    return Overview(
        version,
        rules,
        lines,
        read,
        [(read.mentees[i], read.why_none(i)) for i in named],
        len(alone),
        unusable_of(read, user),
    )


def lines_of(rules: dict, asked, costs: dict | None = None) -> list[RuleLine]:
    """Every rule in words, in its order."""
    return [line_of(place, rule, asked, costs or {}) for place, rule in enumerate(rules.get("rules", []))]


def first_lines(rules: dict, asked) -> list[str]:
    """Who goes first, a sentence a line; what cannot be read any more says so."""
    data = {"rules": [], "first": rules["first"]} if "first" in rules else {"rules": []}
    try:
        lines = scoring.parse_policy(data, asked.labels("mentee"), asked.labels("mentor")).first
    except PolicyError as wrong:
        return [sentence for _path, sentence in wrong.errors]
    return [first_sentence(line, asked) for line in lines]


def first_sentence(line: scoring.First, asked) -> str:
    if line.kind == "left":
        return _("Whoever had a mentor here and lost them")
    if line.kind == "answer":
        words = {"answer": _(" or ").join(line.values), "question": asked.labels("mentee")[line.question]}
        return _("Whoever says %(answer)s to “%(question)s”") % words
    if line.before:
        day = date_format(line.before, "j F Y")
        return _("Whoever has been on the waiting list since before %(day)s, the longest first") % {"day": day}
    return _("Whoever is on the waiting list, the longest first")


def costs_of(read: tables.Tables) -> dict[str, str]:
    """What each hard rule (by id) costs: whom it leaves without anybody by itself, and who would have somebody without
    it."""
    alone = np.flatnonzero((read.scored.matrix < 0).all(axis=1))
    hard = [table for table in read.scored.tables if table.rule.hard]
    # Only those with nobody: a row of each rule for them, so that a large program costs no more than it must.
    forbids = [table.points[table.mentees[alone]][:, table.mentors] < 0 for table in hard]
    times = read.scored.excluded[alone] + sum((each.astype(np.int16) for each in forbids), np.int16(0))
    freed = [int((times - each == 0).any(axis=1).sum()) for each in forbids]
    found = zip(hard, scoring.costs(read.scored), freed, strict=True)
    return {
        # A few people counted by answers that nobody reads would tell what they answered.
        table.rule.id: _("Whom it costs is not shown: only the matching reads these answers.")
        if read.asked.hides(table.rule.uses())
        else cost_words(cost, 0 if table.rule.kind in SAFEGUARDS else freed)
        for table, cost, freed in found
    }


def cost_words(cost: scoring.RuleCost, freed: int) -> str:
    said = []
    if cost.mentees or cost.mentors:
        mentees = ngettext("%(count)s mentee", "%(count)s mentees", cost.mentees) % {"count": cost.mentees}
        mentors = ngettext("%(count)s mentor", "%(count)s mentors", cost.mentors) % {"count": cost.mentors}
        left = [words for words, count in ((mentees, cost.mentees), (mentors, cost.mentors)) if count]
        said.append(_("By itself it leaves %(people)s without anybody.") % {"people": _(" and ").join(left)})
    if freed:
        words = ngettext(
            "Without it %(count)s mentee who has nobody would have a possible mentor.",
            "Without it %(count)s mentees who have nobody would have a possible mentor.",
            freed,
        )
        said.append(words % {"count": freed})
    return " ".join(said) or _("It leaves nobody without a partner.")


def line_of(place: int, rule: dict, asked, costs: dict) -> RuleLine:
    """A rule in words, or what is wrong with it now."""
    kind = scoring.KINDS.get(rule.get("kind", ""))
    label = kind.label if kind else rule.get("kind", "")
    try:
        parsed = scoring.parse_policy({"rules": [rule]}, asked.labels("mentee"), asked.labels("mentor")).rules[0]
    except PolicyError as wrong:
        return RuleLine(place, rule.get("kind", ""), label, "", False, 0, "", [said for _path, said in wrong.errors])
    return RuleLine(
        place,
        parsed.kind,
        parsed.label,
        parsed.sentence(),
        parsed.hard,
        parsed.highest(),
        costs.get(rule.get("id") or f"{parsed.kind}-{place + 1}", ""),
        [],
    )


def unusable_of(read: tables.Tables, user) -> list[tuple[str, str]]:
    """People whose own answer rules everybody out, with the reason; an answer for the matching alone stays unnamed."""
    found = []
    for each in read.scored.diagnostics:
        member = (read.mentees if each.side == "mentee" else read.mentors)[each.person]
        if member.user_id != user.pk and (each.side, each.key) not in read.asked.sensitive:
            found.append((member, each.sentence))
    return found[:MOST_NAMED]


def occurring(program, asked, *questions: tuple[str, str]) -> list[str]:
    """The answers that occur to these questions (side, key), in the order of the form's choices where it has one."""
    options: list[str] = []
    seen: Counter = Counter()
    for side, key in questions:
        question = asked.questions.get((side, key))
        if question is None:
            continue
        if question.readers == Readers.MATCHER:
            # Nobody reads these, not even as a list of what occurs: an imported column's choices are that list.
            continue
        if question.kind in (QuestionKind.CHOICE, QuestionKind.SCALE):
            options += [option for option in question.options if option not in options]
        people = tables.mentees_to_match(program) if side == "mentee" else tables.mentors_at_hand(program)
        answers = Answer.objects.filter(sheet__in=people.order_by().values("sheet"), question__key=key)
        seen.update(value for value in answers.values_list("value", flat=True) if isinstance(value, str) and value)
    others = sorted(value for value in seen if value not in options)
    return (options + others)[:MOST_STEPS] if options or len(others) <= MOST_STEPS else []
