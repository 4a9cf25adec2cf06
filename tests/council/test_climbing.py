"""The ladder at work on rows: who is written to, what becomes of it, and what ends a climb."""

from datetime import timedelta

import pytest

from checkins import actions as checkins
from checkins.models import Meeting, Watch
from council.actions import watch_cases
from council.actions.climbing import missed_again
from council.actions.deciding import decide
from council.models import Case, CaseKind, Step
from matching.actions import end_pairing
from matching.models import Pairing
from outbox import kinds
from outbox.models import Letter
from outbox.sweeping import never
from programs.models import Membership, ProgramFigure
from tests import world as w
from tests.world import COORDINATOR, COUNCIL, MENTEE, MENTOR, NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = NOW.date()


@pytest.fixture
def program():
    program = w.make_program()
    for name, role in (("Farida Haddad", COORDINATOR), ("Elif Kaya", COUNCIL)):
        w.add_member(program, role, w.make_person(name))
    return program


def pair_of(mentor, **fields):
    mentee = w.add_member(mentor.program, MENTEE, state="active")
    made = w.make_pairing(mentor, mentee, **fields)
    Pairing.objects.filter(pk=made.pk).update(rhythm_days=14)
    pairing = Pairing.objects.select_related("program", "mentor__user", "mentee__user").get(pk=made.pk)
    checkins.opened([pairing], now=NOW)
    return pairing


@pytest.fixture
def mentor(program):
    return w.add_member(program, MENTOR, state="active", places=3)


@pytest.fixture
def pairing(mentor):
    return pair_of(mentor)


def days(first, last=None):
    """The sweeps of every day from the first to the last."""
    for n in range(first, (first if last is None else last) + 1):
        checkins.look(NOW + n * DAY, never)
        watch_cases(NOW + n * DAY, never)


def touch(pairing, day, says="mentee"):
    by = getattr(pairing, says).user
    when = NOW + day * DAY
    return checkins.add_contact(pairing, on=when.date(), says=says, source="said", by=by, now=when)


def steps():
    return [(step, (at - NOW).days) for step, at in Step.objects.order_by("pk").values_list("step", "at")]


def letters(kind, to=None):
    rows = Letter.objects.filter(kind=f"council.{kind}").order_by("pk")
    return list(rows.filter(recipient=to) if to else rows)


def needless(letter, day):
    """Why an email would not be sent any more; "" while it would."""
    return str(kinds.get(letter.kind).still_needed(letter, NOW + day * DAY))


def test_a_pair_that_never_meets_is_asked_twice_then_decided_by_a_person_then_by_the_council(pairing):
    days(0, 28)
    assert steps() == [("nudge", 4), ("nudge-2", 9), ("case", 14)]
    assert len(letters("nudge_mentee")) == len(letters("nudge_mentor")) == 2
    case = Case.objects.get()
    assert (case.kind, case.cause) == (CaseKind.NEVER, f"never:{pairing.pk}:since:{TODAY}")
    assert (case.opened_at, case.at_council_since) == (NOW + 14 * DAY, NOW + 28 * DAY)
    assert str(case.owner) == "Elif Kaya" and not letters("follow_up")
    assert set(case.concerned.all()) == {pairing.mentor.user, pairing.mentee.user}
    tried = " ".join(case.lines.values_list("words", flat=True))
    assert "20 November 2026" in tried and "25 November 2026" in tried


def test_a_quiet_pair_is_asked_once_then_decided(pairing):
    touch(pairing, 0)
    days(0, 28)
    assert steps() == [("nudge", 21), ("case", 28)]
    assert Case.objects.get().cause == f"quiet:{pairing.pk}:since:{TODAY}"


def test_a_program_sets_its_own_days(pairing):
    for key, value in (("first_nudge_days", 2), ("second_nudge_days", 5), ("never_case_days", 7)):
        ProgramFigure.objects.create(program=pairing.program, key=key, value=value, since=NOW)
    days(0, 7)
    assert steps() == [("nudge", 2), ("nudge-2", 5), ("case", 7)]


