"""What `manage.py doctor` looks at: each check answers with one line, good or bad, and what to do."""

from __future__ import annotations

import os
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

import redis
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import get_connection
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from checkins.models import Heartbeat
from mentorship import health
from outbox.mailbox import BACKEND
from programs.models import PointOfContact, Role
from programs.permissions import ANSWERING_DUTIES, needs_second_factor

MOST_SKEW = timedelta(seconds=5)
OLDEST_BACKUP = timedelta(hours=26)
SHORTEST_KEY = 50
MOST_NAMED = 5


@dataclass(frozen=True)
class Line:
    """What one check found: `good` is False where somebody has to do something."""

    about: str
    good: bool
    words: str


def database(now: datetime) -> Iterator[Line]:
    """SQLite in the one mode that is safe for a worker beside the web, and the migrations."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode")
            mode = cursor.fetchone()[0]
        locks = connection.settings_dict["OPTIONS"].get("transaction_mode", "")
        good = mode == "wal" and locks == "IMMEDIATE"
        words = _("SQLite, %(mode)s, %(locks)s.") % {"mode": mode, "locks": locks or "DEFERRED"}
        remedy = _("Set journal_mode=WAL and transaction_mode=IMMEDIATE: else writers lock each other out.")
        yield Line("database", good, words if good else f"{words} {remedy}")
    else:
        yield Line("database", True, _("PostgreSQL %(version)s.") % {"version": connection.pg_version})
    for trouble in health.of_web():
        yield Line("database", False, trouble.words)


def clock(now: datetime) -> Iterator[Line]:
    """Our clock does not run backwards, and the database's is the same."""
    ahead = Heartbeat.objects.filter(at__gt=now + MOST_SKEW).values_list("at", flat=True).first()
    if ahead:
        words = _("The sweeps ran last at %(time)s, and that is still to come: a clock was wrong then, or is now.")
        yield Line("clock", False, words % {"time": ahead.isoformat(timespec="minutes")})
    if connection.vendor == "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs = cursor.fetchone()[0]
    apart = abs(theirs - datetime.now(UTC))
    words = _("This machine and the database are %(seconds)s s apart.") % {"seconds": f"{apart.total_seconds():.1f}"}
    good = apart <= MOST_SKEW
    yield Line("clock", good, words if good else words + " " + _("Let both follow a time server."))


def broker(now: datetime) -> Iterator[Line]:
    """Redis answers, and never throws a wake-up away to make room."""
    for name, url in (("REDIS_URL", settings.REDIS_URL), ("REDIS_CACHE_URL", settings.REDIS_CACHE_URL)):
        if not url:
            continue
        try:
            with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as client:
                client.ping()
                kept = client.config_get("maxmemory-policy").get("maxmemory-policy", "")
        except redis.ResponseError:
            yield Line(name, True, _("Redis answers; it does not say what it does when it is full."))
        except redis.RedisError as error:
            yield Line(name, False, _("Redis does not answer: %(why)s. Start it.") % {"why": error})
        else:
            good = kept == "noeviction" or name != "REDIS_URL"
            words = _("Redis answers, maxmemory-policy %(policy)s.") % {"policy": kept}
            yield Line(name, good, words if good else words + " " + _("Set it to noeviction."))


def mail(now: datetime) -> Iterator[Line]:
    """There is a mail server, it takes us, and answers reach somebody."""
    if settings.EMAIL_BACKEND == BACKEND:
        words = _("Emails are written to a folder, and nobody receives them. Name a server with EMAIL_HOST.")
        yield Line("mail", settings.EMBEDDED, words)
        return
    try:
        line = get_connection()
        line.open()
        line.close()
    except (smtplib.SMTPException, OSError) as error:
        yield Line("mail", False, _("The mail server does not take us: %(why)s.") % {"why": error})
    else:
        asked = _("The mail server takes us.")
        provider = _("Emails go through %(name)s; whether its key is right shows only when one is sent.")
        name = settings.EMAIL_PROVIDER
        yield Line("mail", True, provider % {"name": name} if name else asked)
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    good = "@" in address and not address.endswith("@localhost")
    remedy = _("Set DEFAULT_FROM_EMAIL to an address that a human reads.")
    yield Line("mail", good, _("Sent as %(address)s.") % {"address": address} + ("" if good else f" {remedy}"))


