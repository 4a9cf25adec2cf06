"""A draft of 500 + 500 people in a real browser: every step, what moved, undo; axe and phone width."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from matching.actions import ask_round, run_rounds
from matching.models import Round
from outbox.sweeping import never
from tests.browser.test_every_page import look_at
from tests.browser.test_follow_up_pages import sign_in
from tests.matching import many
from tests.world import NOW

pytestmark = [pytest.mark.browser, pytest.mark.parts, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(db):
    program = many.build(500, 490)
    ask_round(program, by=None, now=NOW)
    run_rounds(NOW + timedelta(minutes=1), never)
    return Round.objects.select_related("program").get()


def press(page, name: str, within=None) -> None:
    """Takes a step, and waits until the part of the page it brings stands there."""
    with page.expect_response(lambda answer: answer.request.method == "GET" and answer.ok):
        (within or page).get_by_role("button", name=name).first.click()
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def pairs(draft) -> dict:
    return dict(draft.proposals.values_list("mentee__user__name", "mentor__user__name"))


def test_a_draft_of_a_thousand_is_changed_and_changed_back(draft, page, axe, live_server):
    complaints = []
    sign_in(page, draft.program.memberships.get(role="coordinator").user, live_server)
    here = live_server.url + reverse("matching:round", args=[draft.program.slug, draft.public_id])
    states = [pairs(draft)]
    main = page.locator("main")

    page.goto(here)
    assert "Nobody more can be matched." in main.inner_text()
    page.locator("td a.btn-sm").first.click()
    complaints += look_at(page, axe, "line")
    mentee = page.locator("h1").inner_text()
    press(page, "Keep apart")
    assert f"{mentee} and {states[0][mentee]} are kept apart." in main.inner_text()
    complaints += look_at(page, axe, "after a step")
    states.append(pairs(draft))
    assert states[1][mentee] != states[0][mentee] and "moved" in main.inner_text()

    page.goto(here + "?show=unmatched")
    assert "What would match them:" in main.inner_text()
    page.locator("td a.btn-sm").first.click()
    complaints += look_at(page, axe, "line without a mentor")
    waiting = page.locator("h1").inner_text()
    press(page, "Choose")
    assert f"{waiting} is held to" in main.inner_text() and "What is set by hand" in main.inner_text()
    states.append(pairs(draft))
    assert states[2][waiting]

    page.goto(here + "?as=cards")
    complaints += look_at(page, axe, "by mentor")
    card = page.locator(".mentor-card").first
    name = card.locator(".chip-name").first.inner_text()
    card.get_by_label("Places in this draft").fill("0")
    press(page, "Set", card)
    assert f"{name} takes 0 in this draft." in main.inner_text()
    assert name not in pairs(draft).values()

    for state in reversed(states):
        press(page, "Take it back")
        assert pairs(draft) == state
    assert page.get_by_role("button", name="Take it back").count() == 0
    assert not complaints, "\n".join(complaints)
