"""The pages of a pair in each of their states in a real browser, behind links of emails too: axe and phone width."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from checkins.models import CheckIn, Meeting
from matching.actions import end_pairing
from outbox import links
from tests.browser.test_every_page import look_at
from tests.checkins.pairs import a_pair
from tests.world import make_check_in, make_contact, make_meeting, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.parts, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now().replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def pairs(now):
    """Two pairs of one mentor: with everything in them, and with nothing yet."""
    first = a_pair(now=now - 40 * DAY)
    second = a_pair(first.program, mentor=first.mentor, now=now - 10 * DAY)
    make_contact(first, (now - 20 * DAY).date(), sureness="both")
    past = make_meeting(first, now - 2 * DAY, now=now - 6 * DAY)
    make_check_in(first, past.starts_at.date(), meeting=past, now=now - DAY)
    make_check_in(second, (now - DAY).date(), now=now)
    for hours, state, by in (
        (50, "accepted", first.mentor), (70, "proposed", first.mentor), (90, "proposed", first.mentee),
        (30, "declined", first.mentor), (20, "cancelled", first.mentor),
    ):  # fmt: skip
        place = "https://meet.example.org/a-rather-long-room-name/with/slashes/and-more-of-them-0123456789"
        made = now - 3 * DAY
        make_meeting(first, now + timedelta(hours=hours), state=state, by=by.user, place=place, now=made)
    return first, second


def signed_url(person, purpose, thing, now) -> str:
    return reverse("outbox:link", args=[links.sign(purpose, person.public_id, thing, now + DAY)])


def pages_of(first, second, now) -> dict:
    """Name and path of every page in every state."""
    mentor, mentee = first.mentor.user, first.mentee.user
    agreed = Meeting.objects.get(state="accepted", starts_at__gt=now)
    proposed = Meeting.objects.get(state="proposed", proposed_by=mentor)
    asked = CheckIn.objects.get(pairing=first)
    found = {
        "home": reverse("home"),
        "pair": reverse("checkins:pair", args=[first.public_id]),
        "propose": reverse("checkins:propose", args=[first.public_id]),
        "agreed": reverse("checkins:meeting", args=[agreed.public_id]),
        "cancel": reverse("checkins:meeting", args=[agreed.public_id]) + "?do=cancel",
        "move": reverse("checkins:meeting", args=[agreed.public_id]) + "?do=move",
        "signed-proposed": signed_url(mentee, "meeting", proposed.public_id, now),
        "own-proposed": signed_url(mentor, "meeting", proposed.public_id, now),
        "signed-question": signed_url(mentee, "did_you_meet", asked.public_id, now),
        "signed-list": signed_url(mentor, "did_you_meet", f"of:{first.program.slug}", now),
    }
    for state in ("declined", "cancelled"):
        row = Meeting.objects.get(state=state)
        found[state] = reverse("checkins:meeting", args=[row.public_id])
    return found


def test_every_state_of_a_pairs_pages_can_be_used_by_everybody(pairs, now, page, axe, live_server):
    first, second = pairs
    session = signed_in(first.mentee.user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    complaints = []
    for name, path in pages_of(first, second, now).items():
        assert page.goto(live_server.url + path).status == 200, name
        complaints += look_at(page, axe, name)
    asked = signed_url(first.mentee.user, "did_you_meet", CheckIn.objects.get(pairing=first).public_id, now)
    page.goto(live_server.url + asked)
    page.check("input[name=met][value=yes]")
    page.click("text=Send my answer")
    assert "Thank you" in page.locator("h1").inner_text()
    complaints += look_at(page, axe, "thanks")
    end_pairing(first, by=None, now=now, why="They agreed to.")
    page.goto(live_server.url + reverse("checkins:pair", args=[first.public_id]))
    complaints += look_at(page, axe, "ended")
    assert not complaints, "\n".join(complaints)
