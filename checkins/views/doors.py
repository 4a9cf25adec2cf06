"""Through which door somebody came: signed in, or by the signed link of an email. The page behind is the same."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from checkins.permissions import other_of, side_of
from profiles import civil

form_methods = require_http_methods(["GET", "HEAD", "POST"])
PEOPLE = ("program", "mentor__user", "mentee__user")
THROUGH_PAIR = tuple(f"pairing__{name}" for name in PEOPLE)


@dataclass(frozen=True)
class Door:
    """Who is at it, and the address of the page."""

    person: object
    url: str
    signed: bool = False

    def show(self, request, template, context, status=200):
        """A page with times on the clock of whoever it is for, also where nobody is signed in."""
        with timezone.override(civil.zone(self.person.time_zone)):
            return render(request, template, {"door": self, "person": self.person, **context}, status=status)


def one_of(rows, person, public_id):
    """The row of a pair this person is one of; nobody else finds it."""
    return get_object_or_404(rows.of_participant(person).select_related(*THROUGH_PAIR), public_id=public_id)


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
