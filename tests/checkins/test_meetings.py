"""Meetings: proposed, accepted, declined, moved, cancelled, reminded; both know, on their own clocks, and once."""

from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from checkins import actions, letters, watching, words
from checkins.calendar import file_of
from checkins.models import CheckIn, Contact, Meeting, Watch
from journal.models import Entry
from matching.actions import end_pairing
from outbox.models import Letter
from programs.errors import Refused
from tests.checkins.pairs import DAY, HOUR, THURSDAY, a_pair, agreed, asked, kinds_to, proposed, run
from tests.world import COORDINATOR, NOW, add_member, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def pairing():
    return a_pair()


def state_of(meeting) -> str:
    return Meeting.objects.get(pk=meeting.pk).state


def the_letter(person, kind) -> Letter:
    return Letter.objects.get(recipient=person, kind__startswith=f"checkins.{kind}")


def test_a_proposal_is_told_to_the_other_on_their_own_clock(pairing):
    proposed(pairing)
    letter = the_letter(pairing.mentee.user, "proposed")
    assert "Friday 20 November 2026, 03:00 (Tokyo time)" in letter.body
    assert "For Chitra Menon that is Thursday 19 November 2026, 18:00 (London time)" in letter.body
    assert "[link: meeting]" in letter.body and letter.subject == "About your mentoring"
    assert kinds_to(pairing.mentor.user) == []


def test_accepting_confirms_to_both_and_reminds_both_a_day_before(pairing):
    meeting = agreed(pairing)
    assert state_of(meeting) == "accepted"
    for member in (pairing.mentor, pairing.mentee):
        assert the_letter(member.user, "agreed").due_at == NOW
        reminder = the_letter(member.user, "reminder")
        assert reminder.due_at <= THURSDAY - DAY and reminder.cut_off == THURSDAY
        assert letters.still_agreed(reminder, NOW) == ""


def test_a_meeting_within_the_day_has_no_reminder(pairing):
    agreed(pairing, NOW + 20 * HOUR)
    assert "reminder_mentor" not in kinds_to(pairing.mentor.user)


def test_only_the_other_accepts_and_only_once(pairing):
    meeting = proposed(pairing)
    stranger = add_member(pairing.program, COORDINATOR, make_person("Sam Stranger")).user
    for person in (pairing.mentor.user, stranger):
        for act in (actions.accept, actions.decline):
            with pytest.raises(Refused):
                act(meeting, by=person, now=NOW)
    actions.accept(meeting, by=pairing.mentee.user, now=NOW)
    stale = Meeting.objects.get(pk=meeting.pk)
    stale.state = "proposed"
    with pytest.raises(Refused):
        actions.accept(stale, by=pairing.mentee.user, now=NOW)
    with pytest.raises(Refused):
        actions.decline(stale, by=pairing.mentee.user, now=NOW)
    assert len(kinds_to(pairing.mentee.user)) == 3


def test_what_would_have_begun_cannot_be_accepted_or_cancelled(pairing):
    meeting, other = proposed(pairing), agreed(pairing, THURSDAY + HOUR)
    with pytest.raises(Refused):
        actions.accept(meeting, by=pairing.mentee.user, now=THURSDAY)
    with pytest.raises(Refused):
        actions.cancel(other, by=pairing.mentee.user, now=THURSDAY + HOUR)


def test_a_decline_tells_the_proposer(pairing):
    meeting = proposed(pairing)
    actions.decline(meeting, by=pairing.mentee.user, now=NOW)
    assert state_of(meeting) == "declined" and kinds_to(pairing.mentor.user) == ["declined_mentor"]
    assert letters.still_proposed(the_letter(pairing.mentee.user, "proposed"), NOW)


def test_a_move_leaves_what_is_agreed_until_it_is_accepted(pairing):
    old = agreed(pairing)
    new = actions.move(old, starts_at=THURSDAY + DAY, minutes=30, by=pairing.mentee.user, now=NOW)
    assert state_of(old) == "accepted"
    letter = Letter.objects.filter(recipient=pairing.mentor.user, kind="checkins.proposed_mentor").get()
    assert "Until you answer, that one stands" in letter.body
    new = Meeting.objects.select_related("instead_of", "pairing").get(pk=new.pk)
    actions.accept(new, by=pairing.mentor.user, now=NOW)
    assert state_of(old) == "cancelled" and state_of(new) == "accepted"
    dropped = Letter.objects.filter(kind__startswith="checkins.reminder", about__meeting=str(old.public_id))
    assert dropped.count() == 2 and all(letters.still_agreed(each, NOW) for each in dropped)
    confirmed = Letter.objects.get(kind="checkins.agreed_mentor", about__meeting=str(new.public_id))
    assert "It takes the place of your meeting on Thursday 19 November 2026, 18:00 (London time)" in confirmed.body


