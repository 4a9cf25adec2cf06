"""Asking "did you meet?": the morning after a meeting, or after the day by which a pair should have been in touch."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from checkins import letters, standing, watching
from checkins.models import CheckIn, Meeting, MeetingState, Watch
from matching.letters import Desk
from matching.models import Pairing, PairingState
from outbox.actions import post
from outbox.sweeping import each
from profiles import civil
from programs.models import Leave, ProgramState

DAY = timedelta(days=1)
# The third day after, but never on the heels of the first time.
AGAIN_AFTER, AGAIN_AT_LEAST = timedelta(days=3), timedelta(days=2)
# What is longer ago nobody is asked about: after our own downtime the standing of the pair says what is due.
STALE = timedelta(days=14)


@dataclass(frozen=True)
class Duty:
    """A pair that is to be asked about a day; `known` where contact since makes asking needless."""

    pairing: Pairing
    day: date
    meeting: Meeting | None = None
    known: bool = False


def ask(now, stop) -> int:
    """Asks whoever is to be asked now, for the first time and once more; several pairs of one mentor at once."""
    first = _by_mentor(_due(now), lambda duty: duty.pairing)
    again = _by_mentor(_due_again(now), lambda check_in: check_in.pairing)
    done = each(first, lambda duties: _ask(duties, now), stop)
    return done + each(again, lambda check_ins: _ask_again(check_ins, now), stop)


def _by_mentor(rows, pairing_of) -> list[list]:
    groups = defaultdict(list)
    for row in rows:
        groups[pairing_of(row).mentor_id].append(row)
    return list(groups.values())


def _morning_after(day: date, zone):
    return civil.moment(day + DAY, civil.NIGHT_ENDS, zone)


def _due(now) -> list[Duty]:
    """Whom to ask for the first time, in a number of queries that does not grow with the pairs."""
    meetings, watches = _meetings(now), _watches(now)
    pairings = {row.pairing_id: row.pairing for row in [*meetings, *watches]}
    facts = watching.facts_of(pairings.values(), now)
    asked = set(CheckIn.objects.filter(pairing__in=pairings).values_list("pairing", "due_on"))
    duties: dict[tuple, Duty] = {}
    for meeting in meetings:
        its = facts[meeting.pairing_id]
        day = civil.day_of(meeting.starts_at, meeting.pairing.program.zone)
        known = its.last_contact is not None and its.last_contact >= day
        duties[meeting.pairing_id, day] = Duty(meeting.pairing, day, meeting, known)
    booked = _booked(pairings, facts)
    for watch in watches:
        answer = standing.assess(facts[watch.pairing_id])
        # Where the facts have changed the next look says when; where a meeting was booked it is that one we ask about.
        if answer.due_on == watch.due_on and watch.pairing_id not in booked:
            duties[watch.pairing_id, watch.due_on] = Duty(watch.pairing, watch.due_on)
    return [duty for key, duty in duties.items() if key not in asked and not _rests(facts[duty.pairing.pk])]


def _meetings(now) -> list[Meeting]:
    """Agreed meetings that nobody was asked about yet, and whose morning after has come."""
    rows = Meeting.objects.filter(
        state=MeetingState.ACCEPTED,
        starts_at__lt=now,
        starts_at__gt=now - STALE,
        check_in=None,
        pairing__state=PairingState.OPEN,
        pairing__program__state=ProgramState.OPEN,
    )
    rows = rows.select_related("pairing__program", "pairing__mentor__user", "pairing__mentee__user")
    zones = ((row, row.pairing.program.zone) for row in rows.order_by("starts_at", "pk"))
    return [row for row, zone in zones if _morning_after(civil.day_of(row.starts_at, zone), zone) <= now]


def _watches(now) -> list[Watch]:
    """Pairs past the day by which they should have been in touch, and not asked about it."""
    today = now.date()
    rows = Watch.objects.filter(
        due_on__range=(today - STALE, today),
        pairing__state=PairingState.OPEN,
        pairing__program__state=ProgramState.OPEN,
    )
    rows = rows.exclude(Exists(CheckIn.objects.filter(pairing=OuterRef("pairing"), due_on=OuterRef("due_on"))))
    rows = rows.select_related("pairing__program", "pairing__mentor__user", "pairing__mentee__user").order_by("pairing")
    return [row for row in rows if _morning_after(row.due_on, row.pairing.program.zone) <= now]


def _booked(pairings, facts) -> set[int]:
    """The pairs with an agreed meeting since the clock began, past or ahead."""
    rows = Meeting.objects.filter(pairing__in=pairings, state=MeetingState.ACCEPTED)
    zones = {pk: pairing.program.zone for pk, pairing in pairings.items()}
    booked = set()
    for pairing, starts_at in rows.values_list("pairing", "starts_at"):
        day, begun = civil.day_of(starts_at, zones[pairing]), standing.ladder_clock(facts[pairing]).since
        # The meeting that is their last contact belongs to the time before.
        if day > begun or (day == begun and facts[pairing].last_contact is None):
            booked.add(pairing)
    return booked


def _rests(facts) -> bool:
    return any(start <= facts.today < end for start, end in facts.pauses)


def _ask(duties: list[Duty], now) -> bool:
    """Writes down the check-ins of one mentor's pairs and asks both sides, all at once or not at all."""
    check_ins = [_check_in(duty, now) for duty in duties]
    written = _letters([row for row in check_ins if row.closed_at is None], now)
    pks = sorted({duty.pairing.pk for duty in duties})
    with transaction.atomic():
        if not _all_open(pks) or CheckIn.objects.filter(
            pairing__in=pks, due_on__in={duty.day for duty in duties}
        ).exists():  # fmt: skip
            # Another process was quicker, or a pair has ended: the next run sees what is left.
            return False
        CheckIn.objects.filter(pairing__in=pks, closed_at=None).update(closed_at=now, ask_again_at=None)
        CheckIn.objects.bulk_create(check_ins)
        post(written)
    return True