def keys(now: datetime) -> Iterator[Line]:
    """The key that signs links and sessions, and the address links lead to."""
    good = len(settings.SECRET_KEY) >= SHORTEST_KEY and len(set(settings.SECRET_KEY)) > 9
    remedy = _("Set DJANGO_SECRET_KEY to 50 random characters or more: links in emails are signed with it.")
    yield Line("keys", good, _("The secret key is long enough.") if good else remedy)
    if not settings.EMBEDDED:
        secure = settings.PUBLIC_URL.startswith("https://")
        remedy = _("PUBLIC_URL is %(url)s: links in emails would not be secure. Let it begin with https.")
        words = _("Links lead to %(url)s.") if secure else remedy
        yield Line("keys", secure, words % {"url": settings.PUBLIC_URL})
        yield Line(
            "keys",
            not settings.DEBUG,
            _("DJANGO_DEBUG is on: it shows secrets.") if settings.DEBUG else _("No debugging."),
        )


def staff(now: datetime) -> Iterator[Line]:
    """Whoever sees what others wrote signs in with a second factor."""
    answering = PointOfContact.objects.filter(duty__in=ANSWERING_DUTIES).values_list("person", "deputy")
    named = {pk for pair in answering for pk in pair if pk}
    runs = Q(memberships__role__in=[Role.COORDINATOR, Role.COUNCIL]) | Q(is_superuser=True) | Q(pk__in=named)
    people = get_user_model().objects.filter(runs, is_active=True).distinct().order_by("name")
    without = [person for person in people if needs_second_factor(person) and not is_mfa_enabled(person)]
    if not without:
        yield Line("second factor", True, _("Everybody who sees what others wrote has a second factor."))
        return
    names = ", ".join(str(person) for person in without[:MOST_NAMED])
    more = _(" and %(number)s more") % {"number": len(without) - MOST_NAMED} if len(without) > MOST_NAMED else ""
    words = _("Without a second factor: %(names)s%(more)s. Ask them, or set REQUIRE_SECOND_FACTOR=1.")
    yield Line("second factor", settings.EMBEDDED, words % {"names": names, "more": more})


def backups(now: datetime) -> Iterator[Line]:
    """The nightly backup says when it was done last."""
    mark = settings.BACKUP_MARK
    if not mark:
        words = _("BACKUP_MARK names no file that the nightly backup touches, so nobody would notice if it stopped.")
        yield Line("backups", settings.EMBEDDED, words)
        return
    try:
        done = datetime.fromtimestamp(os.stat(mark).st_mtime, UTC)
    except OSError as error:
        yield Line("backups", False, _("There is no sign of a backup: %(why)s.") % {"why": error})
        return
    good = now - done <= OLDEST_BACKUP
    words = _("The last backup is of %(time)s.") % {"time": done.isoformat(timespec="minutes")}
    yield Line("backups", good, words if good else words + " " + _("See why the nightly one did not run."))


def delivery(now: datetime) -> Iterator[Line]:
    """Emails go out, and there is room to write."""
    troubles = health.of_delivery(now)
    for trouble in troubles:
        yield Line("delivery", False, trouble.words)
    if not troubles:
        yield Line("delivery", True, _("Emails go out."))


CHECKS: tuple[Callable[[datetime], Iterator[Line]], ...] = (
    database, clock, broker, mail, keys, staff, backups, delivery,
)  # fmt: skip


def look(now: datetime) -> Iterator[Line]:
    """Every line of every check; one that breaks is a line, too."""
    for check in CHECKS:
        try:
            yield from check(now)
        except Exception as error:
            yield Line(check.__name__, False, _("This could not be looked at: %(why)s") % {"why": error})
