"""The path through a program, from imported to active and in touch: each number with what it is out of and its list."""

from django.utils.translation import gettext_lazy

from checkins.models import Standing
from programs.models import MembershipState, Role
from programs.navigation import list_url

S = MembershipState
PEOPLE = "admin:programs_membership_changelist"
EMAILS = "admin:outbox_letter_changelist"
PAIRS = "admin:matching_pairing_changelist"
# In the order of the path; the first counts everybody who was ever added.
STEPS = [
    (gettext_lazy("Imported or added"), ""),
    (gettext_lazy("Invited"), S.INVITED),
    (gettext_lazy("Applied"), S.APPLIED),
    (gettext_lazy("Accepted"), S.ACCEPTED),
    (gettext_lazy("Preparing"), S.PREPARING),
    (gettext_lazy("Ready to be matched"), S.READY),
    (gettext_lazy("On the waiting list"), S.WAITING),
    (gettext_lazy("Active"), S.ACTIVE),
    (gettext_lazy("On leave"), S.ON_LEAVE),
    (gettext_lazy("Completed"), S.COMPLETED),
    (gettext_lazy("Left"), S.LEFT),
    (gettext_lazy("Declined"), S.DECLINED),
]
# Steps that are shown though nobody stands there.
ALWAYS = {"", S.READY, S.WAITING, S.ACTIVE}
# How pairs stand: as agreed first, then what wants somebody.
STANDINGS = [
    Standing.IN_RHYTHM, Standing.NEW, Standing.QUIET, Standing.NEVER, Standing.PAUSED, Standing.ON_LEAVE,
]  # fmt: skip
STANDINGS_ALWAYS = {Standing.IN_RHYTHM, Standing.QUIET, Standing.NEVER}


def funnel(program, figures) -> list[dict]:
    """A line for each step of the path, mentees and mentors beside each other, each number with its list."""
    lines = []
    for words, state in STEPS:
        cells = []
        for role in (Role.MENTEE, Role.MENTOR):
            whole = figures.ever(role)
            filters = {"role__exact": role, **({"state__exact": state} if state else {})}
            number = figures.count(role, state) if state else whole
            cells.append({"number": number, "whole": whole, "url": list_url(PEOPLE, program, **filters)})
        if state in ALWAYS or any(cell["number"] for cell in cells):
            lines.append({"words": words, "first": not state, "cells": cells})
    return lines


def pairs_by_standing(program, figures) -> list[dict]:
    """How the open pairs stand, each number with its list."""
    return [
        {
            "key": standing.value,
            "words": standing.label,
            "number": figures.standings.get(standing, 0),
            "url": list_url(PAIRS, program, state__exact="open", standing=standing),
        }
        for standing in STANDINGS
        if standing in STANDINGS_ALWAYS or figures.standings.get(standing)
    ]
