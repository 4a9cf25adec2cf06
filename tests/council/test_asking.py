"""Questions to a mentee: asked at once, asked again, answered, or handed to a person."""

from datetime import timedelta

import pytest

from checkins.models import Outage
from council.actions import ask_again, asking
from council.models import Ask, AskKind, Case, CaseKind
from matching.actions import end_pairing
from outbox import kinds
from outbox.models import Letter
from outbox.sweeping import never
from programs.errors import Refused
from programs.models import Program, ProgramFigure
from tests import world as w
from tests.world import COORDINATOR, MENTEE, MENTOR, NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def pairing():
    program = w.make_program()
    w.add_member(program, COORDINATOR, w.make_person("Farida Haddad"))
    mentor = w.add_member(program, MENTOR, w.make_person("Chitra Menon"), state="active")
    mentee = w.add_member(program, MENTEE, w.make_person("Amara Okafor"), state="active")
    return w.make_pairing(mentor, mentee)


def there(pairing):
    cause = f"no_mentee:{pairing.pk}:{NOW.date()}"
    return asking.ask(AskKind.NO_MENTEE, pairing=pairing, cause=cause, by=pairing.mentor.user, now=NOW)


def away(pairing):
    leave = w.make_leave(pairing.mentor, days=60)
    return asking.ask(
        AskKind.AWAY, pairing=pairing, leave=leave, cause=f"away:{leave.pk}:{pairing.pk}", by=None, now=NOW
    )


def sweep(first, last=None):
    return sum(ask_again(NOW + n * DAY, never) for n in range(first, (last or first) + 1))


def asked(kind):
    return [(letter.posted_at - NOW).days for letter in Letter.objects.filter(kind=f"council.{kind}").order_by("pk")]


def test_nobody_answers_whether_they_are_there(pairing):
    ask = there(pairing)
    assert there(pairing) == ask
    assert asked("ask_there") == [0] and Letter.objects.get().recipient == pairing.mentee.user
    sweep(1, 13)
    assert asked("ask_there") == [0, 7] and not Case.objects.exists()
    sweep(14, 20)
    case = Case.objects.get()
    assert (case.kind, case.cause, case.opened_at) == (CaseKind.NO_MENTEE, ask.cause, NOW + 14 * DAY)
    assert set(case.concerned.all()) == {pairing.mentor.user, pairing.mentee.user}
    assert asked("ask_there") == [0, 7]


def test_while_we_were_away_nobody_was_silent(pairing):
    there(pairing)
    Outage.objects.create(from_at=NOW + DAY, to_at=NOW + 15 * DAY)
    sweep(15, 27)
    assert asked("ask_there") == [0, 15] and not Case.objects.exists()
    sweep(28)
    assert Case.objects.count() == 1


def test_nobody_answers_what_suits_them_while_their_mentor_is_away(pairing):
    ask = away(pairing)
    sweep(1, 6)
    assert not Case.objects.exists()
    sweep(7, 9)
    assert (Case.objects.get().kind, Case.objects.get().cause) == (CaseKind.AWAY, ask.cause)
    assert asked("ask_away") == [0]


def test_days_are_the_programs_own(pairing):
    ProgramFigure.objects.create(program=pairing.program, key="mentee_silent_days", value=7, since=NOW)
    there(pairing)
    sweep(7)
    assert Case.objects.count() == 1 and asked("ask_there") == [0]


def test_a_late_sweep_does_not_ask_and_pass_on_at_once(pairing):
    there(pairing)
    sweep(30)
    assert Case.objects.count() == 1 and asked("ask_there") == [0]


@pytest.mark.parametrize("kind", [there, away])
def test_an_answer_ends_it(pairing, kind):
    ask = kind(pairing)
    said = "here" if ask.kind == AskKind.NO_MENTEE else "wait"
    asking.answer(ask, said, by=pairing.mentee.user, now=NOW + DAY)
    assert (ask.answer, ask.answered_at, ask.look_at) == (said, NOW + DAY, None)
    with pytest.raises(Refused, match="answered already"):
        asking.answer(ask, said, by=pairing.mentee.user, now=NOW + DAY)
    assert sweep(7, 20) == 0 and not Case.objects.exists()
    letter = Letter.objects.get(recipient=pairing.mentee.user, kind__startswith="council.ask")
    assert kinds.get(letter.kind).still_needed(letter, NOW + DAY)


def test_an_answer_after_a_person_was_asked_settles_it(pairing):
    ask = there(pairing)
    sweep(7, 14)
    asking.answer(ask, "here", by=pairing.mentee.user, now=NOW + 15 * DAY)
    assert Case.objects.get().decision == "by_itself"


@pytest.mark.parametrize("said", ["stand_in", "new"])
def test_who_would_rather_not_wait_has_a_person_the_same_day(pairing, said):
    ask = away(pairing)
    asking.answer(ask, said, by=pairing.mentee.user, now=NOW + DAY)
    case = Case.objects.get()
    assert case.opened_at == NOW + DAY and case.lines.count() == 2
    sweep(7, 9)
    assert Case.objects.count() == 1


def test_with_the_pair_the_question_ends(pairing):
    there(pairing)
    by = w.add_member(pairing.program, COORDINATOR).user
    end_pairing(pairing, by=by, now=NOW + DAY, why="They asked for it.")
    sweep(7, 20)
    assert not Case.objects.exists() and asked("ask_there") == [0] and Ask.objects.get().look_at is None


def test_an_ended_program_asks_nobody(pairing):
    there(pairing)
    Program.objects.update(state="ended")
    assert sweep(7, 20) == 0


def test_the_first_lines_tell_nothing(pairing):
    there(pairing)
    away(pairing)
    for letter in Letter.objects.filter(kind__startswith="council.ask"):
        assert letter.subject == "About your mentoring"
        assert letter.body.split("\n\n")[1] == f"We have a short question for you about {pairing.program}."
