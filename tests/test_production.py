"""The Procfile's own lines, in the environment docs/production.md asks for."""

import re
import secrets
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.parts.processes import answers, end, free_port, start, wait_until

ROOT = Path(__file__).resolve().parent.parent
HOST = "mentoring.example.org"

pytestmark = [pytest.mark.parts, pytest.mark.once]


def procfile() -> dict[str, str]:
    return dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())


@pytest.fixture
def production(db, postgres_url, redis_url, tmp_path):
    """The environment of an installation with a real PostgreSQL and Redis."""
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "MENTORSHIP_VAR": str(tmp_path),
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
        "DJANGO_ALLOWED_HOSTS": HOST,
        "PUBLIC_URL": f"https://{HOST}",
        "DATABASE_URL": postgres_url,
        "REDIS_URL": f"{redis_url}/0",
        "REDIS_CACHE_URL": f"{redis_url}/1",
        "EMAIL_HOST": "127.0.0.1",
        "PORT": str(free_port()),
    }


def get(port: str, path: str, **headers: str):
    connection = HTTPConnection("127.0.0.1", int(port), timeout=10)
    try:
        connection.request("GET", path, headers={"Host": HOST, **headers})
        answer = connection.getresponse()
        return answer, answer.read().decode(errors="replace")
    finally:
        connection.close()


def test_the_release_and_the_web_server_as_the_procfile_starts_them(production, tmp_path):
    lines = procfile()
    released = subprocess.run(
        ["/bin/sh", "-c", lines["release"]], cwd=ROOT, env=production, capture_output=True, text=True
    )
    assert released.returncode == 0, released.stdout + released.stderr

    log, port = tmp_path / "web.log", production["PORT"]
    web = start(["/bin/sh", "-c", f"exec {lines['web']}"], cwd=ROOT, env=production, log=log)
    try:
        wait_until(lambda: answers(int(port)), what="the web server", process=web, log=log)
        plain, _ = get(port, "/")
        assert (plain.status, plain.getheader("Location")) == (301, f"https://{HOST}/")

        secure = {"X-Forwarded-Proto": "https"}
        answer, page = get(port, "/", **secure)
        assert answer.status == 200, log.read_text()
        assert answer.getheader("Strict-Transport-Security")
        assert "script-src 'self'" in answer.getheader("Content-Security-Policy")
        # Hashed names, kept for ever by browsers; every one the page asks for is there.
        assets = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
        assert assets
        for asset in assets:
            assert re.search(r"\.[0-9a-f]{12}\.", asset), asset
            assert get(port, asset, **secure)[0].status == 200, asset

        # The embedded mailbox shows everybody's emails: it must not exist here.
        assert get(port, "/mailbox/", **secure)[0].status in (302, 404)
        assert get(port, "/", **secure | {"Host": "elsewhere.example.org"})[0].status == 400
    finally:
        end(web)


def test_without_a_secret_key_production_does_not_start(production):
    del production["DJANGO_SECRET_KEY"]
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=production, capture_output=True, text=True
    )
    assert done.returncode != 0 and "DJANGO_SECRET_KEY" in done.stderr


def test_every_variable_the_settings_read_is_explained():
    code = (ROOT / "mentorship" / "settings.py").read_text()
    read = set(re.findall(r"""environ(?:\.get\(|\[)["'](\w+)["']""", code))
    words = (ROOT / "docs" / "production.md").read_text()
    # For developers alone.
    assert {name for name in read if name not in words} <= {"DJANGO_DEBUG", "MENTORSHIP_EMBEDDED"}
