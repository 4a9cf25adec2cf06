"""The kinds of rules a policy is made of."""

from matching.scoring.rules import hard, hours, load, numbers, people, skills, weighted
from matching.scoring.rules.base import FORBIDDEN, KINDS, Field, Rule, Used, rule_kind

__all__ = [
    "FORBIDDEN",
    "KINDS",
    "Field",
    "Rule",
    "Used",
    "hard",
    "hours",
    "load",
    "numbers",
    "people",
    "rule_kind",
    "skills",
    "weighted",
]
