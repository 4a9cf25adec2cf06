"""What people say of themselves outside any form, for rules to use like answers; no question has such a key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from matching.scoring.answers import FREE
from profiles import civil, free, languages

# The words of the question, and the answer of a person at a moment.
OWN: dict[str, tuple[Any, Callable[[Any, datetime], Any]]] = {
    "@languages": (_("Language"), lambda person, now: [languages.name(code) for code in person.languages]),
    "@hours": (
        _("Time zone in hours"),
        lambda person, now: civil.hours_from_utc(civil.zone(person.time_zone), now),
    ),
    FREE: (_("Free times"), lambda person, now: free_quarters(person, now)),
}

# Where mentees choose: the mentors on somebody's list, the dearest first; an answer of mentees alone.
LISTED = "@listed"
LISTED_WORDS = _("The mentors on their list, in their order")


def free_quarters(person, now: datetime) -> list[int]:
    """When somebody has time, on the clocks of that day: where a clock changes, the next round sees it."""
    return free.quarters(person.free_times, round(60 * civil.hours_from_utc(civil.zone(person.time_zone), now)))
