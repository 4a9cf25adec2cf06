"""Finding a person in a real browser, by the keyboard alone: "/" and a part of the name."""

import pytest
from django.urls import reverse

from tests import world as w
from tests.browser.test_follow_up_pages import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.parts, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world():
    return w.build()


def test_the_slash_a_name_and_enter(world, page, axe, live_server):
    sign_in(page, world.coordinator, live_server)
    page.goto(live_server.url + reverse("admin:index"))
    page.keyboard.press("/")
    box = page.get_by_role("combobox")
    assert box.evaluate("box => box === document.activeElement")
    page.keyboard.type("ar")
    page.wait_for_selector("[role=option]")
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    active = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    assert active.get_attribute("aria-selected") == "true"
    name = active.locator(".chip-name").inner_text()
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 700})
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/people/*/")
    assert page.locator("h1").inner_text().endswith(name)


def test_escape_leaves_as_it_was_and_a_slash_in_a_field_is_a_slash(world, page, live_server):
    sign_in(page, world.coordinator, live_server)
    page.goto(live_server.url + reverse("person", args=[world.mentee.public_id]))
    said = page.get_by_label("What was said")
    said.focus()
    page.keyboard.type("and/or")
    assert said.input_value() == "and/or"
    link = page.get_by_role("link", name="Chitra Menon").first
    link.focus()
    page.keyboard.press("/")
    page.keyboard.type("nobody of this name")
    page.wait_for_selector(".find-results .find-words")
    assert "Nobody of this name" in page.locator("[data-find-words]").inner_text()
    page.keyboard.press("Escape")
    assert not page.locator(".find-results").is_visible()
    page.keyboard.press("Escape")
    assert link.evaluate("link => link === document.activeElement")
    # Enter without a choice shows everybody of the name on a page.
    page.keyboard.press("/")
    page.keyboard.type("menon")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/people/?q=menon")
    assert page.locator("main").get_by_role("link", name="Chitra Menon").is_visible()
