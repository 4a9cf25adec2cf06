"""What a mail provider tells us later, by its webhook: emails that came back, and readers who did not want them.

django-anymail checks who is speaking and puts every provider's words into its own; it is loaded only where
EMAIL_PROVIDER names one.
"""

import logging
import re

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outbox import actions

logger = logging.getLogger(__name__)
# Of everything a provider may give as a reason, these say that there is no such reader; a full mailbox does not.
FOR_GOOD = {"bounced", "invalid"}
REASONS = {
    "bounced": gettext_lazy("the mailbox is full, or cannot be reached for now"),
    "timed_out": gettext_lazy("their mail server could not be reached"),
    "blocked": gettext_lazy("their mail server refused it"),
    "spam": gettext_lazy("their mail server took it for unwanted mail"),
    "unsubscribed": gettext_lazy("the mail provider writes no more to this address"),
}
SAID = 200
# What a provider's own words hold where it only gave up for now: a full mailbox, a server away. SparkPost has numbers.
FOR_NOW = re.compile(r"soft|transient|temporary", re.IGNORECASE)
NUMBERS_FOR_NOW = {"20", "21", "22", "23", "24", "40", "70", "100"}


def heard(sender, event, esp_name, **more) -> None:
    """One event of one email; what concerns nobody here is left."""
    now = event.timestamp or timezone.now()
    came_back = event.event_type in ("bounced", "rejected", "failed")
    for_good = event.event_type != "failed" and event.reject_reason in FOR_GOOD and not _for_now(event)
    if came_back:
        actions.came_back(event.message_id or "", _why(event, for_good), at=now)
    person = get_user_model().objects.filter(email=(event.recipient or "").strip().lower()).first()
    if person is None:
        return
    if came_back and for_good:
        actions.bounced(person, person.email, now=now)
    elif event.event_type == "complained":
        actions.complained(person, now=now)
    elif event.event_type == "unsubscribed":
        actions.mute(person, "", now=now)
    logger.info("%s says: %s (%s).", esp_name, event.event_type, event.reject_reason or "no reason")


def _why(event, for_good: bool) -> str:
    """Why an email came back, in words for people, and what the other side said."""
    if for_good:
        why = _("there is no such mailbox")
    else:
        why = REASONS.get(event.reject_reason, gettext_lazy("it could not be delivered"))
    said = " ".join(str(event.mta_response or event.description or "").split())[:SAID]
    return _("%(why)s (their mail server said: %(said)s)") % {"why": why, "said": said} if said else str(why)


def _for_now(event) -> bool:
    said = event.esp_event if isinstance(event.esp_event, dict) else {}
    names = [str(said.get(name, "")) for name in ("Type", "event", "type", "bounceType", "reason")]
    return any(FOR_NOW.search(name) for name in names) or str(said.get("bounce_class")) in NUMBERS_FOR_NOW


def listen() -> None:
    """Called once, when the app starts, where a provider is named."""
    from anymail.signals import tracking

    tracking.connect(heard, dispatch_uid="outbox.views.provider")
