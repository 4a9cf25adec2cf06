"""What links of this app in emails are for."""

from django.utils.translation import gettext_lazy as _

from outbox import links
from surveys import views
from surveys.actions import OPEN_FOR


def register() -> None:
    """Called once, when the app starts."""
    links.register(
        links.Purpose(
            "pulse",
            _("Answer two questions"),
            page=views.signed,
            thing=lambda letter: ",".join(letter.about.get("invitations", [])),
            ends=lambda letter, now: now + OPEN_FOR,
        )
    )
