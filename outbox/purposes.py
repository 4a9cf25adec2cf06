"""What links in any email may be for, and the one kind of email the outbox itself posts."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from outbox import joining, kinds, links
from outbox.views import emails

# A mail program may keep an email, and with it the button, for long; what it does harms nobody.
UNSUBSCRIBE_LASTS = timedelta(days=365)


def _fresh(letter) -> str:
    """The link that somebody asked for again."""
    about = letter.about
    ends = datetime.fromisoformat(about["ends"])
    token = links.sign(about["purpose"], letter.recipient.public_id, about["thing"], ends)
    return reverse("outbox:link", args=[token])


def register() -> None:
    """Called once, when the app starts."""
    links.register(links.Purpose("home", _("Open your page"), url=lambda letter: reverse("home")))
    links.register(links.Purpose("profile", _("Change your details"), url=lambda letter: reverse("profile")))
    links.register(links.Purpose("sign_in", _("Sign in"), url=lambda letter: reverse("account_login")))
    links.register(
        links.Purpose(
            "unsubscribe",
            _("Choose what you get"),
            page=emails.unsubscribe,
            ends=lambda letter, now: now + UNSUBSCRIBE_LASTS,
        )
    )
    links.register(links.Purpose("fresh", _("Open the page"), url=_fresh))
    kinds.register(
        kinds.Kind(
            name="outbox.fresh_link",
            title=_("A fresh link, asked for on the page of one that had ended"),
            template="outbox/fresh_link.txt",
            any_hour=True,
            editable=False,
        )
    )
    kinds.register(
        kinds.Kind(
            name="outbox.test",
            title=_("A test, sent to whoever asked for it"),
            template="outbox/test.txt",
            any_hour=True,
            apart=True,
        )
    )
    kinds.register(
        kinds.Kind(
            name=joining.KIND,
            title=_("Several reminders and requests in one email"),
            template="outbox/joined.txt",
            editable=False,
            # Around what can be turned off.
            group=kinds.REMINDERS,
            sample=lambda topic: {"number": "three"},
        )
    )
