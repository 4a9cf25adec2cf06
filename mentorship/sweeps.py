"""Every sweep there is, and how a process runs them."""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.utils.module_loading import import_string

from outbox import sweeping

log = logging.getLogger(__name__)

Stop = Callable[[], bool]


@dataclass(frozen=True)
class Sweep:
    """One sweep: `door` names a function (now, stop) -> how many rows it acted on."""

    name: str
    door: str
    every: int
    # A process runs a sweep once at a time: a long run never takes both threads from the others.
    busy: threading.Lock

    def run(self, now: datetime, stop: Stop) -> int | None:
        """Acts on what is due now; None where this process is at it already, and that run has not come to its end."""
        if not self.busy.acquire(blocking=False):
            return None
        try:
            return import_string(self.door)(now, stop)
        finally:
            self.busy.release()


def _sweep(name: str, door: str, every: int) -> Sweep:
    return Sweep(name, door, every, threading.Lock())


# In the order of a tick: what is worked out first, then the letters that come of it.
SWEEPS = {
    sweep.name: sweep
    for sweep in (
        _sweep("imports", "programs.imports.sweep.run_imports", 2),
        _sweep("rounds", "matching.actions.run_rounds", 2),
        _sweep("publications", "matching.actions.release_publications", 2),
        _sweep("leaves", "council.actions.turn_leaves", 600),
        _sweep("offers", "matching.actions.offer_sweep.turn_offers", 60),
        _sweep("introductions", "matching.actions.introduction_sweep.turn_introductions", 60),
        _sweep("write-again", "matching.actions.write_again", 600),
        _sweep("lapse-availability", "matching.actions.lapse_availability", 600),
        _sweep("remind-mentors", "matching.actions.remind_mentors", 600),
        _sweep("look", "checkins.actions.look", 60),
        _sweep("ask", "checkins.actions.ask", 60),
        _sweep("pulses", "surveys.actions.ask_pulses", 300),
        _sweep("hear-pulses", "council.actions.hear_pulses", 60),
        _sweep("asks", "council.actions.ask_again", 60),
        _sweep("cases", "council.actions.watch_cases", 60),
        _sweep("concerns", "council.actions.watch_concerns", 60),
        _sweep("write-to-people", "programs.actions.writing.write_mailings", 2),
        _sweep("mornings", "mentorship.morning.write_mornings", 300),
        _sweep("deliver", "outbox.delivery.deliver_due", 2),
        _sweep("ping", "mentorship.ping.ping", 300),
    )
}


def tick(now: datetime, seconds: float = sweeping.SECONDS) -> tuple[dict[str, int], list[str]]:
    """Runs every sweep in order until it finds nothing more; the counts, and the names of those that failed."""
    counts, failed = {}, []
    for sweep in SWEEPS.values():
        stop = sweeping.stopper(seconds)
        counts[sweep.name] = 0
        try:
            while not stop() and (done := sweep.run(now, stop)):
                counts[sweep.name] += done
        except Exception:
            log.exception("The sweep %s failed.", sweep.name)
            failed.append(sweep.name)
    return counts, failed


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Turns TERM and Ctrl-C into the shutdown signal of the sweeps while the block runs."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: sweeping.shutdown.set()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sweeping.shutdown.clear()
