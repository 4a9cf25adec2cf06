"""The clock of a pair: it begins, rests, starts anew and ends; the sweep that looks at what is due."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checkins import watching
from checkins.models import CheckIn, Contact, Meeting, MeetingState, Pause, Restart, Standing, Watch
from checkins.standing import assess
from journal.actions import record
from matching.models import Pairing
from outbox.sweeping import each
from profiles import civil
from programs.errors import Refused
from programs.models import ProgramState

BATCH = 200
DAY = timedelta(days=1)


def opened(pairings, *, now) -> None:
    """Every pair is watched from the transaction that opens it."""
    for start in range(0, len(pairings), BATCH):
        batch = pairings[start : start + BATCH]
        facts = watching.facts_of(batch, now)
        answers = {pairing.pk: assess(facts[pairing.pk]) for pairing in batch}
        Watch.objects.bulk_create(
            Watch(
                pairing=pairing,
                standing=answers[pairing.pk].standing,
                since=answers[pairing.pk].since,
                due_on=answers[pairing.pk].due_on,
                look_at=now,
            )
            for pairing in batch
        )


def closed(pairing, *, by, now) -> None:
    """A pair that ends is looked at no more, and its meetings ahead are off."""
    ended_on = civil.day_of(now, pairing.program.zone)
    Watch.objects.filter(pairing=pairing).update(standing=Standing.ENDED, since=ended_on, due_on=None, look_at=None)
    Pause.objects.filter(pairing=pairing, ended_at=None).update(ended_at=now)
    CheckIn.objects.filter(pairing=pairing, closed_at=None).update(closed_at=now, ask_again_at=None)
    ahead = Meeting.objects.filter(pairing=pairing, starts_at__gt=now)
    ahead.filter(state__in=[MeetingState.PROPOSED, MeetingState.ACCEPTED]).update(
        state=MeetingState.CANCELLED, answered_at=now
    )


def look_again(pairings, *, now) -> int:
    """Has these pairs looked at by the next sweep: something about them has changed."""
    return Watch.objects.filter(pairing__in=pairings).exclude(standing=Standing.ENDED).update(look_at=now)


def figures_changed(program, *, now) -> int:
    """What is due for the pairs of a program may be due on another day now."""
    return look_again(Pairing.objects.open().of(program), now=now)


def look(now, stop) -> int:
    """Looks at the pairs whose moment has come; what is written last is when to look next."""
    return each(_due(now), lambda due: _look_at(*due, now), stop)


def _due(now):
    """What is due and its facts, batch after batch: rows that fail never stand in the way of those behind them."""
    rows = Watch.objects.to_look_at(now).filter(pairing__program__state=ProgramState.OPEN)
    rows = rows.select_related("pairing__program", "pairing__mentor__user", "pairing__mentee__user")
    behind = Q()
    while batch := list(rows.filter(behind)[:BATCH]):
        facts = watching.facts_of([row.pairing for row in batch], now)
        yield from ((row, facts[row.pk]) for row in batch)
        last = batch[-1]
        behind = Q(look_at__gt=last.look_at) | Q(look_at=last.look_at, pk__gt=last.pk)


def _look_at(row, facts, now) -> bool:
    answer = assess(facts)
    latest = Contact.objects.filter(pairing=OuterRef("pairing")).order_by("-on", "-pk")
    # Whoever asked for a look since these facts were read gets one of their own.
    mine = Watch.objects.filter(pk=row.pk, look_at=row.look_at)
    stored = mine.update(
        standing=answer.standing,
        since=answer.since,
        due_on=answer.due_on,
        last_contact=facts.last_contact,
        sureness=Subquery(latest.values("sureness")[:1]) if facts.last_contact else "",
    )
    if not stored:
        return False
    wanted = watching.looked(row.pairing, facts, answer, now)
    if answer.changes_on:
        wanted.append(civil.moment(answer.changes_on, time(0), row.pairing.program.zone))
    return mine.update(look_at=_next(wanted, now)) == 1


def _next(wanted: list[datetime], now) -> datetime | None:
    """The first of these moments, but not again in this very run."""
    return max(min(wanted), now + timedelta(seconds=1)) if wanted else None


def pause(pairing, *, until, by, now) -> Pause:
    """Rests a pair until a day, because its mentee agreed to it; 42 days at most."""
    today = civil.day_of(now, pairing.program.zone)
    if until <= today:
        raise Refused(_("Choose a day after today."))
    if (until - today).days > Pause.MOST_DAYS:
        latest = date_format(today + Pause.MOST_DAYS * DAY, "j F Y")
        raise Refused(_("A pause lasts six weeks at most: choose a day up to %(date)s.") % {"date": latest})
    with transaction.atomic():
        Pairing.objects.select_for_update(of=("self",), no_key=True).get(pk=pairing.pk)
        if Pause.objects.filter(pairing=pairing, ended_at=None, ends_on__gt=today).exists():
            raise Refused(_("This pair is paused already."))
        Pause.objects.filter(pairing=pairing, ended_at=None).update(ended_at=now)
        paused = Pause.objects.create(pairing=pairing, starts_on=today, ends_on=until, agreed_by=by, agreed_at=now)
        look_again([pairing.pk], now=now)
        words = _("The pair rests until %(date)s.") % {"date": date_format(until, "j F Y")}
        _note(pairing, "pair.paused", words, by, now)
    return paused


@transaction.atomic
def end_pause(pairing, *, by, now) -> bool:
    """Ends a pause before its day."""
    today = civil.day_of(now, pairing.program.zone)
    current = Pause.objects.filter(pairing=pairing, ended_at=None, ends_on__gt=today)
    # One that began today rested no day.
    if not (current.filter(starts_on__lt=today).update(ends_on=today, ended_at=now) or current.delete()[0]):
        return False
    look_again([pairing.pk], now=now)
    _note(pairing, "pair.goes_on", _("The pair goes on after its pause."), by, now)
    return True


@transaction.atomic
def restart(pairing, *, by, now) -> Restart:
    """Starts the clock anew because a person decided that the pair goes on."""
    row = Restart.objects.create(pairing=pairing, on=civil.day_of(now, pairing.program.zone), by=by, at=now)
    look_again([pairing.pk], now=now)
    return row


def _note(pairing, verb, words, by, now) -> None:
    record(
        by=by,
        verb=verb,
        thing=pairing,
        now=now,
        topic=pairing.program.slug,
        concerns=[pairing.mentor.user, pairing.mentee.user],
        words=words,
    )
