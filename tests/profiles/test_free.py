"""Weekly free times: read as people write them, and shared across time zones."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles import actions, civil, free
from tests.world import NOW, make_person, signed_in

checked = settings(max_examples=80, deadline=None, derandomize=True)


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", []),
        ("Mon 18:00-20:00; Sat 9-12", [[0, 1080, 1200], [5, 540, 720]]),
        ("tue - thu: 8–9.30", [[1, 480, 570], [2, 480, 570], [3, 480, 570]]),
        ("Sunday 22:00 to 24:00\nsun 9-10, 9:30-11", [[6, 540, 660], [6, 1320, 1440]]),
        ("Fri 18:05-19:55", [[4, 1095, 1185]]),
    ],
)
def test_a_week_is_read_as_people_write_it(text, read):
    assert free.read_week(text) == read


NO_TIMES = ["evenings", "Mon", "Mon 20-18", "Mon 25-26", "Xyz 9-10", "Fri-Mon 9-10", "Mon 9:75-10", "9-12"]


@pytest.mark.once
@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_is_said(text):
    with pytest.raises(free.BadTimes):
        free.read_week(text)


STRETCHES = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 95), st.integers(1, 20)).map(
        lambda each: [each[0], 15 * each[1], 15 * min(each[1] + each[2], 96)]
    ),
    max_size=5,
)
AHEAD = st.integers(-48, 56).map(lambda quarters: 15 * quarters)


def loop(one, ahead, other, behind):
    """The same by every minute of a week."""
    taken = [
        {(day * 1440 + minute - shift) % 10080 for day, starts, ends in week for minute in range(starts, ends)}
        for week, shift in ((one, ahead), (other, behind))
    ]
    return len(taken[0] & taken[1])


@pytest.mark.once
@checked
@given(STRETCHES, AHEAD, STRETCHES, AHEAD)
def test_common_minutes_are_those_of_a_plain_loop(one, ahead, other, behind):
    found = free.common_minutes(free.quarters(one, ahead), free.quarters(other, behind))
    assert found == loop(one, ahead, other, behind)
    # Where both clocks move alike, nothing changes.
    assert found == free.common_minutes(free.quarters(one, ahead + 60), free.quarters(other, behind + 60))


@pytest.mark.once
@pytest.mark.parametrize(
    ("then", "there", "late", "hours"),
    [
        # 18:00 in London is 23:30 in Kolkata in winter and 22:30 in summer.
        (datetime(2026, 1, 15, tzinfo=UTC), "Asia/Kolkata", [0, 1320, 1440], 0.5),
        (datetime(2026, 7, 15, tzinfo=UTC), "Asia/Kolkata", [0, 1320, 1440], 1.5),
        # Between the two changes of March New York is an hour nearer than before and after.
        (datetime(2026, 3, 1, tzinfo=UTC), "America/New_York", [0, 780, 840], 1),
        (datetime(2026, 3, 15, tzinfo=UTC), "America/New_York", [0, 780, 900], 1),
        (datetime(2026, 4, 15, tzinfo=UTC), "America/New_York", [0, 780, 900], 2),
    ],
)
def test_the_clocks_of_the_day_decide(then, there, late, hours):
    ahead = [round(60 * civil.hours_from_utc(civil.zone(name), then)) for name in ("Europe/London", there)]
    evening = free.quarters([[0, 1080, 1200]], ahead[0])
    assert free.common_minutes(evening, free.quarters([late], ahead[1])) == 60 * hours


@pytest.mark.django_db
def test_a_person_keeps_their_own_times_and_only_they():
    person = make_person("Lucja")
    client, url = signed_in(person), reverse("free_times")
    assert client.post(url, {"mon": "18-20, 20:00–21:00", "sun": "9-10"}).status_code == 302
    person.refresh_from_db()
    assert person.free_times == [[0, 1080, 1260], [6, 540, 600]]
    page = client.get(url).content.decode()
    assert "18:00–21:00" in page and "Europe/London" in page
    wrong = client.post(url, {"mon": "evenings", "sun": "9-10"})
    assert wrong.status_code == 422 and "“evenings” is not a time" in wrong.content.decode()
    person.refresh_from_db()
    assert len(person.free_times) == 2
    with pytest.raises(PermissionDenied):
        actions.change_free_times(person, by=make_person("Other"), now=NOW, free_times=[])
