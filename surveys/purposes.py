"""What links of this app in emails are for."""

from django.utils.translation import gettext_lazy as _

from outbox import links
from surveys import views


def _first(letter) -> str:
    """The first pair it asks about; its page finds the others of the same email."""
    return next(iter(letter.about.get("invitations", [])), "")


def register() -> None:
    """Called once, when the app starts."""
    links.register(links.Purpose("pulse", _("Answer two questions"), page=views.signed, thing=_first))
