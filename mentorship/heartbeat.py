"""That our sweeps run in real time is written down before any of them looks at anybody."""

import threading
from datetime import datetime, timedelta

from checkins.actions import beat

EVERY = timedelta(seconds=60)
_lock = threading.Lock()
_last: datetime | None = None


def alive(now: datetime) -> None:
    """Called before each sweep of a worker; it writes once a minute, and first of all when the process begins."""
    global _last
    with _lock:
        if _last is not None and timedelta(0) <= now - _last < EVERY:
            return
        beat(now)
        _last = now


def forget() -> None:
    """As if the process had just begun."""
    global _last
    _last = None