def test_another_time_for_a_proposal_takes_its_place_at_once(pairing):
    first = proposed(pairing)
    actions.move(first, starts_at=THURSDAY + DAY, minutes=60, by=pairing.mentee.user, now=NOW)
    assert state_of(first) == "cancelled"
    with pytest.raises(Refused):
        actions.move(first, starts_at=THURSDAY + 2 * DAY, minutes=60, by=pairing.mentor.user, now=NOW)


def test_cancelling_tells_the_other_and_stops_the_reminder(pairing):
    meeting = agreed(pairing)
    actions.cancel(meeting, by=pairing.mentee.user, now=NOW)
    assert state_of(meeting) == "cancelled" and kinds_to(pairing.mentor.user)[-1] == "cancelled_mentor"
    assert letters.still_agreed(the_letter(pairing.mentor.user, "reminder"), NOW)


def test_nobody_is_drowned_in_proposals(pairing):
    for number in range(3):
        proposed(pairing, THURSDAY + number * DAY)
    with pytest.raises(Refused):
        proposed(pairing, THURSDAY + 3 * DAY)
    proposed(pairing, THURSDAY + 3 * DAY, by=pairing.mentee.user)
    with pytest.raises(Refused):
        proposed(pairing, THURSDAY, by=pairing.mentee.user)


@pytest.mark.parametrize("fields", [{"minutes": 0}, {"minutes": 100000}, {"place": "x" * 501}])
def test_what_is_out_of_bounds_is_refused(pairing, fields):
    with pytest.raises(Refused):
        proposed(pairing, **fields)


@pytest.mark.parametrize("starts_at", [NOW, NOW - HOUR, NOW + 400 * DAY])
def test_a_time_passed_or_too_far_is_refused(pairing, starts_at):
    with pytest.raises(Refused):
        proposed(pairing, starts_at)


def test_an_ended_pair_meets_no_more(pairing):
    meeting, waiting = agreed(pairing), proposed(pairing, THURSDAY + DAY)
    end_pairing(pairing, by=None, now=NOW, why="They agreed to.")
    assert state_of(meeting) == state_of(waiting) == "cancelled"
    pairing.refresh_from_db()
    with pytest.raises(Refused):
        proposed(pairing, THURSDAY + 2 * DAY)
    assert all(letters.still_of_use(letter, NOW) for letter in Letter.objects.filter(kind__startswith="checkins."))


def test_a_refused_move_writes_nothing(pairing):
    meeting = agreed(pairing)
    rows, told = Meeting.objects.count(), Letter.objects.count()
    with pytest.raises(Refused):
        actions.move(meeting, starts_at=NOW - DAY, minutes=60, by=pairing.mentee.user, now=NOW)
    assert (Meeting.objects.count(), Letter.objects.count()) == (rows, told)


def test_the_history_tells_the_day_and_not_the_place(pairing):
    agreed(pairing)
    said = " ".join(Entry.objects.filter(verb__startswith="meeting.").values_list("words", flat=True))
    assert "19 November 2026" in said and "example.org" not in said


def test_what_is_agreed_has_the_pair_looked_at_again(pairing):
    Watch.objects.filter(pairing=pairing).update(look_at=NOW + 9 * DAY)
    meeting = agreed(pairing)
    assert Watch.objects.get(pairing=pairing).look_at == NOW
    Watch.objects.filter(pairing=pairing).update(look_at=NOW + 9 * DAY)
    actions.cancel(meeting, by=pairing.mentor.user, now=NOW + HOUR)
    assert Watch.objects.get(pairing=pairing).look_at == NOW + HOUR


def _missed(pairing, starts_at):
    """An agreed meeting that the mentee says did not take place."""
    meeting = agreed(pairing, starts_at, now=starts_at - DAY)
    run(starts_at + DAY)
    check_in = CheckIn.objects.get(meeting=meeting)
    actions.answer_check_in(check_in, met=False, by=pairing.mentee.user, now=starts_at + DAY)
    return meeting


@pytest.fixture
def heard(monkeypatch):
    """The meetings that those above hear of."""
    found = []
    monkeypatch.setattr(watching, "_on_missed", [lambda meeting, by, now: found.append(meeting)])
    return found


