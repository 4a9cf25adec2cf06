"""The ladder's arithmetic: steps in order, each once, never early, and never closer together than planned."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkins.standing import Clock, Facts
from council import ladder
from council.ladder import CASE, IDLE, NUDGE, SECOND_NUDGE
from programs.figures import FIGURES

pytestmark = pytest.mark.once
DAY = timedelta(days=1)
BEGAN = date(2026, 3, 2)
DEFAULTS = {key: figure.default("career") for key, figure in FIGURES.items()}
KEYS = [
    "first_nudge_days", "second_nudge_days", "never_case_days", "quiet_nudge_percent", "quiet_nudge_most",
    "quiet_case_percent", "quiet_case_least", "quiet_case_most", "idle_days",
]  # fmt: skip

# Whatever a program may set.
figures = st.fixed_dictionaries({key: st.integers(FIGURES[key].least, FIGURES[key].most) for key in KEYS})
days = st.integers(0, 150).map(lambda n: BEGAN + n * DAY)
rests = st.lists(st.tuples(days, st.integers(1, 42)).map(lambda rest: (rest[0], rest[0] + rest[1] * DAY)), max_size=3)


@st.composite
def silent(draw, rests=rests):
    """A pair that was never in touch, or fell silent; perhaps somebody decided that it goes on."""
    return Facts(
        today=BEGAN,
        began_on=BEGAN,
        rhythm_days=draw(st.integers(1, 366)),
        first_contact_days=draw(st.integers(1, 14)),
        last_contact=draw(st.none() | days),
        last_restart=draw(st.none() | days),
        rests=tuple(draw(rests)),
    )


def climbed(climb, looks, meetings=()):
    """Takes what is due at each look, as the sweep does; the steps in the order in which they were taken."""
    taken: dict[str, date] = {}
    for today in looks:
        if any(start <= today < end for start, end in climb.clock.rests):
            continue
        ahead = min((day for day in meetings if day > today - ladder.AFTER_MEETING * DAY), default=None)
        while (due := ladder.next_step(climb, taken, ahead)) and due.on <= today:
            assert due.step not in taken
            taken[due.step] = today
    return taken


looking = st.lists(st.integers(1, 40), min_size=1, max_size=60)


def looks_of(climb, gaps):
    today = climb.since
    for gap in gaps:
        today += gap * DAY
        yield today


@given(silent(), figures, looking, st.lists(days, max_size=5))
def test_in_order_each_once_never_early_and_apart(facts, figures, gaps, meetings):
    climb = ladder.climb_of(facts, figures)
    taken = climbed(climb, looks_of(climb, gaps), meetings)
    names = [step for step, _days in climb.steps]
    assert list(taken) == names[: len(taken)]
    planned = dict(climb.steps)
    for step, on in taken.items():
        assert climb.clock.days(on) >= planned[step]
    for first, second in zip(list(taken), list(taken)[1:], strict=False):
        # Whatever we did not look at, and however long we did not: the distance stays.
        assert Clock(taken[first], climb.clock.rests).days(taken[second]) >= planned[second] - planned[first]
        assert taken[second] > taken[first]


@given(silent(), figures)
def test_looked_at_every_day_each_comes_on_its_day(facts, figures):
    climb = ladder.climb_of(facts, figures)
    taken = climbed(climb, (climb.since + n * DAY for n in range(1400)))
    resting = {on for start, end in facts.rests for on in (start + n * DAY for n in range((end - start).days))}
    for step, planned in climb.steps:
        on = climb.clock.day(planned)
        while on in resting:
            on += DAY
        assert taken[step] == on


@given(silent(rests=st.just([])), figures, st.lists(st.integers(1, 60), max_size=40))
def test_meetings_put_every_step_off_and_by_fourteen_days_at_most(facts, figures, gaps):
    climb = ladder.climb_of(facts, figures)
    meetings = list(looks_of(climb, gaps))
    taken = climbed(climb, (climb.since + n * DAY for n in range(1400)), meetings)
    for step, planned in climb.steps:
        late = (taken[step] - climb.clock.day(planned)).days
        assert 0 <= late <= ladder.MOST_PUT_OFF
    assert taken[CASE] <= ladder.latest_case_day(facts, figures)


@given(silent(), figures)
def test_steps_of_every_setting_keep_their_order(facts, figures):
    climb = ladder.climb_of(facts, figures)
    planned = [day for _step, day in climb.steps]
    assert planned == sorted(set(planned)) and planned[0] >= 1
    if facts.last_contact:
        # Nobody is written to within what the two agreed on.
        assert planned[0] > facts.rhythm_days
    assert climb.cause(7) != climb.idle_cause(7)


@given(silent(), figures, days)
def test_contact_begins_another_climb(facts, figures, on):
    before = ladder.climb_of(facts, figures)
    later = Facts(**{**facts.__dict__, "last_contact": max(on, before.since + DAY)})
    assert ladder.climb_of(later, figures).cause(7) != before.cause(7)


def test_the_first_meeting_as_the_defaults_say():
    facts = Facts(today=BEGAN, began_on=BEGAN, rhythm_days=14, first_contact_days=14)
    assert ladder.climb_of(facts, DEFAULTS).steps == ((NUDGE, 4), (SECOND_NUDGE, 9), (CASE, 14), (IDLE, 90))


@pytest.mark.parametrize(
    ("rhythm", "nudge", "case", "idle"),
    [(1, 2, 14, 90), (7, 11, 14, 90), (14, 21, 28, 90), (30, 44, 58, 90), (90, 104, 118, 270), (366, 380, 394, 1098)],
)
def test_a_quiet_pair_as_the_defaults_say(rhythm, nudge, case, idle):
    facts = Facts(today=BEGAN, began_on=BEGAN, rhythm_days=rhythm, first_contact_days=14, last_contact=BEGAN)
    assert ladder.climb_of(facts, DEFAULTS).steps == ((NUDGE, nudge), (CASE, case), (IDLE, idle))


def test_after_our_own_downtime_a_nudge_is_followed_only_as_many_days_later_as_planned():
    facts = Facts(today=BEGAN, began_on=BEGAN, rhythm_days=14, first_contact_days=14)
    climb = ladder.climb_of(facts, DEFAULTS)
    late = [BEGAN + 40 * DAY + n * DAY for n in range(20)]
    taken = climbed(climb, late)
    assert [(step, (on - late[0]).days) for step, on in taken.items()] == [(NUDGE, 0), (SECOND_NUDGE, 5), (CASE, 10)]


def test_a_rest_between_two_steps_is_no_distance():
    rest = (BEGAN + 41 * DAY, BEGAN + 60 * DAY)
    facts = Facts(today=BEGAN, began_on=BEGAN, rhythm_days=14, first_contact_days=14, rests=(rest,))
    taken = {NUDGE: BEGAN + 40 * DAY}
    due = ladder.next_step(ladder.climb_of(facts, DEFAULTS), taken)
    assert due is not None and due.on == rest[1] + 4 * DAY


def test_a_meeting_agreed_holds_the_nudge_and_puts_the_case_off():
    facts = Facts(today=BEGAN, began_on=BEGAN, rhythm_days=14, first_contact_days=14)
    climb = ladder.climb_of(facts, DEFAULTS)
    nudged = {NUDGE: BEGAN + 4 * DAY, SECOND_NUDGE: BEGAN + 9 * DAY}
    assert ladder.next_step(climb, {}, BEGAN + 6 * DAY).on == BEGAN + 9 * DAY
    assert ladder.next_step(climb, nudged, BEGAN + 15 * DAY).on == BEGAN + 18 * DAY
    assert ladder.next_step(climb, nudged, BEGAN + 100 * DAY).on == BEGAN + 28 * DAY
