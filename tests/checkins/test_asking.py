""" "Did you meet?": whom we ask, when, how often; what an answer is worth, and what it is not."""

from datetime import UTC, date, datetime
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from checkins import actions, letters, watching
from checkins.models import CheckIn, CheckInAnswer, Contact, Watch
from council.actions.leaves import take_leave
from journal.models import Entry
from matching.actions import end_pairing
from outbox.models import Letter
from outbox.sweeping import never
from programs.errors import Refused
from programs.models import Program
from tests.checkins.pairs import DAY, HOUR, THURSDAY, a_pair, a_program, agreed, asked, run
from tests.world import NOW, make_contact

pytestmark = pytest.mark.django_db
FRIDAY_MORNING = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
THE_DAY = date(2026, 11, 19)


@pytest.fixture
def pairing():
    return a_pair()


@pytest.fixture
def check_in(pairing):
    agreed(pairing)
    run(FRIDAY_MORNING)
    return CheckIn.objects.select_related("pairing__program", "meeting").get()


def say(check_in, side, met, now=FRIDAY_MORNING, **fields):
    fields.setdefault("on", THE_DAY if met else None)
    person = getattr(check_in.pairing, side).user
    return actions.answer_check_in(check_in, met=met, by=person, now=now, **fields)


def contacts(pairing) -> list:
    return [(row.on, row.sureness) for row in Contact.objects.filter(pairing=pairing).order_by("on")]


def test_both_are_asked_the_morning_after_a_meeting_and_not_before(pairing):
    agreed(pairing)
    assert run(FRIDAY_MORNING - HOUR) == 0 and not CheckIn.objects.exists()
    assert run(FRIDAY_MORNING) == 1 and run(FRIDAY_MORNING) == 0
    assert CheckIn.objects.get().due_on == THE_DAY
    (to_mentee,), (to_mentor,) = asked(pairing.mentee.user), asked(pairing.mentor.user)
    assert "Did you and Chitra Menon meet on Thursday 19 November 2026?" in to_mentee.body
    assert "Not used to evaluate you." in to_mentee.body and "[link: did_you_meet]" in to_mentor.body


def test_the_morning_is_the_programs_own():
    pairing = a_pair(a_program())
    Program.objects.filter(pk=pairing.program_id).update(time_zone="Pacific/Auckland")
    # 18:00 on Thursday in London is Friday, 07:00 in Auckland; the morning after is Saturday's, still Friday in London.
    agreed(pairing)
    saturday = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    assert run(saturday - HOUR) == 0 and run(saturday) == 1
    assert CheckIn.objects.get().due_on == date(2026, 11, 20)


def test_once_more_on_the_third_day_where_neither_has_answered(check_in, pairing):
    third = FRIDAY_MORNING + 2 * DAY
    assert run(third - HOUR) == 0 and len(asked(pairing.mentee.user)) == 1
    assert run(third) == 1 and run(third) == 0
    assert run(third + 3 * DAY) == 0
    assert len(asked(pairing.mentee.user)) == len(asked(pairing.mentor.user)) == 2
    assert "have not heard from either of you" in asked(pairing.mentee.user)[1].body


@pytest.mark.parametrize("side", ["mentor", "mentee"])
@pytest.mark.parametrize("met", [True, False])
def test_an_answer_of_either_makes_asking_again_needless(check_in, pairing, side, met):
    say(check_in, side, met)
    run(FRIDAY_MORNING + 3 * DAY)
    assert len(asked(pairing.mentee.user)) == 1 and len(asked(pairing.mentor.user)) == 1


def test_after_our_own_downtime_the_second_time_keeps_its_distance(pairing):
    agreed(pairing)
    late = FRIDAY_MORNING + 4 * DAY
    run(late)
    assert len(asked(pairing.mentee.user)) == 1
    run(late + DAY)
    assert len(asked(pairing.mentee.user)) == 1
    run(late + 2 * DAY)
    assert len(asked(pairing.mentee.user)) == 2


