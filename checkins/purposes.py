"""What links of this app in emails are for."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from checkins.views import check_ins, meetings
from outbox import links


def _until_it_is_over(letter, now):
    """A meeting's link lasts until the meeting is over."""
    until = letter.about.get("until")
    return max(datetime.fromisoformat(until), now + links.LASTS) if until else now + links.LASTS


def _asked(letter) -> str:
    """One check-in, or all that are open of a program."""
    asked = letter.about.get("check_ins", [])
    return str(asked[0]) if len(asked) == 1 else f"{check_ins.ALL_OF}{letter.topic}"


def _propose(letter) -> str:
    pairings = letter.about.get("pairings", [])
    return reverse("checkins:propose", args=[pairings[0]]) if pairings else reverse("home")


def register() -> None:
    """Called once, when the app starts."""
    links.register(
        links.Purpose(
            "meeting",
            _("Open the meeting"),
            page=meetings.signed,
            thing=lambda letter: str(letter.about.get("meeting", "")),
            ends=_until_it_is_over,
        )
    )
    links.register(links.Purpose("did_you_meet", _("Answer"), page=check_ins.signed, thing=_asked))
    links.register(links.Purpose("meet_again", _("Propose another time"), url=_propose))
