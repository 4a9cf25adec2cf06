"""Sweeps, and the ways to run them: tick, and Celery's wake-ups."""

import os
import signal
import threading
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from mentorship import sweeps
from mentorship.celery import app
from mentorship.sweeps import SWEEPS, Sweep, ended_by_signals, tick
from mentorship.tasks import sweep as task
from outbox import sweeping

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
calls = []


def three_rows(now, stop):
    """Finds one row a run, three in all."""
    calls.append(now)
    return 1 if len(calls) <= 3 else 0


def endless(now, stop):
    return 1


def broken(now, stop):
    raise LookupError("no such row")


def until_stopped(now, stop):
    began.set()
    while not stop():
        pass
    return 0


began = threading.Event()


def sweep(name, function):
    return Sweep(name, f"{__name__}.{function.__name__}", 2, threading.Lock())


@pytest.fixture
def only(monkeypatch):
    """Makes these the only sweeps there are."""
    calls.clear()
    began.clear()

    def set_to(**functions):
        listed = {name: sweep(name, function) for name, function in functions.items()}
        monkeypatch.setattr(sweeps, "SWEEPS", listed)
        monkeypatch.setattr("mentorship.tasks.SWEEPS", listed)

    return set_to


@pytest.mark.parametrize("name", SWEEPS)
def test_every_listed_sweep_runs_on_an_empty_database(name, db):
    assert SWEEPS[name].run(NOW, sweeping.never) == 0


def test_a_tick_runs_each_sweep_until_nothing_is_left_as_of_the_moment(only):
    only(first=three_rows, second=three_rows)
    assert tick(NOW) == ({"first": 3, "second": 0}, [])
    assert set(calls) == {NOW}


def test_a_tick_ends_although_a_sweep_never_does(only):
    only(endless=endless, after=three_rows)
    counts, failed = tick(NOW, seconds=0.2)
    assert counts["endless"] > 0 and counts["after"] == 3 and not failed


def test_a_broken_sweep_stops_no_other_and_is_named(only, caplog):
    only(broken=broken, after=three_rows)
    assert tick(NOW) == ({"broken": 0, "after": 3}, ["broken"])
    assert "no such row" in caplog.text


def test_the_command_prints_counts_and_takes_the_moment(only, capsys):
    only(rows=three_rows)
    call_command("tick", "--at", "2027-03-01T10:00+01:00")
    assert capsys.readouterr().out == "rows: 3\n"
    assert calls[0] == NOW


def test_the_command_fails_when_a_sweep_did(only, db):
    only(broken=broken)
    with pytest.raises(CommandError, match="broken"):
        call_command("tick")


def test_the_command_refuses_a_moment_without_its_zone():
    with pytest.raises(CommandError, match="invalid iso_moment value"):
        call_command("tick", "--at", "2027-03-01T10:00")


def test_a_process_runs_a_sweep_once_at_a_time(only):
    only(slow=until_stopped)
    stop = threading.Event()
    slow = sweeps.SWEEPS["slow"]
    thread = threading.Thread(target=slow.run, args=(NOW, stop.is_set))
    thread.start()
    try:
        assert began.wait(5)
        assert slow.run(NOW, stop.is_set) is None
    finally:
        stop.set()
        thread.join()
    assert slow.busy.acquire(blocking=False)


def test_a_signal_ends_a_tick_between_two_rows(only):
    only(slow=until_stopped)
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    with ended_by_signals():
        tick(NOW, seconds=30)
    assert not sweeping.shutdown.is_set()


def test_an_error_in_a_sweep_is_logged_by_the_task_and_not_raised(only, caplog, db):
    only(broken=broken)
    task("broken")
    assert "no such row" in caplog.text


def test_beat_holds_plain_intervals_that_expire_and_nothing_else():
    from celery.beat import Scheduler

    schedule = Scheduler(app).schedule
    assert set(schedule) == set(SWEEPS)
    for name, entry in schedule.items():
        assert entry.schedule.run_every.total_seconds() == SWEEPS[name].every == entry.options["expires"]
        assert entry.task in app.tasks


def test_results_are_not_kept():
    assert app.conf.task_ignore_result and app.conf.result_backend is None
