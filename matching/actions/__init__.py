"""Every write that matters in matching."""

from matching.actions.apart import keep_apart, let_together
from matching.actions.asking import answer_availability, ask_mentors, lapse_availability, let_back_early, remind_mentors
from matching.actions.drafts import ask_round, discard, run_rounds
from matching.actions.ending import Ending, end_pairing, ending_of, write_ending
from matching.actions.pairs import Full, Opening, opening_of, pair_by_hand, take_places, write_opening
from matching.actions.policies import save_policy
from matching.actions.publishing import Plan, plan_of, publish
from matching.actions.steps import (
    allow_again,
    hold_pair,
    leave_out,
    let_all_go,
    let_go,
    set_apart,
    set_draft_places,
    swap,
    undo,
)
from matching.actions.waiting import write_again
from matching.actions.withdrawing import release_publications, send_now, withdraw

__all__ = [
    "Ending",
    "Full",
    "Opening",
    "Plan",
    "allow_again",
    "answer_availability",
    "ask_mentors",
    "ask_round",
    "discard",
    "end_pairing",
    "ending_of",
    "hold_pair",
    "keep_apart",
    "lapse_availability",
    "leave_out",
    "let_all_go",
    "let_back_early",
    "let_go",
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
    "set_apart",
    "set_draft_places",
    "swap",
    "take_places",
    "undo",
    "withdraw",
    "write_again",
    "write_ending",
    "write_opening",
]
