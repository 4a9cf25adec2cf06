"""A text of our own, a kind of email for it, and letters of that kind."""

from datetime import UTC, datetime

import pytest
from django.template import engines

from outbox import actions, kinds, letters, transport
from outbox.kinds import Kind
from tests.world import make_person

# A Monday, ten in the morning in London.
NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
TEXT = """About your mentoring

Hello {{ person.name }},

{{ words|default:"there is news." }}

- one
- two

[link: home]

It opens until {{ until|default:"May" }}.
"""


@pytest.fixture(autouse=True)
def rested():
    transport.rest.over()
    yield
    transport.rest.over()


@pytest.fixture
def text(tmp_path, monkeypatch):
    """text(name, words) writes a template file that the letters engine finds."""
    engine = engines["letters"].engine
    monkeypatch.setattr(engine, "dirs", [tmp_path, *engine.dirs])

    def write(name, words):
        (tmp_path / name).write_text(words)
        for loader in engine.template_loaders:
            loader.reset()

    yield write
    for loader in engine.template_loaders:
        loader.reset()


@pytest.fixture
def kind(text, monkeypatch):
    """kind(**fields) registers a kind for this test."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))

    def make(name="tests.news", words=TEXT, **fields):
        text(f"{name}.txt", words)
        return kinds.register(Kind(name, "News", f"{name}.txt", **fields))

    return make


@pytest.fixture
def post(db):
    """post(kind, person, key, …) posts one letter and returns it as stored."""

    def make(kind, to=None, key="matter", *, now=NOW, topic="north", context=None, **fields):
        to = to or make_person()
        letter = letters.write(kind, to, key=key, context=context or {}, topic=topic, now=now, **fields)
        actions.post([letter])
        return type(letter).objects.get(key=letter.key)

    return make
