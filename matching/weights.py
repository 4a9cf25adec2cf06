"""What other points would do: five pairs, the same ones while the rules stay, scored as today and as tried."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from matching import scoring, tables
from programs.models import Membership

SAMPLES = 5


@dataclass(frozen=True)
class Part:
    """One rule's points for a pair, as they are saved and as they would be."""

    words: str
    today: int
    tried: int


@dataclass(frozen=True)
class Sample:
    mentee: Membership
    mentor: Membership
    today: int
    tried: int
    parts: list[Part]

    @property
    def change(self) -> int:
        return self.tried - self.today


def key_of(seed: str, *members: Membership) -> bytes:
    """What puts people into an order that nobody chose and that stays."""
    return hashlib.sha256(":".join([seed, *(str(member.public_id) for member in members)]).encode()).digest()


def chosen(read: tables.Tables, user) -> list[tuple[int, int]]:
    """Five possible pairs by a hash, each with another mentor while there are any; never whoever looks."""
    seed = read.program.public_id.hex
    mentees = [i for i, each in enumerate(read.mentees) if each.user_id != user.pk]
    found: list[tuple[int, int]] = []
    used: set[int] = set()
    for i in sorted(mentees, key=lambda i: key_of(seed, read.mentees[i])):
        possible = [
            j
            for j in (read.scored.matrix[i] >= 0).nonzero()[0].tolist()
            if j not in used and read.mentors[j].user_id != user.pk
        ]
        if possible:
            j = min(possible, key=lambda j: key_of(seed, read.mentees[i], read.mentors[j]))
            used.add(j)
            found.append((i, j))
        if len(found) == SAMPLES:
            break
    return found


def samples(read: tables.Tables, rules: dict, user) -> list[Sample]:
    """The five pairs with these rules beside the saved ones; PolicyError where they cannot be read."""
    policy = tables.parsed(read.program, rules, read.asked)
    saved = {rule.id: rule for rule in read.policy.rules}
    # Only what was moved is scored anew: the rest says what it said.
    moved = [rule for rule in policy.rules if saved.get(rule.id) != rule]
    tried = read.scored_by(replace(policy, rules=tuple(moved))) if moved else None
    return [sample_of(read, tried, {rule.id for rule in moved}, *pair) for pair in chosen(read, user)]


def sample_of(read: tables.Tables, tried: scoring.Scored | None, moved: set[str], mentee: int, mentor: int) -> Sample:
    """One pair, rule by rule, in words for coordinators; all personal wishes are one line."""
    today = scoring.reasons(read.scored, mentee, mentor)
    then = [reason for reason in today if reason.rule_id not in moved]
    then += scoring.reasons(tried, mentee, mentor) if tried else []
    points: dict[str, list[int]] = {}
    words: dict[str, str] = {}
    for place, found in enumerate((today, then)):
        for reason in found:
            secret = read.asked.hides((used.side, used.key) for used in reason.uses)
            at = "" if secret else reason.rule_id
            words.setdefault(at, _("Personal wishes that are met.") if secret else reason.sentence)
            points.setdefault(at, [0, 0])[place] += reason.points
    parts = [Part(words[at], *both) for at, both in points.items() if any(both)]
    totals = (sum(part.today for part in parts), sum(part.tried for part in parts))
    return Sample(read.mentees[mentee], read.mentors[mentor], *totals, parts)
