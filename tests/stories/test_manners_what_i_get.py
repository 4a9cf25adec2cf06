"""What somebody gets is theirs to choose: signed in, from any email, or with the button of their mail program."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from checkins import actions as checkins
from journal.models import Entry
from outbox.models import Choice, Letter
from tests import world as w
from tests.stories.living import Harbour, browser, link, words

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def harbour(days):
    story = Harbour()
    story.pair("chitra", "amara")
    days.sweep()
    return story


def kinds_sent(person) -> list[str]:
    rows = Letter.objects.filter(recipient=person, state="sent").order_by("sent_at")
    return list(rows.values_list("kind", flat=True))


def test_reminders_once_a_week_and_what_must_be_known_at_once(harbour, days):
    page = browser(harbour.chitra)
    page.open(reverse("home"))
    assert reverse("emails") in page.open(reverse("profile"))
    page.open(reverse("emails"))
    assert "What always comes" in page.text
    page.submit("harbour-reminders", **{"harbour-reminders": "weekly"})
    assert "Saved." in words(page.text)
    assert page.form("harbour-reminders").values["harbour-reminders"] == ["weekly"]
    before = len(days.letters(harbour.chitra))
    # From Monday on; a week later it is Monday again.
    days.on(4, 5, 6, 7, 8, 9)
    came = days.letters(harbour.chitra)[before:]
    # Nobody has been in touch: Amara is reminded as it comes up, Chitra on Monday, in one email.
    assert "council.nudge_mentee" in kinds_sent(harbour.amara)
    assert len(came) == 1
    sent = Letter.objects.filter(kind="council.nudge_mentor", recipient=harbour.chitra, state="sent")
    assert {letter.sent_at.weekday() for letter in sent} == {0}
    # A meeting is hers to know at once, on whatever day.
    pairing = harbour.members["amara"].pairings_as_mentee.get()
    checkins.propose(
        pairing, starts_at=timezone.now() + 9 * DAY, minutes=60, place="Café", by=harbour.amara, now=timezone.now()
    )
    days.sweep()
    assert kinds_sent(harbour.chitra)[-1] == "checkins.proposed_mentor"


def test_everything_off_from_an_email_and_on_again(harbour, days):
    letter = days.last(harbour.amara)
    door = link(letter, "unsubscribe")
    page = browser()
    page.open(door)
    # Opening it, and whatever scans emails for traps, changes nothing.
    assert not Choice.objects.exists() and "Turn them all off" in page.text
    assert "reminders, questions and news from Harbour volunteers, and nothing else" in words(page.text)
    page.press("reminders", "off")
    assert "They are off" in page.text
    days.on(4, 9)
    assert not [kind for kind in kinds_sent(harbour.amara) if kind.startswith(("council.nudge", "surveys"))]
    assert "council.nudge_mentor" in kinds_sent(harbour.chitra)
    dropped = Letter.objects.filter(recipient=harbour.amara, kind="council.nudge_mentee")
    assert {(letter.state, "asked for none of these" in letter.outcome) for letter in dropped} == {("dropped", True)}
    assert Entry.objects.concerning(harbour.amara).filter(verb="reminders off").count() == 1
    page.open(door)
    page.press("reminders", "on")
    assert not Choice.objects.exists()
    # Or a part of it: only the questions.
    chosen = page.form("harbour-questions").data() | {"harbour-questions": "never", "save": "1"}
    page.client.post(door, chosen)
    assert [(row.topic, row.group, row.how) for row in Choice.objects.all()] == [("harbour", "questions", "never")]


def test_the_button_of_a_mail_program(harbour, days):
    letter = days.last(harbour.amara)
    address = re.search(r"<https?://[^/]+(/\S+)>", str(letter.message["List-Unsubscribe"]))[1]
    scanner = Client(enforce_csrf_checks=True)
    for method in ("get", "head", "options"):
        getattr(scanner, method)(address)
    assert not Choice.objects.exists()
    # A scanner that follows links, and posts nothing that RFC 8058 names, trips nothing either.
    assert scanner.post(address).status_code == 400 and scanner.post(address, {"a": "b"}).status_code == 400
    assert not Choice.objects.exists()
    assert scanner.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Choice.objects.get().topic == "harbour"


def test_one_program_apart_from_the_others(harbour, days):
    river = w.make_program("Riverside", slug="riverside", safeguarding=harbour.joana, deputy=harbour.kofi)
    w.add_member(river, "mentee", harbour.amara, now=timezone.now())
    page = browser(harbour.amara)
    page.open(reverse("emails"))
    assert "Something else for Riverside" in page.text
    page.submit(".-reminders", **{".-reminders": "weekly", "riverside-reminders": "at_once"})
    chosen = {(row.topic, row.group): row.how for row in Choice.objects.filter(person=harbour.amara)}
    assert chosen == {("", "reminders"): "weekly", ("riverside", "reminders"): "at_once"}
    page.submit(".-reminders", **{".-reminders": "at_once", "riverside-reminders": ""})
    assert not Choice.objects.exists()
