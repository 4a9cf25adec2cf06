"""Evidence of touch: what each side says of a day, what staff note, and what is taken back."""

from datetime import date, timedelta

import pytest

from checkins import actions, watching
from checkins.models import Contact, Source, Sureness, Watch
from journal.models import Entry, EntryConcerns
from programs.errors import Refused
from tests.checkins.pairs import DAY, a_pair
from tests.world import NOW, make_person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 16)
LATER = NOW + 3 * DAY


@pytest.fixture
def pairing():
    pairing = a_pair()
    Watch.objects.update(look_at=NOW + 14 * DAY)
    return pairing


def say(pairing, says="mentor", on=TODAY, now=LATER, source=Source.SAID):
    by = make_person() if says == "staff" else getattr(pairing, says).user
    return actions.add_contact(pairing, on=on, says=says, source=source, by=by, now=now)


def back(pairing, says="mentor", on=TODAY, now=LATER):
    by = None if says == "staff" else getattr(pairing, says).user
    return actions.take_back(pairing, on=on, says=says, by=by, now=now)


def entries(pairing):
    return list(Entry.objects.filter(verb__startswith="pair.", object_id=str(pairing.pk)).order_by("pk"))


def test_one_says_so_then_the_other_then_it_is_sure(pairing):
    assert say(pairing).sureness == Sureness.ONE
    contact = say(pairing, "mentee")
    assert (contact.sureness, contact.by_mentor, contact.by_mentee) == (Sureness.BOTH, True, True)
    assert Contact.objects.get() == contact
    assert [entry.words for entry in entries(pairing)] == [
        "In touch on 16 November 2026 (confirmed by one).",
        "In touch on 16 November 2026 (confirmed by both).",
    ]
    both = {pairing.mentor.user, pairing.mentee.user}
    assert {row.person for row in EntryConcerns.objects.filter(entry=entries(pairing)[0])} == both


def test_the_pair_is_looked_at_at_once(pairing):
    say(pairing)
    assert Watch.objects.get().look_at == LATER
    Watch.objects.update(look_at=None)
    back(pairing, now=LATER + DAY)
    assert Watch.objects.get().look_at == LATER + DAY


def test_said_twice_is_once_in_the_history_and_heard_twice(pairing, monkeypatch):
    heard = []
    monkeypatch.setattr(watching, "_on_contact", [lambda contact, *, by, now: heard.append((contact.on, by, now))])
    say(pairing)
    say(pairing, now=LATER + DAY)
    assert len(entries(pairing)) == 1
    assert heard == [(TODAY, pairing.mentor.user, LATER), (TODAY, pairing.mentor.user, LATER + DAY)]


def test_a_listener_that_fails_takes_the_contact_with_it(pairing, monkeypatch):
    def fail(contact, *, by, now):
        raise RuntimeError("No.")

    monkeypatch.setattr(watching, "_on_contact", [fail])
    with pytest.raises(RuntimeError):
        say(pairing)
    assert not Contact.objects.exists() and not entries(pairing) and Watch.objects.get().look_at == NOW + 14 * DAY


@pytest.mark.parametrize("first, second", [("mentor", "mentee"), ("mentee", "mentor")])
def test_what_one_takes_back_the_other_still_says(pairing, first, second):
    say(pairing, first)
    say(pairing, second)
    assert back(pairing, first)
    contact = Contact.objects.get()
    assert (contact.sureness, getattr(contact, f"by_{second}")) == (Sureness.ONE, True)
    assert not back(pairing, first)
    assert back(pairing, second)
    assert not Contact.objects.exists()
    assert entries(pairing)[-1].words == "Not in touch on 16 November 2026 after all."


def test_nobody_takes_back_what_another_said(pairing):
    say(pairing)
    assert not back(pairing, "mentee")
    assert not back(pairing, on=TODAY + DAY)
    assert Contact.objects.get().by_mentor and len(entries(pairing)) == 1


@pytest.mark.parametrize("first, second", [("staff", "mentor"), ("mentor", "staff")])
def test_what_staff_noted_stays_when_a_side_takes_theirs_back(pairing, first, second):
    say(pairing, first, source=Source.STAFF if first == "staff" else Source.SAID)
    contact = say(pairing, second, source=Source.STAFF if second == "staff" else Source.SAID)
    assert (contact.sureness, contact.source) == (Sureness.ONE, Source.STAFF)
    assert back(pairing)
    contact = Contact.objects.get()
    assert (contact.sureness, contact.by_mentor, contact.source) == (Sureness.ONE, False, Source.STAFF)
    assert back(pairing, "staff")
    assert not Contact.objects.exists()


def test_the_history_says_that_staff_noted_it(pairing):
    say(pairing, "staff", source=Source.STAFF)
    assert [entry.why for entry in entries(pairing)] == ["noted by a coordinator"]


def test_the_future_and_the_time_before_the_match_are_refused(pairing):
    with pytest.raises(Refused, match="This day has not come yet"):
        say(pairing, on=TODAY + 4 * DAY)
    with pytest.raises(Refused, match="You were matched on 16 November 2026"):
        say(pairing, on=TODAY - DAY)
    assert not Contact.objects.exists()


def test_days_are_those_of_the_program(pairing):
    type(pairing.program).objects.update(time_zone="Pacific/Auckland")
    evening = NOW + timedelta(hours=3)
    # 13:00 in London is the next day in Auckland, where the pair began on the 16th at 23:00.
    assert say(pairing, on=TODAY + DAY, now=evening)
    assert say(pairing, on=TODAY, now=evening)
    type(pairing.program).objects.update(time_zone="America/Los_Angeles")
    with pytest.raises(Refused, match="has not come yet"):
        say(pairing, on=TODAY + DAY, now=evening)


def test_an_ended_pair_takes_no_contact(pairing):
    type(pairing).objects.update(state="ended", ended_at=LATER)
    with pytest.raises(Refused, match="ended"):
        say(pairing)
