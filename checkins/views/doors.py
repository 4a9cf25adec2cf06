"""What the pages of a pair and of what belongs to it share, signed in or by the signed link of an email."""

from django.views.decorators.http import require_http_methods

from checkins.permissions import other_of, side_of

form_methods = require_http_methods(["GET", "HEAD", "POST"])
PEOPLE = ("program", "mentor__user", "mentee__user")
THROUGH_PAIR = tuple(f"pairing__{name}" for name in PEOPLE)


def theirs(rows, person):
    """Those of a pair this person is one of; nobody else finds them."""
    return rows.of_participant(person).select_related(*THROUGH_PAIR)


def about_pair(person, pairing) -> dict:
    """What every page of a pair says of it."""
    side = side_of(person, pairing)
    return {
        "pairing": pairing,
        "program": pairing.program,
        "other": other_of(person, pairing),
        "side": side,
        "evaluation": pairing.program.evaluation_for(side),
    }
