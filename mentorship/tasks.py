"""The one door through which Celery wakes a sweep up."""

import logging

from celery import shared_task
from django.utils import timezone

from mentorship import heartbeat
from mentorship.sweeps import SWEEPS
from outbox import sweeping

log = logging.getLogger(__name__)


@shared_task(name="sweep")
def sweep(name: str) -> None:
    """Runs one sweep as of now; an error is logged and the next wake-up tries again."""
    now = timezone.now()
    try:
        # First: after a time in which nothing ran, nobody is looked at before that is known.
        heartbeat.alive(now)
        done = SWEEPS[name].run(now, sweeping.stopper())
    except Exception:
        log.exception("The sweep %s failed.", name)
    else:
        if done is not None:
            heartbeat.ended(name, now)
        if done:
            log.info("%s: %d", name, done)
