"""Every write that matters to whether a pair is in touch."""

from checkins.actions.answers import answer_check_in, in_touch
from checkins.actions.asking import ask
from checkins.actions.beats import beat, delivered
from checkins.actions.calls import note_call
from checkins.actions.clock import closed, end_pause, figures_changed, look, look_again, opened, pause, restart
from checkins.actions.contacts import add_contact, take_back
from checkins.actions.meetings import accept, cancel, decline, missed_in_a_row, move, propose

__all__ = [
    "accept",
    "add_contact",
    "answer_check_in",
    "ask",
    "beat",
    "cancel",
    "closed",
    "decline",
    "delivered",
    "end_pause",
    "figures_changed",
    "in_touch",
    "look",
    "look_again",
    "missed_in_a_row",
    "move",
    "note_call",
    "opened",
    "pause",
    "propose",
    "restart",
    "take_back",
]
