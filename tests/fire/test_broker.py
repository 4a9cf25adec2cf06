"""A broker that refuses or says nothing: the web never talks to it, so nobody who writes notices."""

import http.client
import shutil
import signal
import socket
import subprocess
import sys
import urllib.parse
from contextlib import ExitStack
from http.cookies import SimpleCookie

import pytest
from django.conf import settings

from tests.fire import scene
from tests.fire.scene import size
from tests.parts.processes import answers, end, free_port, start, wait_until

WRITES = size(12, 500)


@pytest.fixture(params=["refusing", "silent"])
def broker(request):
    """A port where nobody is, and one where somebody takes the call and says nothing."""
    if request.param == "refusing":
        yield free_port()
        return
    with socket.create_server(("127.0.0.1", 0), backlog=600) as listening:
        yield listening.getsockname()[1]


class Person:
    """A browser in as few lines as will do: it keeps cookies and posts forms."""

    def __init__(self, port):
        self.port, self.cookies = port, {}

    def ask(self, method, path, fields=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        for header in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        connection.close()
        return answer.status, text

    def post(self, path, **fields):
        return self.ask("POST", path, {"csrfmiddlewaretoken": self.cookies["csrftoken"], **fields})


def test_writing_on_pages_does_not_notice(broker, empty_file, tmp_path):
    port = free_port()
    shutil.copy(empty_file, tmp_path)
    env = scene.environment(tmp_path) | {"REDIS_URL": f"redis://127.0.0.1:{broker}/0"}
    scene.hand(env, "somebody")
    with ExitStack() as stack:
        command = [sys.executable, "-m", "gunicorn", "mentorship.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "2"]
        web = start([*command, "--no-control-socket"], log=tmp_path / "web.log", env=env, cwd=settings.BASE_DIR)
        stack.callback(end, web)
        wait_until(lambda: answers(port), what="the web server", process=web, log=tmp_path / "web.log")
        person = Person(port)
        person.ask("GET", "/accounts/login/")
        status, _text = person.post("/accounts/login/", login="somebody@example.org", password="harbour-lantern")
        assert status == 302
        statuses = []
        for number in range(WRITES):
            name = f"Somebody {number}"
            status, _text = person.post("/profile/", name=name, time_zone="Europe/London", pronouns="")
            statuses.append(status)
        _status, text = person.ask("GET", "/profile/")
    print(f"{WRITES} writes, {statuses.count(302)} without an error")
    assert set(statuses) == {302} and f"Somebody {WRITES - 1}" in text


# What a page would do that hands work over by itself; the alarm ends it where it hangs.
DELAY = """
import os, signal
os.environ["DJANGO_SETTINGS_MODULE"] = "mentorship.settings"
import django
django.setup()
from mentorship.tasks import sweep
signal.alarm(5)
sweep.delay("deliver")
"""


def test_a_page_that_talked_to_it_would_notice(broker, empty_file, tmp_path):
    shutil.copy(empty_file, tmp_path)
    env = scene.environment(tmp_path) | {"REDIS_URL": f"redis://127.0.0.1:{broker}/0"}
    done = subprocess.run([sys.executable, "-c", DELAY], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True)
    hung, refused = done.returncode == -signal.SIGALRM, "Connection refused" in done.stderr
    assert hung or refused, done.stderr[-2000:]
