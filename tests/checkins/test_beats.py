"""The heartbeat: a gap in real time is our own, and only its whole days stand outside the count of a pair."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from checkins import actions, watching
from checkins.models import Heartbeat, Outage
from checkins.standing import assess
from mentorship import heartbeat, sweeps, tasks
from outbox.sweeping import never
from tests.checkins.pairs import DAY, HOUR, a_pair
from tests.world import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_process_that_just_began():
    heartbeat.forget()
    yield
    heartbeat.forget()


def at(day, hour=0, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def outage(begin, end):
    return Outage.objects.create(from_at=begin, to_at=end)


def rests(pairing, now=NOW + 20 * DAY):
    return watching.facts_of([pairing], now)[pairing.pk].rests


def test_a_gap_over_half_an_hour_is_an_outage_and_a_shorter_one_is_not():
    assert not actions.beat(NOW)
    assert not actions.beat(NOW + timedelta(minutes=30))
    assert actions.beat(NOW + timedelta(minutes=61))
    found = Outage.objects.get()
    assert (found.from_at, found.to_at) == (NOW + timedelta(minutes=30), NOW + timedelta(minutes=61))
    assert Heartbeat.objects.get().at == NOW + timedelta(minutes=61)


def test_a_clock_set_back_is_no_outage():
    actions.beat(NOW)
    assert not actions.beat(NOW - 5 * DAY)
    assert Heartbeat.objects.get().at == NOW and not Outage.objects.exists()


@pytest.mark.parametrize(
    "begin, end, first, last",
    [
        (at(17, 9), at(18, 9), None, None),
        (at(17, 0, 1), at(18, 23, 59), None, None),
        (at(17), at(18), 17, 18),
        (at(17, 9), at(19, 9), 18, 19),
        (at(17, 23), at(25, 1), 18, 25),
    ],
)
def test_only_whole_civil_days_count(begin, end, first, last):
    pairing = a_pair()
    outage(begin, end)
    whole = () if first is None else ((date(2026, 11, first), date(2026, 11, last)),)
    assert rests(pairing) == whole


def test_whole_days_are_those_of_the_program():
    away = a_pair()
    type(away.program).objects.update(time_zone="Asia/Tokyo")
    away.program.refresh_from_db()
    # From midnight to midnight in Tokyo.
    outage(at(17, 15), at(18, 15))
    assert rests(away) == ((date(2026, 11, 18), date(2026, 11, 19)),)


def test_a_day_of_23_hours_is_a_whole_one():
    begin = datetime(2027, 3, 28, 0, tzinfo=UTC)
    pairing = a_pair(now=begin - 30 * DAY)
    outage(begin, begin + 23 * HOUR)
    assert rests(pairing, begin + 9 * DAY) == ((date(2027, 3, 28), date(2027, 3, 29)),)


def test_an_outage_of_before_the_pair_is_not_even_read():
    outage(NOW - 9 * DAY, NOW - 5 * DAY)
    assert rests(a_pair()) == ()


def test_nobody_is_quiet_because_of_us():
    pairing = a_pair()
    outage(NOW + DAY, NOW + 12 * DAY)
    facts = watching.facts_of([pairing], NOW + 15 * DAY)[pairing.pk]
    assert assess(facts).standing == "new"
    # Ten whole days stood still.
    facts = watching.facts_of([pairing], NOW + 25 * DAY)[pairing.pk]
    assert assess(facts).standing == "never"


@pytest.fixture
def order(monkeypatch):
    """What a sweep saw of the heartbeat when it ran."""
    seen = []

    def look(now, stop):
        seen.append((Heartbeat.objects.filter(at=now).exists(), Outage.objects.count()))
        return 0

    monkeypatch.setattr(sweeps, "import_string", lambda door: look)
    return seen


def test_a_worker_writes_its_outage_down_before_it_looks_at_anybody(order, time_machine):
    Heartbeat.objects.create(pk=1, at=NOW)
    time_machine.move_to(NOW + 3 * DAY, tick=False)
    tasks.sweep("look")
    assert order == [(True, 1)]


def test_a_worker_writes_once_a_minute(order, time_machine):
    time_machine.move_to(NOW, tick=False)
    tasks.sweep("look")
    time_machine.move_to(NOW + timedelta(seconds=59), tick=False)
    tasks.sweep("deliver")
    assert Heartbeat.objects.get().at == NOW
    time_machine.move_to(NOW + timedelta(seconds=60), tick=False)
    tasks.sweep("ask")
    assert Heartbeat.objects.get().at == NOW + timedelta(seconds=60)


def test_a_sleeping_machine_finds_its_gap_when_it_wakes(order, time_machine):
    time_machine.move_to(NOW, tick=False)
    tasks.sweep("look")
    time_machine.move_to(NOW + 3 * DAY, tick=False)
    tasks.sweep("look")
    assert order == [(True, 0), (True, 1)]


def test_a_plain_tick_beats_and_one_as_of_a_moment_does_not(order, time_machine):
    time_machine.move_to(NOW, tick=False)
    call_command("tick", "--at", "2027-03-01T10:00+00:00", stdout=StringIO())
    assert not Heartbeat.objects.exists()
    call_command("tick", stdout=StringIO())
    assert Heartbeat.objects.get().at == NOW
    sweeps.tick(NOW + 30 * DAY)
    assert Heartbeat.objects.get().at == NOW and not Outage.objects.exists()


def test_a_look_after_an_outage_asks_nobody_too_soon():
    pairing = a_pair()
    actions.beat(NOW)
    actions.beat(NOW + 16 * DAY)
    assert actions.look(NOW + 16 * DAY, never) == 1
    pairing.watch.refresh_from_db()
    assert pairing.watch.standing == "new"
