"""The lists of pairs and rounds: scoped, read-only, exported, one query count."""

import pytest
from django.urls import reverse

from tests.world import COORDINATOR, NOW, add_member, make_pairing, make_person, make_program, make_round, signed_in

PAIRS, ROUNDS = "admin:matching_pairing_changelist", "admin:matching_round_changelist"


@pytest.fixture
def program(db):
    return make_program()


@pytest.fixture
def coordinator(program):
    person = make_person("Cora Coordinator")
    add_member(program, COORDINATOR, person)
    return person


def a_pair(program):
    return make_pairing(add_member(program, "mentor", state="active"), add_member(program, "mentee", state="active"))


def listed(client, name, **query):
    response = client.get(reverse(name), query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def test_a_coordinator_sees_the_pairs_of_their_program_without_their_own(program, coordinator):
    seen, other = a_pair(program), a_pair(make_program())
    own = make_pairing(add_member(program, "mentor", coordinator), add_member(program, "mentee"))
    client = signed_in(coordinator)
    assert listed(client, PAIRS) == [seen]
    assert listed(client, PAIRS, q=str(own.mentee.user)) == []
    assert listed(client, PAIRS, q=str(other.mentee.user)) == []
    assert listed(client, PAIRS, q=str(seen.mentee.user)) == [seen]


def test_a_row_leads_to_its_own_page(program, coordinator):
    pairing = a_pair(program)
    client = signed_in(coordinator)
    page = client.get(reverse("admin:matching_pairing_change", args=[pairing.pk]))
    assert page.url == reverse("matching:pair", args=[program.slug, pairing.public_id])
    round = make_round(program)
    page = client.get(reverse("admin:matching_round_change", args=[round.pk]))
    assert page.url == reverse("matching:round", args=[program.slug, round.public_id])
    foreign = make_round(make_program())
    assert client.get(reverse("admin:matching_round_change", args=[foreign.pk])).status_code == 404


def test_nothing_is_added_changed_or_deleted_there(program):
    root = signed_in(make_person("Root", is_superuser=True))
    a_pair(program)
    assert root.get(reverse("admin:matching_pairing_add")).status_code == 403


def test_pairs_are_exported(program, coordinator):
    pairing = a_pair(program)
    text = signed_in(coordinator).get(reverse(PAIRS), {"_export": "csv"}).content.decode("utf-8-sig")
    assert str(pairing.mentee.user) in text and "once a month" in text


def test_rounds_say_how_many_have_a_mentor(program, coordinator):
    round = make_round(program, result={"matched": 35, "of": 50})
    client = signed_in(coordinator)
    assert listed(client, ROUNDS) == [round]
    assert "35 of 50" in client.get(reverse(ROUNDS)).content.decode()


@pytest.mark.parametrize("name", [PAIRS, ROUNDS])
def test_as_many_queries_for_thirty_rows_as_for_one(program, coordinator, name, django_assert_max_num_queries):
    client = signed_in(coordinator)
    make_round(program, state="published")
    a_pair(program)
    client.get(reverse(name))
    with django_assert_max_num_queries(30) as one:
        client.get(reverse(name))
    for _ in range(29):
        make_round(program, state="published", now=NOW)
        a_pair(program)
    with django_assert_max_num_queries(len(one)):
        client.get(reverse(name))
