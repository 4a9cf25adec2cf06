"""Real worker processes: the embedded one, and Celery's own over Redis."""

import re
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from outbox import actions, letters
from outbox.models import Letter
from tests.parts.processes import end, wait_until

pytestmark = [pytest.mark.parts, pytest.mark.django_db(transaction=True)]

# A worker with sweeps of the test's own; each says what happens to it.
OWN_SWEEPS = """
import sys, threading, time
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from mentorship.sweeps import SWEEPS, Sweep
from mentorship.tasks import sweep as task

seen = []

def slow(now, stop):
    print("slow began", flush=True)
    rows = 0
    while not stop():
        time.sleep(0.2)
        rows += 1
    print("slow ended between two rows", flush=True)
    return rows

def broken(now, stop):
    raise LookupError("a broken sweep")

def looks(now, stop):
    connection.ensure_connection()
    seen.append(connection._wrapped if hasattr(connection, "_wrapped") else connection._connections[connection._alias])
    return 0

def counts(now, stop):
    print("closed" if seen and all(one.connection is None for one in seen) else "open or unseen", flush=True)
    return 0

SWEEPS.clear()
for function in (globals()[name] for name in sys.argv[1:]):
    SWEEPS[function.__name__] = Sweep(function.__name__, "__main__." + function.__name__, 1, threading.Lock())
from mentorship.celery import app
app.conf.beat_schedule = {
    name: {"task": "sweep", "args": [name], "schedule": 1.0, "options": {"expires": 1}} for name in SWEEPS
}
call_command("worker")
"""


def due_letter():
    """A letter that is due now, to somebody real."""
    person = get_user_model().objects.create_user(email="ann@example.org", name="Ann Example")
    now = timezone.now()
    about = {"purpose": "unsubscribe", "thing": "", "ends": (now + timedelta(days=30)).isoformat()}
    letter = letters.write("outbox.fresh_link", person, key="1", context={}, topic="", now=now, about=about)
    assert actions.post([letter]) == 1
    return Letter.objects.get()


def sent(letter):
    return Letter.objects.filter(pk=letter.pk, state=Letter.State.SENT).exists()


def test_the_embedded_worker_delivers_and_stops_when_asked(live_workers, smtp_sink):
    letter = due_letter()
    worker = live_workers.start(**smtp_sink.environment())
    wait_until(lambda: sent(letter), what="the letter", process=worker, log=live_workers.log)
    assert [one.recipients for one in smtp_sink.received] == [("ann@example.org",)]
    began = time.monotonic()
    assert end(worker) == 0
    assert time.monotonic() - began < 10
    assert not list(live_workers.folder.glob("celerybeat*"))


def test_asked_to_stop_a_worker_ends_its_sweep_between_two_rows(live_workers):
    worker = live_workers.python("-c", OWN_SWEEPS, "slow")
    wait_until(lambda: "slow began" in live_workers.words(), what="the sweep", process=worker, log=live_workers.log)
    began = time.monotonic()
    assert end(worker) == 0
    assert time.monotonic() - began < 10
    assert "slow ended between two rows" in live_workers.words()


def test_a_broken_sweep_does_not_end_the_worker(live_workers):
    worker = live_workers.python("-c", OWN_SWEEPS, "broken", "slow")
    # Woken again by beat after it failed.
    wait_until(
        lambda: live_workers.words().count("LookupError: a broken sweep") >= 2,
        what="the second failure",
        process=worker,
        log=live_workers.log,
    )
    assert end(worker) == 0


def test_a_thread_of_the_worker_keeps_no_connection_after_a_sweep(live_workers):
    worker = live_workers.python("-c", OWN_SWEEPS, "looks", "counts")
    wait_until(lambda: "closed" in live_workers.words(), what="the count", process=worker, log=live_workers.log)
    assert end(worker) == 0


def test_a_killed_worker_loses_nothing(live_workers, smtp_sink):
    smtp_sink.dawdle = 30
    letter = due_letter()
    worker = live_workers.start(**smtp_sink.environment())
    wait_until(lambda: smtp_sink.received, what="the letter", process=worker, log=live_workers.log)
    live_workers.kill(worker)
    smtp_sink.dawdle = 0
    # The lease of the dead worker's letter runs out.
    Letter.objects.update(lease_until=timezone.now())
    again = live_workers.start(**smtp_sink.environment())
    wait_until(lambda: sent(letter), what="the letter", process=again, log=live_workers.log)
    assert smtp_sink.count_by_message_id() == {letter.message_id: 2}


def test_with_a_broker_the_embedded_worker_says_what_to_start_instead(live_workers):
    worker = live_workers.start(REDIS_URL="redis://127.0.0.1:1/0")
    assert worker.wait(30) == 1
    assert "celery -A mentorship worker" in live_workers.words()


def test_celery_and_beat_over_redis_deliver(live_workers, smtp_sink, redis_url):
    """As the Procfile starts them."""
    letter = due_letter()
    environment = {
        **smtp_sink.environment(),
        "REDIS_URL": f"{redis_url}/0",
        "REDIS_CACHE_URL": f"{redis_url}/1",
    }
    procfile = dict(re.findall(r"^(\w+): celery (.*)$", Path("Procfile").read_text(), re.MULTILINE))
    started = {
        name: live_workers.python("-m", "celery", *re.sub(r"\$\{WORKERS:-(\d+)\}", r"\1", line).split(), **environment)
        for name, line in procfile.items()
    }
    assert set(started) == {"worker", "beat"}
    wait_until(lambda: sent(letter), seconds=40, what="the letter", process=started["worker"], log=live_workers.log)
    for process in started.values():
        assert end(process, by=signal.SIGTERM) in (0, -signal.SIGTERM)
