"""Away, back, paused, gone: each with a date, nobody forgotten, and everybody it concerns told once."""

from datetime import date, timedelta

import pytest

from checkins.models import Pause
from council.actions import answers, ask_again, leaves, pausing
from council.actions.leaves import come_back_later, end_leave, take_leave, turn_leaves
from council.actions.leaving import withdraw
from council.models import Ask, Case, CaseKind
from journal.models import Entry
from matching import tables
from outbox.models import Letter
from outbox.sweeping import never
from programs.errors import Refused
from programs.models import Leave, Membership
from programs.permissions import entries_visible_to
from tests.world import COORDINATOR, COUNCIL, MENTEE, MENTOR, NOW, add_member, make_pairing, make_person, make_program

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 16)
DAY = timedelta(days=1)


@pytest.fixture
def program():
    program = make_program("Careers", time_zone="Europe/London")
    add_member(program, COORDINATOR, make_person("Cora Coordinator"))
    return program


@pytest.fixture
def pairing(program):
    mentor = add_member(program, MENTOR, make_person("Mo Mentor"), state="active", places=3)
    mentee = add_member(program, MENTEE, make_person("Mia Mentee"), state="active")
    return make_pairing(mentor, mentee)


def away(membership, days, *, starts_on=TODAY, now=NOW):
    return take_leave(membership, starts_on=starts_on, returns_on=starts_on + days * DAY, by=membership.user, now=now)


def state_of(membership) -> str:
    return Membership.objects.get(pk=membership.pk).state


def kinds_to(membership) -> list:
    return list(Letter.objects.filter(recipient=membership.user).order_by("pk").values_list("kind", flat=True))


def test_somebody_away_from_today_is_on_leave_and_back_on_their_day(pairing):
    away(pairing.mentee, 10)
    assert state_of(pairing.mentee) == "on_leave"
    assert "council.leave_said" in kinds_to(pairing.mentee) and "council.leave_told_mentor" in kinds_to(pairing.mentor)
    assert turn_leaves(NOW + 8 * DAY, never) == 0
    assert turn_leaves(NOW + 9 * DAY, never) == 1
    assert kinds_to(pairing.mentee)[-1] == "council.leave_asks"
    assert turn_leaves(NOW + 9 * DAY, never) == 0
    assert turn_leaves(NOW + 10 * DAY, never) == 1
    assert state_of(pairing.mentee) == "active" and kinds_to(pairing.mentee)[-1] == "council.leave_back"
    leave = Leave.objects.get()
    assert leave.ended_at == NOW + 10 * DAY and leave.returns_on == TODAY + 10 * DAY
    assert turn_leaves(NOW + 11 * DAY, never) == 0


def test_a_leave_that_begins_later_begins_on_its_day(pairing):
    away(pairing.mentor, 10, starts_on=TODAY + 3 * DAY)
    assert state_of(pairing.mentor) == "active"
    assert turn_leaves(NOW + 2 * DAY, never) == 0
    assert turn_leaves(NOW + 3 * DAY, never) == 1
    assert state_of(pairing.mentor) == "on_leave"


def test_a_day_is_a_day_of_the_program(pairing):
    type(pairing.program).objects.filter(pk=pairing.program_id).update(time_zone="Pacific/Auckland")
    member = Membership.objects.select_related("program", "user").get(pk=pairing.mentee_id)
    # 10:00 UTC on the 16th is 23:00 in Auckland: the 17th begins an hour and a half later.
    away(member, 10, starts_on=TODAY + DAY)
    assert turn_leaves(NOW, never) == 0
    assert turn_leaves(NOW + timedelta(hours=1.5), never) == 1


def test_sweeps_that_did_not_run_lose_nothing(pairing):
    away(pairing.mentor, 10, starts_on=TODAY + 3 * DAY)
    assert turn_leaves(NOW + 40 * DAY, never) == 1
    assert state_of(pairing.mentor) == "active" and not Leave.objects.current().exists()
    assert "council.leave_asks" not in kinds_to(pairing.mentor)


@pytest.mark.parametrize(("role", "after"), [(MENTEE, "waiting"), (MENTOR, "ready")])
def test_whoever_has_nobody_is_back_on_the_list_with_a_date(program, role, after):
    member = add_member(program, role, state="waiting")
    away(member, 10)
    assert Membership.objects.get(pk=member.pk).write_again_on is None
    turn_leaves(NOW + 10 * DAY, never)
    now = Membership.objects.get(pk=member.pk)
    assert now.state == after
    assert now.write_again_on == (TODAY + 40 * DAY if role == MENTEE else None)


def test_the_mentees_of_a_long_leave_are_asked_at_once_and_those_of_a_short_one_are_told(pairing, program):
    often = add_member(program, MENTEE, make_person("Olu Often"), state="active")
    weekly = make_pairing(pairing.mentor, often)
    type(weekly).objects.filter(pk=weekly.pk).update(rhythm_days=7)
    leave = away(pairing.mentor, 21)
    assert Ask.objects.get().pairing == weekly and Ask.objects.get().leave == leave
    assert "council.leave_told_mentee" in kinds_to(pairing.mentee)
    assert "council.leave_told_mentee" not in kinds_to(often)
    assert turn_leaves(NOW, never) == 0


