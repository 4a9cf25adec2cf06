"""PostgreSQL, Redis and the mail server go away in mid-flight and come back: the workers go on by themselves."""

import http.client
import sys
import threading
import time
from contextlib import ExitStack

import pytest
from django.conf import settings

from tests.fire import scene
from tests.fire.scene import Hands, SlowSink, size
from tests.parts import postgres, redis
from tests.parts.processes import answers, end, free_port, start, wait_until

TIMES = size(1, 5)
LETTERS = size(90, 2000)
# How long each of them is away.
AWAY = 2.0


@pytest.fixture
def servers():
    """A PostgreSQL and a Redis that nothing else uses."""
    with ExitStack() as stack:
        try:
            yield stack.enter_context(postgres.cluster()), stack.enter_context(redis.server())
        except (postgres.NoPostgres, redis.NoRedis) as reason:
            pytest.skip(str(reason))


def reads(port, seconds, found) -> None:
    """Reads pages without pause for a while; what they answered."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends or len(found) < size(40, 500):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", ("/", "/accounts/login/", "/readyz", "/try/")[len(found) % 4])
            found.append(connection.getresponse().status)
        except OSError as error:
            found.append(str(error))
        finally:
            connection.close()


def test_workers_go_on_by_themselves_and_nothing_is_lost(servers, tmp_path):
    database, broker = servers
    with SlowSink(after=0.05) as sink, ExitStack() as stack:
        url = postgres.new_database(database.url)
        env = scene.environment(tmp_path, url) | sink.environment()
        env |= {"REDIS_URL": f"{broker.url}/0", "REDIS_CACHE_URL": f"{broker.url}/1"}
        scene.run(env, "manage.py", "migrate", "-v0")
        port = free_port()
        celery = [sys.executable, "-m", "celery", "-A", "mentorship"]
        web = [sys.executable, "-m", "gunicorn", "mentorship.wsgi", "--threads", "4", "--bind", f"127.0.0.1:{port}"]
        for name, command in {
            "worker": [*celery, "worker", "--concurrency", "2"],
            "beat": [*celery, "beat"],
            "web": [*web, "--no-control-socket"],
        }.items():
            process = start(command, log=tmp_path / f"{name}.log", env=env, cwd=settings.BASE_DIR)
            stack.callback(end, process)
        wait_until(lambda: answers(port), what="the web server")
        scene.hand(env, "seed", LETTERS)
        took, statuses, log = [], [], tmp_path / "worker.log"
        for _ in range(TIMES):
            for what in (database, broker, sink):
                before = len(sink.received)
                wait_until(lambda: len(sink.received) > before + 3, what="the next email", log=log)  # noqa: B023
                what.stop()
                if what is broker:
                    reader = threading.Thread(target=reads, args=(port, AWAY, statuses))
                    reader.start()
                    reader.join()
                else:
                    time.sleep(AWAY)
                what.start()
                back, before = time.monotonic(), len(sink.received)
                wait_until(lambda: len(sink.received) > before, seconds=60, what="the next email", log=log)  # noqa: B023
                took.append(round(time.monotonic() - back, 1))
        wait_until(lambda: len(sink.count_by_message_id()) > LETTERS - 5, seconds=scene.SECONDS, what="most of them")
        scene.hand(env, "expire")
        wait_until(lambda: scene.states(env) == {"sent": LETTERS}, seconds=scene.SECONDS, what="the last email")
        lost, again = scene.lost_and_again(LETTERS, sink.count_by_message_id())
        tries = scene.tries(env)
    print(f"restarts {3 * TIMES}, lost {lost}, sent again {again}, back after {max(took)} s; pages {len(statuses)}")
    assert lost == 0
    # Each of two processes may have had one in its hands at each restart of the database or the mail server.
    assert again <= 2 * 2 * TIMES
    assert set(statuses) == {200}
    # A letter in the hands of a process whose database went away was found `sending`; no other counts a try.
    assert tries <= 2 * TIMES


def test_where_a_server_that_is_away_is_a_try_the_tries_are_seen_to_grow(one_database, tmp_path):
    with SlowSink() as sink:
        env = one_database | sink.environment()
        scene.hand(env, "seed", 20)
        sink.stop()
        with Hands(env, "counting", tmp_path, number=1):
            wait_until(lambda: scene.tries(env) > 2 * TIMES, what="a try too many")
        sink.start()
