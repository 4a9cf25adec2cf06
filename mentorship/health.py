"""Does it run? What the health addresses, the banner, `doctor` and the outside ping all ask."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from checkins.models import Heartbeat, Outage
from outbox.models import Letter, LetterState
from programs.models import OtherWay

LONGEST_SILENCE = timedelta(minutes=5)
LONGEST_DEAD = timedelta(days=1)
LEAST_DISK = 0.05
# Of so many readers none is to be blamed: the mail server takes nothing of ours.
REFUSED_READERS = 3
REFUSED_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong: a word for machines, the moment since when, a sentence for people."""

    code: str
    since: datetime | None
    words: str
    # It is over by itself: nobody need do anything.
    passes: bool = False


def clock(moment: datetime, now: datetime) -> str:
    """The time of day where the reader is, with the day where it is not today."""
    here, today = localtime(moment), localtime(now).date()
    return date_format(here, "H:i" if here.date() == today else "j F, H:i")


def silence(now: datetime) -> Trouble | None:
    """Nothing has come to the end of sending for too long."""
    return _silent_since(Heartbeat.objects.values_list("delivered_at", flat=True).first(), now)


def _silent_since(last: datetime | None, now: datetime) -> Trouble | None:
    if last is None:
        return Trouble("no-delivery-run", None, _("No emails have gone out yet: the worker does not run."))
    if now - last <= LONGEST_SILENCE:
        return None
    words = _("No emails have gone out since %(time)s: the worker does not run.")
    return Trouble("no-delivery-run", last, words % {"time": clock(last, now)})


def last_sent() -> datetime | None:
    """When an email left last."""
    sent = Letter.objects.filter(state=LetterState.SENT).order_by("-sent_at")
    return sent.values_list("sent_at", flat=True).first()


def late(now: datetime) -> Trouble | None:
    """Something that was due a quarter of an hour ago has not left."""
    due = Letter.objects.late(now).order_by("due_at").values_list("due_at", flat=True).first()
    if due is None:
        return None
    last, at = last_sent(), {"time": clock(due, now)}
    if last and now - last <= LONGEST_SILENCE:
        words = _("Emails are late: one has waited since %(time)s. Many are due, and they go out one after the other.")
        return Trouble("letters-late", due, words % at, passes=True)
    words = _("Emails are late: one has waited since %(time)s. The mail server does not take them.")
    return Trouble("letters-late", due, words % at)


def refused(now: datetime) -> Trouble | None:
    """The mail server answers, and takes nothing from us: each email was tried, and none has gone out since."""
    readers = Letter.objects.refused(now).order_by().values("recipient").distinct()[:REFUSED_READERS]
    if len(readers) < REFUSED_READERS:
        return None
    last = last_sent()
    if last is None:
        return Trouble("letters-refused", None, _("No email has gone out yet: the mail server refuses each of them."))
    if now - last <= REFUSED_FOR:
        return None
    words = _("No emails have gone out since %(time)s: the mail server refuses each of them.")
    return Trouble("letters-refused", last, words % {"time": clock(last, now)})


def dead(now: datetime) -> Trouble | None:
    """Something that could not be delivered lies there for a day, and nobody has seen to it."""
    same = {"membership__user": OuterRef("recipient"), "membership__program__slug": OuterRef("topic")}
    agreed = OtherWay.objects.filter(**same)
    due = Letter.objects.dead().filter(~Exists(agreed), due_at__lte=now - LONGEST_DEAD).order_by("due_at")
    since = due.values_list("due_at", flat=True).first()
    if since is None:
        return None
    return Trouble("dead-letters", since, _("An email that could not be delivered has waited for a day to be seen to."))


def disk() -> Trouble | None:
    """No room to write."""
    room = shutil.disk_usage(settings.VAR_DIR if settings.VAR_DIR.exists() else settings.BASE_DIR)
    if room.free >= LEAST_DISK * room.total:
        return None
    share = {"percent": f"{100 * room.free / room.total:.1f}"}
    return Trouble("disk-full", None, _("Only %(percent)s %% of the disk is free.") % share)


def of_delivery(now: datetime) -> list[Trouble]:
    """Everything that keeps emails from arriving."""
    return [trouble for trouble in (silence(now), late(now), refused(now), dead(now), disk()) if trouble]


def banner(now: datetime) -> Trouble | None:
    """What a coordinator has to know at once: emails that should have gone out do not."""
    # For every page of theirs, so all in one breath. After a long break what is found is on its way in a moment.
    just_back = Outage.objects.filter(to_at__gt=now - LONGEST_SILENCE, to_at__lte=now)
    asked = Heartbeat.objects.annotate(any_refused=Exists(Letter.objects.refused(now)), just_back=Exists(just_back))
    rows = asked.values_list("delivered_at", "any_refused", "just_back")
    last, any_refused, is_just_back = rows.first() or (None, False, False)
    waiting, found = late(now), _silent_since(last, now)
    # Before anything was to go out, nobody misses a worker.
    trouble = found if found and (found.since or waiting) else waiting
    if trouble:
        return None if is_just_back else trouble
    return refused(now) if any_refused else None


@cache
def _is_current() -> bool:
    """The database is as this version wants it; LookupError where it is behind, so that only a yes is kept."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise LookupError
    return True


def of_web() -> list[Trouble]:
    """What keeps pages from being served."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        _is_current()
    except DatabaseError as error:
        return [Trouble("no-database", None, _("The database does not answer: %(why)s") % {"why": error})]
    except LookupError:
        return [Trouble("migrations-missing", None, _("The database is behind: run manage.py migrate."))]
    return []
