"""Mail servers as they are: each misbehaviour leaves its letter in the state the table says, and all others arrive.

The table stands in docs/production.md for whoever runs an installation.
"""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, syntax
from django.conf import settings as project

from outbox import actions, delivery, kinds, letters, transport
from outbox.delivery import TRIES, deliver_due
from outbox.models import Letter, LetterState
from outbox.sweeping import never
from profiles.models import User
from tests.fire.scene import size
from tests.parts.processes import free_port

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
SILENCE = 1.5


class Zoo(SMTP):
    """Behaves by whom a message is for."""

    @syntax("DATA")
    async def smtp_DATA(self, arg):
        if "dropped-after-data" in "".join(self.envelope.rcpt_tos):
            await self.push("354 Go on")
            self.transport.close()
            return
        await super().smtp_DATA(arg)


class Keeper:
    """What the server answers, and what has come."""

    def __init__(self):
        self.came = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        who = address.split("@")[0]
        if who == "gone":
            return "550 5.1.1 No such person"
        if who == "greylisted":
            return "451 4.7.1 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        who = envelope.rcpt_tos[0].split("@")[0]
        if who == "closing":
            return "421 4.3.2 Closing"
        if who == "refused":
            return "550 5.7.1 Looks like spam"
        if who == "silent":
            await asyncio.sleep(SILENCE * 2)
            return "250 OK"
        self.came.append(who)
        if who == "dropped-after-dot":
            server.transport.close()
        return "250 OK"


# Whom a letter is for, the state it is in after one run, the tries counted, and whether the person is marked.
TABLE = {
    "gone": (LetterState.DEAD, 0, True),
    "greylisted": (LetterState.WAITING, 1, False),
    "closing": (LetterState.WAITING, 1, False),
    "refused": (LetterState.WAITING, 1, False),
    "silent": (LetterState.WAITING, 1, False),
    "dropped-after-data": (LetterState.WAITING, 1, False),
    "dropped-after-dot": (LetterState.WAITING, 1, False),
    "unrenderable": (LetterState.WAITING, 1, False),
}


class Port(Controller):
    def factory(self):
        return Zoo(self.handler)


@pytest.fixture
def zoo(settings):
    """The server, and the settings that send there."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), SILENCE
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    keeper = Keeper()
    port = Port(keeper, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    port.start()
    transport.rest.over()
    yield keeper
    port.stop()
    transport.rest.over()


def broken(letter, now):
    raise KeyError("a letter that cannot be made")


@pytest.fixture
def seeded(monkeypatch):
    """One letter to each of the table, and many to people with nothing wrong."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(kinds.Kind("tests.broken", "Broken", "outbox/fresh_link.txt", still_needed=broken, any_hour=True))
    number = size(60, 9_999)
    names = [*TABLE, *(f"person{n}" for n in range(number))]
    people = User.objects.bulk_create(User(name=name, email=f"{name}@example.org", password="!") for name in names)
    about = {"purpose": "unsubscribe", "thing": "north", "ends": (NOW + timedelta(days=30)).isoformat()}
    written = [
        letters.write(
            "tests.broken" if person.name == "unrenderable" else "outbox.fresh_link",
            person, key="zoo", context={}, topic="north", now=NOW, about=about,
        )
        for person in people
    ]  # fmt: skip
    assert actions.post(written) == len(names)
    return number


def test_each_misbehaviour_has_its_state_and_all_others_arrive(zoo, seeded):
    deliver_due(NOW, never)
    assert Letter.objects.filter(state=LetterState.SENT).count() == seeded
    # A run over thousands is long enough for further tries.
    found = {
        letter.recipient.name: (letter.state, min(letter.tries, 1), letter.recipient.address_bounced_at is not None)
        for letter in Letter.objects.exclude(state=LetterState.SENT).select_related("recipient")
    }
    assert found == TABLE
    assert {name for name in zoo.came if name in TABLE} == {"dropped-after-dot"}
    # Six tries, and somebody is told; nobody who was well got anything twice.
    for day in range(1, TRIES + 1):
        deliver_due(NOW + timedelta(days=day), never)
    assert set(Letter.objects.exclude(state=LetterState.SENT).values_list("state", flat=True)) == {LetterState.DEAD}
    assert sorted(zoo.came).count("person7") == 1


def test_where_one_letter_may_end_the_run_the_others_are_seen_to_stay(zoo, seeded, monkeypatch):
    def given_up(sweep, letter, old, words):
        raise RuntimeError(words)

    monkeypatch.setattr(delivery.Sweep, "try_later", given_up)
    with pytest.raises(RuntimeError):
        deliver_due(NOW, never)
    assert Letter.objects.filter(state=LetterState.SENT).count() < seeded


def test_a_server_that_refuses_tls_or_us_is_no_try_of_any_letter(zoo, seeded, settings):
    settings.EMAIL_USE_TLS = True
    assert deliver_due(NOW, never) == 0
    assert set(Letter.objects.values_list("state", "tries")) == {(LetterState.WAITING, 0)}
    settings.EMAIL_USE_TLS = False
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "somebody", "wrong"
    transport.rest.over()
    assert deliver_due(NOW, never) == 0
    assert set(Letter.objects.values_list("state", "tries")) == {(LetterState.WAITING, 0)}


def test_the_table_people_read_is_this_one():
    text = (Path(project.BASE_DIR) / "docs" / "production.md").read_text()
    said = dict(re.findall(r"^\| .* \| `([a-z-]+)` \| (\w+)", text, re.MULTILINE))
    words = {LetterState.WAITING: "again", LetterState.DEAD: "dead"}
    assert said == {name: words[state] for name, (state, _tries, _marked) in TABLE.items()} | {"no-tls": "untouched"}
