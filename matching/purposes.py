"""What links of this app in emails are for."""

from django.utils.translation import gettext_lazy as _

from matching import asking_letters, offer_letters
from matching.views import answering, asking
from outbox import links


def _offer(letter) -> str:
    return str(letter.about.get("offer", ""))


def _member(letter) -> str:
    return str(letter.about.get("membership", ""))


def register() -> None:
    """Called once, when the app starts."""
    links.register(links.Purpose("offer", _("Read and answer"), page=answering.signed, thing=_offer))
    links.register(links.Purpose("choose", _("Look for a mentor"), url=offer_letters.choose_url))
    links.register(links.Purpose("ask_me_again", _("I can be asked again"), page=answering.signed_again, thing=_member))
    links.register(
        links.Purpose("available", _("Say whether you take somebody"), page=asking.signed, thing=asking_letters.whose)
    )
