"""Links in emails: written as [link: purpose], signed only at the moment of sending."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "outbox.links"
LASTS = timedelta(days=30)
# What a letter holds in the place of a link: its purpose, and the words on it where a program has some of its own.
MARK = re.compile(r"\[link: ([a-z_]+)(?:\|([^\[\]|\n]+))?\]")


class BadLink(Exception):
    """Not a link of ours, or not one for this."""


class LinkEnded(Exception):
    """A true link whose time is over; carries what it was for, so that a fresh one can be sent."""

    def __init__(self, signed):
        super().__init__("This link has ended.")
        self.signed = signed


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signed link says: one purpose, one person, one thing, one end."""

    purpose: str
    person: str
    thing: str
    ends: datetime


def _thirty_days(letter, now) -> datetime:
    return now + LASTS


def _its_topic(letter) -> str:
    return letter.topic


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a link is for: either an address of ours, or a signed one with a page of its own."""

    name: str
    words: str
    url: Callable[[Any], str] | None = None
    # Signed purposes: page(request, signed, person, token) answers GET with one button and acts on POST alone.
    page: Callable[..., Any] | None = None
    thing: Callable[[Any], str] = _its_topic
    ends: Callable[[Any, datetime], datetime] = _thirty_days


_purposes: dict[str, Purpose] = {}


def register(purpose: Purpose) -> Purpose:
    """Makes a purpose known; once per name."""
    if (purpose.url is None) == (purpose.page is None):
        raise ValueError(f"The purpose {purpose.name} needs either an address or a page.")
    if _purposes.setdefault(purpose.name, purpose) != purpose:
        raise ValueError(f"Two purposes of links are called {purpose.name}.")
    return purpose


def get(name: str) -> Purpose:
    try:
        return _purposes[name]
    except KeyError:
        raise BadLink(name) from None


def words(name: str) -> str:
    """A link in words, for everywhere but the sent email."""
    return str(get(name).words)


def known_words(name: str) -> str:
    """The same; "" for a purpose that nobody registers."""
    return str(_purposes[name].words) if name in _purposes else ""


def words_on(mark: re.Match) -> str:
    """The words on a link of a letter."""
    return mark[2] or words(mark[1])


def mark(name: str, own: str = "") -> str:
    """What a letter holds in the place of a link, with other words on it or with ours."""
    own = " ".join(re.sub(r"[\[\]|]", " ", own).split())
    return f"[link: {name}|{own}]" if own else f"[link: {name}]"


def sign(purpose: str, person, thing: str, ends: datetime) -> str:
    """The token of one purpose, one person (their public id), one thing, until one moment."""
    return signing.dumps([purpose, str(person), str(thing), int(ends.timestamp())], salt=SALT)


def read(token: str, now: datetime, purpose: str = "") -> Signed:
    """What a token says; LinkEnded once its time is over, BadLink if it is not ours or not for this purpose."""
    try:
        name, person, thing, ends = signing.loads(token, salt=SALT)
        signed = Signed(name, person, thing, datetime.fromtimestamp(ends, UTC))
    except (signing.BadSignature, ValueError, TypeError, OverflowError):
        raise BadLink(token) from None
    if purpose and signed.purpose != purpose:
        raise BadLink(token)
    get(signed.purpose)
    if signed.ends <= now:
        raise LinkEnded(signed)
    return signed


def token_for(letter, name: str, now: datetime) -> str:
    """The token a letter carries for a signed purpose."""
    purpose = get(name)
    return sign(name, letter.recipient.public_id, purpose.thing(letter), purpose.ends(letter, now))


def address(letter, name: str, now: datetime) -> str:
    """The whole address behind a link of this letter, made at the moment of sending."""
    purpose = get(name)
    if letter.about.get("test"):
        # An email to try out: what its links are for is nobody's yet.
        return ""
    path = purpose.url(letter) if purpose.url else reverse("outbox:link", args=[token_for(letter, name, now)])
    return settings.PUBLIC_URL + path


def one_click_address(letter, now: datetime) -> str:
    """The address a mail program posts to when somebody presses its own unsubscribe."""
    return settings.PUBLIC_URL + reverse("outbox:one_click", args=[token_for(letter, "unsubscribe", now)])
