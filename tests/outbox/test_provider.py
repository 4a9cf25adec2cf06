"""What a mail provider tells us later: addresses that bounce for good, complaints, and what is neither."""

from types import SimpleNamespace

import pytest

from journal.models import Entry
from outbox import transport
from outbox.models import Choice, How, Letter
from outbox.views import provider
from programs.fates import fate
from tests.outbox.conftest import NOW
from tests.outbox.test_delivery import deliver, state
from tests.world import make_person

pytestmark = pytest.mark.django_db


def tell(event_type, person, reason=None, about=None, words="", **said):
    address = person.email.upper() if person else "nobody@example.org"
    event = SimpleNamespace(
        event_type=event_type, recipient=address, reject_reason=reason, timestamp=NOW, esp_event=said,
        message_id=about, mta_response=words, description="",
    )  # fmt: skip
    provider.heard(None, event, "Postmark")
    if person:
        person.refresh_from_db()


def test_an_address_that_bounces_for_good_is_marked_once(kind, post, smtp_sink):
    ada = make_person("Ada")
    for event_type, reason in (("deferred", None), ("bounced", "other"), ("bounced", "spam"), ("opened", None)):
        tell(event_type, ada, reason)
        assert ada.address_bounced_at is None
    for soft in ({"Type": "SoftBounce"}, {"event": "soft_bounce"}, {"bounce_class": 22}):
        tell("bounced", ada, "bounced", **soft)
        assert ada.address_bounced_at is None
    for _twice in range(2):
        tell("bounced", ada, "bounced")
        tell("rejected", ada, "invalid")
    assert ada.address_bounced_at == NOW
    assert Entry.objects.concerning(ada).filter(words="Emails to Ada come back.").count() == 1
    letter = post(kind(), ada)
    assert deliver() == 0 and state(letter) == "dead"


def test_the_email_that_came_back_says_so_and_those_that_went_with_it(kind, post, smtp_sink):
    ada = make_person("Ada")
    first, second, other = (post(kind(name=f"tests.{name}"), ada) for name in ("one", "two", "three"))
    assert deliver() == 3
    for letter, known in ((first, "x1"), (other, "x3")):
        Letter.objects.filter(pk=letter.pk).update(provider_id=known, sent_at=NOW)
    Letter.objects.filter(pk=second.pk).update(joined_into=first, sent_at=NOW)
    tell("deferred", ada, about="x1")
    tell("bounced", ada, "bounced", about="nobody's")
    assert not Letter.objects.exclude(came_back_at=None).exists()
    for _twice in range(2):
        tell("bounced", ada, "bounced", about="x1", words="550 5.1.1\nno such user")
    words = "sent 16 Nov 2026, 10:00; came back 10:00: there is no such mailbox"
    for letter in (first, second):
        letter.refresh_from_db()
        assert fate(letter, False, NOW) == f"{words} (their mail server said: 550 5.1.1 no such user)"
        assert (letter.state, letter.standing[1]) == ("sent", "came back")
    # A full mailbox is no bad address, and the email came back all the same.
    tell("bounced", ada, "spam", about="x3")
    other.refresh_from_db()
    assert "took it for unwanted mail" in fate(other, False, NOW)


def test_who_complains_gets_nothing_more_that_can_be_turned_off(kind, post, smtp_sink):
    ada = make_person()
    Choice.objects.create(person=ada, topic="north", group="reminders", how=How.WEEKLY, since=NOW)
    tell("complained", ada)
    assert [(row.topic, row.group, row.how) for row in Choice.objects.all()] == [("", "", How.NEVER)]
    nudge, matched = post(kind(name="tests.nudge", optional=True), ada), post(kind(), ada)
    assert deliver() == 1 and (state(nudge), state(matched)) == ("dropped", "sent")
    assert Entry.objects.concerning(ada).filter(verb="complained").count() == 1


def test_what_is_said_of_somebody_unknown_is_left():
    tell("bounced", None, "bounced")
    assert not Entry.objects.exists()


def test_without_a_provider_nothing_of_it_is_loaded(settings):
    assert settings.EMAIL_PROVIDER == "" and transport._of_provider("AnymailAPIError") == ()
