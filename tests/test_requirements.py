"""What is installed is what was asked for."""

import re
from importlib.metadata import version
from pathlib import Path

import dj_database_url
import pytest
from django.db.utils import ConnectionHandler
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.once

LISTS = ("requirements", "requirements-dev")


def asked(name: str) -> list[Requirement]:
    """The hand-written list."""
    lines = (ROOT / f"{name}.in").read_text().splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith(("#", "-"))]


def pinned(name: str) -> dict[str, dict]:
    """The compiled list: version, marker, hashes and what each is there for."""
    pins = {}
    for block in re.split(r"\n(?=[A-Za-z0-9])", (ROOT / f"{name}.txt").read_text()):
        if not (first := re.match(r"(?P<name>[\w.-]+)==(?P<version>[^ \\;]+)(?: ; (?P<marker>[^\\]+))?", block)):
            continue
        pins[canonicalize_name(first["name"])] = {
            "version": first["version"],
            "hashes": block.count("--hash=sha256:"),
            "asked": f"-r {name}.in" in block,
            "here": Requirement(f"x ; {first['marker']}").marker.evaluate() if first["marker"] else True,
        }
    return pins


@pytest.mark.parametrize("name", LISTS)
def test_the_hashed_list_is_in_step_with_the_written_one(name):
    pins = pinned(name)
    assert {canonicalize_name(requirement.name) for requirement in asked(name)} == {
        key for key, pin in pins.items() if pin["asked"]
    }
    assert all(pin["hashes"] for pin in pins.values())
    for requirement in asked(name):
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]["version"]), requirement


@pytest.mark.parametrize("name", LISTS)
def test_installed_is_what_is_pinned(name):
    installed = {key: version(key) for key, pin in pinned(name).items() if pin["here"]}
    assert installed == {key: pin["version"] for key, pin in pinned(name).items() if pin["here"]}


def test_both_lists_pin_the_same_versions():
    served, developed = pinned("requirements"), pinned("requirements-dev")
    for key in served.keys() & developed.keys():
        assert served[key]["version"] == developed[key]["version"], key


@pytest.mark.parametrize(
    ("package", "floor"), [("Django", "5.2.19"), ("django-allauth", "65.21.1"), ("celery", "5.7"), ("redis", "8")]
)
def test_nothing_is_under_its_floor(package, floor):
    assert Version(version(package)) >= Version(floor)


def test_django_talks_to_postgresql_through_psycopg2(db, postgres_url):
    connection = ConnectionHandler({"default": dj_database_url.parse(postgres_url)})["default"]
    try:
        connection.ensure_connection()
        assert type(connection.connection).__module__.split(".")[0] == "psycopg2"
    finally:
        connection.close()
