"""Somebody without an account tries the matching with two spreadsheets, in a real browser."""

from pathlib import Path

import pytest

from tests.browser.test_every_page import look_at
from tests.matching.civil_service import FOLDER

pytestmark = [pytest.mark.browser, pytest.mark.parts, pytest.mark.django_db(transaction=True)]


def test_somebody_tries_it_before_any_account(page, axe, live_server):
    page.goto(f"{live_server.url}/try/")
    page.get_by_label("File of mentees").set_input_files(FOLDER / "mentees.csv")
    page.get_by_label("File of mentors").set_input_files(FOLDER / "mentors.csv")
    complaints = look_at(page, axe, "files")
    page.get_by_role("button", name="Find the pairs").click()
    page.get_by_role("heading", name="Who with whom").wait_for()
    complaints += look_at(page, axe, "pairs")
    first = page.locator("fieldset").first
    first.get_by_label("What for").select_option(label="counts if the same")
    first.get_by_label("How much").select_option(label="a lot")
    # The keyboard is enough.
    page.get_by_role("button", name="Find the pairs again").focus()
    page.keyboard.press("Enter")
    page.get_by_text("+20").first.wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Take the pairs along").click()
    assert "Mentee,Mentee's address" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert not complaints, "\n".join(complaints)
