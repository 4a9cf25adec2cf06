"""A worker in which nothing has moved for three minutes ends itself, so that its supervisor starts another."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)
PATIENCE = 180.0
LOOK_EVERY = 5.0
# What a warm end may take: a sweep ends within five seconds.
GRACE = 10.0
# EX_TEMPFAIL: a supervisor that restarts on failure starts us again.
EXIT = 75


class Watchdog(threading.Thread):
    """Looks at a count that grows with every sweep, and at whatever must be alive for that."""

    def __init__(
        self,
        count: Callable[[], int],
        whole: Callable[[], bool] = lambda: True,
        *,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ):
        super().__init__(name="watchdog", daemon=True)
        self.bit = False
        self.count, self.whole, self.patience, self.clock = count, whole, patience, clock
        self.seen, self.moved_at = -1, clock()

    def trouble(self) -> str:
        """Why this worker is of no use any more; empty while it is."""
        seen, now = self.count(), self.clock()
        if seen != self.seen:
            self.seen, self.moved_at = seen, now
        if not self.whole():
            return "the thread that wakes the sweeps up is gone"
        if now - self.moved_at > self.patience:
            return f"no sweep has run for {now - self.moved_at:.0f} seconds"
        return ""

    def run(self) -> None:
        while not (words := self.trouble()):
            time.sleep(min(LOOK_EVERY, self.patience / 4))
        self.bit = True
        log.critical("This worker ends itself: %s.", words)
        end()


def end(grace: float = GRACE) -> None:
    """Asks this process to end, and ends it where it does not."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace)
    os._exit(EXIT)
