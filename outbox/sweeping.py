"""How a sweep behaves: row by row, one bad row never stops the rest, and it ends in time."""

import logging
import threading
import time
from collections.abc import Callable, Iterable

logger = logging.getLogger(__name__)
SECONDS = 5
# Set by the worker at the shutdown signal.
shutdown = threading.Event()


def stopper(seconds: float = SECONDS) -> Callable[[], bool]:
    """Says True once a run has had its time, or the worker shuts down."""
    end = time.monotonic() + seconds
    return lambda: shutdown.is_set() or time.monotonic() >= end


def never() -> bool:
    """For whoever wants a sweep to finish."""
    return False


def each(rows: Iterable, act: Callable, stop: Callable[[], bool]) -> int:
    """Calls act for row after row until stop; how many it did. A row that fails is told to the log, and left."""
    done = 0
    for row in rows:
        if stop():
            break
        try:
            act(row)
            done += 1
        except Exception:
            logger.exception("%s failed for %r", getattr(act, "__name__", act), row)
    return done