def test_what_was_cut_short_when_a_leave_was_said_is_done_by_the_sweep(pairing):
    leave = away(pairing.mentor, 100)
    Ask.objects.all().delete()
    Case.objects.all().delete()
    assert turn_leaves(NOW, never) == 1
    assert Ask.objects.get().leave == leave and Case.objects.get().kind == CaseKind.LONG_LEAVE
    assert turn_leaves(NOW, never) == 0


def test_a_very_long_leave_is_looked_at_by_somebody_once(pairing):
    away(pairing.mentee, 84)
    assert not Case.objects.exists()
    end_leave(Leave.objects.get(), by=pairing.mentee.user, now=NOW)
    away(Membership.objects.get(pk=pairing.mentee_id), 85)
    case = Case.objects.get()
    assert case.kind == CaseKind.LONG_LEAVE and str(case.owner) == "Cora Coordinator"
    turn_leaves(NOW, never)
    assert Case.objects.count() == 1


def test_another_day_of_return_keeps_the_old_leave_as_history(pairing):
    first = away(pairing.mentor, 20)
    later = NOW + 5 * DAY
    new = come_back_later(first, returns_on=TODAY + 60 * DAY, by=pairing.mentor.user, now=later)
    assert Leave.objects.count() == 2 and leaves.current_leave(pairing.mentor) == new
    assert new.starts_on == TODAY and state_of(pairing.mentor) == "on_leave"
    # 55 days from today are more than the month they meet by: now the mentee is asked.
    assert Ask.objects.get().leave == new
    shorter = come_back_later(new, returns_on=TODAY + 50 * DAY, by=pairing.mentor.user, now=later)
    assert Ask.objects.get().leave == shorter
    assert turn_leaves(later, never) == 0


def test_one_leave_at_a_time_and_only_sound_days(pairing):
    with pytest.raises(Refused):
        away(pairing.mentee, 10, starts_on=TODAY - DAY)
    with pytest.raises(Refused):
        away(pairing.mentee, 0)
    with pytest.raises(Refused):
        away(pairing.mentee, 4000)
    away(pairing.mentee, 10, starts_on=TODAY + DAY)
    with pytest.raises(Refused):
        away(pairing.mentee, 5)
    assert Leave.objects.count() == 1


def test_back_sooner_ends_the_leave_and_the_waiting_for_it(pairing):
    leave = away(pairing.mentor, 40)
    answers.answer_ask(
        Ask.objects.select_related("pairing__program", "leave").get(), "wait", by=pairing.mentee.user, now=NOW
    )
    assert Pause.objects.get().ends_on == TODAY + 40 * DAY
    later = NOW + 10 * DAY
    end_leave(leave, by=pairing.mentor.user, now=later)
    assert state_of(pairing.mentor) == "active" and Leave.objects.get().returns_on == TODAY + 10 * DAY
    assert pausing.current_pause(pairing, later) is None
    letter = Letter.objects.filter(recipient=pairing.mentee.user, kind="council.leave_told_mentee").last()
    assert "is back" in letter.body


def test_a_mentee_waits_six_weeks_at_most(pairing):
    away(pairing.mentor, 80)
    ask = Ask.objects.select_related("pairing__program", "leave").get()
    answers.answer_ask(ask, "wait", by=pairing.mentee.user, now=NOW)
    assert Pause.objects.get().ends_on == TODAY + 42 * DAY


def test_a_late_answer_reaches_the_person_who_has_it_by_then(pairing):
    away(pairing.mentor, 40)
    ask_again(NOW + 7 * DAY, never)
    case = Case.objects.get(kind=CaseKind.AWAY)
    ask = Ask.objects.select_related("pairing__program", "leave").get()
    answers.answer_ask(ask, "new", by=pairing.mentee.user, now=NOW + 8 * DAY)
    assert Case.objects.get() == case and "new mentor" in case.lines.last().words


def test_a_late_word_that_they_wait_settles_it(pairing):
    away(pairing.mentor, 40)
    ask_again(NOW + 7 * DAY, never)
    ask = Ask.objects.select_related("pairing__program", "leave").get()
    answers.answer_ask(ask, "wait", by=pairing.mentee.user, now=NOW + 8 * DAY)
    assert not Case.objects.open().exists() and pausing.current_pause(pairing, NOW + 8 * DAY)


def test_those_who_run_a_program_stay_what_they_are(program):
    cora = Membership.objects.select_related("program", "user").get(role=COORDINATOR)
    away(cora, 100)
    assert state_of(cora) == "active" and not Case.objects.exists()
    assert turn_leaves(NOW + 100 * DAY, never) == 1
    assert state_of(cora) == "active"


