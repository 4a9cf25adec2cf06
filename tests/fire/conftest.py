"""Each of these tests brings servers of its own, so one run of the suite is enough for both databases."""

import shutil

import pytest

from tests.fire import scene
from tests.parts import postgres


def pytest_collection_modifyitems(items):
    for item in items:
        if "/fire/" in str(item.path):
            item.add_marker(pytest.mark.parts)
            item.add_marker(pytest.mark.once)


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory):
    """A SQLite file with all tables and nobody in it."""
    folder = tmp_path_factory.mktemp("empty")
    scene.run(scene.environment(folder), "manage.py", "migrate", "-v0")
    scene.run(scene.environment(folder), "manage.py", "createcachetable")
    return folder / "mentorship.sqlite3"


@pytest.fixture(scope="session")
def empty_name(postgres_server, tmp_path_factory):
    """The same in PostgreSQL: the name of a database to copy."""
    url = postgres.new_database(postgres_server)
    scene.run(scene.environment(tmp_path_factory.mktemp("empty"), url), "manage.py", "migrate", "-v0")
    return url.rpartition("/")[2]


def of_kind(kind, request, tmp_path) -> dict[str, str]:
    """The environment of processes with an empty database of their own."""
    if kind == "postgresql":
        name = request.getfixturevalue("empty_name")
        return scene.environment(tmp_path, postgres.copy_database(request.getfixturevalue("postgres_server"), name))
    # The side files of the log are merged in whenever the last process closes it.
    shutil.copy(request.getfixturevalue("empty_file"), tmp_path)
    return scene.environment(tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    return of_kind(request.param, request, tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"] if scene.FULL else ["sqlite"])
def one_database(request, tmp_path):
    """For controls, and for what is slow: on one database, but for a night on both."""
    return of_kind(request.param, request, tmp_path)
