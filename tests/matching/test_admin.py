"""The list of rounds: scoped, read-only, one query count. That of pairs is tested with their standing."""

import pytest
from django.urls import reverse

from tests.world import COORDINATOR, NOW, add_member, make_person, make_program, make_round, signed_in

ROUNDS = "admin:matching_round_changelist"


@pytest.fixture
def program(db):
    return make_program()


@pytest.fixture
def coordinator(program):
    person = make_person("Cora Coordinator")
    add_member(program, COORDINATOR, person)
    return person


def listed(client, name, **query):
    response = client.get(reverse(name), query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def test_a_row_leads_to_its_own_page(program, coordinator):
    client = signed_in(coordinator)
    round = make_round(program)
    page = client.get(reverse("admin:matching_round_change", args=[round.pk]))
    assert page.url == reverse("matching:round", args=[program.slug, round.public_id])
    foreign = make_round(make_program())
    assert client.get(reverse("admin:matching_round_change", args=[foreign.pk])).status_code == 404


def test_nothing_is_added_there(program):
    root = signed_in(make_person("Root", is_superuser=True))
    assert root.get(reverse("admin:matching_round_add")).status_code == 403


def test_rounds_say_how_many_have_a_mentor(program, coordinator):
    round = make_round(program, result={"matched": 35, "of": 50})
    client = signed_in(coordinator)
    assert listed(client, ROUNDS) == [round]
    assert "35 of 50" in client.get(reverse(ROUNDS)).content.decode()


def test_as_many_queries_for_thirty_rows_as_for_one(program, coordinator, django_assert_max_num_queries):
    client = signed_in(coordinator)
    make_round(program, state="published")
    client.get(reverse(ROUNDS))
    with django_assert_max_num_queries(30) as one:
        client.get(reverse(ROUNDS))
    for _ in range(29):
        make_round(program, state="published", now=NOW)
    with django_assert_max_num_queries(len(one)):
        client.get(reverse(ROUNDS))
