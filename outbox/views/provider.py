"""What a mail provider tells us later, by its webhook: emails that came back, and readers who did not want them.

django-anymail checks who is speaking and puts every provider's words into its own; it is loaded only where
EMAIL_PROVIDER names one.
"""

import logging

from django.contrib.auth import get_user_model
from django.utils import timezone

from outbox import actions

logger = logging.getLogger(__name__)
# Of everything a provider may give as a reason, these say that there is no such reader; a full mailbox does not.
FOR_GOOD = {"bounced", "invalid"}


def heard(sender, event, esp_name, **more) -> None:
    """One event of one email; what concerns nobody here, or nothing for good, is left."""
    person = get_user_model().objects.filter(email=(event.recipient or "").strip().lower()).first()
    if person is None:
        return
    now = event.timestamp or timezone.now()
    if event.event_type in ("bounced", "rejected") and event.reject_reason in FOR_GOOD:
        actions.bounced(person, person.email, now=now)
    elif event.event_type == "complained":
        actions.complained(person, now=now)
    elif event.event_type == "unsubscribed":
        actions.mute(person, "", now=now)
    logger.info("%s says: %s (%s).", esp_name, event.event_type, event.reject_reason or "no reason")


def listen() -> None:
    """Called once, when the app starts, where a provider is named."""
    from anymail.signals import tracking

    tracking.connect(heard, dispatch_uid="outbox.views.provider")
