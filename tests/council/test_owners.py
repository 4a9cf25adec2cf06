"""Whoever can no longer answer for a follow-up is replaced by the next sweep, by somebody who sees it."""

from datetime import timedelta

import pytest

from council.actions import watch_cases
from council.models import Case
from outbox.models import Letter
from outbox.sweeping import never
from programs.models import Membership
from tests import world as w
from tests.world import COORDINATOR, COUNCIL, MENTEE, MENTOR, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    program = w.make_program()
    members = {name: w.add_member(program, COORDINATOR) for name in ("farida", "sean")}
    members |= {name: w.add_member(program, COUNCIL) for name in ("elif", "lena")}
    mentor, mentee = (w.add_member(program, role, state="active") for role in (MENTOR, MENTEE))
    members["pairing"] = w.make_pairing(mentor, mentee)
    return members


def case_of(town, owner, **fields):
    return w.make_case(town["pairing"], owner=town[owner].user, **fields)


def gone(*members, **fields):
    for member in members:
        type(member.user).objects.filter(pk=member.user_id).update(**(fields or {"is_active": False}))


def after_the_sweep(case):
    watch_cases(NOW, never)
    letters = Letter.objects.count()
    watch_cases(NOW, never)
    assert Letter.objects.count() == letters, "Twice is once."
    case.refresh_from_db()
    assert case.owner is None or Case.objects.visible_to(case.owner).filter(pk=case.pk).exists() or not letters
    return case.owner


@pytest.mark.parametrize("how", [{"is_active": False}, {"address_bounced_at": NOW}, {"email": None}])
def test_an_owner_who_cannot_be_reached_is_replaced(town, how):
    case = case_of(town, "farida", kind="too_much")
    gone(town["farida"], **how)
    assert after_the_sweep(case) == town["sean"].user
    assert Letter.objects.get().recipient == town["sean"].user and case.lines.count() == 1


def test_an_owner_who_left_is_replaced_and_a_place_in_the_council_does_not_help(town):
    case = case_of(town, "farida")
    w.add_member(town["farida"].program, COUNCIL, town["farida"].user)
    Membership.objects.filter(pk=town["farida"].pk).update(state="left")
    assert after_the_sweep(case) == town["sean"].user


@pytest.mark.parametrize(("starts_in", "days", "same"), [(0, 1, False), (-1, 2, False), (1, 3, True), (-3, 3, True)])
def test_an_owner_on_leave_is_replaced_on_the_days_of_it(town, starts_in, days, same):
    case = case_of(town, "farida")
    w.make_leave(town["farida"], starts_in=starts_in, days=days)
    assert after_the_sweep(case) == town["farida" if same else "sean"].user


def test_a_leave_from_another_program_changes_nothing(town):
    case = case_of(town, "farida")
    w.make_leave(w.add_member(w.make_program(), COORDINATOR, town["farida"].user))
    assert after_the_sweep(case) == town["farida"].user


def test_where_no_coordinator_can_answer_it_goes_to_the_council(town):
    case = case_of(town, "farida")
    gone(town["farida"], town["sean"])
    assert after_the_sweep(case) in (town["elif"].user, town["lena"].user)
    assert (case.tier, case.at_council_since) == ("council", NOW)


def test_where_no_council_member_can_answer_it_goes_back_to_a_coordinator(town):
    case = case_of(town, "elif", tier="council")
    gone(town["elif"], town["lena"])
    assert after_the_sweep(case) == town["farida"].user
    assert case.tier == "council"


def test_what_was_told_to_the_council_never_comes_to_a_coordinator(town):
    case = case_of(town, "elif", tier="council", kind="no_mentor", addressed="council")
    gone(town["elif"])
    assert after_the_sweep(case) == town["lena"].user
    gone(town["lena"])
    watch_cases(NOW + timedelta(days=2), never)
    case.refresh_from_db()
    assert case.owner == town["lena"].user
