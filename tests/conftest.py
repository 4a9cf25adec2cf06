"""What every test may ask for: see tests/parts for the servers behind it."""

import contextlib
import os

import pytest

from tests.parts import axe as axe_part
from tests.parts import chromium, postgres, redis
from tests.parts.smtp import SmtpSink


def _missing(reason: str):
    """A part this machine lacks: skipped loudly, and a failure in CI, which must have it."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


# They take long, so each process begins with its share of them, and the others fill the time.
LONG = ("/fire/", "test_year.py", "test_letters_of_a_year.py", "test_run.py", "test_worker.py", "test_demo.py")


def pytest_collection_modifyitems(items):
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [item for item in items if any(name in str(item.path) for name in LONG)]
    others = [item for item in items if item not in set(long)]
    shares = [[*long[n::processes], *others[n::processes]] for n in range(processes)]
    # Each process is given one part of the list as it stands, and they are of one length.
    items[:] = [item for share in shares for item in share]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """Each test process has a database file of its own, also beside another run of the same checkout."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = tmp_path_factory.mktemp("database") / "test.sqlite3"
    elif worker := os.environ.get("PYTEST_XDIST_WORKER"):
        connection.settings_dict["TEST"]["NAME"] = f"test_mentorship_{worker}"


@pytest.fixture(autouse=True)
def _forgotten_rate_limits(request):
    """The cache outlives a test that commits; what it counted must not."""
    yield
    if {"transactional_db", "live_server"} & set(request.fixturenames):
        from django.core.cache import cache

        cache.clear()


@pytest.fixture
def smtp_sink(settings):
    """A real SMTP server that this test's letters go to; `received` holds what came."""
    with SmtpSink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = sink.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield sink


@pytest.fixture(scope="session")
def postgres_server():
    """The URL of a PostgreSQL cluster of our own, without a database."""
    if (given := os.environ.get("DATABASE_URL", "")).startswith("postgres"):
        yield given.rpartition("/")[0]
        return
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(postgres.cluster()).url
        except postgres.NoPostgres as reason:
            _missing(str(reason))
        yield url


@pytest.fixture
def postgres_url(postgres_server):
    """The URL of an empty PostgreSQL database."""
    return postgres.new_database(postgres_server)


@pytest.fixture(scope="session")
def redis_url():
    """The URL of a Redis of our own, without a database number."""
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(redis.server()).url
        except redis.NoRedis as reason:
            # Not a failure in CI: from Python 3.13 on there may be none to be had.
            pytest.skip(str(reason))
        yield url


@pytest.fixture
def live_workers(transactional_db, tmp_path):
    """Starts real processes of ours on this test's database: `live_workers.start()` is a worker."""
    from tests.parts.workers import LiveWorkers

    workers = LiveWorkers(tmp_path)
    yield workers
    workers.end()


@pytest.fixture(scope="session")
def chromium_path():
    try:
        return chromium.find_or_install()
    except chromium.NoChromium as reason:
        _missing(str(reason))


@pytest.fixture(scope="session")
def browser(chromium_path):
    """Chromium, driven by Playwright; make a context for each person."""
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code of ours.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=list(chromium.FLAGS))
        yield running
        running.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser):
    """A page whose console errors and refused contents fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    troubles = []
    opened.on("console", lambda line: troubles.append(line.text) if line.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    yield opened
    context.close()
    assert not troubles, troubles


@pytest.fixture
def axe():
    """axe(page) -> its violations, a line each."""
    return axe_part.violations
