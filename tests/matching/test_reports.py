"""A round in figures on its pages, beside the last one and another one; nothing about whoever looks."""

from datetime import timedelta

import pytest
from django.urls import reverse

from matching.actions import publish
from matching.reports import groupings
from programs.models import Program
from tests.world import (
    COORDINATOR,
    NOW,
    RULES,
    add_member,
    make_person,
    make_policy,
    make_program,
    make_proposal,
    make_questionnaire,
    make_round,
    make_sheet,
    signed_in,
)

LATER = NOW + timedelta(days=2)
pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return make_person("Cora Coordinator")


@pytest.fixture
def program(coordinator):
    form = make_questionnaire()
    program = make_program(mentor_questionnaire=form, mentee_questionnaire=form)
    add_member(program, COORDINATOR, coordinator)
    make_policy(program, RULES)
    return program


def worked_out(program, mentees, mentors, matched, *, shift=0, now=LATER, **fields):
    """A round in which the first mentees each have a mentor."""
    places = {str(mentor.pk): 1 for mentor in mentors}
    round = make_round(program, now=now, result={"places_of": places, "blocking": 2}, **fields)
    for number, mentee in enumerate(mentees):
        mentor = mentors[(number + shift) % len(mentors)] if number < matched else None
        make_proposal(round, mentee, mentor, **({"score": 10 + number} if mentor else {}))
    return round


def members(program, role, number, **answers):
    form = program.mentee_questionnaire
    return [
        add_member(program, role, make_person(password=None), sheet=make_sheet(form, **answers)) for _ in range(number)
    ]


def page(client, name, round, query=""):
    answer = client.get(reverse(f"matching:{name}", args=[round.program.slug, round.public_id]) + query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_groups_stand_with_their_figures_and_small_ones_are_left_out(program, coordinator):
    mentees = [*members(program, "mentee", 6, profession="Policy"), *members(program, "mentee", 7, profession="Law")]
    few = members(program, "mentee", 3, profession="Rare")
    mentors = members(program, "mentor", 12)
    draft = worked_out(program, [*mentees, *few], mentors, 12)
    client = signed_in(coordinator)
    said = page(client, "fairness", draft, "?by=profession")
    assert '<th scope="row">Law</th><td class="number">7</td>' in said
    assert ">Policy</th>" not in said and "Rare" not in said and "no answer" not in said
    assert "Smaller ones are left out" in said
    assert '<th scope="row">everybody</th><td class="number">16</td><td class="number">12 (75 %)</td>' in said
    assert "12 mentors: 1 new mentee" in said and "2 possible pairs would both rather have each other" in said
    assert "No pair has fewer than 10 points." in said and str(mentees[0].user) in said


def test_what_only_the_matching_may_use_makes_no_groups(program, coordinator):
    assert set(groupings(program)) == {"grade", "organisation", "profession"}
    mentees = members(program, "mentee", 6, identity="a secret wish")
    draft = worked_out(program, mentees, members(program, "mentor", 6), 6)
    said = page(signed_in(coordinator), "fairness", draft, "?by=identity")
    assert "a secret wish" not in said and 'value="identity"' not in said


def test_beside_the_last_round_nobody_can_be_had_by_taking_away(program, coordinator):
    mentees, mentors = members(program, "mentee", 12, profession="Law"), members(program, "mentor", 12)
    worked_out(program, mentees[:11], mentors, 11, state="published", now=NOW)
    draft = worked_out(program, mentees, mentors, 12)
    said = page(signed_in(coordinator), "fairness", draft, "?by=profession")
    row = said.split('<th scope="row">Law</th>')[1].split("</tr>")[0]
    assert row.endswith('<td class="number">–</td><td class="number">–</td>')
    assert "11 of 11" in said.split('<th scope="row">everybody</th>')[1]


def test_two_rounds_stand_side_by_side(program, coordinator, django_assert_max_num_queries):
    mentees, mentors = members(program, "mentee", 6), members(program, "mentor", 6)
    before = worked_out(program, mentees, mentors, 6, state="discarded", now=NOW)
    draft = worked_out(program, mentees, mentors, 5, shift=1)
    client = signed_in(coordinator)
    with django_assert_max_num_queries(30):
        said = page(client, "compare", draft)
    assert "0 mentees have the same mentor in both." in said
    assert '<td class="number">5 of 6</td><td class="number">6 of 6</td>' in said
    assert f'<th scope="row">{mentees[5].user}</th>' in said
    same = page(client, "compare", before, f"?with={draft.public_id}")
    assert '<td class="number">6 of 6</td><td class="number">5 of 6</td>' in same
    assert page(client, "compare", before, "?with=no\x00round")


def test_one_round_alone_has_nothing_beside_it(program, coordinator):
    draft = worked_out(program, members(program, "mentee", 1), members(program, "mentor", 1), 1)
    assert "There is no other round yet" in page(signed_in(coordinator), "compare", draft)


def test_whoever_is_in_the_round_sees_no_figures(program):
    insider = make_person("In Both Roles")
    add_member(program, COORDINATOR, insider)
    mentees = [*members(program, "mentee", 5), add_member(program, "mentee", insider)]
    mentors = members(program, "mentor", 6)
    worked_out(program, mentees, mentors, 6, state="discarded", now=NOW)
    draft = worked_out(program, mentees, mentors, 6, shift=1)
    client = signed_in(insider)
    assert "its figures are not shown to you" in page(client, "fairness", draft)
    said = page(client, "compare", draft)
    assert "In figures" not in said and f'<th scope="row">{insider}</th>' not in said


def test_how_long_somebody_waited_is_kept_by_publishing(program, coordinator):
    mentees, mentors = (
        members(program, role, 1, organisation=where) for role, where in (("mentee", "Joy"), ("mentor", "Love"))
    )
    draft = worked_out(program, mentees, mentors, 1)
    client = signed_in(coordinator)
    assert '<td class="number">2.0</td>' in page(client, "fairness", draft)
    publish(draft, by=coordinator, now=LATER + timedelta(days=3))
    assert Program.objects.get().rounds.get().state == "published"
    assert '<td class="number">2.0</td>' in page(client, "fairness", draft)
