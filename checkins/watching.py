"""From rows to the facts of a pair, and what apps above do when a pair was looked at."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import F, Max

from checkins.models import Contact, Outage, Pause, Restart
from checkins.standing import Facts, Rest
from matching.models import Pairing, PairingState
from profiles import civil
from programs.figures import FIGURES
from programs.models import Leave, ProgramFigure, Role

DAY = timedelta(days=1)

_on_look: list[Callable] = []
_on_contact: list[Callable] = []
_on_missed: list[Callable] = []


def on_look(function: Callable) -> None:
    """Calls function(pairing, facts, answer, now) for every pair looked at; it returns when it wants to look again."""
    if function not in _on_look:
        _on_look.append(function)


def on_contact(function: Callable) -> None:
    """Calls function(contact, by=…, now=…) in the transaction that writes a contact down."""
    if function not in _on_contact:
        _on_contact.append(function)


def on_missed(function: Callable) -> None:
    """Calls function(meeting, by=…, now=…) in the transaction of the second missed in a row, or a later one."""
    if function not in _on_missed:
        _on_missed.append(function)


def looked(pairing, facts: Facts, answer, now) -> list[datetime]:
    """The moments at which those above want to look again."""
    return [moment for function in _on_look if (moment := function(pairing, facts, answer, now))]


def touched(contact, *, by, now) -> None:
    for function in _on_contact:
        function(contact, by=by, now=now)


def missed(meeting, *, by, now) -> None:
    for function in _on_missed:
        function(meeting, by=by, now=now)


def facts_of(pairings: Iterable[Pairing], now) -> dict[int, Facts]:
    """What is known of these pairs, by primary key, in a number of queries that does not grow with them."""
    pairings = list(pairings)
    if not pairings:
        return {}
    pks = [pairing.pk for pairing in pairings]
    programs = {pairing.program_id: pairing.program for pairing in pairings}
    contacts = _latest(Contact.objects.filter(pairing__in=pks))
    restarts = _latest(Restart.objects.filter(pairing__in=pks))
    pauses, leaves = _pauses(pks), _leaves(pairings)
    figures = _figures(programs.values())
    outages = _outages(min(pairing.began_at for pairing in pairings))
    ours = {pk: tuple(_whole_days(outages, program.zone)) for pk, program in programs.items()}
    found = {}
    for pairing in pairings:
        zone = pairing.program.zone
        own_leave = tuple(leaves[pairing.mentee_id])
        paused = tuple(pauses[pairing.pk])
        ended = pairing.ended_at
        found[pairing.pk] = Facts(
            today=civil.day_of(now, zone),
            began_on=civil.day_of(pairing.began_at, zone),
            rhythm_days=pairing.rhythm_days,
            first_contact_days=figures[pairing.program_id],
            last_contact=contacts.get(pairing.pk),
            last_restart=restarts.get(pairing.pk),
            rests=paused + own_leave + ours[pairing.program_id],
            pauses=paused,
            away=own_leave + tuple(leaves[pairing.mentor_id]),
            ended_on=civil.day_of(ended, zone) if ended else None,
        )
    return found


def hold(pairing, facts: Facts) -> bool:
    """Keeps a pair as it is to the end of the transaction; False where these facts have been overtaken.

    Whoever writes down contact takes the same lock, so that nothing is done about a silence that has just ended.
    """
    row = Pairing.objects.select_for_update(of=("self",), no_key=True).get(pk=pairing.pk)
    last = _latest(Contact.objects.filter(pairing=pairing.pk)).get(pairing.pk)
    return row.state == PairingState.OPEN and last == facts.last_contact


def _latest(rows) -> dict[int, date]:
    return dict(rows.order_by().values_list("pairing").annotate(last=Max("on")))


def _pauses(pks) -> dict[int, list[Rest]]:
    found = defaultdict(list)
    for pairing, start, end in Pause.objects.filter(pairing__in=pks).values_list("pairing", "starts_on", "ends_on"):
        if end > start:
            found[pairing].append((start, end))
    return found


def _leaves(pairings) -> dict[int, list[Rest]]:
    """By membership, the days somebody is or was away."""
    members = {pk for pairing in pairings for pk in (pairing.mentor_id, pairing.mentee_id)}
    found = defaultdict(list)
    rows = Leave.objects.filter(membership__in=members, membership__role__in=[Role.MENTOR, Role.MENTEE])
    for member, start, end in rows.values_list("membership", "starts_on", "returns_on"):
        found[member].append((start, end))
    return found


def _figures(programs) -> dict[int, int]:
    key = "first_contact_days"
    days = {program.pk: FIGURES[key].default(program.template) for program in programs}
    own = ProgramFigure.objects.filter(program__in=days, key=key).order_by("since", "pk")
    days.update(own.values_list("program", "value"))
    return days


def _outages(since) -> list[tuple[datetime, datetime]]:
    """Those since then that are long enough to hold a whole civil day, of 23 hours in spring."""
    long = Outage.objects.filter(to_at__gt=since, to_at__gte=F("from_at") + timedelta(hours=23))
    return list(long.values_list("from_at", "to_at"))


def _whole_days(outages, zone) -> list[Rest]:
    """The civil days there that lie in an outage from their beginning to their end."""
    found = []
    for begin, end in outages:
        first = civil.day_of(begin, zone)
        if civil.moment(first, time(0), zone) < begin:
            first += DAY
        last = civil.day_of(end, zone)
        if last > first:
            found.append((first, last))
    return found