def test_several_mentees_of_one_mentor_are_one_email_with_a_line_each(mentor):
    pairs = [pair_of(mentor) for _each in range(3)]
    touch(pairs[2], 1)
    days(0, 4)
    (letter,) = letters("nudge_mentor")
    assert [str(one.mentee.user) in letter.body for one in pairs] == [True, True, False]
    assert letter.about["pairings"] == [str(one.public_id) for one in pairs[:2]]
    assert {one.recipient_id for one in letters("nudge_mentee")} == {one.mentee.user_id for one in pairs[:2]}
    days(5, 9)
    assert len(letters("nudge_mentor")) == 2


def test_a_mentor_on_leave_is_not_nudged_and_the_mentee_is(pairing):
    w.make_leave(pairing.mentor, days=60)
    Membership.objects.filter(pk=pairing.mentor_id).update(state="on_leave")
    days(0, 14)
    assert steps() == [("nudge", 4), ("nudge-2", 9), ("case", 14)]
    assert not letters("nudge_mentor")
    first, second = letters("nudge_mentee")
    assert f"{pairing.mentor.user} is away until Friday 15 January 2027." in first.body
    assert needless(second, 9) == ""


def test_a_mentee_on_leave_rests_and_so_does_the_ladder(pairing):
    w.make_leave(pairing.mentee, starts_in=2, days=10)
    days(0, 24)
    assert steps() == [("nudge", 14), ("nudge-2", 19), ("case", 24)]


@pytest.mark.parametrize("says", ["mentor", "mentee"])
@pytest.mark.parametrize("day", [3, 4, 9, 14, 28])
def test_contact_at_any_step_ends_the_climb(pairing, day, says):
    days(0, day)
    before = steps()
    touch(pairing, day, says)
    assert not Case.objects.open().exists()
    days(day, day + 20)
    assert steps() == before
    days(day + 21)
    assert steps() == [*before, ("nudge", day + 21)]


def test_contact_settles_what_is_open(pairing):
    days(0, 14)
    touch(pairing, 15)
    case = Case.objects.get()
    assert (case.state, case.decision, case.decided_by) == ("closed", "by_itself", None)


def test_a_contact_of_the_day_they_were_matched_is_one(pairing):
    days(0, 14)
    by = pairing.mentee.user
    checkins.add_contact(pairing, on=TODAY, says="mentee", source="said", by=by, now=NOW + 15 * DAY)
    assert not Case.objects.open().exists()
    # The silence since then is long enough to be asked about.
    days(15, 29)
    assert Case.objects.open().get().kind == CaseKind.QUIET


def test_a_contact_of_before_the_silence_settles_nothing(pairing):
    touch(pairing, 5)
    days(0, 33)
    assert Case.objects.open().get().kind == CaseKind.QUIET
    for on in (TODAY + 2 * DAY, TODAY + 5 * DAY):
        by = pairing.mentor.user
        checkins.add_contact(pairing, on=on, says="mentor", source="said", by=by, now=NOW + 34 * DAY)
    assert Case.objects.open().exists()


def test_a_contact_taken_back_brings_the_follow_up_back(pairing):
    days(0, 14)
    touch(pairing, 15, "mentor")
    days(15)
    by = pairing.mentor.user
    checkins.take_back(pairing, on=TODAY + 15 * DAY, says="mentor", by=by, now=NOW + 16 * DAY)
    days(16, 17)
    assert [case.state for case in Case.objects.order_by("pk")] == ["closed", "open"]
    assert len(set(Case.objects.values_list("cause", flat=True))) == 1
    assert steps()[-1] == ("case", 14)


def test_the_same_silence_is_not_decided_twice_and_the_next_one_begins_anew(pairing):
    days(0, 14)
    case = Case.objects.get()
    decide(case, "talk", by=case.owner, now=NOW + 15 * DAY, words="They meet next week.")
    days(15, 18)
    assert len(steps()) == 3
    days(19, 29)
    assert steps()[3:] == [("nudge", 19), ("nudge-2", 24), ("case", 29)]
    assert Case.objects.open().get().cause == f"never:{pairing.pk}:since:{TODAY + 15 * DAY}"


