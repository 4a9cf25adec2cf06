"""Rounds of the matcher: a run with its figures and proof, a draft reworked, and why somebody has nobody."""

from matching.rounds.held import Held
from matching.rounds.pairs import Choice, Forbidden, PairScore, choices_for, rules_do_not_fit, score_of_pair
from matching.rounds.rework import Reworked, free_of, rework
from matching.rounds.run import SOLVER_VERSION, Draft, compute, replayed, seed_of

__all__ = [
    "SOLVER_VERSION",
    "Choice",
    "Draft",
    "Forbidden",
    "Held",
    "PairScore",
    "Reworked",
    "choices_for",
    "compute",
    "free_of",
    "replayed",
    "rework",
    "rules_do_not_fit",
    "score_of_pair",
    "seed_of",
]
