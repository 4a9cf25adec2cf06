"""How fast letters leave, what a sweep costs beside a long history, and whether a dead broker is felt on pages.

    .venv/bin/python bench/letters.py [--letters 2000] [--history 1000000] [--writes 500]

One run, PostgreSQL and SQLite in turn; the mail server answers at once. Ratios are what counts.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")

from tests.fire import scene  # noqa: E402
from tests.fire.test_broker import Person  # noqa: E402
from tests.parts import postgres, redis  # noqa: E402
from tests.parts.processes import answers, end, free_port, start, wait_until  # noqa: E402

SWEEPS = 9


def databases(stack):
    """(name, environment of processes with an empty database) of each kind."""
    running = stack.enter_context(postgres.cluster())
    for name, url in (("PostgreSQL", postgres.new_database(running.url)), ("SQLite", "")):
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        env = scene.environment(folder, url)
        scene.run(env, "manage.py", "migrate", "-v0")
        yield name, folder, env


def pace(env, folder, letters, processes) -> float:
    """Letters a second, from the first to the last, with that many processes."""
    with scene.SlowSink() as sink, ExitStack() as stack:
        env = env | sink.environment()
        scene.hand(env, "seed", letters)
        stack.enter_context(scene.Hands(env, "work", folder, number=processes))
        wait_until(lambda: sink.received, what="the first email")
        began = time.monotonic()
        wait_until(lambda: len(sink.received) >= letters, seconds=3600, what="the last email")
        return letters / (time.monotonic() - began)


def cost(env) -> float:
    """Seconds of a sweep that finds 100 letters due: the median of some, without the mail server."""
    return statistics.median(float(scene.hand(env, "sweep", 100)) for _ in range(SWEEPS))


def slowest(env, folder, writes) -> float:
    """The 99th percentile of a page that writes, in milliseconds."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "mentorship.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "2"]
    web = start([*command, "--no-control-socket"], log=folder / "web.log", env=env, cwd=ROOT)
    try:
        wait_until(lambda: answers(port), what="the web server", process=web, log=folder / "web.log")
        person = Person(port)
        person.ask("GET", "/accounts/login/")
        person.post("/accounts/login/", login="somebody@example.org", password="harbour-lantern")
        took = []
        for number in range(writes):
            began = time.monotonic()
            status, _text = person.post("/profile/", name=f"Somebody {number}", time_zone="Europe/London", pronouns="")
            took.append(time.monotonic() - began)
            assert status == 302
        return 1000 * statistics.quantiles(took, n=100)[98]
    finally:
        end(web)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--letters", type=int, default=2000)
    parser.add_argument("--history", type=int, default=1_000_000)
    parser.add_argument("--writes", type=int, default=500)
    options = parser.parse_args()
    model = subprocess.run(["lscpu"], capture_output=True, text=True).stdout
    names = [line.split(":")[1].strip() for line in model.splitlines() if "Model name" in line]
    print(f"{os.cpu_count()} cores, {''.join(names) or platform.machine()}, Python {platform.python_version()}\n")
    with ExitStack() as stack:
        for kind, folder, env in databases(stack):
            one, two = (pace(env, folder, options.letters, processes) for processes in (1, 2))
            print(f"{kind}: {one:.0f} letters a second by one process, {two:.0f} by two ({two / one:.2f})")
            few = cost(env)
            scene.hand(env, "history", options.history)
            many = cost(env)
            print(
                f"{kind}: a sweep that finds 100 due: {many:.3f} s beside {options.history:,} sent, "
                f"{few:.3f} s beside few ({many / few:.2f})"
            )
            if kind == "PostgreSQL":
                scene.hand(env, "somebody")
                scene.run(env, "manage.py", "createcachetable")
                broker = stack.enter_context(redis.server())
                up = slowest(env | {"REDIS_URL": f"{broker.url}/0"}, folder, options.writes)
                broker.stop()
                down = slowest(env | {"REDIS_URL": f"{broker.url}/0"}, folder, options.writes)
                broker.start()
                print(f"{options.writes} writes on a page, p99: {up:.0f} ms, without the broker {down:.0f} ms")


if __name__ == "__main__":
    main()