def test_what_is_long_ago_is_not_asked_about(pairing):
    agreed(pairing)
    assert run(THURSDAY + 15 * DAY) == 0 and not asked(pairing.mentee.user)


def test_contact_known_meanwhile_makes_asking_needless(pairing):
    agreed(pairing)
    actions.in_touch(pairing, on=THE_DAY, by=pairing.mentor.user, now=THURSDAY + 2 * HOUR)
    run(FRIDAY_MORNING)
    assert CheckIn.objects.get().closed_at and not asked(pairing.mentee.user) and run(FRIDAY_MORNING) == 0


def test_contact_after_the_first_asking_spares_the_second(check_in, pairing):
    make_contact(pairing, date(2026, 11, 20))
    run(FRIDAY_MORNING + 2 * DAY)
    assert len(asked(pairing.mentee.user)) == 1 and CheckIn.objects.get().ask_again_at is None


def test_a_meeting_that_is_off_is_not_asked_about(pairing):
    actions.cancel(agreed(pairing), by=pairing.mentor.user, now=NOW)
    assert run(FRIDAY_MORNING) == 0


def test_without_a_meeting_they_are_asked_after_the_day_they_should_have_been_in_touch_by(pairing):
    due = Watch.objects.get().due_on
    assert due == date(2026, 11, 30)
    morning = datetime(2026, 12, 1, 7, 30, tzinfo=UTC)
    assert run(morning - HOUR) == 0
    assert run(morning) == 1 and run(morning + HOUR) == 0
    assert "Have you and Chitra Menon met or been in touch?" in asked(pairing.mentee.user)[0].body
    assert CheckIn.objects.get().meeting_id is None


def test_never_both_after_a_meeting_and_after_the_due_date(check_in, pairing):
    for days in range(1, 14):
        run(datetime(2026, 12, 1, 8, 0, tzinfo=UTC) + days * DAY)
    assert CheckIn.objects.count() == 1


def test_an_agreed_meeting_ahead_is_what_we_ask_about(pairing):
    agreed(pairing, datetime(2026, 12, 10, 18, 0, tzinfo=UTC))
    assert run(datetime(2026, 12, 1, 8, 0, tzinfo=UTC)) == 0
    assert run(datetime(2026, 12, 11, 8, 0, tzinfo=UTC)) == 1


def test_the_next_obligation_closes_the_one_before(check_in, pairing):
    say(check_in, "mentee", True)
    agreed(pairing, THURSDAY + 7 * DAY, now=FRIDAY_MORNING)
    run(FRIDAY_MORNING + 7 * DAY)
    check_in.refresh_from_db()
    assert check_in.closed_at and CheckIn.objects.count() == 2
    with pytest.raises(Refused):
        say(check_in, "mentee", False, now=FRIDAY_MORNING + 8 * DAY)


def test_nobody_is_asked_in_a_pause_nor_after_the_end(pairing):
    agreed(pairing)
    actions.pause(pairing, until=date(2026, 11, 28), by=pairing.mentee.user, now=THURSDAY + HOUR)
    assert run(FRIDAY_MORNING) == 0
    assert run(FRIDAY_MORNING + 8 * DAY) == 1
    other = a_pair()
    agreed(other)
    end_pairing(other, by=None, now=THURSDAY + 2 * HOUR, why="They agreed to.")
    assert run(FRIDAY_MORNING) == 0 and not asked(other.mentee.user)


def test_whoever_is_away_is_not_asked(pairing):
    agreed(pairing)
    take_leave(
        pairing.mentor, starts_on=THE_DAY, returns_on=THE_DAY + 20 * DAY, by=pairing.mentor.user, now=THURSDAY
    )  # fmt: skip
    run(FRIDAY_MORNING)
    assert asked(pairing.mentor.user) == [] and len(asked(pairing.mentee.user)) == 1


