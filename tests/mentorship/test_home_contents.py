"""What a home says in its four answers: to do now, next, how it goes, help; in order, and about oneself nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checkins.models import Pause
from council.models import Case
from mentorship import homes
from tests.world import (
    CONCERN_WORDS,
    COORDINATOR,
    COUNCIL,
    MENTEE,
    MENTOR,
    NOW,
    add_member,
    make_ask,
    make_case,
    make_check_in,
    make_concern,
    make_contact,
    make_invitation,
    make_leave,
    make_letter,
    make_meeting,
    make_pairing,
    make_person,
    make_program,
    make_pulse,
    signed_in,
)

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _today(time_machine):
    """Pages read the clock."""
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def program():
    program = make_program("Careers", time_zone="Europe/London")
    add_member(program, COORDINATOR, make_person("Carla Okonkwo"))
    return program


@pytest.fixture
def mentor(program):
    return add_member(program, MENTOR, make_person("Amina Diallo", time_zone="Asia/Tokyo"), state="active", places=40)


def mentee_of(mentor, name, days):
    """A pair as old as so many days."""
    mentee = add_member(mentor.program, MENTEE, make_person(name), state="active")
    return make_pairing(mentor, mentee, now=NOW - days * DAY)


def context(person, now=NOW, **options):
    return homes.page_context(person, now, **options)


def titles(person, **options) -> list[str]:
    found = context(person, **options)
    return [step.title for step in [found["step"], *found["then"]] if step]


def dates(person, **options) -> list[tuple]:
    return [(one.day.isoformat(), one.time, one.title) for one in context(person, **options)["dates"]]


def test_what_there_is_to_do_stands_in_order_over_all_partners(mentor):
    quiet, asked, proposing = (mentee_of(mentor, name, 60) for name in ("Quin Quiet", "Asa Asked", "Pia Proposing"))
    mentee_of(mentor, "Nia New", 1)
    make_contact(quiet, (NOW - 50 * DAY).date())
    for pairing in (asked, proposing):
        make_contact(pairing, (NOW - 20 * DAY).date())
    make_meeting(proposing, NOW + 3 * DAY, state="proposed", by=proposing.mentee.user)
    make_check_in(asked, (NOW - DAY).date())
    make_invitation(make_pulse(mentor.program), mentor, asked)
    assert titles(mentor.user) == [
        "Pia proposes Thursday 19 November, 19:00 (Tokyo time): does it suit?",
        "Have you and Asa Asked been in touch?",
        "Say hello to Nia New",
        "Write to Quin Quiet, with two times that suit you",
        "How is it going with Asa Asked?",
    ]


def test_a_question_of_ours_comes_first(mentor):
    pairing = mentee_of(mentor, "Tom Whitfield", 60)
    make_ask(pairing)
    make_check_in(pairing, (NOW - DAY).date())
    assert titles(pairing.mentee.user)[0] == "Amina Diallo would like to hear from you. Is all well?"


def test_what_comes_next_stands_in_order_on_the_readers_own_clock(mentor):
    first, second, third = (mentee_of(mentor, name, 40) for name in ("Tom Whitfield", "Jun Nakamura", "Ana Pausing"))
    for pairing in (first, second, third):
        make_contact(pairing, (NOW - 20 * DAY).date())
    make_meeting(first, NOW + DAY + 9 * HOUR)
    make_meeting(first, NOW + 20 * DAY)
    make_meeting(third, NOW - 3 * DAY)
    today = NOW.date()
    Pause.objects.create(pairing=third, starts_on=today, ends_on=today + 14 * DAY, agreed_at=NOW)
    found = context(mentor.user)
    # 20:00 in London is the next morning in Tokyo. Nothing is to do: the first date stands as the step.
    assert found["step"].title == "You meet Tom Whitfield" and "18 November, 04:00 (Tokyo time)" in found["step"].by
    tomorrow = context(mentor.user, NOW + 9 * HOUR)["step"]
    assert tomorrow.by == "Tomorrow: Wednesday 18 November, 04:00 (Tokyo time)"
    assert dates(mentor.user) == [
        ("2026-11-26", "", "Keep in touch with Jun Nakamura"),
        ("2026-11-30", "", "Your pause with Ana Pausing is over"),
        ("2026-12-06", "19:00", "You meet Tom Whitfield"),
    ]
    assert found["zone"] == "Tokyo time"


def test_today_and_tomorrow_are_called_so(mentor):
    pairing = mentee_of(mentor, "Tom Whitfield", 40)
    make_contact(pairing, (NOW - 2 * DAY).date())
    for hours in (2, 24, 48):
        make_meeting(pairing, NOW + hours * HOUR)
    make_check_in(pairing, (NOW - DAY).date())
    assert [one.near for one in context(mentor.user)["dates"]] == ["Today", "Tomorrow", ""]


def test_how_it_is_going_is_said_in_words(mentor):
    pairing = mentee_of(mentor, "Tom Whitfield", 120)

    def going(days=0):
        (place,) = homes.places(mentor.user, NOW - days * DAY)
        return place.partners[0].going

    assert "have not been in touch yet as far as we know" in going()
    make_contact(pairing, (NOW - 100 * DAY).date())
    assert going(90) == "In touch once so far: Saturday 8 August (confirmed by one)."
    make_contact(pairing, (NOW - 9 * DAY).date(), sureness="both")
    assert going() == "In touch 2 times in 4 months, last on Saturday 7 November (confirmed by both)."


def test_whoever_is_away_reads_until_when_and_is_asked_nothing(program):
    member = add_member(program, MENTOR, state="on_leave")
    make_leave(member)
    step = context(member.user)["step"]
    assert (step.title, step.by) == ("You are on leave", "Until Monday 14 December.")


def test_a_pair_whose_mentor_is_away_is_not_told_to_write(mentor):
    pairing = mentee_of(mentor, "Tom Whitfield", 40)
    make_contact(pairing, (NOW - 25 * DAY).date())
    make_leave(mentor, starts_in=-1)
    assert not [title for title in titles(pairing.mentee.user) if title.startswith("Write to")]


def test_a_request_says_who_answers_and_by_when(mentor):
    pairing = mentee_of(mentor, "Tom Whitfield", 40)
    carla = mentor.program.memberships.get(role=COORDINATOR).user
    make_case(pairing, kind="too_much", owner=carla, asked_by=mentor.user, first_answer_by=NOW + 3 * DAY)
    page = signed_in(mentor.user).get(reverse("home")).content.decode()
    assert "It is too much for you" in page
    assert "Carla Okonkwo reads it and answers you by Thursday 19 November." in page


def test_the_council_reads_its_follow_ups_its_own_first_and_none_about_itself(program, mentor):
    tove, other = make_person("Tove Sandberg"), make_person("Olu Other")
    for person in (tove, other):
        add_member(program, COUNCIL, person)
    pairings = [mentee_of(mentor, name, 60) for name in ("Ada One", "Bo Two", "Cy Three")]
    make_case(pairings[0], tier="council", owner=other, due_at=NOW + DAY)
    make_case(pairings[1], tier="council", owner=tove, due_at=NOW + 5 * DAY)
    cry = make_case(pairings[2], kind="wish", tier="council", owner=tove, first_answer_by=NOW - DAY)
    make_case(pairings[0], kind="missed", tier="council", owner=other, concerned=[tove])
    make_case(pairings[1], kind="idle", owner=other)
    found = context(tove)
    assert [row.title for row in found["follow_ups"].rows] == [
        "Amina Diallo and Cy Three",
        "Amina Diallo and Bo Two",
        "Amina Diallo and Ada One",
    ]
    assert found["step"].title == "Decide about Amina Diallo and Cy Three: somebody asks for something"
    assert found["step"].by == "It was due on Sunday 15 November." and found["follow_ups"].number == 3
    # Once it is answered, it is due on its day again.
    Case.objects.filter(pk=cry.pk).update(first_answer_at=NOW)
    assert context(tove)["follow_ups"].rows[0].title == "Amina Diallo and Bo Two"
    page = signed_in(tove).get(reverse("program_home", args=[program.slug])).content.decode()
    assert "Decide about Amina Diallo and Bo Two: a quiet pair" in page and page.count("btn-primary") == 1


def test_a_coordinator_reads_what_waits_over_all_programs_by_turns(program):
    carla = program.memberships.get(role=COORDINATOR).user
    other = make_program("Second")
    add_member(other, COORDINATOR, carla)
    for one in (program, other):
        make_letter(make_person("Somebody"), topic=one.slug, state="dead")
    found = context(carla)
    steps = [found["step"], *found["then"]]
    assert [(step.title, step.place) for step in steps if "not delivered" in step.title] == [
        ("One email was not delivered", "Careers"),
        ("One email was not delivered", "Second"),
    ]
    assert steps[0].place != steps[1].place


def test_one_line_where_nothing_waits(program):
    tove = make_person("Tove Sandberg")
    add_member(program, COUNCIL, tove)
    page = signed_in(tove).get(reverse("home")).content.decode()
    assert "Nothing waits for you today." in page and "btn-primary" not in page and "Carla Okonkwo" in page


def test_what_was_told_in_confidence_is_opened_before_anything_else(program, mentor):
    contact, deputy = make_person("Ama Mensah"), make_person("Jo Lind")
    program.points_of_contact.create(duty="safeguarding", person=contact, deputy=deputy)
    make_concern(program, mentor.user, told=contact, other=deputy)
    assert titles(contact) == ["Something was told to you and is not opened yet"] and titles(deputy) == []
    assert CONCERN_WORDS not in signed_in(contact).get(reverse("home")).content.decode()


def test_as_its_coordinator_may_see_it_a_home_shows_that_program_alone(program, mentor):
    other = make_program("Second")
    add_member(other, COORDINATOR, mentor.user)
    add_member(other, MENTEE, mentor.user, state="waiting")
    pairing = mentee_of(mentor, "Tom Whitfield", 40)
    make_case(pairing, kind="too_much", tier="council", asked_by=mentor.user, addressed="council")
    make_concern(program, pairing.mentee.user, told=mentor.user, other=make_person("Jo Lind"))
    whole, part = context(mentor.user), context(mentor.user, only=[program])
    assert [place.program for place in part["places"]] == [program] and len(whole["places"]) == 2
    for key in ("programs", "duties", "requests", "colleagues", "unread_concerns"):
        assert not part[key], key
    assert whole["unread_concerns"] and whole["requests"] and not part["follow_ups"].rows


def queries_of(person, path) -> int:
    client = signed_in(person)
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_everything_of_thirty_pairs_costs_no_query_more_than_of_one(program):
    counts, wave = [], make_pulse(program)
    for number in (1, 30):
        mentor = add_member(program, MENTOR, make_person("Mo Mentor"), state="active", places=40)
        for index in range(number):
            pairing = mentee_of(mentor, f"Mentee {index}", 60)
            make_contact(pairing, (NOW - 20 * DAY).date())
            make_meeting(pairing, NOW + 3 * DAY, state="proposed", by=pairing.mentee.user)
            make_meeting(pairing, NOW + 4 * DAY)
            make_check_in(pairing, (NOW - DAY).date())
            make_invitation(wave, mentor, pairing, now=NOW - index * HOUR)
            make_case(pairing, kind="no_mentee", asked_by=mentor.user)
        counts.append(queries_of(mentor.user, reverse("home")))
    assert counts[0] == counts[1]


def test_thirty_follow_ups_cost_no_query_more_than_one(program, mentor):
    tove = make_person("Tove Sandberg")
    add_member(program, COUNCIL, tove)
    counts = []
    for number in (1, 29):
        for index in range(number):
            make_case(mentee_of(mentor, f"Mentee {index}", 60), tier="council", owner=tove)
        pages = (reverse("home"), reverse("program_home", args=[program.slug]))
        counts.append([queries_of(tove, page) for page in pages])
    assert counts[0] == counts[1]
