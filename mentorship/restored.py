"""A backup that was put back holds letters as waiting that went out after it was taken: nothing leaves before somebody
has looked.

A row remembers which database it was written to; found in another one, it came back from a backup.
"""

import logging
import os

from django.db import DatabaseError, connection, transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from checkins.models import Heartbeat
from journal.actions import record
from outbox import kinds
from outbox.models import Letter, LetterState
from programs.actions.writing import stop_all

log = logging.getLogger(__name__)
UNSENT = (LetterState.WAITING, LetterState.CLAIMED, LetterState.SENDING)


def place() -> str:
    """Which database this is, by what a copy of its rows does not bring along."""
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        return f"file {os.stat(name).st_ino}" if os.path.exists(name) else ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        number = cursor.fetchone()[0]
        try:
            with transaction.atomic():
                cursor.execute("SELECT system_identifier FROM pg_control_system()")
                cluster = cursor.fetchone()[0]
        except DatabaseError:
            cluster = "unknown"
    return f"cluster {cluster}, database {number}"


def look(now) -> int:
    """Holds what a backup brought back; how many. Called before anything is sent, by whoever comes first."""
    here = place()
    row = Heartbeat.objects.filter(pk=1).first()
    if row is None or not here or row.place in ("", here):
        return 0
    with transaction.atomic():
        if not Heartbeat.objects.filter(pk=1, place=row.place).update(place=here):
            return 0
        return hold_everything(row.at, now)


def remember() -> None:
    """Writes down which database this is, where that has not been done yet."""
    if Heartbeat.objects.filter(pk=1, place="").exists():
        Heartbeat.objects.filter(pk=1, place="").update(place=place())


def hold_everything(taken_at, now) -> int:
    """Keeps back what waited in a backup taken at that moment, in the caller's transaction; how many emails.

    What stands in no list goes on: held, nobody would ever find it, and twice is better than never.
    """
    # What was to go with another email stands for itself again: cancelling that one sends nothing.
    Letter.objects.filter(state=LetterState.JOINED).update(state=LetterState.WAITING, joined_into=None)
    rows = Letter.objects.filter(state__in=UNSENT).exclude(topic="").exclude(kind__in=kinds.apart_names())
    words = _("Held: the data came back from a backup of %(date)s, so this may have gone out since.")
    said = words % {"date": date_format(localtime(taken_at), "j F Y, H:i")}
    count = rows.update(state=LetterState.HELD, claimed_by="", lease_until=None, outcome=said)
    # Half-written mailings, too: the rest of their emails may be out since.
    stop_all(said)
    log.warning("The data came back from a backup of %s: %d emails are held until somebody decides.", taken_at, count)
    row, _new = Heartbeat.objects.get_or_create(pk=1, defaults={"at": now})
    record(by=None, verb="restored", thing=row, now=now, topic="", words=_("The data came back from a backup."))
    return count
