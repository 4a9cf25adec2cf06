"""Every write that matters to whether a pair is in touch."""

from checkins.actions.beats import beat
from checkins.actions.clock import closed, end_pause, look, look_again, opened, pause, restart
from checkins.actions.contacts import add_contact, take_back

__all__ = [
    "add_contact",
    "beat",
    "closed",
    "end_pause",
    "look",
    "look_again",
    "opened",
    "pause",
    "restart",
    "take_back",
]
