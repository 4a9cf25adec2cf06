"""What people wish for in a pulse: a follow-up the same day, without the score."""

from datetime import timedelta

import pytest
import time_machine

from council.actions import cases, hear_pulses, requests, wishes
from council.models import Case, CaseKind, Decision
from matching.actions import end_pairing, pair_by_hand
from outbox.models import Letter
from outbox.sweeping import never
from surveys import actions
from surveys.models import Invitation
from tests import world as w

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(w.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def program():
    return w.make_program("Harbour", safeguarding=w.make_person(), deputy=w.make_person())


@pytest.fixture
def coordinator(program):
    return w.add_member(program, "coordinator", w.make_person("Farida Haddad")).user


@pytest.fixture
def pairing(program, coordinator):
    mentor, mentee = (
        w.add_member(program, role, w.make_person(name))
        for role, name in (("mentor", "Chitra Menon"), ("mentee", "Amara Okafor"))
    )
    pairing = pair_by_hand(program, mentor, mentee, by=coordinator, now=w.NOW)
    actions.ask_pulses(w.NOW + 30 * DAY, never)
    return pairing


def say(member, wish, going="3", day=31) -> Invitation:
    row = Invitation.objects.get(membership=member)
    actions.answer(row, going=going, wish=wish, by=member.user, now=w.NOW + day * DAY)
    return row


def hear(day=31) -> int:
    return hear_pulses(w.NOW + day * DAY, never)


def lines(case) -> list[str]:
    return list(case.lines.values_list("words", flat=True))


def to(person, kind="council.") -> list:
    return list(Letter.objects.filter(recipient=person, kind__startswith=kind).order_by("pk"))


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("write", "I would like somebody to write to me."),
        ("call", "I would like somebody to call me."),
        ("other", "I would like to talk about another mentor."),
    ],
)
def test_a_wish_becomes_a_follow_up_with_a_day_and_without_the_score(pairing, coordinator, wish, words):
    row = say(pairing.mentee, wish, going="1")
    assert hear() == 1 and hear() == 0
    case = Case.objects.get()
    assert (case.kind, case.owner, case.asked_by) == (CaseKind.WISH, coordinator, pairing.mentee.user)
    assert case.cause == f"wish:{pairing.pk}:{row.public_id}"
    assert case.addressed == case.tier == "coordinator" and case.words == words
    assert case.first_answer_by == w.NOW + 34 * DAY
    assert set(case.concerned.all()) == {pairing.mentee.user, pairing.mentor.user}
    # Both the one who asked and the one who answers for it hear of it, and nobody else.
    assert len(to(pairing.mentee.user)) == len(to(coordinator)) == 1 and to(pairing.mentor.user) == []
    everything = " ".join([case.words, *lines(case), *(letter.body for letter in to(coordinator))])
    assert "badly" not in everything and "1," not in everything


def test_a_mentor_talks_about_the_pair(pairing):
    say(pairing.mentor, "other")
    hear()
    assert Case.objects.get().words == "I would like to talk about whether this pair suits."


def test_an_answer_without_a_wish_is_looked_at_once(pairing):
    row = say(pairing.mentee, "nothing", going="1")
    assert hear() == 1 and hear() == 0 and not Case.objects.exists()
    row.refresh_from_db()
    assert row.looked_at


def test_both_of_a_pair_may_have_a_wish(pairing):
    say(pairing.mentee, "write")
    say(pairing.mentor, "other")
    assert hear() == 2 and Case.objects.open().count() == 2


def test_another_score_with_the_same_wish_is_nothing_new(pairing, coordinator):
    say(pairing.mentee, "call")
    hear()
    say(pairing.mentee, "call", going="1", day=32)
    assert hear(32) == 1
    assert lines(Case.objects.get()) == [] and len(to(coordinator)) == 1