def _all_open(pks) -> bool:
    """Locks these pairs, in one order, to the end of the transaction."""
    rows = Pairing.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=pks).order_by("pk")
    return {row.state for row in rows} == {PairingState.OPEN}


def _check_in(duty: Duty, now) -> CheckIn:
    program = duty.pairing.program
    day = max(duty.day + AGAIN_AFTER, civil.day_of(now, program.zone) + AGAIN_AT_LEAST)
    return CheckIn(
        pairing=duty.pairing,
        due_on=duty.day,
        meeting=duty.meeting,
        asked_at=now,
        ask_again_at=None if duty.known else civil.moment(day, civil.NIGHT_ENDS, program.zone),
        closed_at=now if duty.known else None,
    )


def _letters(check_ins: list[CheckIn], now, again: bool = False) -> list:
    """One to each mentee and one to the mentor for all of them; nobody who is away is asked."""
    if not check_ins:
        return []
    members = {member for row in check_ins for member in (row.pairing.mentor_id, row.pairing.mentee_id)}
    today = check_ins[0].pairing.program.today(now)
    away = set(Leave.objects.away_on(today).filter(membership__in=members).values_list("membership", flat=True))
    desk = Desk(check_ins[0].pairing.program, now)
    written = [
        letters.did_you_meet(desk, [row], row.pairing.mentee.user, again=again)
        for row in check_ins
        if row.pairing.mentee_id not in away
    ]
    mentor = check_ins[0].pairing.mentor
    if mentor.pk not in away:
        written.append(letters.did_you_meet(desk, check_ins, mentor.user, again=again))
    return written


def _due_again(now) -> list[CheckIn]:
    rows = CheckIn.objects.filter(
        ask_again_at__lte=now,
        closed_at=None,
        pairing__state=PairingState.OPEN,
        pairing__program__state=ProgramState.OPEN,
    )
    rows = rows.select_related("pairing__program", "pairing__mentor__user", "pairing__mentee__user")
    return list(rows.order_by("pk"))


def _ask_again(check_ins: list[CheckIn], now) -> bool:
    """Once more where neither side has answered; not where contact is known meanwhile, nor in a pause."""
    pks = [row.pk for row in check_ins]
    facts = watching.facts_of([row.pairing for row in check_ins], now)
    answered = set(CheckIn.objects.filter(pk__in=pks, answers__isnull=False).values_list("pk", flat=True))
    open_ones = [
        row
        for row in check_ins
        if row.pk not in answered and not _needless(row, facts[row.pairing_id]) and row.ask_again_at > now - STALE
    ]
    written = _letters(open_ones, now, again=True)
    with transaction.atomic():
        _all_open(sorted({row.pairing_id for row in check_ins}))
        due = CheckIn.objects.filter(pk__in=pks, ask_again_at__lte=now, closed_at=None)
        if due.count() != len(pks):
            # Somebody answered, or another process was quicker: the next run sees what is left.
            return False
        due.update(ask_again_at=None)
        post(written)
    return True


def _needless(check_in, facts) -> bool:
    known = facts.last_contact is not None and facts.last_contact >= check_in.due_on
    return known or _rests(facts)
