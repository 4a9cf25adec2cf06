"""Real processes that deliver real letters to a real SMTP server, and what is done to them.

Every run has a small size; `FIRE=full` gives the size the guarantees are named with (see CONTRIBUTING.md).
"""

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psycopg2
from django.conf import settings

from tests.parts.processes import start, wait_until
from tests.parts.smtp import SmtpSink

FULL = os.environ.get("FIRE") == "full"
# No measure of speed: only that a test that cannot end says so.
SECONDS = 3600 if FULL else 150
NAMED = ("DATABASE_", "REDIS_", "EMAIL_", "DJANGO_SECRET", "MENTORSHIP_", "FIRE_")


def size(small, full):
    return full if FULL else small


class SlowSink(SmtpSink):
    """Takes its time before and after it has a message, so that kills find both moments."""

    def __init__(self, before=0.0, after=0.0):
        super().__init__()
        self.before, self.dawdle = before, after

    async def handle_RCPT(self, *args):
        await asyncio.sleep(self.before)
        return await super().handle_RCPT(*args)


def environment(folder: Path, database_url: str = "") -> dict[str, str]:
    """The environment of processes with an empty database of their own."""
    found = {name: value for name, value in os.environ.items() if not name.startswith(NAMED)}
    found |= {"MENTORSHIP_VAR": str(folder), "MENTORSHIP_EMBEDDED": "1"}
    return found | ({"DATABASE_URL": database_url} if database_url else {})


def run(env, *command) -> str:
    """One process of ours to its end; what it printed."""
    done = subprocess.run([sys.executable, *command], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def hand(env, *command) -> str:
    return run(env, "-m", "tests.fire.hand", *map(str, command))


def asked(env, question: str) -> list[tuple]:
    """What the database itself says, without a process of ours: it is asked again and again."""
    url = env.get("DATABASE_URL")
    with contextlib.closing(
        psycopg2.connect(url)
        if url
        else sqlite3.connect(Path(env["MENTORSHIP_VAR"]) / "mentorship.sqlite3", timeout=20)
    ) as connection:
        cursor = connection.cursor()
        cursor.execute(question)
        return cursor.fetchall()


def states(env) -> dict[str, int]:
    """How many letters stand in which state."""
    return dict(asked(env, "SELECT state, COUNT(*) FROM outbox_letter GROUP BY state"))


def tries(env) -> int:
    """How many tries are counted, over all letters."""
    return asked(env, "SELECT SUM(tries) FROM outbox_letter")[0][0]


class Hands:
    """The processes that deliver, each with a log of its own."""

    def __init__(self, env, how, folder, number=2):
        self.env, self.how, self.folder = env, how, folder
        self.running, self.logs = [], []
        for _ in range(number):
            self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process, _log in self.running:
            process.kill()
            process.wait()

    def start(self) -> None:
        log = self.folder / f"hand{len(self.logs)}.log"
        self.logs.append(log)
        command = [sys.executable, "-m", "tests.fire.hand", self.how]
        self.running.append((start(command, log=log, env=self.env, cwd=settings.BASE_DIR), log))

    def at_work(self, nothing_left):
        """The oldest, once it has sent its first letter; None if there is no work left."""
        process, log = self.running[0]
        wait_until(
            lambda: b"at work" in log.read_bytes() or nothing_left(),
            seconds=60, what="A worker", process=process, log=log,
        )  # fmt: skip
        return None if nothing_left() else process

    def kill_the_oldest(self, nothing_left, within) -> bool:
        """Kills one that is at work, at a random moment, and starts another; False if there was no work left."""
        if (process := self.at_work(nothing_left)) is None:
            return False
        time.sleep(random.uniform(*within))
        process.kill()
        process.wait()
        del self.running[0]
        self.start()
        return True

    def freeze_the_oldest(self, nothing_left, seconds) -> bool:
        """Stops one that is at work for longer than its lease, then lets it go on; False if there was no work left."""
        if (process := self.at_work(nothing_left)) is None:
            return False
        time.sleep(random.uniform(0, 0.3))
        process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        process.send_signal(signal.SIGCONT)
        self.running.append(self.running.pop(0))
        return True


def lost_and_again(letters: int, came: Counter) -> tuple[int, int]:
    """How many never came, and how many came once too often."""
    return letters - len(came), sum(came.values()) - len(came)
