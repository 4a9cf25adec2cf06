"""What links of this app in emails are for."""

from django.utils.translation import gettext_lazy as _

from matching import offer_letters
from matching.views import answering, asking, introducing
from outbox import links


def _offer(letter) -> str:
    return str(letter.about.get("offer", ""))


def _member(letter) -> str:
    return str(letter.about.get("membership", ""))


def register() -> None:
    """Called once, when the app starts."""
    for purpose in (
        links.Purpose("available", _("Say whether you take somebody"), page=asking.signed, thing=_member),
        links.Purpose("offer", _("Read and answer"), page=answering.signed, thing=_offer),
        links.Purpose("introduced", _("Read and answer"), page=introducing.signed, thing=_member),
        links.Purpose("choose", _("Look for a mentor"), url=offer_letters.choose_url),
        links.Purpose("ask_me_again", _("I can be asked again"), page=answering.signed_again, thing=_member),
    ):
        links.register(purpose)
