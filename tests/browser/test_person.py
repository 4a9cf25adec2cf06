"""The page of a person, and pages seen as a participant sees them, in a real browser: axe, phone width, console."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import world as w
from tests.browser.test_every_page import look_at
from tests.browser.test_follow_up_pages import Town, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.parts, pytest.mark.django_db(transaction=True)]


def test_the_page_with_everything_on_it_and_a_call(page, axe, live_server):
    now = timezone.now()
    town = Town(now)
    town.cases()
    mentor = town.chitra.user
    for days, state in enumerate(["sent", "waiting", "dead"]):
        w.make_letter(mentor, topic="harbour", state=state, now=now - timedelta(days=days))
    w.make_meeting(town.pair, now + timedelta(days=3))
    answers = {"going": "2", "wish": "call"}
    w.make_invitation(w.make_pulse(town.program, now=now), town.chitra, town.pair, answers=answers, low_at=now)
    gone = w.add_member(town.program, w.MENTEE, w.make_person("Bjarne Holt"), state="active", now=now)
    w.make_pairing(town.chitra, gone, state="ended", now=now - timedelta(days=90))
    sign_in(page, town.farida, live_server)
    page.goto(live_server.url + reverse("person", args=[mentor.public_id]))
    complaints = look_at(page, axe, "person")
    for details in page.locator("main details").all():
        details.locator("summary").click()
    complaints += look_at(page, axe, "person, all open")
    page.get_by_label("What was said").fill("she is well")
    page.get_by_label("They were in touch with").select_option("Amara Okafor")
    page.get_by_label("They were in touch on").fill(now.date().isoformat())
    page.get_by_role("button", name="Note the call").click()
    text = page.locator("main").inner_text()
    assert "Noted in the history" in text and "she is well" in text and "noted by a coordinator" in text
    assert not complaints, "\n".join(complaints)


def test_a_page_seen_as_somebody_else_is_still(page, axe, live_server):
    world = w.build()
    sign_in(page, world.coordinator, live_server)
    page.goto(live_server.url + reverse("person", args=[world.mentee.public_id]))
    page.get_by_role("link", name="See what they see").click()
    complaints = look_at(page, axe, "which")
    which = page.url
    for number in range(page.locator("main form button").count()):
        page.goto(which)
        button = page.locator("main form button").nth(number)
        name = button.inner_text()
        button.click()
        complaints += look_at(page, axe, name)
        here = page.locator(".seen")
        assert here.is_visible() and here.locator("a, form, :enabled:is(input, button, select, textarea)").count() == 0
    sign_in(page, world.mentee, live_server)
    page.goto(live_server.url + reverse("looked_at"))
    complaints += look_at(page, axe, "looked at")
    assert "the home in Harbour volunteers" in page.locator("main").inner_text()
    assert not complaints, "\n".join(complaints)
