"""The waiting list: on the date we named we write, and name the next."""

from datetime import UTC, date, datetime, timedelta

import pytest

from matching.actions import write_again
from outbox.models import Letter
from outbox.sweeping import never
from tests.world import COORDINATOR, NOW, add_member, make_person, make_program

DUE = date(2026, 12, 16)


@pytest.fixture
def waiting(db):
    program = make_program()
    add_member(program, COORDINATOR, make_person("Cora Coordinator"))
    return add_member(program, "mentee", state="waiting", write_again_on=DUE)


def at(day, hour=10):
    return datetime.combine(day, datetime.min.time(), tzinfo=UTC) + timedelta(hours=hour)


def test_nothing_before_the_date(waiting):
    assert write_again(at(DUE - timedelta(days=1)), never) == 0
    assert not Letter.objects.exists()


def test_one_letter_on_the_date_and_the_next_date_named(waiting):
    assert write_again(at(DUE), never) == 1
    assert write_again(at(DUE), never) == 0
    letter = Letter.objects.get()
    assert letter.kind == "matching.still_looking" and "Friday 15 January 2027" in letter.body
    waiting.refresh_from_db()
    assert waiting.write_again_on == DUE + timedelta(days=30)
    assert write_again(at(waiting.write_again_on), never) == 1
    assert Letter.objects.count() == 2


def test_a_missed_month_is_written_once(waiting):
    assert write_again(at(DUE + timedelta(days=95)), never) == 1
    assert write_again(at(DUE + timedelta(days=95)), never) == 0
    assert Letter.objects.count() == 1


def test_the_day_is_the_programs_own(waiting):
    type(waiting.program).objects.filter(pk=waiting.program_id).update(time_zone="Pacific/Auckland")
    assert write_again(at(DUE - timedelta(days=1), 10), never) == 0
    assert write_again(at(DUE - timedelta(days=1), 12), never) == 1


@pytest.mark.parametrize("state", ["active", "left", "on_leave"])
def test_whoever_no_longer_waits_is_left_alone(waiting, state):
    type(waiting).objects.filter(pk=waiting.pk).update(state=state)
    assert write_again(at(DUE), never) == 0


def test_an_ended_program_writes_no_more(waiting):
    type(waiting.program).objects.filter(pk=waiting.program_id).update(state="ended")
    assert write_again(at(DUE), never) == 0


def test_one_bad_row_does_not_stop_the_rest(waiting, monkeypatch):
    from matching.actions import waiting as sweep

    other = add_member(waiting.program, "mentor", state="waiting", write_again_on=DUE - timedelta(days=1), now=NOW)
    write = sweep.write_to

    def fail_for_one(member, now):
        if member.pk == other.pk:
            raise RuntimeError("No.")
        return write(member, now)

    monkeypatch.setattr(sweep, "write_to", fail_for_one)
    assert write_again(at(DUE), never) == 1
    assert Letter.objects.get().recipient == waiting.user


def test_whoever_was_ready_for_as_long_comes_onto_the_list_with_a_date(waiting):
    program = waiting.program
    ready = add_member(program, "mentee", now=at(DUE - timedelta(days=30)))
    mentor = add_member(program, "mentor", now=at(DUE - timedelta(days=60)))
    waiting.delete()
    assert write_again(at(DUE - timedelta(days=1), 23), never) == 0
    assert write_again(at(DUE), never) == 1
    assert write_again(at(DUE), never) == 0
    ready.refresh_from_db()
    mentor.refresh_from_db()
    assert (ready.state, ready.write_again_on, mentor.state) == ("waiting", DUE + timedelta(days=30), "ready")
    letter = Letter.objects.get()
    assert "You are on the waiting list now" in letter.body and "Friday 15 January 2027" in letter.body


def test_before_a_program_opens_nobody_waits(waiting):
    waiting.delete()
    ready = add_member(waiting.program, "mentee", now=at(DUE - timedelta(days=90)))
    type(waiting.program).objects.update(opened_at=at(DUE - timedelta(days=29)))
    assert write_again(at(DUE), never) == 0
    assert write_again(at(DUE + timedelta(days=1)), never) == 1
    ready.refresh_from_db()
    assert ready.state == "waiting"
