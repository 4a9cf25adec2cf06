"""Who answers for whom: in order, and nobody who is away, unreachable or part of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs import answering
from programs.models import PointOfContact
from tests import world as w
from tests.world import COORDINATOR, COUNCIL, MENTEE, MENTOR, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return w.make_program(time_zone="Pacific/Auckland")


def answers(program, now=NOW):
    return answering.of_programs([program], now)[program.pk]


def test_the_one_named_then_the_deputy_then_the_longest_serving_then_the_council(program):
    named, deputy, first, second, council = (w.make_person() for _each in range(5))
    PointOfContact.objects.create(program=program, duty="mentees", person=named, deputy=deputy)
    w.add_member(program, COORDINATOR, second, now=NOW)
    w.add_member(program, COORDINATOR, first, now=NOW - timedelta(days=9))
    w.add_member(program, COUNCIL, council)
    found, avoid = answers(program), set()
    for person in (named, deputy, first, second):
        assert found.coordinator(MENTEE, avoid) == person
        avoid.add(person.pk)
    assert found.coordinator(MENTEE, avoid) is None and found.anybody(MENTEE, avoid) == council
    assert found.anybody(MENTEE, avoid | {council.pk}) is None
    # Questions of mentors have nobody of their own; a follow-up is decided by who runs the program.
    assert found.coordinator(MENTOR, ()) == first == found.coordinator(MENTEE, (), can_decide=True)
    assert found.coordinator(COUNCIL, ()) == first


@pytest.mark.parametrize("gone", [{"is_active": False}, {"email": None}, {"address_bounced_at": NOW}])
def test_whoever_cannot_be_reached_answers_for_nobody(program, gone):
    w.add_member(program, COORDINATOR, w.make_person(), now=NOW)
    person = answers(program).coordinator(MENTEE, ())
    type(person).objects.filter(pk=person.pk).update(**gone)
    assert answers(program).coordinator(MENTEE, ()) is None


def test_somebody_on_leave_answers_for_nobody_in_that_program_on_its_days(program):
    member = w.add_member(program, COORDINATOR)
    other = w.make_program()
    w.add_member(other, COORDINATOR, member.user)
    # There it is the 16th until eleven in the morning here.
    w.make_leave(member, starts_in=0, days=2)
    for days, at_work in ((-1, True), (0, False), (1, False), (2, True)):
        found = answering.of_programs([program, other], NOW + timedelta(days=days))
        assert (found[program.pk].coordinator(MENTEE, ()) == member.user) is at_work
        assert found[other.pk].coordinator(MENTEE, ()) == member.user


def test_three_queries_however_many_programs():
    def queries(programs):
        with CaptureQueriesContext(connection) as captured:
            answering.of_programs(programs, NOW)
        return len(captured)

    programs = [w.make_program(safeguarding=w.make_person()) for _each in range(30)]
    for program in programs:
        w.make_leave(w.add_member(program, COORDINATOR))
    assert queries(programs[:1]) == queries(programs) == 3
