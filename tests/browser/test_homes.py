"""Homes in their states, and the front page, in a real browser: axe, phone width, night, and by keyboard alone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.browser.test_every_page import look_at
from tests.checkins.pairs import a_pair
from tests.world import (
    COORDINATOR,
    COUNCIL,
    MENTEE,
    MENTOR,
    add_member,
    make_case,
    make_check_in,
    make_concern,
    make_contact,
    make_leave,
    make_letter,
    make_meeting,
    make_person,
    make_program,
    signed_in,
)

pytestmark = [pytest.mark.browser, pytest.mark.parts, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now().replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def people(now):
    """By the state of their home: one person each."""
    safe, deputy = make_person("Miriam Rosenthal"), make_person("Joseph Kamau")
    program = make_program("Harbour City Careers", safeguarding=safe, deputy=deputy, now=now - 200 * DAY)
    second = make_program("Lantern Street Volunteers", show_addresses=True, now=now - 90 * DAY)
    coordinator, council = make_person("Dilnoza Karimova"), make_person("Tove Sandberg")
    for one in (program, second):
        add_member(one, COORDINATOR, coordinator)
        add_member(one, COUNCIL, council)
    busy = add_member(program, MENTOR, make_person("Amina Diallo", pronouns="she/her"), state="active", places=9)
    pairings = [a_pair(program, mentor=busy, now=now - days * DAY) for days in (170, 60, 2)]
    fallen_quiet = a_pair(program, now=now - 90 * DAY)
    for pairing, days in zip([*pairings[:2], fallen_quiet], (8, 10, 60), strict=True):
        make_contact(pairing, (now - days * DAY).date(), sureness="both")
    make_meeting(pairings[0], now + DAY, now=now)
    make_meeting(pairings[1], now + 3 * DAY, state="proposed", by=pairings[1].mentee.user, now=now)
    make_check_in(pairings[0], (now - DAY).date(), now=now)
    make_case(pairings[1], kind="too_much", owner=coordinator, asked_by=busy.user, now=now)
    make_case(fallen_quiet, tier="council", owner=council, now=now - 20 * DAY)
    make_letter(make_person("Somebody"), topic=second.slug, state="dead", now=now)
    waiting = add_member(program, MENTEE, state="waiting", now=now)
    add_member(second, MENTEE, busy.user, state="waiting", now=now)
    away = add_member(program, MENTOR, state="on_leave", now=now)
    make_leave(away, now=now)
    make_concern(program, waiting.user, told=safe, other=deputy, now=now)
    new = a_pair(second, now=now - DAY)
    return {
        "busy mentor": busy.user,
        "mentee who meets soon": pairings[0].mentee.user,
        "quiet mentor": fallen_quiet.mentor.user,
        "new mentee": new.mentee.user,
        "waiting": waiting.user,
        "away": away.user,
        "coordinator": coordinator,
        "council": council,
        "safeguarding": safe,
        "nobody": make_person("Nora Nobody"),
    }


def test_homes_in_every_state(people, page, axe, live_server):
    complaints = []
    for name, person in people.items():
        session = signed_in(person).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(live_server.url + reverse("home"))
        complaints += look_at(page, axe, name)
        assert page.locator(".btn-primary").count() <= 1, name
        # What to do, or what there is to know, can be read without scrolling; on a telephone, too.
        first = page.locator(".next-step, .lead").first.bounding_box()
        assert first["y"] + first["height"] < 900, (name, first)
    assert not complaints, "\n".join(complaints)


def test_the_first_thing_to_do_is_reached_by_keyboard_alone(people, page, live_server):
    session = signed_in(people["coordinator"]).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(live_server.url + reverse("home"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Open the follow-up"
    page.keyboard.press("Enter")
    page.wait_for_url("**/follow-ups/**")


def test_the_front_page_says_its_promise_in_one_screen(db, page, axe, live_server):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(live_server.url)
    last = page.locator(".front-steps li").last.bounding_box()
    assert last["y"] + last["height"] < 800
    page.set_viewport_size({"width": 360, "height": 640})
    button = page.locator(".btn-primary").bounding_box()
    assert button["y"] + button["height"] < 640
    assert not look_at(page, axe, "front")
