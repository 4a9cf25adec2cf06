"""What makes a good match: policies as data, the scores of all pairs, and the reasons of one; no Django."""

from matching.scoring.answers import WHO, Answers, SideName, Value
from matching.scoring.first import DEFAULT_FIRST, FIRST_KINDS, First
from matching.scoring.names import fill_who
from matching.scoring.policy import HIGHEST_SCORE, MOST_APART, Policy, PolicyError, parse_policy
from matching.scoring.rules import FORBIDDEN, KINDS, Field, Rule, Used, rule_kind
from matching.scoring.score import (
    Blocked,
    Diagnosis,
    Reason,
    RuleCost,
    Scored,
    coordinator_words,
    costs,
    pair_words,
    reasons,
    score,
    why_none,
    why_not,
)

__all__ = [
    "DEFAULT_FIRST",
    "FIRST_KINDS",
    "FORBIDDEN",
    "HIGHEST_SCORE",
    "KINDS",
    "MOST_APART",
    "WHO",
    "Answers",
    "Blocked",
    "Diagnosis",
    "Field",
    "First",
    "Policy",
    "PolicyError",
    "Reason",
    "Rule",
    "RuleCost",
    "Scored",
    "SideName",
    "Used",
    "Value",
    "coordinator_words",
    "costs",
    "fill_who",
    "pair_words",
    "parse_policy",
    "reasons",
    "rule_kind",
    "score",
    "why_none",
    "why_not",
]
