"""Properties of the course of a goal: every share is of somebody, and nothing later changes what stood before."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorship.program_home import course
from mentorship.program_home.course import Seat, Span

pytestmark = pytest.mark.once
days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
lengths = st.integers(0, 700)


@st.composite
def spans(draw):
    began, length = draw(days), draw(st.none() | lengths)
    return Span(draw(st.integers(1, 8)), began, None if length is None else began + timedelta(length))


@st.composite
def seats(draw):
    found = {}
    for pk in range(1, draw(st.integers(0, 8)) + 1):
        joined, stays, first = draw(days), draw(st.none() | lengths), draw(st.none() | lengths)
        gone = None if stays is None else joined + timedelta(stays)
        found[pk] = Seat(joined, gone, None if first is None else joined + timedelta(first))
    return found


def is_a_share(point):
    assert 0 <= point.n <= point.of
    if point.of == 0:
        assert point.value is None
    else:
        assert 0 <= point.value <= 100


@given(days, seats(), st.lists(spans(), max_size=12), st.integers(1, 366), st.integers(1, 60))
def test_a_share_is_from_nothing_to_all_and_none_of_nobody(day, there, pairs, within, months):
    for point in (
        course.matched(day, there, pairs),
        course.placed(day, there, within),
        course.going(day, pairs, months),
    ):
        is_a_share(point)


@given(st.lists(st.sampled_from(["new", "in_rhythm", "quiet", "never", "paused", "on_leave", "ending", "ended"])))
def test_pairs_at_rest_change_no_share_of_touch(standings):
    point = course.as_agreed(date(2026, 11, 16), standings)
    is_a_share(point)
    assert course.as_agreed(date(2026, 11, 16), [*standings, "paused", "on_leave"]) == point


@given(days, seats(), st.lists(spans(), max_size=12), days, st.integers(1, 366), st.integers(1, 60))
def test_what_comes_later_changes_no_month_before(day, there, pairs, other, within, months):
    """Whoever joins or begins after a day is not counted on it."""
    later = day + timedelta(1) + abs(other - day)
    more = {**there, 99: Seat(later, None, later)}
    longer = [*pairs, Span(99, later)]
    assert course.matched(day, more, longer) == course.matched(day, there, pairs)
    assert course.placed(day, more, within) == course.placed(day, there, within)
    assert course.going(day, longer, months) == course.going(day, pairs, months)


@given(days, seats(), st.integers(1, 365))
def test_more_time_places_no_fewer_of_the_same(day, there, within):
    old = {pk: seat for pk, seat in there.items() if seat.joined + timedelta(366) <= day}
    assert course.placed(day, old, within).n <= course.placed(day, old, within + 1).n


@given(days, lengths)
def test_the_days_of_a_course_go_up_to_today_and_not_before_the_first(today, length):
    first = today - timedelta(length)
    found = course.days_of(first, today)
    assert found[-1] == today and found == sorted(set(found))
    assert 1 <= len(found) <= course.MOST_MONTHS
    assert all(day >= first for day in found)
    assert all((day + timedelta(1)).day == 1 for day in found[:-1])


@given(days, st.integers(0, 60), st.integers(0, 60))
def test_later_keeps_order_and_the_day_where_the_month_has_it(day, months, more):
    found = course.later(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + timedelta(1)).day == 1)
    assert found <= course.later(day, months + more)
