"""That our sweeps run in real time is written down before any of them looks at anybody, and when emails were sent."""

import threading
from datetime import datetime, timedelta

from checkins.actions import beat, delivered
from mentorship import restored

EVERY = timedelta(seconds=60)
DELIVERED_EVERY = timedelta(seconds=20)
_lock = threading.Lock()
_last: datetime | None = None
_delivered: datetime | None = None


def note(now: datetime) -> None:
    """That sweeps run, and on which database; first of all what a backup brought back is held."""
    restored.look(now)
    beat(now)
    restored.remember()


def alive(now: datetime) -> None:
    """Called before each sweep of a worker; it writes once a minute, and first of all when the process begins."""
    global _last
    with _lock:
        if _is_near(_last, now, EVERY):
            return
        note(now)
        _last = now


def ended(sweep: str, now: datetime) -> None:
    """Called after each sweep that came to its end; that emails were sent is written three times a minute."""
    global _delivered
    if sweep != "deliver":
        return
    with _lock:
        if _is_near(_delivered, now, DELIVERED_EVERY):
            return
        delivered(now)
        _delivered = now


def _is_near(last: datetime | None, now: datetime, distance: timedelta) -> bool:
    return last is not None and timedelta(0) <= now - last < distance


def forget() -> None:
    """As if the process had just begun."""
    global _last, _delivered
    _last = _delivered = None
