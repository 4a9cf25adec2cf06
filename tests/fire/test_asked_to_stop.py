"""A worker asked to stop again and again while it sends: nothing lost, nothing twice, gone within ten seconds."""

import random
import signal
import sys
import time

from django.conf import settings

from tests.fire import scene
from tests.fire.scene import SlowSink, size
from tests.parts.processes import end, start, wait_until

# Each of its ends has to come within this.
SECONDS = 10


def test_asked_to_stop_in_mid_flight_it_ends_between_two_letters(one_database, tmp_path):
    letters, stops = size((100, 2), (3000, 20))
    log = tmp_path / "worker.log"

    def worker():
        return start([sys.executable, "manage.py", "worker"], log=log, env=env, cwd=settings.BASE_DIR)

    with SlowSink(after=0.05) as sink:
        env = one_database | sink.environment()
        scene.hand(env, "seed", letters)
        took = []
        for _ in range(stops):
            before, process = len(sink.received), worker()
            wait_until(lambda: len(sink.received) > before, what="an email", process=process, log=log)  # noqa: B023
            time.sleep(random.uniform(0, 0.5))
            began = time.monotonic()
            assert end(process, by=signal.SIGTERM) == 0
            took.append(time.monotonic() - began)
        last = worker()
        try:
            wait_until(lambda: scene.states(env) == {"sent": letters}, seconds=scene.SECONDS, what="the last email")
        finally:
            end(last)
        lost, again = scene.lost_and_again(letters, sink.count_by_message_id())
    print(f"asked {stops} times, lost {lost}, sent again {again}, gone within {max(took):.1f} s")
    assert (lost, again) == (0, 0)
    assert max(took) < SECONDS


def test_killed_in_mid_flight_instead_it_leaves_a_letter_half_sent(one_database, tmp_path):
    log = tmp_path / "worker.log"
    # The server has the email, and takes its time to say so.
    with SlowSink(after=2) as sink:
        env = one_database | sink.environment()
        scene.hand(env, "seed", 5)
        worker = start([sys.executable, "manage.py", "worker"], log=log, env=env, cwd=settings.BASE_DIR)
        wait_until(lambda: sink.received, what="an email", process=worker, log=log)
        end(worker, by=signal.SIGKILL)
        assert scene.states(env)["sending"] == 1, "the test could not have noticed a letter in two minds"
