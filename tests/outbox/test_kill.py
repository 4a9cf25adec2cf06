"""A thousand letters, workers killed with -9 at random: none lost, at most one twice per killed process."""

import asyncio
import json
import os
import random
import subprocess
import sys
import time

import pytest
from django.conf import settings

from tests.parts.processes import start, wait_until
from tests.parts.smtp import SmtpSink

# Each of them brings servers of its own.
pytestmark = [pytest.mark.parts, pytest.mark.once]
PROCESSES = 2
KILLS = 10
# No measure of speed: only that a test that cannot end says so.
SECONDS = 150


class SlowSink(SmtpSink):
    """Takes its time before and after it has a message, so that kills find both moments."""

    def __init__(self, before, after):
        super().__init__()
        self.before, self.dawdle = before, after

    async def handle_RCPT(self, *args):
        await asyncio.sleep(self.before)
        return await super().handle_RCPT(*args)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """The environment of processes with an empty database of their own."""
    named = ("DATABASE_", "REDIS_", "EMAIL_", "DJANGO_SECRET", "MENTORSHIP_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(named)}
    environment |= {"MENTORSHIP_VAR": str(tmp_path), "MENTORSHIP_EMBEDDED": "1"}
    if request.param == "postgresql":
        environment["DATABASE_URL"] = request.getfixturevalue("postgres_url")
    return environment


def run(environment, *command) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


class Workers:
    """The processes that deliver, each with a log of its own."""

    def __init__(self, environment, how, folder):
        self.environment, self.how, self.folder = environment, how, folder
        self.running, self.logs = [], []
        for _ in range(PROCESSES):
            self.start()

    def start(self) -> None:
        log = self.folder / f"worker{len(self.logs)}.log"
        self.logs.append(log)
        command = [sys.executable, "-m", "tests.outbox.killed", self.how]
        self.running.append((start(command, log=log, env=self.environment, cwd=settings.BASE_DIR), log))

    def kill_the_oldest(self, nothing_left) -> bool:
        """Kills one that is at work, at a random moment, and starts another; False if there was no work left."""
        process, log = self.running[0]

        def at_work():
            return b"at work" in log.read_bytes() or nothing_left()

        wait_until(at_work, seconds=60, what="A worker", process=process, log=log)
        if nothing_left():
            return False
        time.sleep(random.uniform(0, 0.5))
        process.kill()
        process.wait()
        del self.running[0]
        self.start()
        return True

    def end(self) -> None:
        for process, _log in self.running:
            process.kill()
            process.wait()


def _all_out(environment, letters) -> bool:
    return json.loads(run(environment, "-m", "tests.outbox.killed", "count")) == {"sent": letters}


def outcome(database, tmp_path, how, letters, before, after):
    """How many were killed, lost, and sent again."""
    with SlowSink(before, after) as sink:
        environment = database | sink.environment()
        run(environment, "manage.py", "migrate", "-v0")
        run(environment, "-m", "tests.outbox.killed", "seed", str(letters))
        workers = Workers(environment, how, tmp_path)
        try:
            killed = 0
            while killed < KILLS and workers.kill_the_oldest(lambda: len(sink.received) > letters * 0.9):
                killed += 1
            wait_until(lambda: _all_out(environment, letters), seconds=SECONDS, what="the last email")
        finally:
            workers.end()
        came = sink.count_by_message_id()
    assert killed >= 4, "killed too few to show anything"
    return killed, letters - len(came), sum(came.values()) - len(came)


def test_killed_workers_lose_nothing_and_repeat_one_each_at_most(database, tmp_path):
    killed, lost, again = outcome(database, tmp_path, "work", 1000, 0.003, 0.006)
    print(f"killed {killed}, lost {lost}, sent again {again}")
    assert lost == 0
    assert again <= killed


def test_without_the_fence_killed_workers_lose_letters(database, tmp_path):
    killed, lost, again = outcome(database, tmp_path, "careless", 120, 0.1, 0)
    print(f"killed {killed}, lost {lost}, sent again {again}")
    assert lost > 0, f"{killed} kills lost nothing: the test could not have noticed a loss"