def test_a_program_that_has_ended_asks_nobody(pairing):
    agreed(pairing)
    Program.objects.filter(pk=pairing.program_id).update(state="ended")
    assert run(FRIDAY_MORNING) == 0


def several(number):
    first = a_pair()
    return [first, *(a_pair(first.program, mentor=first.mentor) for _number in range(number - 1))]


def test_several_pairs_of_one_mentor_are_one_letter_with_a_line_each():
    pairs = several(4)
    for pairing in pairs:
        agreed(pairing)
    actions.cancel(pairs[3].meetings.get(), by=pairs[3].mentor.user, now=NOW)
    run(FRIDAY_MORNING)
    (letter,) = asked(pairs[0].mentor.user)
    assert letter.body.count("your meeting on Thursday 19 November 2026") == 3
    assert [len(asked(pairing.mentee.user)) for pairing in pairs] == [1, 1, 1, 0]
    # Answered for two of the three: the second time only the third is in it.
    for pairing in pairs[:2]:
        say(CheckIn.objects.get(pairing=pairing), "mentee", True)
    run(FRIDAY_MORNING + 2 * DAY)
    _first, again = asked(pairs[0].mentor.user)
    assert again.about["pairings"] == [str(pairs[2].public_id)]


@pytest.mark.parametrize("what", ["first", "nothing"])
def test_the_sweep_asks_the_database_no_more_for_thirty_pairs(what):
    def queries(pairs):
        for pairing in pairs:
            agreed(pairing)
        actions.look(FRIDAY_MORNING, never)
        if what == "nothing":
            actions.ask(FRIDAY_MORNING, never)
        with CaptureQueriesContext(connection) as captured:
            actions.ask(FRIDAY_MORNING, never)
        return len(captured)

    assert queries(several(30)) <= queries(several(2)) + 2


def test_a_run_that_is_stopped_asks_the_rest_the_next_time():
    for _number in range(3):
        agreed(a_pair())
    answers = iter([False, True, True, True, True])
    assert actions.ask(FRIDAY_MORNING, lambda: next(answers)) == 1
    assert actions.ask(FRIDAY_MORNING, never) == 2
    assert CheckIn.objects.count() == 3 and Letter.objects.filter(kind__startswith="checkins.did").count() == 6


class Killed(BaseException):
    """What ends a process in the middle."""


@pytest.mark.parametrize("again", [False, True])
def test_a_sweep_ended_at_any_statement_asks_everybody_once(again):
    for _number in range(2):
        for pairing in several(2):
            agreed(pairing)
    now = FRIDAY_MORNING
    if again:
        run(now)
        now += 2 * DAY
    killed = 0
    for limit in count():
        statements = count()

        def end(execute, *arguments, statements=statements, limit=limit):
            if next(statements) == limit:
                raise Killed
            return execute(*arguments)

        try:
            with connection.execute_wrapper(end):
                actions.ask(now, never)
        except Killed:
            killed += 1
        else:
            break
    assert killed > 10 and CheckIn.objects.count() == 4
    kinds = Letter.objects.filter(kind__startswith="checkins.did", about__again=again)
    assert kinds.count() == 6 and len({letter.key for letter in kinds}) == 6
    assert CheckIn.objects.filter(ask_again_at=None).count() == (4 if again else 0)


def test_both_yes_is_confirmed_by_both(check_in, pairing):
    say(check_in, "mentee", True)
    assert contacts(pairing) == [(THE_DAY, "one")]
    say(check_in, "mentor", True)
    assert contacts(pairing) == [(THE_DAY, "both")]


def test_a_no_takes_back_only_ones_own_yes(check_in, pairing):
    say(check_in, "mentee", True)
    say(check_in, "mentor", True)
    say(check_in, "mentor", False)
    assert contacts(pairing) == [(THE_DAY, "one")] and Contact.objects.get().by_mentee


