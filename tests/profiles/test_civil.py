"""Wall time and moments, across gaps, folds and nights."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles import civil

LONDON, NEW_YORK, APIA = ZoneInfo("Europe/London"), ZoneInfo("America/New_York"), ZoneInfo("Pacific/Apia")
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
ZONES = st.sampled_from(
    ["Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe", "UTC"]
)


def test_a_weekly_wall_time_stays_across_a_clock_change():
    before, after = (civil.moment(date(2026, 10, day), time(18), LONDON) for day in (20, 27))
    assert after - before == timedelta(days=7, hours=1)


def test_a_wall_time_in_a_gap_comes_as_much_later_as_the_clock_jumps():
    assert civil.moment(date(2026, 3, 29), time(1, 30), LONDON) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_wall_time_that_happens_twice_is_the_first():
    assert civil.moment(date(2026, 10, 25), time(1, 30), LONDON) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_deadline_ends_with_its_day_even_if_the_day_is_23_hours_long():
    assert civil.end_of_day(date(2026, 3, 29), LONDON) == datetime(2026, 3, 29, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "wall, night",
    [("20:59:59", False), ("21:00:00", True), ("00:00:00", True), ("07:29:59", True), ("07:30:00", False)],
)
def test_the_night(wall, night):
    for where in (LONDON, NEW_YORK):
        now = civil.moment(date(2026, 7, 1), time.fromisoformat(wall), where)
        assert civil.is_night(now, where) is night


@given(MOMENTS, ZONES)
def test_a_morning_follows_within_a_day_and_is_no_night(now, name):
    where = civil.zone(name)
    morning = civil.next_morning(now, where)
    assert now < morning <= now + timedelta(hours=49)
    assert not civil.is_night(morning, where)
    assert all(civil.is_night(morning - timedelta(minutes=m), where) for m in (1, 60))


@given(MOMENTS, ZONES)
def test_the_evening_before_is_past_and_no_night(now, name):
    where = civil.zone(name)
    evening = civil.evening_before(now, where)
    assert now - timedelta(hours=49) <= evening <= now and not civil.is_night(evening, where)


def test_a_name_that_is_no_zone_stops_nobodys_email():
    assert {str(civil.zone(name)) for name in ("", "Mars/Base", "../etc/passwd", "Europe")} == {"UTC"}


def test_an_iso_week_belongs_to_the_year_of_its_thursday():
    assert civil.week_of(date(2027, 1, 1)) == "2026-W53"
