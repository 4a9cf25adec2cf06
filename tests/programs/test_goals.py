"""Goals with target and course: what is counted by when, how they are set, and what the home shows of them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mentorship.program_home import course
from mentorship.program_home.course import Seat, Span
from mentorship.program_home.goals import courses_of
from programs import actions
from programs.errors import Refused
from programs.goals import Aim
from programs.models import Goal, Program
from tests import world as w
from tests.world import NOW

DAY = timedelta(days=1)
TODAY = date(2026, 11, 16)


def test_a_course_has_a_point_for_each_month_and_for_today():
    assert course.days_of(date(2026, 9, 3), TODAY) == [date(2026, 9, 30), date(2026, 10, 31), TODAY]
    assert course.days_of(TODAY, TODAY) == [TODAY]
    assert len(course.days_of(date(2020, 1, 1), TODAY)) == course.MOST_MONTHS
    assert course.later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert course.later(date(2026, 11, 16), 14) == date(2028, 1, 16)


def test_shares_count_only_whom_one_can_know_of():
    seats = {1: Seat(TODAY - 40 * DAY, None, TODAY - 30 * DAY), 2: Seat(TODAY - 40 * DAY), 3: Seat(TODAY - 5 * DAY)}
    spans = [Span(1, TODAY - 30 * DAY)]
    assert course.matched(TODAY, seats, spans).value == pytest.approx(100 / 3)
    assert course.matched(TODAY - 35 * DAY, seats, spans) == course.Point(TODAY - 35 * DAY, 0, 2, 0)
    # Whoever joined five days ago says nothing about ten.
    assert (course.placed(TODAY, seats, 10).n, course.placed(TODAY, seats, 10).of) == (1, 2)
    assert course.placed(TODAY - 60 * DAY, seats, 10).value is None
    left = {1: Seat(TODAY - 40 * DAY, TODAY - DAY)}
    assert course.matched(TODAY, left, []).of == 0
    kept, lost = Span(1, date(2026, 5, 1)), Span(2, date(2026, 5, 1), date(2026, 6, 2))
    assert course.going(TODAY, [kept, lost, Span(3, TODAY)], 3).value == 50
    assert course.as_agreed(TODAY, ["new", "in_rhythm", "quiet", "never", "paused", "on_leave"]).value == 50


@pytest.fixture
def boss(db):
    return w.make_person("Bo Boss")


@pytest.fixture
def program(boss):
    return actions.create_program(by=boss, now=NOW, name="Harbour", purpose="Together.")


def aims(program):
    return [Aim(goal.text, goal.measure, goal.target, goal.within) for goal in program.goals.all()]


def test_goals_are_words_or_measured(program, boss):
    both = [
        "Everybody grows.",
        Aim(" Soon placed. ", "placed", Decimal(80), 14),
        Aim("Well", "pulse", Decimal("4.2"), 9),
    ]
    actions.change_program(program, by=boss, now=NOW, goals=both)
    # Days that the measure does not name are not kept.
    assert aims(program) == [
        Aim("Everybody grows."), Aim("Soon placed.", "placed", Decimal(80), 14), Aim("Well", "pulse", Decimal("4.2")),
    ]  # fmt: skip
    assert [goal.measured for goal in program.goals.all()] == [
        "", "Mentees with a mentor within 14 days of joining: 80%", "How it is going, from 1 to 5: 4.2 of 5",
    ]  # fmt: skip
    for wrong in (Aim("A", "matched"), Aim("A", "matched", 101), Aim("A", "going", 50), Aim("A", "luck", 5), "x" * 301):
        with pytest.raises(Refused):
            actions.change_program(program, by=boss, now=NOW, goals=[wrong])
    assert len(aims(program)) == 3


def test_goals_are_set_in_the_settings_with_errors_at_the_field(program, boss):
    client, url = w.signed_in(boss), reverse("programs:section", args=[program.slug, "goals"])
    assert client.get(url).status_code == 200
    row = {"goal_0_text": "Everybody grows.", "goal_0_measure": "", "goal_0_target": "", "goal_0_within": ""}
    other = {"goal_1_text": "In touch", "goal_1_measure": "in_touch", "goal_1_target": "120", "goal_1_within": ""}
    response = client.post(url, {"edition": 0, **row, **other})
    assert response.status_code == 400
    assert response.context["form"].errors == {"goal_1_target": ["Choose a number from 1 to 100."]}
    assert "Everybody grows." in response.content.decode()
    wrong = client.post(url, {"edition": 0, **row, **other, "goal_1_measure": ""})
    assert list(wrong.context["form"].errors) == ["goal_1_measure"]
    twice = client.post(url, {"edition": 0, **row, **other, "goal_1_text": "Everybody grows.", "goal_1_target": "70"})
    assert list(twice.context["form"].errors) == ["goal_1_text"]
    assert client.post(url, {"edition": 0, **row, **other, "goal_1_target": "70"}).status_code == 302
    assert aims(program) == [Aim("Everybody grows."), Aim("In touch", "in_touch", Decimal(70))]
    text = client.get(reverse("programs:settings", args=[program.slug])).content.decode()
    assert "Pairs in touch as agreed: 70%" in text
    # Somebody else was quicker; and a goal without words goes.
    assert client.post(url, {"edition": 0, **row}).status_code == 400
    assert client.post(url, {"edition": 1, **row, "goal_0_text": ""}).status_code == 302
    assert aims(program) == []


def people(program, number=1):
    """Pairs that began in September: each other one was in touch in October, and one ended."""
    begun = NOW - timedelta(days=60)
    for place in range(number):
        mentor, mentee = (w.add_member(program, role, state="active", now=begun) for role in (w.MENTOR, w.MENTEE))
        pair = w.make_pairing(mentor, mentee, now=begun)
        if place % 2 == 0:
            w.make_contact(pair, date(2026, 10, 20))


@pytest.mark.django_db
def test_the_home_shows_where_each_goal_stands(program, boss):
    Goal.objects.all().delete()
    goals = [
        "In words.", Aim("A", "matched", 70), Aim("B", "in_touch", 60), Aim("C", "going", 50, 1),
        Aim("D", "placed", 90, 7), Aim("E", "pulse", 4),
    ]  # fmt: skip
    actions.change_program(program, by=boss, now=NOW, goals=goals)
    people(program, 4)
    w.add_member(program, w.MENTEE, state="waiting", now=NOW)
    found = courses_of(Program.objects.get(pk=program.pk), boss, NOW)
    assert [(one.value, one.reached) for one in found[1:]] == [
        ("80%", True), ("50%", False), ("100%", True), ("100%", True), ("", False),
    ]  # fmt: skip
    assert [point.of for point in found[1].points] == [4, 4, 5]
    # At the end of September nobody was quiet yet, and at the end of October two were.
    assert [point.value for point in found[2].points] == [100, 50, 50]
    text = w.signed_in(boss).get(reverse("program_home", args=[program.slug])).content.decode()
    assert "4 of 5 mentees" in text and "target 70%" in text and "Nothing to count yet." in text


@pytest.mark.django_db
def test_a_pulse_of_few_is_no_figure(program, boss):
    actions.change_program(program, by=boss, now=NOW, goals=[Aim("Well", "pulse", 4)])
    people(program, 3)
    wave = w.make_pulse(program)
    pairs = list(program.pairings.all())
    for pair in pairs[:2]:
        for member in (pair.mentor, pair.mentee):
            w.make_invitation(wave, member, pair, answers={"going": "5", "wish": "nothing"})
    program = Program.objects.get(pk=program.pk)
    assert courses_of(program, boss, NOW)[0].now is None
    w.make_invitation(wave, pairs[2].mentor, pairs[2], answers={"going": "4", "wish": "nothing"})
    one = courses_of(program, boss, NOW)[0]
    assert (one.value, one.reached) == ("4.8", True)


@pytest.mark.django_db
def test_nobody_is_counted_for_themselves_and_queries_stay(program, boss):
    goals = [Aim(key, key, 3, 2 if key in ("going", "placed") else None) for key in
             ("matched", "in_touch", "going", "placed", "pulse")]  # fmt: skip
    actions.change_program(program, by=boss, now=NOW, goals=goals)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            courses_of(Program.objects.get(pk=program.pk), boss, NOW)
        return len(captured)

    people(program)
    few = queries()
    people(program, 30)
    assert queries() == few <= 16
    mentee = program.memberships.filter(role="mentee").first()
    w.add_member(program, w.COORDINATOR, mentee.user)
    assert courses_of(program, mentee.user, NOW)[0].now.of == courses_of(program, boss, NOW)[0].now.of - 1