def test_a_wish_that_is_taken_back_is_noted_and_the_follow_up_stays(pairing, coordinator):
    say(pairing.mentee, "call")
    hear()
    say(pairing.mentee, "nothing", day=32)
    hear(32)
    case = Case.objects.open().get()
    assert lines(case) == ["Would like nothing any more."] and not case.lines.get().for_council
    assert len(to(coordinator)) == 1


def test_another_wish_is_noted_told_to_its_owner_and_answered_anew(pairing, coordinator):
    say(pairing.mentee, "write")
    hear()
    cases.answered(Case.objects.get(), by=coordinator, now=w.NOW + 32 * DAY)
    say(pairing.mentee, "call", day=40)
    hear(40)
    case = Case.objects.get()
    assert lines(case)[-1] == "I would like somebody to call me."
    assert case.first_answer_at is None and case.first_answer_by == w.NOW + 43 * DAY
    assert len(to(coordinator)) == 2 and "first answer by Tuesday 29 December" in to(coordinator)[-1].body
    # Before a first answer, the day that was promised stays.
    say(pairing.mentee, "other", day=41)
    hear(41)
    case.refresh_from_db()
    assert case.first_answer_by == w.NOW + 43 * DAY and len(to(coordinator)) == 3


def test_after_it_was_settled_a_new_wish_opens_a_new_one(pairing, coordinator):
    say(pairing.mentee, "write")
    hear()
    cases.close(Case.objects.get(), decision=Decision.ANSWERED, by=coordinator, now=w.NOW + 32 * DAY)
    say(pairing.mentee, "write", going="5", day=33)
    hear(33)
    assert not Case.objects.open().exists()
    say(pairing.mentee, "call", day=34)
    hear(34)
    assert Case.objects.open().get().words == "I would like somebody to call me." and Case.objects.count() == 2


def test_whoever_has_asked_already_in_their_own_words_gets_no_second_one(pairing):
    asked = requests.wish(pairing, "write", "I am new here.", by=pairing.mentee.user, now=w.NOW + 30 * DAY)
    say(pairing.mentee, "call")
    hear()
    assert Case.objects.get() == asked and lines(asked) == ["I would like somebody to call me."]


def test_of_a_pair_that_has_ended_meanwhile_the_wish_still_reaches_a_person(pairing, coordinator):
    say(pairing.mentee, "call")
    end_pairing(pairing, by=coordinator, now=w.NOW + 31 * DAY, why="Moved away")
    assert hear() == 1
    case = Case.objects.get()
    assert case.pairing is None and case.membership == pairing.mentee and case.owner == coordinator
    assert pairing.mentor.user in case.concerned.all()


def test_a_wish_never_goes_to_whom_it_is_about(pairing, program, coordinator):
    """Where every coordinator is one of the two, the council takes it on."""
    council = w.add_member(program, "council").user
    program.memberships.filter(user=coordinator).update(state="left")
    w.add_member(program, "coordinator", pairing.mentor.user)
    say(pairing.mentee, "other")
    hear()
    case = Case.objects.get()
    assert case.owner == council and case.tier == "council"
    assert not Case.objects.visible_to(pairing.mentor.user).exists()


def test_an_answer_that_changes_while_it_is_heard_is_heard_again(pairing):
    row = say(pairing.mentee, "call")
    stale = Invitation.objects.select_related("membership__user", "pairing__program").get(pk=row.pk)
    say(pairing.mentee, "write", day=32)
    assert not wishes.hear(stale, w.NOW + 32 * DAY) and not Case.objects.exists()
    assert hear(32) == 1
    assert Case.objects.get().words == "I would like somebody to write to me."


def test_while_a_program_is_not_open_a_wish_waits(pairing, program):
    program.state = "ended"
    program.save(update_fields=["state"])
    say(pairing.mentee, "call")
    assert hear() == 0
    program.state = "open"
    program.save(update_fields=["state"])
    assert hear(32) == 1 and Case.objects.exists()
