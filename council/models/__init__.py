"""What a person has to decide, what was tried before, and what is told to one named person alone."""

from council.models.asks import Ask, AskKind
from council.models.cases import Case, CaseConcerns, CaseKind, CaseLine, CaseState, Decision, Step, Tier
from council.models.concerns import Concern, ConcernAbout, ConcernReading

__all__ = [
    "Ask",
    "AskKind",
    "Case",
    "CaseConcerns",
    "CaseKind",
    "CaseLine",
    "CaseState",
    "Concern",
    "ConcernAbout",
    "ConcernReading",
    "Decision",
    "Step",
    "Tier",
]
