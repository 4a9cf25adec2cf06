"""Every write that matters in matching."""

from matching.actions.drafts import ask_round, discard, run_rounds, set_by_hand, swap_by_hand
from matching.actions.ending import end_pairing
from matching.actions.pairs import Full, pair_by_hand, take_place, take_places
from matching.actions.policies import save_policy
from matching.actions.publishing import Plan, plan_of, publish
from matching.actions.waiting import write_again

__all__ = [
    "Full",
    "Plan",
    "ask_round",
    "discard",
    "end_pairing",
    "pair_by_hand",
    "plan_of",
    "publish",
    "run_rounds",
    "save_policy",
    "set_by_hand",
    "swap_by_hand",
    "take_place",
    "take_places",
    "write_again",
]
