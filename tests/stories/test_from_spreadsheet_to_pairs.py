"""From two spreadsheets of real applicants to the best possible pairs, and a letter to every person: over HTTP."""

import csv
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from matching.models import Pairing, Round
from mentorship.sweeps import tick
from outbox.models import Letter
from profiles.models import User
from programs.models import Import, Membership, Program
from tests.stories.browsing import Browser
from tests.stories.living import ADDRESS
from tests.world import make_person

pytestmark = pytest.mark.django_db(transaction=True)
FILES = Path(__file__).parent.parent / "data" / "civil-service-small"
MORNING = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
GRADES = ["AA", "AO", "EO", "HEO", "SEO", "Grade 7", "Grade 6", "SCS1", "SCS2", "SCS3", "SCS4"]
P = "/admin/p/civil-service/"


def file_of(role: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{role}s.csv", (FILES / f"{role}s.csv").read_bytes(), "text/csv")


def rows_of(role: str) -> list[dict]:
    with open(FILES / f"{role}s.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def sweeps():
    """What the worker does within a few seconds."""
    _counts, failed = tick(timezone.now(), seconds=60)
    assert not failed


def words(page: str) -> str:
    """The text of a page without its markup, for figures inside sentences."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def ada(db, smtp_sink, settings):
    """Runs the installation, and is signed in by a code from an email."""
    settings.REQUIRE_SECOND_FACTOR = False
    with time_machine.travel(MORNING, tick=True):
        make_person("Ada Root", "ada@example.org", is_superuser=True)
        browser = Browser()
        browser.sign_in_by_code("ada@example.org", smtp_sink)
        assert browser.open("/admin/") and browser.status == 200
        yield browser


def make_program(ada):
    """A program by its forms: made, filled in, its people named, opened."""
    ada.open("/admin/p/new/")
    ada.submit("name", name="Civil service", purpose="People grow with somebody a grade or two above them.")
    program = Program.objects.get()
    assert ada.url == f"/admin/p/{program.slug}/" == P
    ada.open(f"{P}open/")
    assert "A safeguarding contact" in ada.text
    ada.open(f"{P}settings/basics/")
    ada.submit("starts_on", starts_on="2026-11-16")
    ada.open(f"{P}settings/goals/")
    ada.submit("goal_0_text", goal_0_text="Everybody has met twice by the spring.")
    ada.open(f"{P}settings/help/")
    ada.submit(
        "emergency_number",
        emergency_number="999",
        safeguarding_person_email="safe@example.org",
        safeguarding_person_name="Joana Prado",
        safeguarding_deputy_email="deputy@example.org",
        safeguarding_deputy_name="Kofi Asante",
    )
    for email, name in (("farida@example.org", "Farida Haddad"), ("sean@example.org", "Sean Byrne")):
        ada.open(f"{P}settings/team/")
        ada.submit("role", email=email, name=name)
    ada.open(f"{P}open/")
    ada.submit_last()
    program.refresh_from_db()
    assert program.state == "open"
    return program


def take_in(browser, **files) -> Import:
    """Uploads files, takes the columns as they were recognised, and looks at the preview."""
    browser.open(f"{P}import/")
    browser.submit("mentor", **files)
    assert browser.url.endswith("/columns/"), words(browser.text)[:500]
    browser.submit("show_addresses", show_addresses="yes")
    assert browser.url.endswith("/preview/"), words(browser.text)[:500]
    return Import.objects.order_by("pk").last()


def add_rule(browser, kind: str, **fields):
    browser.open(f"{P}matching/rules/new/{kind}/")
    browser.submit("after", **fields)
    assert browser.url == f"{P}matching/", words(browser.text)[:800]


def work_out(browser) -> str:
    """Asks for a round in place of the draft there is, and shows it once the worker has done it."""
    browser.open(f"{P}matching/")
    if draft := Round.objects.filter(state="draft").first():
        browser.open(f"{P}matching/rounds/{draft.public_id}/")
    browser.submit("matching/ask/")
    sweeps()
    round = Round.objects.order_by("pk").last()
    assert round.state == "draft", round.failure
    return words(browser.open(f"{P}matching/rounds/{round.public_id}/"))


def test_from_spreadsheet_to_pairs(ada, smtp_sink):
    make_program(ada)
    farida, sean = Browser(), Browser()
    for browser, email in ((farida, "farida@example.org"), (sean, "sean@example.org")):
        browser.sign_in_by_code(email, smtp_sink)
        browser.open(P)
        assert browser.status == 200
    smtp_sink.clear()

    import_both_files(farida)
    # Nobody hears of it but those in charge, in their morning email.
    assert all("You get this email because you help to run a program" in one.text for one in smtp_sink.received)
    smtp_sink.clear()

    rules(farida)
    best_pairs_by_every_weighing(farida)
    round = one_edit_by_hand(farida)
    publish(farida, sean, round)
    letters(smtp_sink)
    a_mentee_signs_in(smtp_sink)
    taking_the_same_files_in_again_adds_nobody(farida)


def to_participants():
    """All emails but those that tell whoever is in charge what a morning brings."""
    return Letter.objects.exclude(kind="mentorship.morning")


def import_both_files(farida):
    """As they lie; nothing is saved before "Import", nothing is sent, and identity is for the matching alone."""
    draft = take_in(farida, mentor=file_of("mentor"), mentee=file_of("mentee"))
    assert "100" in words(farida.text)
    readers = {
        (file.role, column): meaning["readers"]
        for file in draft.files.all()
        for column, meaning in zip(file.header, file.mapping, strict=True)
    }
    assert readers["mentor", "characteristics"] == readers["mentee", "identity to match"] == "matcher"
    assert readers["mentee", "grade"] == readers["mentor", "biography"] == "coordinators"
    assert not Membership.objects.participants().exists()
    farida.submit("/start/")
    sweeps()
    assert Membership.objects.mentors().count() == Membership.objects.mentees().count() == 50
    assert not to_participants().exists()


def rules(farida):
    """The policy of the data's README, by the forms."""
    add_rule(farida, "must_differ", mentee="organisation", mentor="organisation")
    add_rule(
        farida,
        "ordinal_distance",
        mentee="grade",
        mentor="grade",
        scale="\n".join(GRADES),
        points_1="9",
        points_2="12",
    )
    add_rule(farida, "same_value", mentee="profession", mentor="profession", points="10")
    add_rule(farida, "wish_met", mentee="identity_to_match", mentor="characteristics", points="6")


def honour_the_wish(farida, wanted: bool):
    farida.open(f"{P}matching/rules/3/")
    farida.submit("asked", asked="match_with_similar_identity", honour=["on"] if wanted else [])


def lift_the_weakest(farida, wanted: bool):
    farida.open(f"{P}matching/")
    farida.submit("floor", floor=["on"] if wanted else [])


def best_pairs_by_every_weighing(farida):
    """Both figures, with the wish honoured and without: the best, and what lifting the weakest pairs costs."""
    said = work_out(farida)
    assert "35 of 50" in said and "747" in said and "750" in said
    lift_the_weakest(farida, False)
    said = work_out(farida)
    assert "750 points" in said and "747" not in said
    honour_the_wish(farida, True)
    said = work_out(farida)
    assert "35 of 50" in said and "727 points" in said
    lift_the_weakest(farida, True)
    said = work_out(farida)
    assert "724" in said and "727" in said
    assert not Pairing.objects.exists() and not to_participants().exists()


def one_edit_by_hand(farida) -> Round:
    """Two mentees change mentors, or one takes a mentor with a free place: there are 35 pairs still."""
    round = Round.objects.get(state="draft")
    for line in round.proposals.pairs().select_related("mentee"):
        farida.open(f"{P}matching/rounds/{round.public_id}/mentees/{line.mentee.public_id}/")
        buttons = re.findall(r'name="mentor" value="([0-9a-f-]{36})"', farida.text)
        if buttons:
            farida.press("mentor", buttons[0])
            changed = round.proposals.get(pk=line.pk)
            assert changed.by_hand and str(changed.mentor.public_id) == buttons[0]
            break
    else:
        pytest.fail("No mentee of the draft could have another mentor.")
    assert round.proposals.pairs().count() == 35
    assert "by hand" in words(farida.text)
    return round


def publish(farida, sean, round):
    """Says what will happen to whom; whoever comes second is told so, and nobody is written to twice."""
    url = f"{P}matching/rounds/{round.public_id}/publish/"
    assert "35 pairs" in words(sean.open(url))
    assert "35 pairs" in words(farida.open(url))
    farida.submit("confirmed")
    assert Pairing.objects.open().count() == 35
    farida.submit("/send/")
    response = sean.client.post(url, follow=True)
    assert response.status_code == 200
    assert "Another coordinator has published this round already" in response.content.decode()
    assert Pairing.objects.open().count() == 35 and to_participants().count() == 100
    sweeps()


def letters(sink):
    """Everybody has exactly one: mentees and mentors of pairs, and those for whom there was nobody yet."""
    per_person = Counter(one.recipients[0] for one in sink.received)
    people = {row["email address"] for role in ("mentor", "mentee") for row in rows_of(role)}
    assert per_person == dict.fromkeys(people, 1)
    assert Counter(to_participants().values_list("kind", flat=True)) == {
        "matching.matched_mentee": 35,
        "matching.matched_mentor": 35,
        "matching.unmatched_mentee": 15,
        "matching.unmatched_mentor": 15,
    }
    for pairing in Pairing.objects.select_related("mentor__user", "mentee__user"):
        (to_mentee,), (to_mentor,) = sink.to(pairing.mentee.user.email), sink.to(pairing.mentor.user.email)
        assert pairing.mentor.user.name in to_mentee.text and pairing.mentor.user.email in to_mentee.text
        assert pairing.mentee.user.name in to_mentor.text and pairing.mentee.user.email in to_mentor.text
    wishes = {row["identity to match"] for row in rows_of("mentee")} - {""}
    for one in sink.received:
        assert one.subject == "About your mentoring"
        # A signed address is random letters, in which any short word may stand.
        said = ADDRESS.sub("", one.text)
        assert not any(wish in said for wish in wishes)
        assert "points" not in said and "score" not in said
        assert "[link:" not in one.text and "List-Unsubscribe" in one.message
    waiting = Membership.objects.filter(state="waiting")
    assert waiting.count() == 30 and {m.write_again_on for m in waiting} == {datetime(2026, 12, 16).date()}
    for member in waiting.select_related("user"):
        assert "16 December 2026" in sink.to(member.user.email)[0].text


def a_mentee_signs_in(sink):
    pairing = Pairing.objects.select_related("mentor__user", "mentee__user").first()
    browser = Browser()
    browser.sign_in_by_code(pairing.mentee.user.email, sink)
    assert browser.url == "/home/" and pairing.mentor.user.name in browser.text
    browser.open(P)
    assert browser.status == 404


def taking_the_same_files_in_again_adds_nobody(farida):
    before = sorted(User.objects.values_list("pk", "email", "name"))
    draft = take_in(farida, mentor=file_of("mentor"), mentee=file_of("mentee"))
    farida.client.post(f"{P}import/{draft.public_id}/start/")
    sweeps()
    assert sorted(User.objects.values_list("pk", "email", "name")) == before
    assert Membership.objects.participants().count() == 100
    assert Pairing.objects.open().count() == 35


HEAD = "first name,last name,email address,grade\n"


def test_somebody_in_both_files_is_one_person_and_two_names_are_asked_about(ada, smtp_sink):
    make_program(ada)
    mentors = HEAD + "Chitra,Menon,chitra@example.org,SCS1\nDafydd,Rees,Shared@Example.org,SEO\n"
    mentees = HEAD + "chitra,menon,CHITRA@example.org,HEO\nSomebody,Else,shared@example.org,EO\n"
    take_in(
        ada,
        mentor=SimpleUploadedFile("mentors.csv", mentors.encode()),
        mentee=SimpleUploadedFile("mentees.csv", mentees.encode()),
    )
    draft = Import.objects.get()
    assert "shared@example.org" in ada.text.lower()
    ada.client.post(f"{P}import/{draft.public_id}/start/")
    draft.refresh_from_db()
    assert draft.state == "preview", "Nothing is merged before it is said who it is."
    ada.open(f"{P}import/{draft.public_id}/preview/")
    form = ada.form("who:shared@example.org")
    choices = re.findall(r'name="who:shared@example.org"[^>]*value="([^"]*)"', ada.text)
    assert len(choices) >= 2, form
    ada.submit("who:shared@example.org", **{"who:shared@example.org": choices[0]})
    ada.submit("/start/")
    sweeps()
    draft.refresh_from_db()
    assert draft.state == "done"
    chitra = User.objects.get(email="chitra@example.org")
    assert sorted(chitra.memberships.values_list("role", flat=True)) == ["mentee", "mentor"]
    assert User.objects.filter(email="shared@example.org").count() == 1