def test_a_meeting_agreed_ahead_holds_the_nudges_and_what_was_agreed_may_fall_through(pairing):
    meeting = w.make_meeting(pairing, NOW + 10 * DAY)
    days(0, 9)
    assert steps() == []
    Meeting.objects.filter(pk=meeting.pk).update(state="cancelled")
    Watch.objects.update(look_at=NOW + 10 * DAY)
    days(10, 20)
    assert steps() == [("nudge", 10), ("nudge-2", 15), ("case", 20)]


def test_meetings_agreed_again_and_again_do_not_put_it_off_for_ever(pairing):
    for week in range(10):
        w.make_meeting(pairing, NOW + 7 * week * DAY + DAY)
    days(0, 40)
    assert dict(steps())["case"] == 28


def test_a_pause_holds_every_step(pairing):
    days(0, 4)
    checkins.pause(pairing, until=TODAY + 25 * DAY, by=pairing.mentee.user, now=NOW + 5 * DAY)
    days(5, 34)
    assert steps() == [("nudge", 4), ("nudge-2", 29), ("case", 34)]


def test_an_idle_pair_is_looked_at_where_nothing_is_open(pairing):
    days(0, 14)
    Case.objects.update(state="closed", decision="answered", closed_at=NOW + 20 * DAY)
    days(15, 95)
    assert steps()[-1] == ("idle", 90)
    assert Case.objects.open().get().cause == f"idle:{pairing.pk}:since:{TODAY}"


@pytest.mark.parametrize("what", ["contact", "pause", "end", "meeting"])
def test_a_nudge_that_waits_is_not_sent_for_nothing(pairing, what):
    days(0, 4)
    waiting = [*letters("nudge_mentee"), *letters("nudge_mentor")]
    assert len(waiting) == 2 and not any(needless(letter, 4) for letter in waiting)
    now = NOW + 4.5 * DAY
    if what == "contact":
        touch(pairing, 4.5)
    elif what == "pause":
        checkins.pause(pairing, until=TODAY + 20 * DAY, by=pairing.mentee.user, now=now)
    elif what == "end":
        end_pairing(pairing, by=Membership.objects.get(role=COORDINATOR).user, now=now, why="They asked for it.")
    else:
        w.make_meeting(pairing, NOW + 9 * DAY)
    assert all(needless(letter, 5) for letter in waiting)


def test_an_email_about_several_goes_while_one_of_them_is_silent(mentor):
    pairs = [pair_of(mentor) for _each in range(2)]
    days(0, 4)
    (letter,) = letters("nudge_mentor")
    touch(pairs[0], 4)
    assert needless(letter, 5) == ""
    touch(pairs[1], 4)
    assert needless(letter, 5)


def test_nudges_may_be_turned_off_and_follow_ups_not():
    optional = {name for name in kinds.optional_names() if name.startswith("council.")}
    assert {"council.nudge_mentee", "council.nudge_mentor"} <= optional
    assert not optional & {"council.follow_up", "council.asked", "council.ask_there", "council.ask_away"}


def test_the_first_lines_of_a_nudge_tell_nothing(pairing):
    days(0, 4)
    for letter in (*letters("nudge_mentee"), *letters("nudge_mentor")):
        assert letter.subject == "About your mentoring"
        hello, first = letter.body.split("\n\n")[:2]
        assert hello == f"Hello {letter.recipient},"
        assert first == f"We have a short question for you about {pairing.program}."


def test_with_a_pair_ends_what_was_to_be_decided_about_it(pairing):
    days(0, 14)
    wish = w.make_case(pairing, kind="wish", asked_by=pairing.mentee.user)
    end_pairing(pairing, by=Membership.objects.get(role=COORDINATOR).user, now=NOW + 15 * DAY, why="They asked for it.")
    assert Case.objects.get(kind="never").decision == "by_itself"
    wish.refresh_from_db()
    assert wish.state == "open"
    days(15, 40)
    assert len(steps()) == 3


def test_two_meetings_in_a_row_that_did_not_happen_are_looked_at_once(pairing):
    for day in (2, 3):
        missed_again(w.make_meeting(pairing, NOW + day * DAY), by=pairing.mentee.user, now=NOW + 4 * DAY)
    case = Case.objects.get()
    assert case.kind == CaseKind.MISSED and case.pairing == pairing
    # They did meet on that very day, after all.
    touch(pairing, 2)
    assert not Case.objects.open().exists()
