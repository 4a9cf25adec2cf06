"""The main job in a real browser beside a real worker: two spreadsheets become pairs who have heard from us."""

import os
import re
from pathlib import Path

import pytest
from django.core import mail
from django.utils import timezone

from programs.models import Membership, Program
from tests.world import PASSWORD, add_member, make_person, make_program

pytestmark = [pytest.mark.browser, pytest.mark.parts, pytest.mark.django_db(transaction=True)]
FILES = Path(__file__).resolve().parents[1] / "data" / "civil-service-small"
# Set to a folder to keep what the walk saw: PNG files by page, width and scheme.
SHOTS = os.environ.get("SCREENSHOTS")
# PICTURES=1 writes those of the README anew.
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "images" if os.environ.get("PICTURES") else None


class Walk:
    """A person at the browser: every page they come to is looked at, wide and narrow, by day and by night."""

    def __init__(self, page, axe, base):
        self.page, self.axe, self.base = page, axe, base
        self.complaints: list[str] = []

    def picture(self, name: str, height: int = 800) -> None:
        """What stands on a screen 1280 wide, for the README."""
        if PICTURES:
            self.page.set_viewport_size({"width": 1280, "height": height})
            self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
            self.page.evaluate("window.scrollTo(0, 0)")
            self.page.screenshot(path=PICTURES / f"{name}.png")

    def look(self, name: str) -> None:
        """axe on the page as it stands; nothing may be wider than a phone."""
        for width in (1280, 360):
            self.page.set_viewport_size({"width": width, "height": 900})
            for scheme in ("light", "dark"):
                # Without motion: axe would measure colours half way through a transition.
                self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                self.complaints += [f"{name} {width} {scheme}: {line}" for line in self.axe(self.page)]
                if SHOTS:
                    self.page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.complaints.append(f"{name}: {wide} px wide in a window of {width}")
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self.page.emulate_media(color_scheme="light")

    def go(self, path: str, name: str) -> None:
        response = self.page.goto(self.base + path)
        assert response.status == 200, path
        self.look(name)

    def press(self, words: str, name: str = "") -> None:
        """The button with these words, or else the link."""
        found = self.page.get_by_role("button", name=words, exact=True)
        (found if found.count() else self.page.get_by_role("link", name=words, exact=True)).first.click()
        self.page.wait_for_load_state()
        if name:
            self.look(name)

    def sign_in(self, person) -> None:
        self.page.goto(self.base + "/accounts/login/")
        self.page.get_by_label("Email").fill(person.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.locator("main").get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/home/")

    def sign_in_by_code(self, person) -> None:
        """As somebody does who was imported and never had a password."""
        self.page.goto(self.base + "/accounts/login/code/")
        self.page.get_by_label("Email").fill(person.email)
        self.press("Email me a code", "code")
        code = re.search(r"^([A-Z0-9-]{6,})$", mail.outbox[-1].body, re.MULTILINE).group(1)
        self.page.get_by_label("Code").fill(code)
        self.press("Go on")
        self.page.wait_for_url("**/home/")


@pytest.fixture
def coordinator():
    return make_person("Dilnoza Karimova", "dilnoza@example.org")


@pytest.fixture
def program(coordinator):
    program = make_program(
        "Civil service mentoring", state="setup", now=timezone.now(), starts_on=timezone.now().date(), purpose="",
        emergency_number="",
    )  # fmt: skip
    add_member(program, "coordinator", coordinator, state="active")
    return program


@pytest.fixture
def walk(page, axe, live_server):
    return Walk(page, axe, live_server.url)


def open_the_program(walk, program):
    """What is missing is said, filled in, and the program opens."""
    settings = f"/admin/p/{program.slug}/settings/"
    walk.go(f"/admin/p/{program.slug}/", "program-home-new")
    walk.go(settings, "settings")
    walk.go(settings + "basics/", "settings-basics")
    walk.page.get_by_label("What is it for?").fill("Civil servants learn from somebody a grade or two ahead.")
    walk.press("Save")
    walk.go(settings + "figures/", "settings-figures")
    walk.go(settings + "words/", "settings-words")
    walk.go(settings + "team/", "settings-team")
    walk.go(settings + "help/", "settings-help")
    walk.page.get_by_label("Emergency number").fill("999")
    for field, value in {
        "safeguarding_person_email": "ama.mensah@example.org",
        "safeguarding_person_name": "Ama Mensah",
        "safeguarding_deputy_email": "jo.lind@example.org",
        "safeguarding_deputy_name": "Jo Lind",
    }.items():
        walk.page.fill(f"[name={field}]", value)
    walk.press("Save")
    walk.go(f"/admin/p/{program.slug}/open/", "open")
    walk.press("Open the program")
    assert Program.objects.get(pk=program.pk).state == "open"


def import_people(walk, program):
    """Both files as they lie; what the other side may see is said; nothing is saved before "Import"."""
    walk.go(f"/admin/p/{program.slug}/import/", "import-files")
    walk.page.set_input_files("[name=mentor]", FILES / "mentors.csv")
    walk.page.set_input_files("[name=mentee]", FILES / "mentees.csv")
    walk.press("Continue to the columns", "import-columns")
    for who_sees in walk.page.get_by_label("Who sees “profession”").all():
        who_sees.select_option("other_side")
    walk.press("Continue to the preview", "import-preview")
    assert not Membership.objects.of(program).participants().exists()
    walk.press("Import")
    walk.page.get_by_role("link", name="On to the matching rules").wait_for(timeout=60_000)
    walk.look("import-done")
    assert Membership.objects.of(program).participants().count() == 100


def choose(walk, label: str, words: str) -> None:
    walk.page.get_by_label(label).first.select_option(label=words)


def set_the_rules(walk, program):
    """The rules of the data's README, as data, in the browser."""
    home = f"/admin/p/{program.slug}/matching/"
    walk.go(home, "matching-without-rules")
    walk.go(home + "rules/new/must_differ/", "rule-must-differ")
    choose(walk, "The mentee's answer to", "organisation")
    choose(walk, "The mentor's answer to", "organisation")
    walk.press("Save this rule")
    walk.go(home + "rules/new/ordinal_distance/", "rule-steps")
    choose(walk, "The mentee's answer to", "grade")
    choose(walk, "The mentor's answer to", "grade")
    grades = ["AA", "AO", "EO", "HEO", "SEO", "Grade 7", "Grade 6", "SCS1", "SCS2", "SCS3", "SCS4"]
    walk.page.fill("[name=scale]", "\n".join(grades))
    walk.page.fill("[name=points_1]", "9")
    walk.page.fill("[name=points_2]", "12")
    walk.press("Save this rule")
    walk.go(home + "rules/new/same_value/", "rule-same")
    choose(walk, "The mentee's answer to", "profession")
    choose(walk, "The mentor's answer to", "profession")
    walk.page.fill("[name=points]", "10")
    walk.press("Save this rule")
    walk.go(home + "rules/new/wish_met/", "rule-wish")
    choose(walk, "What the mentee wishes for", "identity to match")
    choose(walk, "Where the mentor would say so", "characteristics")
    walk.page.fill("[name=points]", "6")
    walk.press("Save this rule")
    walk.go(home, "matching-rules")


def work_out_and_publish(walk, program):
    walk.press("Work out the pairs")
    walk.page.get_by_role("link", name="Publish").wait_for(timeout=60_000)
    walk.look("draft")
    walk.picture("draft", height=1250)
    said = walk.page.locator("main").inner_text()
    assert "35 of 50" in said and "747" in said and "750" in said
    draft = walk.page.url
    walk.page.locator("tbody a", has_text=re.compile("Change", re.I)).first.click()
    walk.page.wait_for_load_state()
    walk.look("draft-change")
    walk.press("Leave without a mentor")
    walk.go(draft.removeprefix(walk.base), "draft-by-hand")
    assert "set by hand" in walk.page.locator("main").inner_text().lower()
    walk.press("Publish", "publish")
    walk.press("Publish and send the emails", "published-held")
    walk.press("Send the emails now")
    assert Membership.objects.of(program).mentees().filter(state="active").count() == 35
    walk.look("published")
    walk.go(draft.removeprefix(walk.base) + "fairness/?by=grade", "fairness")
    walk.go(draft.removeprefix(walk.base) + "compare/", "compare")
    walk.go(f"/admin/p/{program.slug}/matching/mentors/", "asked-first")


def look_at_the_lists(walk, program):
    walk.go(f"/admin/p/{program.slug}/", "program-home")
    walk.go("/admin/", "programs")
    walk.go("/home/", "home-coordinator")
    for name in ("programs/membership", "matching/pairing", "matching/round", "outbox/letter", "journal/entry"):
        walk.go(f"/admin/{name}/", "list-" + name.partition("/")[2])
    member = Membership.objects.of(program).mentees().filter(state="active").first()
    walk.go(f"/admin/p/{program.slug}/people/{member.public_id}/", "participant")
    letter = member.user.letters.get()
    walk.go(f"/admin/p/{program.slug}/emails/{letter.public_id}/", "email")
    walk.go("/profile/", "profile")
    walk.go("/design/", "design")


def see_homes(walk, program):
    """A mentee and a mentor of a pair, and somebody who waits, each find their home."""
    pair = program.pairings.first()
    waiting = Membership.objects.of(program).mentees().filter(state="waiting").first()
    for member, name in ((pair.mentee, "home-mentee"), (pair.mentor, "home-mentor"), (waiting, "home-waiting")):
        walk.page.context.clear_cookies()
        walk.sign_in_by_code(member.user)
        walk.look(name)


def test_a_coordinator_turns_two_spreadsheets_into_pairs(walk, program, coordinator, live_workers):
    live_workers.start()
    walk.go("/", "front")
    walk.go("/accounts/login/", "sign-in")
    walk.go("/accounts/signup/", "sign-up")
    walk.go("/accounts/login/code/", "sign-in-code")
    walk.go("/accounts/password/reset/", "reset")
    walk.sign_in(coordinator)
    open_the_program(walk, program)
    import_people(walk, program)
    set_the_rules(walk, program)
    work_out_and_publish(walk, program)
    look_at_the_lists(walk, program)
    see_homes(walk, program)
    assert walk.complaints == [], "\n".join(walk.complaints)
