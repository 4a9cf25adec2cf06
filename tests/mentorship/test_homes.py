"""Homes: what to do now first, the partner and why, who is waiting until when, and never a query more for more rows."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from matching.models import Pairing
from mentorship import homes
from programs.models import Duty, PointOfContact, ProgramFigure
from tests.world import (
    COORDINATOR,
    MENTEE,
    MENTOR,
    NOW,
    add_member,
    make_contact,
    make_letter,
    make_pairing,
    make_person,
    make_program,
    signed_in,
)

pytestmark = pytest.mark.django_db


def step_of(person, now=NOW):
    return homes.page_context(person, now)["step"]


@pytest.fixture
def program():
    program = make_program("Careers", time_zone="Europe/London")
    add_member(program, COORDINATOR, make_person("Carla Okonkwo"))
    return program


def pair_of(program, **fields):
    mentor = add_member(program, MENTOR, make_person("Amina Diallo", pronouns="she/her"), state="active")
    mentee = add_member(program, MENTEE, make_person("Tom Whitfield"), state="active")
    make_pairing(mentor, mentee, **fields)
    return mentor.user, mentee.user


def page_of(person) -> str:
    response = signed_in(person).get(reverse("home"))
    assert response.status_code == 200
    return response.content.decode()


def test_a_mentee_reads_who_why_and_until_when(program):
    mentor, mentee = pair_of(program)
    page = page_of(mentee)
    for words in ("Say hello to Amina Diallo", "she/her", "You both work in policy.", "Monday 30 November"):
        assert words in page, words
    assert "Carla Okonkwo" in page and program.emergency_number in page and "Not used to evaluate you." in page
    assert page.count("btn-primary") <= 1
    assert "Say hello to Tom Whitfield" in page_of(mentor)


@pytest.mark.parametrize("shown", [True, False])
def test_an_address_stands_there_only_where_the_program_shows_it(program, shown):
    type(program).objects.filter(pk=program.pk).update(show_addresses=shown)
    mentor, mentee = pair_of(program)
    assert (mentor.email in page_of(mentee)) is shown
    assert (mentee.email in page_of(mentor)) is shown


def test_the_hello_is_due_within_the_programs_own_figure_in_its_own_zone(program):
    type(program).objects.filter(pk=program.pk).update(time_zone="Pacific/Auckland")
    ProgramFigure.objects.create(program=program, key="first_contact_days", value=9, since=NOW - timedelta(days=2))
    ProgramFigure.objects.create(program=program, key="first_contact_days", value=5, since=NOW)
    _mentor, mentee = pair_of(program, now=NOW.replace(hour=23))
    (place,) = homes.places(mentee, NOW)
    # 23:00 UTC on the 16th is the 17th in Auckland.
    assert place.partners[0].met_by == date(2026, 11, 22)


def test_in_touch_and_nothing_to_do_the_home_says_how_often_and_offers_to_meet(program):
    _mentor, mentee = pair_of(program)
    make_contact(Pairing.objects.get(), (NOW + timedelta(days=3)).date(), sureness="both")
    step = step_of(mentee, NOW + timedelta(days=20))
    assert step.title == "Keep in touch with Amina Diallo" and "once a month" in step.text
    assert step.action == "Propose a meeting" and step.by == "By Saturday 19 December."


def test_a_pair_that_has_fallen_quiet_is_asked_kindly_to_write(program):
    _mentor, mentee = pair_of(program)
    step = step_of(mentee, NOW + timedelta(days=20))
    assert step.title == "Write to Amina Diallo, with two times that suit you"
    assert "Is all well?" in step.text and step.second == "Something is wrong"


def test_an_ended_pair_and_somebody_who_left_stand_nowhere(program):
    mentor, _mentee = pair_of(program, state="ended")
    assert homes.places(mentor, NOW)[0].partners == []
    gone = add_member(program, MENTEE, state="left").user
    assert homes.places(gone, NOW) == []
    assert "You are not in a program yet" in page_of(gone)


def test_whoever_waits_reads_the_date_we_write_again(program):
    waiting = add_member(program, MENTEE, state="waiting", write_again_on=date(2026, 12, 18)).user
    page = page_of(waiting)
    assert "We are looking for a mentor for you" in page and "Friday 18 December" in page


@pytest.mark.parametrize("state", ["invited", "applied", "accepted", "preparing", "ready", "active", "on_leave"])
@pytest.mark.parametrize("role", [MENTEE, MENTOR])
def test_every_state_says_what_happens_next(program, role, state):
    person = add_member(program, role, state=state).user
    step = step_of(person)
    assert step.title and step.text


def test_whoever_answers_for_mentees_is_named_and_never_the_partner(program):
    mentor, mentee = pair_of(program)
    deputy = make_person("Dora Deputy")
    PointOfContact.objects.create(program=program, duty=Duty.MENTEES, person=mentor, deputy=deputy)
    assert homes.places(mentee, NOW)[0].helper == deputy
    assert homes.places(mentor, NOW)[0].helper.name == "Carla Okonkwo"


def test_a_coordinator_reads_what_their_programs_wait_for(program):
    coordinator = program.memberships.get(role=COORDINATOR).user
    make_letter(make_person("Somebody"), topic=program.slug, state="dead")
    page = page_of(coordinator)
    assert "Your programs" in page and reverse("program_home", args=[program.slug]) in page
    assert page.count("btn-primary") == 1


def test_who_holds_several_roles_sees_all_of_them(program):
    person = program.memberships.get(role=COORDINATOR).user
    other = make_program("Second")
    mentor = add_member(other, MENTOR, person, state="active")
    make_pairing(mentor, add_member(other, MENTEE, make_person("Tom Whitfield"), state="active"))
    add_member(program, MENTEE, person, state="waiting", write_again_on=date(2026, 12, 18))
    page = page_of(person)
    for words in ("Tom Whitfield", "18 Dec", "Your programs"):
        assert words in page, words
    assert page.count("btn-primary") <= 1


def queries_of(person) -> int:
    client = signed_in(person)
    client.get(reverse("home"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(reverse("home")).status_code == 200
    return len(queries)


def test_thirty_pairs_cost_no_query_more_than_one(program):
    few = add_member(program, MENTOR, state="active", places=30)
    many = add_member(program, MENTOR, state="active", places=30)
    make_pairing(few, add_member(program, MENTEE, state="active"))
    for _ in range(30):
        make_pairing(many, add_member(program, MENTEE, state="active"))
    assert queries_of(many.user) == queries_of(few.user)


def test_thirty_programs_cost_no_query_more_than_one(program):
    few, many = make_person("Few Programs"), make_person("Many Programs")
    add_member(program, COORDINATOR, few)
    pair_in(program, few)
    for _ in range(30):
        another = make_program()
        add_member(another, COORDINATOR, many)
        pair_in(another, many)
    assert queries_of(many) == queries_of(few)


def pair_in(program, mentor):
    make_pairing(add_member(program, MENTOR, mentor, state="active"), add_member(program, MENTEE, state="active"))


def test_the_front_page_has_one_primary_button_and_leads_whoever_is_signed_in_home(client):
    assert client.get("/").content.decode().count("btn-primary") == 1
    response = signed_in(make_person("Somebody Else")).get("/")
    assert response.status_code == 302 and response["Location"] == reverse("home")


def test_whoever_only_answers_for_safeguarding_reads_for_which_program_and_who_stands_in(program):
    contact, deputy = make_person("Ama Mensah"), make_person("Jo Lind")
    PointOfContact.objects.create(program=program, duty=Duty.SAFEGUARDING, person=contact, deputy=deputy)
    theirs = signed_in(contact).get(reverse("home")).content.decode()
    assert "Safeguarding" in theirs and "in Careers" in theirs and "Jo Lind stands in for you." in theirs
    assert "You are not in a program yet" not in theirs
    assert "You stand in for Ama Mensah." in signed_in(deputy).get(reverse("home")).content.decode()
