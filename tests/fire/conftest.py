"""Each of these tests brings servers of its own, so one run of the suite is enough for both databases."""

import pytest

from tests.fire import scene


def pytest_collection_modifyitems(items):
    for item in items:
        if "/fire/" in str(item.path):
            item.add_marker(pytest.mark.parts)
            item.add_marker(pytest.mark.once)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """The environment of processes with an empty database of their own."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    env = scene.environment(tmp_path, url)
    scene.run(env, "manage.py", "migrate", "-v0")
    return env
