"""The pulse: asked once after a month, answered from the email, read by the coordinator alone."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from council.actions import hear_pulses
from council.models import Case, CaseKind
from matching.actions import pair_by_hand
from outbox import delivery, links
from outbox.models import Letter
from outbox.sweeping import never
from programs.errors import Refused
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
    return w.add_member(program, "coordinator").user


@pytest.fixture
def pairings(program, coordinator):
    """One mentor of two."""
    mentor = w.add_member(program, "mentor", w.make_person("Chitra Menon"), places=2)
    mentees = [w.add_member(program, "mentee", w.make_person(name)) for name in ("Amara Okafor", "Nadia Petrova")]
    return [pair_by_hand(program, mentor, mentee, by=coordinator, now=w.NOW) for mentee in mentees]


def ask(day) -> int:
    return actions.ask_pulses(w.NOW + day * DAY, never)


def pulses():
    return Letter.objects.filter(kind__startswith="surveys.")


def of(pairing, member) -> Invitation:
    return Invitation.objects.get(pairing=pairing, membership=member)


def test_each_side_is_asked_once_a_month_after_the_match(pairings):
    assert ask(29) == 0 and ask(30) == 1 and ask(30) == 0 and ask(45) == 0
    assert Invitation.objects.count() == 4
    # The mentor of two reads one email with both in it.
    letters = pulses()
    assert letters.count() == 3
    to_mentor = letters.get(recipient=pairings[0].mentor.user)
    assert "Amara Okafor" in to_mentor.body and "Nadia Petrova" in to_mentor.body


def test_a_day_that_was_missed_is_made_up_for_and_an_old_one_is_not(pairings):
    assert ask(50) == 1 and Invitation.objects.count() == 4


def test_after_two_months_nobody_is_asked_any_more(pairings):
    assert ask(61) == 0


def test_a_pair_that_rests_or_is_on_leave_is_asked_later(pairings):
    from council.actions.pausing import pause_pair

    pause_pair(pairings[0], until=w.NOW.date() + 33 * DAY, by=pairings[0].mentee.user, now=w.NOW)
    ask(30)
    assert set(Invitation.objects.values_list("pairing", flat=True)) == {pairings[1].pk}
    ask(33)
    assert Invitation.objects.filter(pairing=pairings[0]).count() == 2


def sent_link(person, clock) -> str:
    clock.move_to(w.NOW + 30 * DAY)
    ask(30)
    while delivery.deliver_due(timezone.now(), never):
        pass
    letter = pulses().get(recipient=person)
    assert letter.state == "sent"
    return reverse("outbox:link", args=[links.token_for(letter, "pulse", timezone.now())])


def test_it_is_answered_from_the_email_without_signing_in_and_never_by_a_look(pairings, clock):
    url = sent_link(pairings[0].mentee.user, clock)
    page = Client().get(url).content.decode()
    assert "Your coordinator reads this; the other side and the council do not." in page
    assert "Not used to evaluate you." in page
    assert not Invitation.objects.filter(answered_at__isnull=False).exists()
    refused = Client().post(url, {"going": "6", "wish": "nothing"})
    assert refused.status_code == 400 and not Invitation.objects.filter(answered_at__isnull=False).exists()
    thanks = Client().post(url, {"going": "4", "wish": "nothing"}, follow=True).content.decode()
    assert "Thank you" in thanks
    Client().post(url, {"going": "2", "wish": "call"})
    row = of(pairings[0], pairings[0].mentee)
    said = {answer.question.key: answer.value for answer in row.sheet.answers.select_related("question")}
    assert said == {"going": "2", "wish": "call"}


def test_a_mentor_of_two_answers_for_each(pairings, clock):
    url = sent_link(pairings[0].mentor.user, clock)
    page = Client().get(url).content.decode()
    assert "Amara Okafor" in page and "Nadia Petrova" in page
    row = of(pairings[1], pairings[1].mentor)
    Client().post(f"{url}?pulse={row.public_id}", {"going": "5", "wish": "nothing"})
    assert Invitation.objects.filter(answered_at__isnull=False).get() == row


def test_nobody_answers_for_somebody_else(pairings):
    ask(30)
    row = of(pairings[0], pairings[0].mentee)
    assert w.signed_in(pairings[0].mentor.user).get(reverse("surveys:pulse", args=[row.public_id])).status_code == 404


def test_it_closes_after_a_month_and_with_the_pair(pairings):
    ask(30)
    row = of(pairings[0], pairings[0].mentee)
    with pytest.raises(Refused):
        actions.answer(row, going="3", wish="nothing", by=row.membership.user, now=w.NOW + 60 * DAY)


def say(pairing, member, going, wish, day=31):
    row = of(pairing, member)
    actions.answer(row, going=going, wish=wish, by=member.user, now=w.NOW + day * DAY)
    return row


def hear(day=31) -> int:
    return hear_pulses(w.NOW + day * DAY, never)


def test_a_wish_becomes_a_follow_up_without_the_score_once(pairings, coordinator):
    ask(30)
    say(pairings[0], pairings[0].mentee, "1", "call")
    say(pairings[1], pairings[1].mentee, "5", "nothing")
    assert hear() == 2 and hear() == 0
    case = Case.objects.get()
    assert (case.kind, case.owner, case.asked_by) == (CaseKind.WISH, coordinator, pairings[0].mentee.user)
    assert case.addressed == "coordinator" and "call me" in case.words and "1" not in case.words
    # Said again with the same wish, nothing more opens.
    say(pairings[0], pairings[0].mentee, "2", "call", day=32)
    assert hear(32) == 1 and Case.objects.count() == 1


def test_both_of_a_pair_may_have_a_wish(pairings):
    ask(30)
    say(pairings[0], pairings[0].mentee, "3", "write")
    say(pairings[0], pairings[0].mentor, "3", "other")
    hear()
    assert Case.objects.count() == 2


def results(person, program, query="") -> str:
    return w.signed_in(person).get(f"{reverse('surveys:results', args=[program.slug])}{query}")


def test_the_coordinator_reads_each_answer_and_the_means_with_their_n(pairings, program, coordinator):
    assert "Nobody has been asked yet" in results(coordinator, program).content.decode()
    ask(30)
    say(pairings[0], pairings[0].mentee, "1", "nothing")
    say(pairings[1], pairings[1].mentee, "4", "write")
    page = results(coordinator, program).content.decode()
    assert "2 of 4 have answered" in page and "December 2026 (of 2)" in page and "2.5" in page
    assert "1 person says that it goes badly, and asked for nothing" in page
    only = results(coordinator, program, "?show=wish&q=nadia").content.decode()
    assert "Write to me" in only and "Amara Okafor</a> <span" not in only
    export = results(coordinator, program, "?format=csv").content.decode()
    assert "Not used to evaluate you." in export.splitlines()[0] and "Nadia Petrova" in export


def test_neither_the_council_nor_the_pair_reads_it_and_nobody_their_own(pairings, program, coordinator):
    council = w.add_member(program, "council").user
    ask(30)
    say(pairings[0], pairings[0].mentee, "1", "nothing")
    assert results(council, program).status_code == 403
    assert results(pairings[0].mentor.user, program).status_code == 404
    w.add_member(program, "coordinator", pairings[0].mentor.user)
    own = results(pairings[0].mentor.user, program).content.decode()
    assert "Nobody has been asked yet" in own


def test_the_list_takes_as_many_queries_for_thirty_as_for_one(program, coordinator, django_assert_max_num_queries):
    counts = []
    for number in (1, 29):
        for _each in range(number):
            mentor, mentee = w.add_member(program, "mentor"), w.add_member(program, "mentee")
            pair_by_hand(program, mentor, mentee, by=coordinator, now=w.NOW)
        ask(30)
        with django_assert_max_num_queries(60) as seen:
            results(coordinator, program, "?show=open")
        counts.append(len(seen))
    assert counts[0] == counts[1]
