"""A rest for a pair: both are told until when."""

from django.db import transaction

from checkins import actions as checkins
from checkins.models import Pause
from council.letters import leaves as letters
from outbox.actions import post


def current_pause(pairing, now) -> Pause | None:
    """The pause a pair is in."""
    today = pairing.program.today(now)
    return Pause.objects.of(pairing).filter(ended_at=None, ends_on__gt=today).first()


def pause_pair(pairing, *, until, by, now) -> Pause:
    """A pair rests until a day, because its mentee says so; a pause it is in gives way."""
    written = letters.paused(pairing, until=until, now=now)
    with transaction.atomic():
        checkins.end_pause(pairing, by=by, now=now)
        paused = checkins.pause(pairing, until=until, by=by, now=now)
        post(written)
    return paused


def end_pause(pairing, *, by, now) -> None:
    """A pair goes on before the day it had said."""
    pause = current_pause(pairing, now)
    if pause is None:
        return
    written = letters.paused(pairing, until=pause.ends_on, over=True, now=now)
    with transaction.atomic():
        if checkins.end_pause(pairing, by=by, now=now):
            post(written)


def resting(pairings, *, now) -> set[int]:
    """Those of these pairs (by primary key) that are in a pause their mentee agreed to."""
    rows = Pause.objects.filter(pairing__in=pairings, ended_at=None).select_related("pairing__program")
    return {row.pairing_id for row in rows if row.starts_on <= row.pairing.program.today(now) < row.ends_on}
