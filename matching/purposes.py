"""What links of this app in emails are for."""

from django.utils.translation import gettext_lazy as _

from matching import asking_letters
from matching.views import asking
from outbox import links


def register() -> None:
    """Called once, when the app starts."""
    links.register(
        links.Purpose("take_somebody", _("Say whether you take somebody"), page=asking.signed, thing=asking_letters.whose)
    )
