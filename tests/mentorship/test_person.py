"""The page of a person: all that concerns them in one's own programs, and a call noted in one line."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checkins.models import Contact, Watch
from journal.models import Entry
from tests import world as w

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with time_machine.travel(w.NOW + timedelta(hours=1), tick=False):
        yield w.build()


def url_of(person) -> str:
    return reverse("person", args=[person.public_id])


def page_of(client, person, **query) -> str:
    response = client.get(url_of(person), query)
    assert response.status_code == 200
    return response.content.decode()


def test_everything_that_concerns_somebody_stands_on_one_page(world):
    page = page_of(world.client("coordinator"), world.mentee)
    follow_up = reverse("council:case", args=["harbour", world.case.public_id])
    email = reverse("programs:email", args=["harbour", world.letters["sent"].public_id])
    for words in ("Chitra Menon", "Last in touch", "They meet", "A quiet pair", follow_up, email, "Department of Joy"):
        assert words in page, words
    assert "1 email was not delivered" in page
    assert "Pulse: it goes well with Amara Okafor" in page_of(world.client("coordinator"), world.mentor)
    # A concern leaves no trace here, and neither does an answer for the matching alone.
    assert w.CONCERN_WORDS not in page and w.SECRET not in page
    assert page.count("btn-primary") == 1


def test_what_was_addressed_to_the_council_is_not_there(world):
    client = world.client("coordinator")
    for person in (world.council_mentee, world.council_mentor):
        page = page_of(client, person)
        assert "Lena has not answered" not in page
        assert str(world.addressed_case.public_id) not in page


def test_what_is_about_the_reader_is_not_there(world):
    client = world.client("coordinator_mentee")
    page = page_of(client, world.own_mentor)
    own_pair, own_case = str(world.own_pairing.public_id), str(world.own_case.public_id)
    own_email = str(world.letters["about_mateo"].public_id)
    assert own_pair not in page and own_case not in page and own_email not in page
    whole = page_of(world.client("coordinator"), world.own_mentor)
    assert own_pair in whole and own_case in whole and own_email in whole
    # Their own page leads to what they may know of themselves.
    assert client.get(url_of(world.coordinator_mentee)).url == reverse("profile")


def test_nothing_of_another_program_is_there(world):
    stranger = w.add_member(world.other_program, "mentee", world.mentor, state="active")
    pair = w.make_pairing(world.memberships["stranger_mentor"], stranger)
    w.make_entry(world.other_program, pair, concerns=[world.mentor], words="Matched at Riverside")
    w.make_letter(world.mentor, topic="riverside", subject="News from Riverside")
    page = page_of(world.client("coordinator"), world.mentor)
    assert "Riverside" not in page and "Uma Shah" not in page
    assert world.client("coordinator").get(url_of(world.stranger_mentee)).status_code == 404
    there = page_of(world.client("other_coordinator"), world.mentor)
    assert "Riverside" in there and "Amara" not in there


def test_the_timeline_shows_what_is_asked_for_and_junk_shows_everything(world):
    client = world.client("coordinator")
    emails = page_of(client, world.mentee, show="emails")
    assert "Email: You have a mentor" in emails and "Amara Okafor was matched" not in emails
    for show in ("", "done", "nonsense", "a\x00b"):
        assert client.get(url_of(world.mentee), {"show": show, "program": "\x00", "lines": "all"}).status_code == 200


def test_a_call_is_a_line_of_history_and_no_contact(world):
    client, before = world.client("coordinator"), Contact.objects.count()
    said = {"on": "2026-11-16", "said": "  is well,\n busy until   Christmas "}
    assert client.post(url_of(world.mentee), said).status_code == 302
    entry = Entry.objects.get(verb="person.called")
    assert str(entry) == "Called Amara Okafor on 16 November 2026: is well, busy until Christmas"
    assert (entry.by, entry.topic) == (world.coordinator, "harbour")
    # About the mentor, too, where she coordinates: she does not read it.
    assert set(entry.concerned.all()) == {world.mentee, world.mentor}
    assert Contact.objects.count() == before
    assert "busy until Christmas" in page_of(client, world.mentee)


def test_where_the_pair_was_in_touch_it_counts_as_contact(world):
    Contact.objects.filter(pairing=world.pairing).delete()
    type(world.pairing).objects.filter(pk=world.pairing.pk).update(began_at=w.NOW - timedelta(days=60))
    said = {"on": "2026-11-16", "said": "they had coffee", "in_touch_on": "2026-11-12"}
    assert world.client("coordinator").post(url_of(world.mentee), said).status_code == 302
    contact = Contact.objects.get(pairing=world.pairing)
    assert (contact.on.isoformat(), contact.source, contact.noted_by) == ("2026-11-12", "staff", world.coordinator)
    assert Watch.objects.get(pairing=world.pairing).look_at is not None
    assert Entry.objects.of(world.pairing).filter(verb="pair.in_touch").count() == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"on": "2026-11-16", "said": ""}, "Please answer this."),
        ({"on": "2999-01-01", "said": "x"}, "This day has not come yet."),
        ({"on": "2001-01-01", "said": "x"}, "within the last year"),
        ({"on": "2026-11-16", "said": "x", "in_touch_on": "2001-01-01"}, "You were matched on"),
        ({"on": "9999-99-99", "said": "x\x00"}, "Null characters"),
    ],
)
def test_a_call_that_cannot_be_noted_says_why_and_writes_nothing(world, said, words):
    response = world.client("coordinator").post(url_of(world.mentee), said)
    assert response.status_code == 400 and words in response.content.decode()
    assert not Entry.objects.filter(verb="person.called").exists()


def test_with_several_pairs_it_is_said_with_whom(world):
    second = w.make_pairing(world.memberships["mentor"], world.memberships["third_mentee"])
    client, said = world.client("coordinator"), {"on": "2026-11-16", "said": "all well"}
    for half in ({"pairing": str(second.public_id)}, {"in_touch_on": "2026-11-16"}):
        assert client.post(url_of(world.mentor), said | half).status_code == 400
    both = {"pairing": str(second.public_id), "in_touch_on": "2026-11-16"}
    assert client.post(url_of(world.mentor), said | both).status_code == 302
    assert Contact.objects.get(source="staff").pairing == second
    # A pair of somebody else is no choice.
    other = {"pairing": str(world.council_pairing.public_id), "in_touch_on": "2026-11-16"}
    assert client.post(url_of(world.mentor), said | other).status_code == 400


def queries_of(client, person) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page_of(client, person)
    return len(asked)


def test_the_page_asks_the_database_as_often_for_thirty_pairs_as_for_one(world):
    client = world.client("coordinator")
    queries_of(client, world.mentor)
    one = queries_of(client, world.mentor)
    for number in range(29):
        mentee = w.add_member(world.program, "mentee", w.make_person(f"Mentee {number:02}"), state="active")
        pairing = w.make_pairing(world.memberships["mentor"], mentee)
        w.make_watch(pairing)
        w.make_meeting(pairing, w.NOW + timedelta(days=number + 1))
        w.make_letter(world.mentor, topic="harbour")
        w.make_case(pairing)
        w.make_entry(world.program, pairing, concerns=[world.mentor], words=f"Line {number}")
    assert queries_of(client, world.mentor) == one


def test_a_call_after_which_the_pair_was_in_touch_settles_what_silence_began(world):
    said = {"on": "2026-11-16", "said": "they met this morning", "in_touch_on": "2026-11-16"}
    Contact.objects.filter(pairing=world.pairing).delete()
    assert world.client("coordinator").post(url_of(world.mentor), said).status_code == 302
    world.case.refresh_from_db()
    assert (world.case.state, world.case.decision) == ("closed", "by_itself")
    assert "A quiet pair" not in page_of(world.client("coordinator"), world.mentor)
