"""Whose emails come back, or who turned reminders off, is never called silent: one line asks for another way."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from council.actions import asking
from council.models import AskKind, Case, CaseKind
from journal.models import Entry
from matching.models import Pairing
from mentorship.program_home import needs_of
from mentorship.program_home.figures import figures_of
from outbox import actions as outbox
from outbox.models import Letter
from tests.stories.living import Harbour, browser, words

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def harbour(days):
    story = Harbour()
    story.pair("chitra", "amara")
    days.sweep()
    return story


def titles(harbour) -> list[str]:
    now = timezone.now()
    figures = figures_of([harbour.program], harbour.farida, now)[harbour.program.pk]
    return [need.title for need in needs_of(harbour.program, figures)]


def test_an_address_that_bounces_is_one_line_until_another_way_is_agreed(harbour, days):
    days.sink.refuse_recipients = {harbour.chitra.email: "550 5.1.1 No such person"}
    days.on(4, 5, 9)
    harbour.chitra.refresh_from_db()
    assert harbour.chitra.address_bounced_at
    assert Entry.objects.concerning(harbour.chitra).filter(verb="bounced").count() == 1
    line = "Agree with one person on another way to reach them"
    assert titles(harbour).count(line) == 1 and not [one for one in titles(harbour) if "not delivered" in one]
    morning = Letter.objects.filter(kind="mentorship.morning", recipient=harbour.farida).latest("posted_at")
    assert morning.body.count(line) == 1
    # The coordinator rings her, and notes it.
    page = browser(harbour.farida)
    page.open(reverse("program_home", args=[harbour.program.slug]))
    assert line in page.text
    url = reverse("programs:reach", args=[harbour.program.slug, harbour.members["chitra"].public_id])
    page.open(url)
    assert "Emails to Chitra Menon come back." in page.text
    page.submit("words", words="By telephone, on Tuesdays")
    assert "By telephone, on Tuesdays" in page.text
    assert line not in titles(harbour)
    # What follows is no silence of hers: the follow-up says what could not be done, and how to do it.
    days.on(14)
    case = Case.objects.open().get()
    assert case.kind == CaseKind.UNREACHED
    log = " ".join(case.lines.values_list("words", flat=True))
    assert "Both were written to" not in log and "Amara Okafor alone was written to" in log
    assert "Emails to Chitra Menon come back. Agreed instead: By telephone, on Tuesdays" in log
    page.open(harbour.url("case", case.public_id))
    assert "emails do not reach" in words(page.text)
    assert "come back. Agreed instead: By telephone, on Tuesdays That is no silence of theirs." in words(page.text)
    # She reads it herself when she signs in, and says that her address works; it does not.
    hers = browser(harbour.chitra)
    assert "Emails to you come back" in hers.open(reverse("home"))
    hers.open(reverse("emails"))
    hers.press("works", "1")
    assert "Emails to you come back" not in hers.open(reverse("home"))
    outbox.bounced(harbour.chitra, harbour.chitra.email, now=timezone.now())
    # Her mailbox works again.
    days.sink.refuse_recipients = {}
    page.open(url)
    page.press("works", "1")
    harbour.chitra.refresh_from_db()
    assert harbour.chitra.address_bounced_at is None
    days.on(15)


def test_who_turned_reminders_off_is_not_called_silent(harbour, days):
    for person in (harbour.chitra, harbour.amara):
        outbox.mute(person, harbour.program.slug, now=timezone.now())
    days.on(4, 9, 14)
    assert "Agree with 2 people on another way to reach them" in titles(harbour)
    case = Case.objects.open().get()
    log = " ".join(case.lines.values_list("words", flat=True))
    assert case.kind == CaseKind.UNREACHED and "written to" not in log
    assert "Amara Okafor asked for no reminders." in log and "Chitra Menon asked for no reminders." in log
    assert not Letter.objects.filter(kind__startswith="council.nudge", state="sent").exists()


def test_a_mentee_whose_emails_begin_to_come_back_has_left_no_question_unanswered(harbour, days):
    pairing = Pairing.objects.get(mentee=harbour.members["amara"])
    asking.ask(AskKind.NO_MENTEE, pairing=pairing, cause="no_mentee:test", by=harbour.chitra, now=timezone.now())
    days.to(4)
    line = "One mentee has not answered a question of ours"
    assert line in titles(harbour)
    outbox.bounced(harbour.amara, harbour.amara.email, now=timezone.now())
    assert line not in titles(harbour)
    assert "Agree with one person on another way to reach them" in titles(harbour)


def test_a_mentee_whom_no_question_reaches_is_a_persons_at_once(harbour, days):
    outbox.bounced(harbour.amara, harbour.amara.email, now=timezone.now())
    pairing = Pairing.objects.get(mentee=harbour.members["amara"])
    asking.ask(AskKind.NO_MENTEE, pairing=pairing, cause="no_mentee:test", by=harbour.chitra, now=timezone.now())
    days.sweep()
    case = Case.objects.open().get(kind=CaseKind.NO_MENTEE)
    log = " ".join(case.lines.values_list("words", flat=True))
    assert "Emails to Amara Okafor come back." in log and "no answer" not in log
