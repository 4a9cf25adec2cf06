"""Every write that matters in matching."""

from matching.actions.apart import keep_apart, let_together
from matching.actions.asking import answer_availability, ask_mentors, lapse_availability, remind_mentors
from matching.actions.drafts import ask_round, discard, run_rounds, set_by_hand, swap_by_hand
from matching.actions.ending import Ending, end_pairing, ending_of, write_ending
from matching.actions.pairs import Full, Opening, opening_of, pair_by_hand, take_places, write_opening
from matching.actions.policies import save_policy
from matching.actions.publishing import Plan, plan_of, publish
from matching.actions.waiting import write_again
from matching.actions.withdrawing import release_publications, send_now, withdraw

__all__ = [
    "Ending",
    "Full",
    "Opening",
    "Plan",
    "answer_availability",
    "ask_mentors",
    "ask_round",
    "discard",
    "end_pairing",
    "ending_of",
    "keep_apart",
    "lapse_availability",
    "let_together",
    "opening_of",
    "pair_by_hand",
    "plan_of",
    "publish",
    "release_publications",
    "remind_mentors",
    "run_rounds",
    "save_policy",
    "send_now",
    "set_by_hand",
    "swap_by_hand",
    "take_places",
    "withdraw",
    "write_again",
    "write_ending",
    "write_opening",
]
