"""Nobody is lost in a sound program; one hole of each kind planted in it, and that one alone is found."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from checkins.models import Outage, Pause, Restart, Watch
from council import promise
from council.models import Case, CaseConcerns, Step
from matching.models import Pairing
from profiles.models import User
from programs.models import Leave, Membership, PointOfContact, Program, ProgramFigure
from tests import world as w
from tests.world import COORDINATOR, COUNCIL, MENTEE, MENTOR, NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = NOW.date()
LONG_AGO = NOW - 100 * DAY


class Sound:
    """A program in which everybody is covered, each in a way of their own."""

    def __init__(self):
        self.program = w.make_program(opened_at=LONG_AGO)
        self.people = {name: w.make_person(name) for name in ("farida", "sean", "elif", "lena", "deputy", "named")}
        p = self.people
        self.staff = {name: w.add_member(self.program, COORDINATOR, p[name]) for name in ("farida", "sean")}
        self.staff |= {name: w.add_member(self.program, COUNCIL, p[name]) for name in ("elif", "lena")}
        PointOfContact.objects.create(program=self.program, duty="mentees", person=p["named"], deputy=p["deputy"])
        self.ready = w.add_member(self.program, MENTEE, now=NOW - 29 * DAY)
        self.waiting = w.add_member(self.program, MENTEE, state="waiting")
        self.away = w.add_member(self.program, MENTEE, state="on_leave")
        w.make_leave(self.away, starts_in=-5, days=20)
        # In touch; silent and in a follow-up, with a coordinator and with the council; at rest.
        self.in_touch = self.pair()
        w.make_contact(self.in_touch, TODAY - 10 * DAY)
        self.quiet = self.pair()
        self.case = w.make_case(self.quiet, owner=p["farida"], now=NOW - 3 * DAY)
        self.never = self.pair()
        self.council_case = w.make_case(
            self.never, kind="never", tier="council", owner=p["elif"], now=NOW - 20 * DAY,
            at_council_since=NOW - 6 * DAY, due_at=NOW + 8 * DAY,
        )  # fmt: skip
        self.resting = self.pair(began=NOW - 60 * DAY)
        self.pause = self.paused(self.resting, -10, 20)

    def pair(self, *, began=LONG_AGO, mentor=None):
        mentor = mentor or w.add_member(self.program, MENTOR, state="active")
        pairing = w.make_pairing(mentor, w.add_member(self.program, MENTEE, state="active"), now=began)
        w.make_watch(pairing, now=NOW)
        return pairing

    def paused(self, pairing, starts_in, ends_in, **fields):
        return Pause.objects.create(
            pairing=pairing,
            starts_on=TODAY + starts_in * DAY,
            ends_on=TODAY + ends_in * DAY,
            agreed_at=NOW,
            **fields,
        )


@pytest.fixture
def sound(db):
    return Sound()


def change(row, **fields):
    type(row)._default_manager.filter(pk=row.pk).update(**fields)
    return row


def found(now=NOW):
    return {(one.membership, one.hole.kind) for one in promise.lost(now)}


def test_nobody_is_lost_in_a_sound_program(sound):
    assert found() == set()
    look = promise.look(NOW)
    assert (look.programs, look.mentees) == (1, 7)


# Each plants one hole, and answers with the membership that is lost.


def unwatched(s):
    Watch.objects.filter(pairing=s.in_touch).delete()
    return s.in_touch.mentee


def watched_as_ended(s):
    change(s.in_touch.watch, standing="ended")
    return s.in_touch.mentee


def never_looked_at_again(s):
    change(s.in_touch.watch, look_at=None)
    return s.in_touch.mentee


def the_sweep_stands_still(s):
    change(s.in_touch.watch, look_at=NOW - 25 * timedelta(hours=1))
    return s.in_touch.mentee


def the_sweep_stands_still_over_a_follow_up(s):
    change(s.quiet.watch, look_at=NOW - 2 * DAY)
    return s.quiet.mentee


def check_in_past_its_ladder(s):
    # A contact a month is asked for: a coordinator after 58 days.
    s.in_touch.contacts.update(on=TODAY - 60 * DAY)
    return s.in_touch.mentee


def first_contact_past_its_ladder(s):
    return s.pair(began=NOW - 16 * DAY).mentee


def past_the_programs_own_figure(s):
    pairing = s.pair(began=NOW - 9 * DAY)
    ProgramFigure.objects.create(program=s.program, key="never_case_days", value=7, since=LONG_AGO)
    return pairing.mentee


def past_its_ladder_though_they_agreed_to_meet(s):
    pairing = s.pair(began=NOW - 30 * DAY)
    w.make_meeting(pairing, NOW + 2 * DAY)
    return pairing.mentee


def mentor_away_and_nothing_else(s):
    pairing = s.pair(began=NOW - 16 * DAY)
    change(pairing.mentor, state="on_leave")
    w.make_leave(pairing.mentor, starts_in=-14, days=40)
    return pairing.mentee


def a_case_without_an_owner(s):
    change(s.case, owner=None)
    return s.quiet.mentee


def a_case_whose_owners_account_is_closed(s):
    change(s.people["farida"], is_active=False)
    return s.quiet.mentee


def a_case_whose_owners_address_bounces(s):
    change(s.people["farida"], address_bounced_at=NOW)
    return s.quiet.mentee


def a_case_whose_owner_coordinates_no_more(s):
    change(s.staff["farida"], state="left")
    return s.quiet.mentee


def a_case_of_the_council_whose_owner_left_it(s):
    change(s.staff["elif"], state="left")
    return s.never.mentee


def a_coordinators_case_with_a_council_member(s):
    # Who sits in the council does not see it before it comes there.
    change(s.case, owner=s.people["elif"])
    return s.quiet.mentee


def a_request_to_the_council_with_a_coordinator(s):
    change(s.council_case, addressed="council", owner=s.people["farida"])
    return s.never.mentee


def an_owner_whom_it_is_about(s):
    CaseConcerns.objects.create(case=s.case, person=s.people["farida"])
    return s.quiet.mentee


def an_owner_on_leave_without_a_deputy(s):
    w.make_leave(s.staff["farida"], starts_in=-1, days=3)
    return s.quiet.mentee


def an_owner_on_leave_whose_deputy_left(s):
    PointOfContact.objects.update(person=s.people["farida"], deputy=s.people["sean"])
    change(s.staff["sean"], state="left")
    w.make_leave(s.staff["farida"], starts_in=-1, days=3)
    return s.quiet.mentee


def a_case_overdue_at_the_last_step(s):
    change(s.council_case, due_at=NOW - timedelta(minutes=1))
    return s.never.mentee


def a_case_that_no_sweep_passes_on(s):
    change(s.case, due_at=NOW - 2 * DAY)
    return s.quiet.mentee


def a_case_due_too_far_away(s):
    change(s.case, due_at=NOW + 15 * DAY)
    return s.quiet.mentee


def a_case_put_off_too_often(s):
    change(s.case, snoozes=4)
    return s.quiet.mentee


def a_request_put_off_twice(s):
    change(s.case, kind="no_mentor", snoozes=2)
    return s.quiet.mentee


def a_mentees_own_request_without_an_owner(s):
    # They are in touch as far as the mentor says; what the mentee asked for is answered by nothing else.
    w.make_case(s.in_touch, kind="no_mentor", asked_by=s.in_touch.mentee.user)
    return s.in_touch.mentee


def waiting_and_the_date_has_passed(s):
    return change(s.waiting, write_again_on=TODAY - DAY)


def waiting_and_the_date_is_too_far(s):
    return change(s.waiting, write_again_on=TODAY + 31 * DAY)


def a_pause_too_long(s):
    change(s.pause, ends_on=s.pause.starts_on + 43 * DAY)
    return s.resting.mentee


def a_pause_that_is_over_and_never_closed(s):
    change(s.pause, starts_on=TODAY - 59 * DAY, ends_on=TODAY - 18 * DAY)
    return s.resting.mentee


def a_pause_that_was_ended(s):
    change(s.pause, ended_at=NOW)
    change(s.resting, began_at=LONG_AGO)
    return s.resting.mentee


def active_in_no_pair(s):
    return w.add_member(s.program, MENTEE, state="active")


def active_in_a_pair_that_ended(s):
    change(s.in_touch, state="ended", ended_at=NOW)
    return s.in_touch.mentee


def with_a_case_that_was_closed(s):
    change(s.case, state="closed", closed_at=NOW, decision="talk")
    return s.quiet.mentee


def ready_for_too_long(s):
    return change(s.ready, since=NOW - 31 * DAY)


def on_leave_without_a_leave(s):
    Leave.objects.all().delete()
    return s.away


def on_leave_past_the_return(s):
    Leave.objects.update(starts_on=TODAY - 9 * DAY, returns_on=TODAY - DAY)
    return s.away


def on_leave_by_a_leave_that_is_over(s):
    Leave.objects.update(ended_at=NOW)
    return s.away


HOLES = {
    unwatched: "unwatched",
    watched_as_ended: "unwatched",
    never_looked_at_again: "unwatched",
    the_sweep_stands_still: "not_looked_at",
    the_sweep_stands_still_over_a_follow_up: "not_looked_at",
    check_in_past_its_ladder: "overdue",
    first_contact_past_its_ladder: "overdue",
    past_the_programs_own_figure: "overdue",
    past_its_ladder_though_they_agreed_to_meet: "overdue",
    mentor_away_and_nothing_else: "overdue",
    a_case_without_an_owner: "no_owner",
    a_case_whose_owners_account_is_closed: "owner_gone",
    a_case_whose_owners_address_bounces: "owner_gone",
    a_case_whose_owner_coordinates_no_more: "owner_gone",
    a_case_of_the_council_whose_owner_left_it: "owner_gone",
    a_coordinators_case_with_a_council_member: "owner_gone",
    a_request_to_the_council_with_a_coordinator: "owner_gone",
    an_owner_whom_it_is_about: "owner_concerned",
    an_owner_on_leave_without_a_deputy: "owner_away",
    an_owner_on_leave_whose_deputy_left: "owner_away",
    a_case_overdue_at_the_last_step: "case_overdue",
    a_case_that_no_sweep_passes_on: "case_overdue",
    a_case_due_too_far_away: "case_far",
    a_case_put_off_too_often: "case_far",
    a_request_put_off_twice: "case_far",
    a_mentees_own_request_without_an_owner: "no_owner",
    waiting_and_the_date_has_passed: "waiting_passed",
    waiting_and_the_date_is_too_far: "waiting_far",
    a_pause_too_long: "pause_far",
    a_pause_that_is_over_and_never_closed: "overdue",
    a_pause_that_was_ended: "overdue",
    active_in_no_pair: "no_pair",
    active_in_a_pair_that_ended: "no_pair",
    with_a_case_that_was_closed: "overdue",
    ready_for_too_long: "ready",
    on_leave_without_a_leave: "no_leave",
    on_leave_past_the_return: "leave_passed",
    on_leave_by_a_leave_that_is_over: "no_leave",
}


@pytest.mark.parametrize("plant", HOLES, ids=lambda plant: plant.__name__)
def test_one_hole_planted_is_found_and_no_other(sound, plant):
    lost = plant(sound)
    assert found() == {(lost, HOLES[plant])}


def unreachable(sound, *names):
    for name in names:
        change(sound.people[name], is_active=False)


def test_where_nobody_can_be_reached_everybody_without_a_follow_up_is_lost(sound):
    change(sound.people["named"], address_bounced_at=NOW)
    unreachable(sound, "deputy", "sean", "lena")
    # Farida and Elif still answer.
    assert found() == set()
    w.make_leave(sound.staff["farida"], starts_in=-1, days=3)
    w.make_leave(sound.staff["elif"], starts_in=-1, days=3)
    kinds = dict(found())
    assert kinds.pop(sound.quiet.mentee) == kinds.pop(sound.never.mentee) == "owner_away"
    covered = {sound.ready, sound.waiting, sound.away, sound.in_touch.mentee, sound.resting.mentee}
    assert kinds == dict.fromkeys(covered, "nobody")


def test_nobody_answers_for_their_own_mentee(sound):
    """The one person left to answer is the mentor of one of them."""
    unreachable(sound, "named", "deputy", "sean", "lena", "elif")
    mentor = w.add_member(sound.program, MENTOR, sound.people["farida"], state="active")
    Case.objects.update(owner=sound.people["farida"], tier="coordinator")
    assert found() == set()
    change(sound.in_touch, mentor=mentor)
    assert found() == {(sound.in_touch.mentee, "nobody")}


def test_the_deputy_of_an_owner_on_leave_is_somebody(sound):
    PointOfContact.objects.update(person=sound.people["farida"], deputy=sound.people["sean"])
    w.make_leave(sound.staff["farida"], starts_in=-1, days=3)
    assert found() == set()


def test_a_leave_that_has_not_begun_takes_nobody_away(sound):
    w.make_leave(sound.staff["farida"], starts_in=1, days=3)
    assert found() == set()


def test_our_own_downtime_and_rests_stand_outside_the_count(sound):
    pairing = sound.pair(began=NOW - 16 * DAY)
    assert found() == {(pairing.mentee, "overdue")}
    outage = Outage.objects.create(from_at=NOW - 6 * DAY, to_at=NOW - 5 * DAY)
    assert found() != set()
    change(outage, to_at=NOW - 4 * DAY)
    assert found() == set()


def test_what_the_mentee_rested_counts_up_to_six_weeks(sound):
    pairing = sound.pair(began=NOW - 65 * DAY)
    pause = sound.paused(pairing, -60, -10, ended_at=NOW - 10 * DAY)
    assert found() == {(pairing.mentee, "overdue")}
    w.make_leave(pairing.mentee, starts_in=-18, days=9, ended_at=NOW)
    change(pause, starts_on=TODAY - 62 * DAY, ends_on=TODAY - 20 * DAY)
    assert found() == set()


def test_after_a_decision_that_they_go_on_the_clock_starts_anew(sound):
    Case.objects.filter(pk=sound.case.pk).update(state="closed", closed_at=NOW, decision="talk")
    assert found() == {(sound.quiet.mentee, "overdue")}
    Restart.objects.create(pairing=sound.quiet, on=TODAY, at=NOW)
    assert found() == set()


def test_an_agreed_meeting_puts_the_ladder_off_by_two_weeks(sound):
    pairing = sound.pair(began=NOW - 29 * DAY)
    assert found() == {(pairing.mentee, "overdue")}
    w.make_meeting(pairing, NOW + DAY)
    assert found() == set()


@pytest.mark.parametrize(("contact", "step", "days"), [(True, "nudge", 28), (False, "nudge-2", 10)])
def test_after_contact_was_taken_back_a_person_decides_as_many_days_after_the_nudge_as_planned(
    sound, contact, step, days
):
    pairing = sound.pair()
    if contact:
        w.make_contact(pairing, TODAY - 90 * DAY)
    assert found() == {(pairing.mentee, "overdue")}
    taken = Step.objects.create(cause=f"of {pairing.pk}", step=step, pairing=pairing, at=NOW - days * DAY)
    assert found() == set()
    change(taken, at=NOW - (days + 2) * DAY)
    assert found() == {(pairing.mentee, "overdue")}
    # A nudge of an earlier silence says nothing of this one.
    change(taken, at=LONG_AGO - DAY)
    assert found() == {(pairing.mentee, "overdue")}


def test_programs_that_are_not_open_promise_nothing(sound):
    unwatched(sound)
    for state in ("setup", "ended"):
        Program.objects.update(state=state)
        assert found() == set()


def test_one_program_alone_may_be_looked_at(sound):
    other = w.make_program()
    assert found() == set()
    lonely = w.add_member(other, MENTEE, state="active")
    assert [one.membership for one in promise.lost(NOW)] == [lonely]
    assert promise.lost(NOW, sound.program) == []


def test_the_number_of_queries_does_not_grow_with_the_mentees(sound):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert promise.lost(NOW) == []
        return len(captured)

    before = queries()
    for _each in range(30):
        w.make_contact(sound.pair(), TODAY - DAY)
    assert queries() == before


def test_more_than_a_batch_is_looked_at(sound, monkeypatch):
    monkeypatch.setattr(promise, "BATCH", 2)
    assert (promise.look(NOW).mentees, found()) == (7, set())
    assert found() == set() and unwatched(sound) in dict(found())


def run(*args):
    out = StringIO()
    call_command("check_nobody_lost", *args, "--at", NOW.isoformat(), stdout=out)
    return out.getvalue()


def test_the_command_says_that_nobody_is_lost(sound):
    assert run() == "Nobody is lost: 7 mentees in 1 programs looked at.\n"
    assert run("--program", sound.program.slug).startswith("Nobody is lost: 7")


def test_the_command_names_each_who_is_lost_with_what_to_do_and_fails(sound):
    waiting_and_the_date_has_passed(sound)
    out = StringIO()
    with pytest.raises(CommandError, match=r"1 without a date or a person\. 7 mentees in 1 programs") as failed:
        call_command("check_nobody_lost", "--at", NOW.isoformat(), stdout=out)
    assert failed.value.returncode == 1
    (line,) = out.getvalue().splitlines()
    assert line.startswith(f"{sound.waiting.user} in {sound.program}: We were to write to them again on 15 November")
    assert line.endswith("See that the worker and beat run, then run: manage.py tick.")


def test_the_command_refuses_a_program_that_is_not_there(sound):
    with pytest.raises(CommandError, match="no program") as failed:
        run("--program", "nowhere")
    assert failed.value.returncode == 2
    with pytest.raises(CommandError):
        call_command("check_nobody_lost", "--at", "2027-03-01T09:00")


def test_the_time_zone_of_a_program_says_which_day_it_is(sound):
    change(sound.program, time_zone="Pacific/Kiritimati")
    # There it is the next day already.
    late = datetime(2026, 11, 16, 23, 0, tzinfo=NOW.tzinfo)
    change(sound.waiting, write_again_on=TODAY)
    assert found(late) == {(sound.waiting, "waiting_passed")}


def test_the_world_of_the_tests_is_sound():
    world = w.build()
    assert [(one.membership.user, one.why) for one in promise.lost(NOW)] == []
    assert Membership.objects.filter(program=world.program, state="active", role="mentee").count() == 3
    assert Pairing.objects.open().count() == 4 and User.objects.exists()