@pytest.mark.parametrize("first", ["mentor", "mentee"])
def test_a_mentors_yes_counts_for_nothing_against_the_mentees_no(check_in, pairing, first):
    answers = {"mentor": True, "mentee": False}
    second = "mentee" if first == "mentor" else "mentor"
    say(check_in, first, answers[first])
    say(check_in, second, answers[second])
    assert contacts(pairing) == []
    # Both answers are kept; and once the mentee says otherwise, both count.
    assert CheckInAnswer.objects.filter(met=True).count() == 1
    say(check_in, "mentee", True)
    assert contacts(pairing) == [(THE_DAY, "both")]


def test_a_mentor_cannot_say_it_on_their_page_either(check_in, pairing):
    say(check_in, "mentee", False)
    actions.in_touch(pairing, on=THE_DAY, by=pairing.mentor.user, now=FRIDAY_MORNING)
    assert contacts(pairing) == []
    actions.in_touch(pairing, on=THE_DAY, by=pairing.mentee.user, now=FRIDAY_MORNING)
    assert contacts(pairing) == [(THE_DAY, "both")]


def test_what_was_said_on_the_page_keeps_what_was_said_of_how_it_was(check_in, pairing):
    say(check_in, "mentee", True, how="Good.")
    actions.in_touch(pairing, on=THE_DAY, by=pairing.mentee.user, now=FRIDAY_MORNING)
    assert CheckInAnswer.objects.get().how == "Good."


def test_another_day_takes_the_place_of_the_first(check_in, pairing):
    say(check_in, "mentee", True)
    say(check_in, "mentee", True, on=date(2026, 11, 18))
    assert contacts(pairing) == [(date(2026, 11, 18), "one")]


@pytest.mark.parametrize("on", [None, date(2026, 11, 21), date(2026, 11, 15)])
def test_a_day_that_cannot_be_is_refused(check_in, pairing, on):
    with pytest.raises(Refused):
        say(check_in, "mentee", True, on=on)
    with pytest.raises(Refused):
        say(check_in, "mentee", True, how="x" * 5000)
    assert contacts(pairing) == [] and not CheckInAnswer.objects.exists()


def test_a_stranger_answers_nothing(check_in):
    stranger = a_pair().mentee.user
    with pytest.raises(Refused):
        actions.answer_check_in(check_in, met=False, by=stranger, now=FRIDAY_MORNING)
    with pytest.raises(Refused):
        actions.in_touch(check_in.pairing, on=THE_DAY, by=stranger, now=FRIDAY_MORNING)


def test_a_letter_is_needed_while_its_reader_has_not_answered(check_in, pairing):
    (to_mentee,), (to_mentor,) = asked(pairing.mentee.user), asked(pairing.mentor.user)
    say(check_in, "mentor", True)
    assert letters.still_asked(to_mentee, FRIDAY_MORNING) == ""
    assert letters.still_asked(to_mentor, FRIDAY_MORNING)
    actions.pause(pairing, until=date(2026, 12, 1), by=pairing.mentee.user, now=FRIDAY_MORNING)
    assert letters.still_asked(to_mentee, FRIDAY_MORNING)


def test_the_history_tells_that_they_answered_and_not_what(check_in, pairing):
    say(check_in, "mentee", False, how="He shouted at me.")
    told = Entry.objects.filter(verb="check_in.answered").get()
    assert "shouted" not in told.words and told.words == "Amara Okafor answered whether they met."


def test_an_answer_has_the_pair_looked_at_and_is_heard_above(check_in, pairing, monkeypatch):
    heard = []
    monkeypatch.setattr(watching, "_on_contact", [lambda contact, by, now: heard.append(contact.on)])
    Watch.objects.filter(pairing=pairing).update(look_at=FRIDAY_MORNING + 9 * DAY)
    say(check_in, "mentee", True)
    assert Watch.objects.get(pairing=pairing).look_at == FRIDAY_MORNING and heard == [THE_DAY]
