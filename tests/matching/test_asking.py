"""Asked first: who is in a round, who is asked and reminded once, and what each of the three answers does."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from journal.models import Entry
from matching import tables
from matching.actions import answer_availability, ask_mentors, ask_round, lapse_availability, remind_mentors, run_rounds
from matching.asking import figures_of
from matching.models import Availability, AvailabilityAnswer
from matching.rounds import choices_for
from outbox import actions as outbox
from outbox import links
from outbox.delivery import deliver_due
from outbox.models import Letter
from outbox.sweeping import never
from programs.actions import set_places
from programs.errors import Refused
from tests.world import (
    COORDINATOR,
    NOW,
    RULES,
    add_member,
    make_pairing,
    make_person,
    make_policy,
    make_program,
    make_questionnaire,
    make_sheet,
    signed_in,
)

DAY = timedelta(days=1)
LATER = NOW + 31 * DAY


@pytest.fixture
def coordinator(db):
    return make_person("Cora Coordinator")


@pytest.fixture
def program(coordinator):
    form = make_questionnaire()
    program = make_program(mentor_questionnaire=form, mentee_questionnaire=form)
    add_member(program, COORDINATOR, coordinator)
    make_policy(program, RULES)
    for role, organisation, number in (("mentor", "Love", 4), ("mentee", "Joy", 3)):
        for _number in range(number):
            add_member(program, role, make_person(), sheet=make_sheet(form, organisation=organisation), places=2)
    return program


@pytest.fixture
def mentors(program):
    return list(program.memberships.mentors().select_related("user", "program").order_by("pk"))


def in_round(program):
    return set(tables.mentors_to_match(program, NOW).values_list("pk", flat=True))


def test_joining_with_places_is_a_yes_for_thirty_days(program, mentors):
    assert in_round(program) == {mentor.pk for mentor in mentors}
    assert lapse_availability(NOW + 30 * DAY, never) == 0
    assert lapse_availability(LATER, never) == 4
    assert lapse_availability(LATER, never) == 0
    assert in_round(program) == set()
    mentee = program.memberships.mentees().first()
    assert len(choices_for(program, mentee, program.policies.first(), now=LATER)) == 4


def test_a_yes_that_is_too_old_is_none_when_a_round_begins(program, mentors, coordinator):
    answer_availability(mentors[0], AvailabilityAnswer.YES, by=mentors[0].user, now=NOW + 10 * DAY, places=1)
    round = ask_round(program, by=coordinator, now=LATER)
    run_rounds(LATER, never)
    assert in_round(program) == {mentors[0].pk}
    assert round.proposals.pairs().count() == 1


def test_a_yes_that_grows_old_stays_in_the_draft_it_is_in(program, mentors, coordinator):
    ask_round(program, by=coordinator, now=NOW)
    run_rounds(NOW, never)
    late = add_member(program, "mentor", now=NOW)
    assert lapse_availability(LATER, never) == 1
    assert in_round(program) == {mentor.pk for mentor in mentors} - {late.pk}


def test_each_is_asked_once_and_reminded_once(program, mentors, coordinator):
    answer_availability(mentors[0], AvailabilityAnswer.YES, by=mentors[0].user, now=LATER - DAY, places=1)
    answer_availability(mentors[1], AvailabilityAnswer.NO_MORE, by=mentors[1].user, now=LATER - DAY)
    assert ask_mentors(program, by=coordinator, now=LATER) == 2
    with pytest.raises(Refused, match="asked already"):
        ask_mentors(program, by=coordinator, now=LATER + DAY)
    asked = Letter.objects.filter(kind="matching.asked_first")
    assert set(asked.values_list("recipient", flat=True)) == {mentors[2].user_id, mentors[3].user_id}
    figures = figures_of(program, coordinator)
    assert (figures.yes, figures.places, figures.no_more, figures.asked) == (1, 1, 1, 2)
    assert figures.remind_on == program.today(LATER) + 4 * DAY
    assert remind_mentors(LATER + 3 * DAY, never) == 0
    answer_availability(mentors[2], AvailabilityAnswer.NOT_NOW, by=mentors[2].user, now=LATER + 3 * DAY)
    assert remind_mentors(LATER + 4 * DAY, never) == 1
    assert remind_mentors(LATER + 5 * DAY, never) == 0
    assert asked.filter(recipient=mentors[3].user_id).count() == 2 and asked.count() == 3


def test_of_those_who_have_not_answered_some_get_no_such_email(program, mentors, coordinator):
    ask_mentors(program, by=coordinator, now=LATER)
    assert figures_of(program, coordinator).unreached == 0
    outbox.bounced(mentors[0].user, mentors[0].user.email, now=LATER)
    outbox.mute(mentors[1].user, program.slug, now=LATER)
    figures = figures_of(program, coordinator)
    assert (figures.silent, figures.unreached) == (4, 2)
    page = signed_in(coordinator).get(reverse("matching:asking", args=[program.slug])).content.decode()
    assert "2 of them get no such email from us: ask in another way" in page


def test_the_three_answers(program, mentors, coordinator):
    mentee = program.memberships.mentees().first()
    make_pairing(mentors[0], mentee)
    for said, places, left in (
        (AvailabilityAnswer.YES, 3, 4),
        (AvailabilityAnswer.NOT_NOW, 0, 4),
        (AvailabilityAnswer.NO_MORE, 0, 1),
    ):
        answer_availability(mentors[0], said, by=mentors[0].user, now=NOW, places=places)
        mentors[0].refresh_from_db()
        assert mentors[0].places == left
        assert (mentors[0].pk in in_round(program)) is (said == AvailabilityAnswer.YES)
    assert Entry.objects.filter(verb="mentor.available").count() == 3
    for said, places in (("yes", 0), ("yes", 21), ("none", 1), ("", 1)):
        with pytest.raises(Refused):
            answer_availability(mentors[0], said, by=mentors[0].user, now=NOW, places=places)
    mentors[1].state = "left"
    mentors[1].save(update_fields=["state"])
    with pytest.raises(Refused, match="no round to come"):
        answer_availability(mentors[1], AvailabilityAnswer.YES, by=coordinator, now=NOW, places=1)


def test_more_places_are_a_yes_but_undo_nobodys_no(program, mentors, coordinator):
    lapse_availability(LATER, never)
    answer_availability(mentors[1], AvailabilityAnswer.NOT_NOW, by=mentors[1].user, now=LATER)
    for mentor in mentors[:2]:
        set_places(mentor, 5, by=coordinator, now=LATER)
    assert in_round(program) == {mentors[0].pk}


def test_a_mentor_answers_behind_the_link_without_signing_in(program, mentors, coordinator, client, smtp_sink):
    lapse_availability(LATER, never)
    ask_mentors(program, by=coordinator, now=LATER)
    letter = Letter.objects.get(recipient=mentors[0].user)
    assert "[link: available]" in letter.body and letter.subject == "About your mentoring"
    assert deliver_due(LATER, never) == 4
    page = reverse("outbox:link", args=[links.token_for(letter, "available", LATER)])
    with time_machine.travel(LATER):
        shown = client.get(page).content.decode()
        assert "Do you take somebody this time?" in shown and Availability.objects.filter(answer="yes").count() == 0
        assert client.post(page, {"answer": "yes", "places": "x"}).status_code == 400
        done = client.post(page, {"answer": "yes", "places": "2"}, follow=True).content.decode()
    assert "You take up to 2 people this time." in done
    assert Availability.objects.get(answer="yes").membership == mentors[0]
    still = Letter.objects.filter(kind="matching.asked_first")
    assert still.count() == 4


def test_the_home_of_a_mentor_asks_until_there_is_an_answer(program, mentors, coordinator):
    lapse_availability(LATER, never)
    ask_mentors(program, by=coordinator, now=LATER)
    client = signed_in(mentors[0].user)
    assert "Do you take somebody this time?" in client.get("/home/").content.decode()
    page = reverse("available", args=[mentors[0].public_id])
    client.post(page, {"answer": "no_more"})
    assert "Do you take somebody this time?" not in client.get("/home/").content.decode()
    assert "not any more" in client.get(page).content.decode()
    assert signed_in(mentors[1].user).get(page).status_code == 404


def test_a_coordinator_asks_and_notes_what_they_heard(program, mentors, coordinator, django_assert_max_num_queries):
    client = signed_in(coordinator)
    page = reverse("matching:asking", args=[program.slug])
    home = reverse("matching:home", args=[program.slug])
    assert "4 mentors said yes (8 free places)" in " ".join(client.get(home).content.decode().split())
    lapse_availability(LATER, never)
    assert "Ask the mentors first" in client.get(home).content.decode()
    assert "4 mentors have to be asked" in client.get(page).content.decode()
    client.post(reverse("matching:ask_mentors", args=[program.slug]))
    note = reverse("matching:note_availability", args=[program.slug, mentors[0].public_id])
    client.post(note, {"answer": "yes", "places": "1"})
    client.post(reverse("matching:note_availability", args=[program.slug, mentors[1].public_id]), {"answer": "not_now"})
    said = " ".join(client.get(page).content.decode().split())
    assert "1 mentor said yes (1 free place), 1 not this time, 2 have not answered. One reminder leaves on" in said
    for _number in range(20):
        add_member(program, "mentor", make_person(password=None))
    with django_assert_max_num_queries(25):
        assert client.get(page + "?q=Per\x00son").status_code == 200


def test_nobody_is_asked_before_the_program_is_open(program, coordinator):
    program.state = "setup"
    with pytest.raises(Refused, match="not open"):
        ask_mentors(program, by=coordinator, now=NOW)
