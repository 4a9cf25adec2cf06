"""Time that passes in a story: the clock is moved on, the worker does what is due, letters are read."""

import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import time_machine
from django.urls import reverse
from django.utils import timezone

from council import promise
from matching.models import Pairing
from mentorship.sweeps import tick
from outbox import links
from tests import world as w
from tests.stories.browsing import Browser
from tests.surface import TOKEN

NOON = datetime(2026, 11, 16, 11, 30, tzinfo=UTC)
ADDRESS = re.compile(r"http\S+")


class Days:
    """The clock of a story, and the letters that came by it."""

    def __init__(self, traveller, sink):
        self.traveller, self.sink = traveller, sink
        self.begins = timezone.now()

    def sweep(self) -> None:
        """What the worker does within a few seconds; whatever happened, nobody is lost."""
        _counts, failed = tick(timezone.now(), seconds=60)
        assert not failed
        assert list(promise.sentences(promise.lost(timezone.now()))) == []

    def to(self, day: int) -> None:
        """On to that day of the story, day by day, each with its sweeps."""
        while (timezone.now() - self.begins).days < day:
            self.traveller.move_to(timezone.now() + timedelta(days=1))
            self.sweep()

    def on(self, *days: int) -> None:
        """The sweeps of these days of the story alone: those between them bring nothing it is about."""
        for day in days:
            self.traveller.move_to(self.begins + timedelta(days=day))
            self.sweep()

    def letters(self, person, since: int = 0) -> list:
        """What somebody was sent, from the given number on."""
        return self.sink.to(person.email)[since:]

    def last(self, person):
        return self.sink.to(person.email)[-1]


@contextmanager
def passing(sink, begins=NOON):
    with time_machine.travel(begins, tick=True) as traveller:
        yield Days(traveller, sink)


def link(letter, purpose: str) -> str:
    """The address in a letter that is for this."""
    for address in ADDRESS.findall(letter.text):
        token = TOKEN.search(address)
        if token and links.read(token[0], timezone.now()).purpose == purpose:
            return address[address.index("/", len("https://")) :]
    raise LookupError(f"No link for {purpose} in:\n{letter.text}")


def browser(person=None) -> Browser:
    """A browser in which somebody is signed in, or nobody."""
    opened = Browser()
    if person is not None:
        opened.client = w.signed_in(person)
    return opened


def words(page: str) -> str:
    """The text of a page without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def buttons(page: Browser, name: str) -> list[str]:
    """The values offered under a name, radio buttons included."""
    tags = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page.text)
    return [re.search(r'value="([^"]*)"', tag)[1] for tag in tags]


class Harbour:
    """A small program with its rules and its people, and one pair that has just begun."""

    def __init__(self, **fields):
        named = {
            "farida": "Farida Haddad", "sean": "Sean Byrne", "elif_": "Elif Kaya", "lena": "Lena Brandt",
            "chitra": "Chitra Menon", "amara": "Amara Okafor", "dafydd": "Dafydd Rees", "nadia": "Nadia Petrova",
            "joana": "Joana Prado", "kofi": "Kofi Asante",
        }  # fmt: skip
        self.people = {key: w.make_person(name, f"{key.strip('_')}@example.org") for key, name in named.items()}
        form = w.make_questionnaire()
        self.program = w.make_program(
            "Harbour volunteers", slug="harbour", safeguarding=self.joana, deputy=self.kofi, now=timezone.now(),
            opened_at=timezone.now(), mentor_questionnaire=form, mentee_questionnaire=form, **fields,
        )  # fmt: skip
        self.members = {}
        for role, keys in {
            "coordinator": ["farida", "sean"], "council": ["elif_", "lena"], "mentor": ["chitra", "dafydd"],
            "mentee": ["amara", "nadia"],
        }.items():  # fmt: skip
            for key in keys:
                self.members[key] = self.join(role, self.people[key], form)
        w.make_policy(self.program, w.RULES, by=self.farida, now=timezone.now())

    def __getattr__(self, name):
        people = self.__dict__.get("people", {})
        if name in people:
            return people[name]
        raise AttributeError(name)

    def join(self, role, person, form=None):
        """A place in the program, with answers that let everybody be matched with everybody."""
        sheet = None
        if role in ("mentor", "mentee"):
            form = form or self.program.mentor_questionnaire
            sheet = w.make_sheet(form, organisation=f"Department of {role}s", profession="Policy", grade="HEO")
        return w.add_member(self.program, role, person, sheet=sheet, now=timezone.now())

    def pair(self, mentor: str, mentee: str) -> Pairing:
        """Paired by a coordinator, on the page for it."""
        page = browser(self.farida)
        url = reverse("matching:by_hand", args=[self.program.slug, self.members[mentee].public_id])
        page.open(f"{url}?mentor={self.members[mentor].public_id}")
        page.submit_last()
        return Pairing.objects.open().get(mentor=self.members[mentor], mentee=self.members[mentee])

    def url(self, name, *args) -> str:
        return reverse(f"council:{name}", args=[self.program.slug, *args])
