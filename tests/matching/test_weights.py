"""Sliders with five sample pairs, and the versions of the rules."""

import re

import pytest
from django.urls import reverse

from matching import tables
from matching.actions import save_policy
from matching.models import Policy
from matching.weights import chosen, samples
from tests.matching import civil_service
from tests.world import MENTEE, NOW, add_member, signed_in


@pytest.fixture
def program(db):
    return civil_service.build()


@pytest.fixture
def client(program):
    return signed_in(civil_service.coordinator_of(program))


def url(name, program, *args):
    return reverse(f"matching:{name}", args=[program.slug, *args])


SAME = {"w1_1": 9, "w1_2": 12, "w2": 10, "w3": 6}


def test_five_pairs_stay_the_same_and_their_points_add_up(program):
    coordinator = civil_service.coordinator_of(program)
    read = tables.read(program, civil_service.rules(), now=NOW)
    pairs = chosen(read, coordinator)
    assert len(pairs) == 5 == len({j for _i, j in pairs})
    rules = civil_service.rules()
    rules["rules"][2] = {**rules["rules"][2], "points": 30}
    for sample in samples(read, rules, coordinator):
        assert sum(part.today for part in sample.parts) == sample.today
        assert sum(part.tried for part in sample.parts) == sample.tried
        assert not any("identity" in part.words or "characteristics" in part.words for part in sample.parts)
    changed = tables.read(program, rules, now=NOW)
    assert chosen(changed, coordinator) == pairs
    # The same by another way: what is tried is what would come of saving it.
    tried = [sample.tried for sample in samples(read, rules, coordinator)]
    assert tried == [changed.score(i, j) for i, j in pairs]


def test_nobody_reads_a_sample_about_themselves(program):
    coordinator = civil_service.coordinator_of(program)
    read = tables.read(program, civil_service.rules(), now=NOW)
    first = read.mentees[chosen(read, coordinator)[0][0]]
    assert all(read.mentees[i].user_id != first.user_id for i, _j in chosen(read, first.user))


def test_a_slider_shows_its_effect_and_nothing_is_saved(client, program):
    page = client.get(url("weights", program)).content.decode()
    assert len(re.findall(r'type="range"', page)) == 4 and "as today" not in page
    part = client.post(url("weights", program), {**SAME, "w1_1": 20, "w1_2": 20}, headers={"HX-Request": "true"})
    words = part.content.decode()
    assert "<html" not in words and "&rarr;" in words and Policy.objects.count() == 1
    whole = client.post(url("weights", program), {**SAME, "w1_1": 20, "after": 1}).content.decode()
    assert "<html" in whole and 'value="20"' in whole and Policy.objects.count() == 1


def test_the_points_are_saved_as_the_next_version(client, program):
    assert client.post(url("weights", program), {**SAME, "w2": 15, "after": 1, "save": 1}).status_code == 302
    latest = Policy.objects.of(program).first()
    assert latest.version == 2 and latest.rules["rules"][2]["points"] == 15
    assert latest.rules["rules"][1] == civil_service.rules()["rules"][1]
    late = client.post(url("weights", program), {**SAME, "after": 1, "save": 1})
    assert "Somebody else has changed" in late.content.decode()
    assert client.post(url("weights", program), {**SAME, "w2": "-1", "save": 1}).status_code == 422
    assert Policy.objects.count() == 2


def test_without_points_or_people_the_page_says_so(client, program):
    save_policy(program, {"rules": []}, by=None, now=NOW)
    assert "No rule brings points yet" in client.get(url("weights", program)).content.decode()
    program.memberships.filter(role=MENTEE).update(state="left")
    save_policy(program, civil_service.rules(), by=None, now=NOW)
    assert "no possible pair to show" in client.get(url("weights", program)).content.decode()


def test_versions_say_what_changed_and_one_is_used_again(client, program, django_assert_max_num_queries):
    rules = civil_service.rules()
    save_policy(program, {**rules, "rules": rules["rules"][:3], "floor_levels": 0}, by=None, now=NOW)
    weighed = [*rules["rules"][:2], {**rules["rules"][2], "points": 8}]
    save_policy(program, {"rules": weighed, "first": [{"kind": "waiting"}]}, by=None, now=NOW)
    page = client.get(url("versions", program)).content.decode()
    for words in (
        "Began with 4 rules.",
        "Removed: The mentee&#x27;s “Identity to match”",
        "The weakest pairs are not lifted.",
        "Changed: Mentor and mentee have the same profession. 10 → 8 points",
        "The weakest pairs are lifted.",
        "Who goes first: Whoever is on the waiting list, the longest first.",
        "Cora Coordinator",
    ):
        assert words in page, words
    assert client.post(url("version_again", program, 1), {"after": 3}).status_code == 302
    assert Policy.objects.of(program).first().rules == rules and Policy.objects.count() == 4
    assert client.post(url("version_again", program, 9), {"after": 4}).status_code == 404
    for version in range(5, 35):
        Policy.objects.create(program=program, version=version, rules=rules, created_at=NOW)
    with django_assert_max_num_queries(25):
        client.get(url("versions", program))


def test_somebody_new_does_not_change_the_order_of_the_others(program):
    coordinator = civil_service.coordinator_of(program)
    names = {str(tables.read(program, civil_service.rules(), now=NOW).mentees[i].user)
             for i, _ in chosen(tables.read(program, civil_service.rules(), now=NOW), coordinator)}  # fmt: skip
    add_member(program, MENTEE)
    read = tables.read(program, civil_service.rules(), now=NOW)
    assert len(names & {str(read.mentees[i].user) for i, _ in chosen(read, coordinator)}) >= 4