def test_the_second_in_a_row_that_did_not_happen_is_told_once(pairing, heard):
    _missed(pairing, THURSDAY)
    assert actions.missed_in_a_row(pairing) == 1 and not heard
    second = _missed(pairing, THURSDAY + 7 * DAY)
    assert actions.missed_in_a_row(pairing) == 2 and heard == [second]
    check_in = CheckIn.objects.get(meeting=second)
    actions.answer_check_in(check_in, met=False, how="He was ill.", by=pairing.mentee.user, now=THURSDAY + 9 * DAY)
    actions.answer_check_in(check_in, met=False, by=pairing.mentor.user, now=THURSDAY + 9 * DAY)
    assert len(heard) == 1


def test_contact_and_a_decision_begin_the_count_anew(pairing):
    _missed(pairing, THURSDAY)
    actions.in_touch(pairing, on=date(2026, 11, 21), by=pairing.mentee.user, now=THURSDAY + 2 * DAY)
    assert actions.missed_in_a_row(pairing) == 0
    _missed(pairing, THURSDAY + 7 * DAY)
    assert actions.missed_in_a_row(pairing) == 1
    actions.restart(pairing, by=None, now=THURSDAY + 9 * DAY)
    assert actions.missed_in_a_row(pairing) == 0


def test_two_proposals_declined_are_one_that_did_not_come_about(pairing, heard):
    for number in range(1, 5):
        meeting = proposed(pairing, THURSDAY + number * DAY)
        actions.decline(meeting, by=pairing.mentee.user, now=NOW + number * HOUR)
        assert actions.missed_in_a_row(pairing) == number // 2
    assert heard == [meeting]


def test_a_mentors_no_alone_is_not_a_missed_meeting(pairing):
    agreed(pairing)
    run(THURSDAY + DAY)
    actions.answer_check_in(CheckIn.objects.get(), met=False, by=pairing.mentor.user, now=THURSDAY + DAY)
    assert actions.missed_in_a_row(pairing) == 0 and not Contact.objects.exists()


def test_the_calendar_file_is_read_by_a_calendar(pairing):
    place = "Room 5; second floor, \\ left\nBEGIN:VEVENT " + "é" * 90
    meeting = proposed(pairing, place=place)
    read = Calendar.from_ical(file_of(meeting, pairing.mentee.user, url="https://example.org/m/", now=NOW))
    (event,) = read.walk("VEVENT")
    assert event.decoded("dtstart") == THURSDAY and event.decoded("dtend") == THURSDAY + HOUR
    assert str(event["location"]) == place and str(event["summary"]) == "Meeting with Chitra Menon"
    assert str(event["status"]) == "TENTATIVE" and str(event["uid"]).startswith(str(meeting.public_id))
    actions.accept(meeting, by=pairing.mentee.user, now=NOW)
    (later,) = Calendar.from_ical(file_of(meeting, pairing.mentor.user, url="/", now=NOW)).walk("VEVENT")
    assert str(later["status"]) == "CONFIRMED" and later["sequence"] > event["sequence"]
    assert later["uid"] == event["uid"]


def test_the_other_clock_stands_there_only_where_it_differs(pairing):
    chitra, amara = pairing.mentor.user, pairing.mentee.user
    neighbour = make_person("Lis", time_zone="Europe/Lisbon")
    assert words.for_other(THURSDAY, chitra, neighbour) == ""
    assert "03:00 (Tokyo time)" in words.for_other(THURSDAY, chitra, amara)
    summer = datetime(2027, 3, 14, 12, 0, tzinfo=UTC)
    york = make_person("Ned", time_zone="America/New_York")
    assert words.for_other(summer, chitra, york) == "For Ned that is 08:00 (New York time)."


def test_names_and_places_make_no_line_and_no_link_of_their_own(pairing):
    type(pairing.mentor.user).objects.filter(pk=pairing.mentor.user_id).update(name="Eve\nBcc: x [link: unsubscribe]")
    pairing.mentor.user.refresh_from_db()
    meeting = proposed(pairing, place="here\n\n[link: home]")
    body = the_letter(pairing.mentee.user, "proposed").body
    assert "\nBcc" not in body and "[link: home]" not in body.partition("\n-- \n")[0]
    assert body.partition("\n-- \n")[0].count("[link: ") == 1
    assert asked(pairing.mentee.user) == [] and meeting.place.startswith("here")
