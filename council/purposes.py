"""What links of this app in emails are for."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from council.views import asks, concerns, help, leaves, reach
from matching.models import Pairing
from outbox import links
from programs.models import Membership


def _leave(letter) -> str:
    """The page of the leave a letter tells of."""
    member = letter.about.get("membership")
    if Membership.objects.filter(public_id=member, user=letter.recipient).exists():
        return reverse("council:leave", args=[member])
    return reverse("home")


def _pause(letter) -> str:
    pairing = Pairing.objects.open().filter(public_id__in=letter.about.get("pairings", [])).first()
    return reverse("council:pause", args=[pairing.public_id]) if pairing else reverse("home")


def _concern(letter) -> str:
    return reverse("council:concern", args=[letter.about["concern"]])


def register() -> None:
    """Called once, when the app starts."""
    links.register(links.Purpose("wrong", _("Tell us"), page=help.wrong, ends=help.lasts))
    links.register(links.Purpose("reach", _("Say how it is"), page=reach.page, thing=reach.thing, ends=reach.lasts))
    links.register(links.Purpose("ask", _("Answer"), page=asks.signed, thing=asks.thing, ends=reach.lasts))
    links.register(
        links.Purpose(
            "back",
            _("Say when you are back"),
            page=leaves.back,
            thing=lambda letter: str(letter.about.get("leave", "")),
            ends=leaves.back_lasts,
        )
    )
    links.register(links.Purpose("requests", _("See your requests"), url=lambda letter: reverse("council:requests")))
    # Told without signing in: signed by the page of help, never put into an email.
    links.register(links.Purpose("concern", _("Tell us"), page=concerns.signed, ends=concerns.lasts))
    links.register(links.Purpose("told", _("Sign in and open it"), url=_concern))
    links.register(links.Purpose("leave", _("Change your leave"), url=_leave))
    links.register(links.Purpose("pause", _("End the pause"), url=_pause))
