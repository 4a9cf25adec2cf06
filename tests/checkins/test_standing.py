"""Whether a pair is in touch: days that count, rests that stand still, and the one function that decides."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkins import standing
from checkins.standing import Clock, Facts, assess, ladder_clock

pytestmark = pytest.mark.once
DAY = timedelta(days=1)
START = date(2026, 11, 16)
day = st.integers(-60, 200).map(lambda n: START + n * DAY)
rest = st.tuples(day, st.integers(1, 60)).map(lambda pair: (pair[0], pair[0] + pair[1] * DAY))
rests = st.lists(rest, max_size=6).map(tuple)
clocks = st.builds(Clock, st.just(START), rests)
counts = st.integers(0, 120)


def running(clock, on):
    """The days that count up to a day, told one by one: what the arithmetic has to agree with."""
    days = ((clock.since + n * DAY) for n in range((on - clock.since).days))
    return sum(not any(start <= each < end for start, end in clock.rests) for each in days)


@given(clocks, day)
def test_days_are_those_outside_every_rest(clock, on):
    assert clock.days(on) == running(clock, on)


@given(clocks, counts)
def test_a_day_is_the_first_on_which_so_many_have_run(clock, n):
    found = clock.day(n)
    assert clock.days(found) == n
    assert n == 0 or clock.days(found - DAY) == n - 1


@given(clocks, day, st.integers(1, 120))
def test_a_day_has_come_exactly_when_so_many_have_run(clock, on, n):
    assert (on >= clock.day(n)) == (clock.days(on) >= n)


@given(clocks, day)
def test_no_day_counts_for_more_than_one_and_none_goes_back(clock, on):
    assert clock.days(on + DAY) - clock.days(on) in (0, 1)


@given(clocks, counts)
def test_later_counts_come_on_later_days(clock, n):
    assert clock.day(n) < clock.day(n + 1)


@given(rests, rest, day)
def test_the_clock_stands_still_in_a_rest(others, one, on):
    start, end = one
    clock = Clock(START, (*others, one))
    if start <= on < end:
        assert clock.days(on) == clock.days(on + DAY)


@given(rests, rest, day)
def test_a_rest_more_never_makes_time_run_faster(others, one, on):
    assert Clock(START, (*others, one)).days(on) <= Clock(START, others).days(on)


@given(rests, day, st.randoms(use_true_random=False))
def test_order_repetition_and_splitting_of_rests_change_nothing(some, on, random):
    split = []
    for start, end in some:
        middle = start + (end - start) // 2
        split += [(start, middle), (middle, end), (start, end)]
    random.shuffle(split)
    assert Clock(START, tuple(split)).days(on) == Clock(START, some).days(on)


@st.composite
def facts(draw):
    """A pair with a past, on any day of it."""
    last = draw(st.none() | st.integers(0, 120).map(lambda n: START + n * DAY))
    restart = draw(st.none() | st.integers(0, 120).map(lambda n: START + n * DAY))
    pauses, leaves, ours = draw(rests), draw(rests), draw(rests)
    known = [each for each in (START, last, restart) if each]
    return Facts(
        today=max(known) + draw(st.integers(0, 200)) * DAY,
        began_on=START,
        rhythm_days=draw(st.integers(1, 60)),
        first_contact_days=draw(st.integers(1, 14)),
        last_contact=last,
        last_restart=restart,
        rests=pauses + leaves + ours,
        pauses=pauses,
        away=leaves + draw(rests),
    )


@given(facts())
def test_nothing_changes_before_the_day_it_says(known):
    answer = assess(known)
    if answer.changes_on is None:
        later = [known.today + n * DAY for n in (1, 30, 3000)]
    else:
        assert answer.changes_on > known.today
        later = [known.today + n * DAY for n in range(1, (answer.changes_on - known.today).days)]
    assert {assess(replace(known, today=each)).standing for each in later} <= {answer.standing}


@given(facts())
def test_quiet_is_silence_longer_than_allowed_and_nothing_else(known):
    silent = standing.silence(known).days(known.today)
    answer = assess(known)
    too_long = silent > standing.allowed(known)
    if answer.standing == standing.PAUSED:
        assert any(start <= known.today < end for start, end in known.pauses)
    else:
        assert (answer.standing in (standing.QUIET, standing.NEVER)) == too_long
        assert answer.standing != standing.NEVER or known.last_contact is None
        assert answer.standing != standing.QUIET or known.last_contact is not None


@given(facts(), st.integers(0, 30))
def test_contact_never_makes_a_pair_quieter(known, back):
    newer = max(known.began_on, known.last_contact or known.began_on, known.today - back * DAY)
    after = replace(known, last_contact=newer)
    assert standing.silence(after).days(known.today) <= standing.silence(known).days(known.today)
    assert assess(replace(known, last_contact=known.today)).standing in (
        standing.IN_RHYTHM, standing.PAUSED, standing.ON_LEAVE,
    )  # fmt: skip


@given(facts())
def test_since_is_never_after_today_and_the_ladder_never_counts_more_than_the_silence(known):
    answer = assess(known)
    assert answer.since <= known.today
    assert ladder_clock(known).days(known.today) <= standing.silence(known).days(known.today)
    assert answer.due_on >= ladder_clock(known).since


PAIR = Facts(today=START, began_on=START, rhythm_days=30, first_contact_days=14)


def on(n, **known):
    return assess(replace(PAIR, today=START + n * DAY, **known))


def test_a_pair_is_new_until_its_first_days_are_over_then_never_in_touch():
    assert on(0) == standing.Answer("new", START, START + 14 * DAY, START + 15 * DAY)
    assert on(14).standing == "new"
    assert on(15) == standing.Answer("never", START + 15 * DAY, START + 14 * DAY, None)


def test_in_rhythm_up_to_the_day_it_asks_for_then_quiet():
    met = START + 3 * DAY
    assert on(33, last_contact=met) == standing.Answer("in_rhythm", met, START + 33 * DAY, START + 34 * DAY)
    assert on(34, last_contact=met).standing == "quiet"


def test_a_pause_is_said_before_silence_and_does_not_count():
    pause = (START + 10 * DAY, START + 40 * DAY)
    assert on(20, pauses=(pause,), rests=(pause,)) == standing.Answer("paused", pause[0], START + 44 * DAY, pause[1])
    assert on(44, pauses=(pause,), rests=(pause,)).standing == "new"
    assert on(45, pauses=(pause,), rests=(pause,)).standing == "never"


def test_a_mentors_leave_counts_on_and_covers_no_silence():
    leave = (START + 1 * DAY, START + 60 * DAY)
    assert on(5, away=(leave,)).standing == "on_leave"
    assert on(15, away=(leave,)).standing == "never"


def test_a_mentees_own_leave_does_not_count():
    leave = (START + 1 * DAY, START + 60 * DAY)
    assert on(40, away=(leave,), rests=(leave,)).standing == "on_leave"
    assert on(60 + 14, away=(leave,), rests=(leave,)).standing == "never"


def test_a_restart_moves_the_ladder_and_the_day_they_are_due_and_not_the_word():
    again = on(25, last_restart=START + 20 * DAY)
    assert (again.standing, again.due_on) == ("never", START + 34 * DAY)


def test_what_has_ended_says_nothing_more():
    assert on(99, ended_on=START + 9 * DAY) == standing.Answer("ended", START + 9 * DAY, None, None)