def test_a_pause_is_told_to_both_and_can_end(pairing):
    pausing.pause_pair(pairing, until=TODAY + 20 * DAY, by=pairing.mentee.user, now=NOW)
    assert kinds_to(pairing.mentee) == ["council.paused_mentee"]
    assert kinds_to(pairing.mentor) == ["council.paused_mentor"]
    pausing.end_pause(pairing, by=pairing.mentee.user, now=NOW + DAY)
    assert pausing.current_pause(pairing, NOW + DAY) is None
    assert len(kinds_to(pairing.mentor)) == 2
    with pytest.raises(Refused):
        pausing.pause_pair(pairing, until=TODAY + 60 * DAY, by=pairing.mentee.user, now=NOW + DAY)


def test_a_mentee_leaves_and_both_are_told(pairing):
    withdraw(pairing.mentee, by=pairing.mentee.user, now=NOW, words="A new job.")
    pairing.refresh_from_db()
    assert pairing.state == "ended" and pairing.end_reason == "A new job."
    assert state_of(pairing.mentee) == "left" and state_of(pairing.mentor) == "active"
    assert kinds_to(pairing.mentee) == ["council.left"] and kinds_to(pairing.mentor) == ["matching.pair_ended"]
    assert "A new job." not in " ".join(Letter.objects.values_list("body", flat=True))
    assert not Case.objects.exists()


def test_the_mentees_of_a_mentor_who_leaves_wait_with_a_date_and_a_person_and_go_first(pairing, program):
    other = make_pairing(pairing.mentor, add_member(program, MENTEE, make_person("Max Mentee"), state="active"))
    withdraw(pairing.mentor, by=pairing.mentor.user, now=NOW)
    for each in (pairing, other):
        mentee = Membership.objects.get(pk=each.mentee_id)
        assert mentee.state == "waiting" and mentee.write_again_on == TODAY + 30 * DAY
        case = Case.objects.get(pairing=each)
        assert case.kind == CaseKind.LEFT and case.membership == mentee and case.owner
        assert kinds_to(each.mentee)[-1] == "matching.pair_ended"
    assert kinds_to(pairing.mentor) == ["council.left"]
    newcomer = add_member(program, MENTEE)
    read = tables.read(program, {"rules": []}, now=NOW)
    assert dict(zip(read.mentees, read.priority, strict=True))[newcomer] == max(read.priority) == 1


def test_somebody_on_leave_may_leave_for_good(pairing):
    away(pairing.mentee, 10, starts_on=TODAY + DAY)
    withdraw(Membership.objects.get(pk=pairing.mentee_id), by=pairing.mentee.user, now=NOW)
    assert not Leave.objects.exists() and state_of(pairing.mentee) == "left"
    assert turn_leaves(NOW + 20 * DAY, never) == 0


def test_who_has_left_cannot_leave_again(pairing):
    withdraw(pairing.mentee, by=pairing.mentee.user, now=NOW)
    with pytest.raises(Refused):
        withdraw(Membership.objects.get(pk=pairing.mentee_id), by=pairing.mentee.user, now=NOW)
    with pytest.raises(Refused):
        # A page opened before.
        withdraw(pairing.mentee, by=pairing.mentee.user, now=NOW)


def test_follow_ups_about_a_mentee_who_leaves_are_settled_those_of_a_left_mentee_are_not(pairing, program):
    from council.actions import requests

    cry = requests.wish(pairing, "call", by=pairing.mentee.user, now=NOW)
    load = requests.too_much(pairing.mentor, by=pairing.mentor.user, now=NOW)
    withdraw(pairing.mentor, by=pairing.mentor.user, now=NOW)
    cry.refresh_from_db()
    load.refresh_from_db()
    assert cry.state == "open" and load.state == "closed"
    withdraw(Membership.objects.get(pk=pairing.mentee_id), by=pairing.mentee.user, now=NOW)
    cry.refresh_from_db()
    assert cry.state == "closed" and not Case.objects.open().exists()


def test_why_somebody_left_is_not_read_by_their_partner_in_another_role(program):
    mentor = add_member(program, MENTOR, make_person("Mo Mentor"), state="active")
    add_member(program, COORDINATOR, mentor.user)
    pairing = make_pairing(mentor, add_member(program, MENTEE, state="active"))
    withdraw(pairing.mentee, by=pairing.mentee.user, now=NOW, words="Mo frightens me.")
    cora = Membership.objects.filter(role=COORDINATOR).exclude(user=mentor.user).get().user
    assert "Mo frightens me." in list(entries_visible_to(cora).values_list("why", flat=True))
    assert not entries_visible_to(mentor.user).exclude(why="").exists()
    assert Entry.objects.filter(verb="member.left").exists()


def test_a_council_members_leave_is_a_leave_row_alone(program):
    member = add_member(program, COUNCIL)
    leave = away(member, 10)
    end_leave(leave, by=member.user, now=NOW)
    assert not Leave.objects.exists() and state_of(member) == "active"
