"""What makes a good match, the rounds of the matcher, the pairs that come of them, and what is offered before."""

from matching.models.availability import Availability, AvailabilityAnswer, EarlyReturn
from matching.models.introductions import Introduction
from matching.models.offers import LIVE, Breather, Offer, OfferState
from matching.models.pairs import Circle, Pairing, PairingState
from matching.models.purposes import PairPurpose, PurposeWait
from matching.models.rounds import Proposal, Publication, Round, RoundPeople, RoundState, Step, StepKind
from matching.models.rules import KeptApart, Policy, ProgramRows

__all__ = [
    "LIVE",
    "Availability",
    "AvailabilityAnswer",
    "Breather",
    "Circle",
    "EarlyReturn",
    "Introduction",
    "KeptApart",
    "Offer",
    "OfferState",
    "PairPurpose",
    "Pairing",
    "PairingState",
    "Policy",
    "ProgramRows",
    "Proposal",
    "Publication",
    "PurposeWait",
    "Round",
    "RoundPeople",
    "RoundState",
    "Step",
    "StepKind",
]
