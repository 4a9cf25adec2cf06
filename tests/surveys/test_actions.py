"""Who is asked when, and what becomes of an answer."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from council.actions.pausing import pause_pair
from journal.models import Entry
from matching.actions import end_pairing, pair_by_hand
from matching.models import Pairing, PairPurpose
from outbox import kinds
from outbox.sweeping import never
from programs.errors import Refused
from programs.models import Membership, ProgramFigure
from surveys import actions
from surveys.models import Invitation, Postponed, Survey, Wave
from tests import world as w
from tests.surveys.pulses import DAY, ask, emails, of, said, say


def test_each_side_is_asked_once_a_month_after_the_match(pairings):
    assert ask(29) == 0 and ask(30) == 1 and ask(30) == 0 and ask(45) == 0
    assert Invitation.objects.count() == 4
    assert set(Wave.objects.values_list("month", flat=True)) == {datetime(2026, 12, 1).date()}
    # The mentor of two reads one email with a line for each.
    assert emails().count() == 3
    to_mentor = emails().get(recipient=pairings[0].mentor.user)
    assert "- Amara Okafor, since Monday 16 November 2026" in to_mentor.body
    assert "- Nadia Petrova, since Monday 16 November 2026" in to_mentor.body


def test_a_mentee_of_two_mentors_gets_one_email_about_both(pairings, program, coordinator):
    second = w.add_member(program, "mentor", w.make_person("Dafydd Rees"))
    career = PairPurpose.objects.create(program=program, name="career", position=1)
    same = {"program": program, "mentee": pairings[0].mentee, "rhythm_days": 30, "began_at": w.NOW}
    Pairing.objects.create(mentor=second, purpose=career, **same)
    assert ask(30) == 1
    body = emails().get(recipient=pairings[0].mentee.user).body
    assert "Chitra Menon" in body and "Dafydd Rees" in body
    assert emails().count() == 4 and Invitation.objects.count() == 6


def test_the_day_is_the_programs_own(pairings, program):
    program.time_zone = "Pacific/Auckland"
    program.save(update_fields=["time_zone"])
    # Matched on 16 November at 23:00 there, asked as soon as it is 16 December there.
    assert actions.ask_pulses(datetime(2026, 12, 15, 10, 59, tzinfo=UTC), never) == 0
    assert actions.ask_pulses(datetime(2026, 12, 15, 11, 0, tzinfo=UTC), never) == 1


def test_a_program_may_ask_sooner_and_asks_nobody_twice_for_it(pairings, program):
    ProgramFigure.objects.create(program=program, key="pulse_days", value=20, since=w.NOW)
    assert ask(19) == 0 and ask(20) == 1
    ProgramFigure.objects.create(program=program, key="pulse_days", value=40, since=w.NOW + 21 * DAY)
    assert ask(40) == 0


def test_a_day_that_was_missed_is_made_up_for(pairings):
    assert ask(59) == 1 and Invitation.objects.count() == 4


def test_after_two_months_nobody_is_asked_any_more(pairings):
    assert ask(60) == 0 and not Invitation.objects.exists()


def test_only_pairs_that_go_on_in_open_programs_are_asked(pairings, program, coordinator):
    end_pairing(pairings[0], by=coordinator, now=w.NOW + DAY, why="Moved away")
    program.state = "ended"
    program.save(update_fields=["state"])
    assert ask(30) == 0
    program.state = "open"
    program.save(update_fields=["state"])
    ask(30)
    assert set(Invitation.objects.values_list("pairing", flat=True)) == {pairings[1].pk}


def test_a_pair_that_rests_is_asked_when_the_rest_is_over_however_long_it_was(pairings):
    pause_pair(pairings[0], until=w.NOW.date() + 70 * DAY, by=pairings[0].mentee.user, now=w.NOW + 29 * DAY)
    for day in range(30, 70):
        ask(day)
    assert set(Invitation.objects.values_list("pairing", flat=True)) == {pairings[1].pk}
    assert Postponed.objects.get().pairing == pairings[0]
    assert ask(70) == 1 and ask(71) == 0
    assert Invitation.objects.filter(pairing=pairings[0]).count() == 2 and not Postponed.objects.exists()


@pytest.mark.parametrize("side", ["mentor", "mentee"])
def test_nobody_is_asked_while_one_of_the_two_is_on_leave(pairings, side):
    member = getattr(pairings[0], side)
    Membership.objects.filter(pk=member.pk).update(state="on_leave")
    for day in (30, 50, 75, 100):
        ask(day)
    assert not Invitation.objects.filter(pairing=pairings[0]).exists()
    Membership.objects.filter(pk=member.pk).update(state="active")
    assert ask(101) and Invitation.objects.filter(pairing=pairings[0]).count() == 2


def test_a_rest_that_ended_while_we_were_down_is_let_go_after_a_month(pairings):
    Membership.objects.filter(pk=pairings[0].mentor_id).update(state="on_leave")
    ask(30)
    Membership.objects.filter(pk=pairings[0].mentor_id).update(state="active")
    assert ask(61) == 0 and not Postponed.objects.exists() and ask(61) == 0


def test_a_pair_that_ended_at_rest_is_forgotten(pairings, coordinator):
    Membership.objects.filter(pk=pairings[0].mentor_id).update(state="on_leave")
    ask(30)
    for pairing in pairings:
        end_pairing(pairing, by=coordinator, now=w.NOW + 31 * DAY, why="Moved away")
    assert ask(31) == 0 and not Postponed.objects.exists()


def test_an_email_that_is_not_needed_any_more_does_not_leave(pairings, coordinator):
    ask(30)
    now = w.NOW + 31 * DAY
    letter = emails().get(recipient=pairings[0].mentee.user)
    kind = kinds.get(letter.kind)
    assert kind.optional and kind.still_needed(letter, now) == ""
    Membership.objects.filter(pk=pairings[0].mentor_id).update(state="on_leave")
    assert kind.still_needed(letter, now)
    Membership.objects.filter(pk=pairings[0].mentor_id).update(state="active")
    say(pairings[0], pairings[0].mentee, "4", "nothing")
    assert kind.still_needed(letter, now)
    to_mentor = emails().get(recipient=pairings[0].mentor.user)
    end_pairing(pairings[0], by=coordinator, now=now, why="Moved away")
    assert kinds.get(to_mentor.kind).still_needed(to_mentor, now) == ""
    say(pairings[1], pairings[1].mentor, "4", "nothing")
    assert kinds.get(to_mentor.kind).still_needed(to_mentor, now)


def test_the_sweep_asks_as_many_questions_of_the_database_whatever_was_asked_before(pairings, program, coordinator):
    ask(30)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert ask(31) == 0
        return len(seen)

    few = queries()
    for _each in range(10):
        mentor, mentee = w.add_member(program, "mentor"), w.add_member(program, "mentee")
        pair_by_hand(program, mentor, mentee, by=coordinator, now=w.NOW)
    ask(30)
    assert queries() == few


def test_an_answer_is_a_real_sheet_and_the_newer_word_counts(pairings):
    ask(30)
    row = say(pairings[0], pairings[0].mentee, "4", "nothing")
    assert said(row) == {"going": "4", "wish": "nothing"}
    first = row.sheet_id
    row = say(pairings[0], pairings[0].mentee, "2", "call", day=40)
    assert said(row) == {"going": "2", "wish": "call"} and row.sheet_id == first
    form = Survey.objects.get().questionnaire
    assert [(one.key, one.kind) for one in form.questions.all()] == [("going", "scale"), ("wish", "choice")]


@pytest.mark.parametrize(("going", "wish"), [("6", "nothing"), ("", "nothing"), ("3", ""), ("3", "a pony")])
def test_what_is_no_answer_is_refused_the_second_time_as_the_first(pairings, going, wish):
    ask(30)
    for before in (None, "4"):
        if before:
            say(pairings[0], pairings[0].mentee, before, "nothing")
        with pytest.raises(Refused):
            say(pairings[0], pairings[0].mentee, going, wish)
    assert said(of(pairings[0], pairings[0].mentee)) == {"going": "4", "wish": "nothing"}


def test_it_closes_after_a_month_and_with_the_pair(pairings, coordinator):
    ask(30)
    say(pairings[0], pairings[0].mentee, "3", "nothing", day=59)
    with pytest.raises(Refused):
        say(pairings[0], pairings[0].mentee, "4", "nothing", day=60)
    end_pairing(pairings[0], by=coordinator, now=w.NOW + 31 * DAY, why="Moved away")
    with pytest.raises(Refused):
        say(pairings[0], pairings[0].mentor, "3", "nothing", day=32)


def test_about_several_all_are_written_down_or_none(pairings):
    ask(30)
    mentor = pairings[0].mentor
    good, bad = ({"going": going, "wish": "nothing"} for going in ("5", "9"))
    with pytest.raises(Refused):
        actions.answer_all(
            [(of(pairings[0], mentor), good), (of(pairings[1], mentor), bad)], by=mentor.user, now=w.NOW + 31 * DAY
        )
    assert not Invitation.objects.filter(answered_at__isnull=False).exists()


def test_history_says_that_they_answered_and_never_what(pairings):
    ask(30)
    say(pairings[0], pairings[0].mentee, "1", "other")
    entry = Entry.objects.get(verb="pulse.answered")
    assert entry.words == "Amara Okafor answered how it is going."
    # Neither of the two reads it, should they coordinate.
    assert set(entry.concerned.values_list("pk", flat=True)) == {pairings[0].mentee.user_id, pairings[0].mentor.user_id}
    # The same said again is nothing new.
    say(pairings[0], pairings[0].mentee, "1", "other", day=32)
    assert Entry.objects.filter(verb="pulse.answered").count() == 1


def test_a_low_answer_without_a_wish_waits_until_somebody_has_seen_to_it(pairings, coordinator):
    ask(30)
    row = say(pairings[0], pairings[0].mentee, "2", "nothing")
    assert row.low_at
    assert actions.see_to(row, by=coordinator, now=w.NOW + 32 * DAY)
    assert not actions.see_to(row, by=coordinator, now=w.NOW + 32 * DAY)
    row = say(pairings[0], pairings[0].mentee, "1", "nothing", day=33)
    assert row.low_at
    # Who changed their mind meanwhile is not marked as seen to.
    before = of(pairings[0], pairings[0].mentee)
    say(pairings[0], pairings[0].mentee, "2", "nothing", day=34)
    assert not actions.see_to(before, by=coordinator, now=w.NOW + 34 * DAY)
    assert say(pairings[0], pairings[0].mentee, "2", "write", day=35).low_at is None
