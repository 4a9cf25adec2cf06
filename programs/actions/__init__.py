"""Every write to a program and to the people in it."""

from programs.actions.mailing import (
    addressees,
    discard_mailing,
    draft_mailing,
    remove_filter,
    save_filter,
    send_mailing,
    sorted_out,
    take_back_mailing,
    word_mailing,
)
from programs.actions.opening import Missing, end_program, missing_to_open, open_program
from programs.actions.people import (
    ENDS,
    MOVE_WORDS,
    add_member,
    agree_other_way,
    correct_address,
    find_or_make_person,
    move,
    moves_by_hand,
    set_places,
)
from programs.actions.program import change_program, create_program, set_contact, set_figures, set_help

__all__ = [
    "ENDS",
    "MOVE_WORDS",
    "Missing",
    "add_member",
    "addressees",
    "agree_other_way",
    "change_program",
    "correct_address",
    "create_program",
    "discard_mailing",
    "draft_mailing",
    "end_program",
    "find_or_make_person",
    "missing_to_open",
    "move",
    "moves_by_hand",
    "open_program",
    "remove_filter",
    "save_filter",
    "send_mailing",
    "set_contact",
    "set_figures",
    "set_help",
    "set_places",
    "sorted_out",
    "take_back_mailing",
    "word_mailing",
]
