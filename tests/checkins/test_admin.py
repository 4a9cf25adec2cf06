"""The coordinators' list of pairs: how each stands, last in touch and how sure, next due; scoped, exported."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from checkins.models import Standing
from tests import world as w
from tests.world import COORDINATOR, NOW, add_member, make_pairing, make_person, make_program, signed_in

PAIRS = "admin:matching_pairing_changelist"
DAY = timedelta(days=1)


@pytest.fixture
def program(db):
    return make_program("Careers", evaluation_for_mentees="No marks.", evaluation_for_mentors="No bonus.")


@pytest.fixture
def coordinator(program):
    person = make_person("Cora Coordinator")
    add_member(program, COORDINATOR, person)
    return person


@pytest.fixture
def client(coordinator):
    return signed_in(coordinator)


def a_pair(program, standing="new", **watch):
    mentor, mentee = (add_member(program, role, state="active") for role in ("mentor", "mentee"))
    pairing = make_pairing(mentor, mentee, state="ended" if standing == "ended" else "open")
    w.make_watch(pairing, standing=standing, **watch)
    return pairing


def listed(client, **query):
    response = client.get(reverse(PAIRS), query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def exported(client, **query):
    content = client.get(reverse(PAIRS), {"_export": "csv", **query}).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


def test_a_coordinator_sees_the_pairs_of_their_program_without_their_own(program, coordinator, client):
    seen, other = a_pair(program), a_pair(make_program())
    own = make_pairing(add_member(program, "mentor", coordinator), add_member(program, "mentee"))
    assert listed(client) == [seen]
    assert listed(client, q=str(own.mentee.user)) == []
    assert listed(client, q=str(other.mentee.user)) == []
    assert listed(client, q=str(seen.mentee.user)) == [seen]
    assert len(exported(client)) == 3


def test_a_row_leads_to_its_own_page(program, client):
    pairing = a_pair(program)
    page = client.get(reverse("admin:matching_pairing_change", args=[pairing.pk]))
    assert page.url == reverse("matching:pair", args=[program.slug, pairing.public_id])
    foreign = a_pair(make_program())
    assert client.get(reverse("admin:matching_pairing_change", args=[foreign.pk])).status_code == 404


def test_nothing_is_added_there(program):
    root = signed_in(make_person("Root", is_superuser=True))
    assert root.get(reverse("admin:matching_pairing_add")).status_code == 403


@pytest.mark.parametrize("standing", Standing)
def test_how_a_pair_stands_is_said_by_word_and_shape(program, client, standing):
    pairing = a_pair(program, standing)
    response = client.get(reverse(PAIRS))
    cell = re.search(r'class="field-standing[^>]*>(.*?)</td>', response.content.decode(), re.S)[1]
    assert str(standing.label) in cell and "<svg" in cell
    assert listed(client, standing=standing) == [pairing]
    assert listed(client, standing="in_rhythm" if standing != "in_rhythm" else "quiet") == []


def test_last_in_touch_says_how_sure_and_next_due_when(program, client):
    a_pair(program, "in_rhythm", last_contact=date(2026, 11, 14), sureness="both", due_on=date(2026, 12, 14))
    a_pair(program)
    words = text(client.get(reverse(PAIRS)))
    assert "14 Nov 2026, confirmed by both" in words and "14 Dec 2026" in words
    assert "not yet" in words and "30 Nov 2026" in words


def test_a_pair_that_is_not_watched_yet_is_listed_all_the_same(program, client):
    mentor, mentee = (add_member(program, role, state="active") for role in ("mentor", "mentee"))
    pairing = make_pairing(mentor, mentee)
    assert listed(client) == [pairing]
    assert exported(client)[2][:4] == [str(mentee.user), str(mentor.user), "new", ""]


def test_filters_offer_the_standing_and_nothing_else_is_probed(program, client):
    quiet, ended = a_pair(program, "quiet"), a_pair(program, "ended")
    assert listed(client, standing="quiet", program=program.slug) == [quiet]
    assert listed(client, state__exact="open") == [quiet]
    assert listed(client, state__exact="ended") == [ended]
    assert listed(client, standing="nonsense") == []
    for probe in ({"watch__standing": "quiet"}, {"watch__standing__exact": "quiet"}, {"mentor__user__email": "a"}):
        assert client.get(reverse(PAIRS), probe).status_code in (302, 400)


@pytest.mark.parametrize("column", range(1, 9))
def test_every_column_sorts(program, client, column):
    a_pair(program, "quiet")
    assert len(listed(client, o=f"-{column}")) == 1


def test_the_export_begins_with_what_is_said_of_evaluation(program, client):
    pairing = a_pair(program, "quiet", last_contact=date(2026, 9, 1), sureness="one", due_on=date(2026, 10, 1))
    note, head, line = exported(client)
    assert note == ["No marks. No bonus."]
    said = dict(zip(head, line, strict=True))
    assert said["Mentee"] == str(pairing.mentee.user) and said["Status"] == "quiet"
    assert (said["Last in touch"], said["How sure"], said["Next due"]) == (
        "2026-09-01", "confirmed by one", "2026-10-01",
    )  # fmt: skip
    assert said["How often"] == "once a month" and said["Since"] == "2026-11-16" and said["Ended"] == ""


def test_the_export_of_several_programs_says_it_for_each(program, coordinator, client):
    other = make_program("Youth", evaluation_for_mentees="Not used.", evaluation_for_mentors="Not used.")
    add_member(other, COORDINATOR, coordinator)
    a_pair(program)
    a_pair(other)
    note = exported(client)[0][0]
    assert "Careers: No marks. No bonus." in note and "Youth: Not used." in note
    assert exported(client, program=other.slug)[0] == ["Not used."]


def test_an_export_is_of_what_is_filtered(program, client):
    a_pair(program, "quiet")
    a_pair(program, "never")
    assert [row[2] for row in exported(client, standing="never")[2:]] == ["never in touch"]


def test_as_many_queries_for_thirty_rows_as_for_one(program, client, django_assert_max_num_queries):
    a_pair(program)
    client.get(reverse(PAIRS))
    for query in ({}, {"_export": "csv"}):
        with django_assert_max_num_queries(30) as one:
            client.get(reverse(PAIRS), query)
        for number in range(29):
            a_pair(program, list(Standing)[number % 7], last_contact=NOW.date(), sureness="one")
        with django_assert_max_num_queries(len(one)):
            client.get(reverse(PAIRS), query)
