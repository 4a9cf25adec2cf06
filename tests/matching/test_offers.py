"""Offers: the last place is given once, popular mentors are rationed, and a list says nothing of other people."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matching import choosing
from matching.actions import answer_availability, offers, pairs
from matching.actions.offer_sweep import turn_offers
from matching.models import Breather, Offer, Pairing
from outbox.actions import bounced
from outbox.models import Letter
from outbox.sweeping import never
from programs.errors import Refused
from programs.models import Membership
from tests import world as w
from tests.matching.test_races import MANY, at_once
from tests.world import NOW


def a_program(**fields):
    program = w.make_program(mentees_choose=True, **fields)
    w.make_policy(program, {"rules": []})
    return program


def person(name=""):
    return w.make_person(name, password=None)


def everybody_asks(places=1):
    program = a_program()
    mentor = w.add_member(program, "mentor", person(), places=places)
    mentees = [w.add_member(program, "mentee", person()) for _ in range(MANY)]
    asked = [w.make_offer(mentee, mentor) for mentee in mentees]
    jobs = [
        lambda pk=one.pk: offers.accept(Offer.objects.get(pk=pk), by=Offer.objects.get(pk=pk).mentor.user, now=NOW)
        for one in asked
    ]
    return mentor, jobs


@pytest.mark.django_db(transaction=True)
def test_fifty_yeses_into_the_last_place_make_one_pair():
    mentor, jobs = everybody_asks()
    answers = at_once(jobs)
    assert Pairing.objects.filter(mentor=mentor).count() == 1
    assert Offer.objects.filter(state="made").count() == 1
    assert sum(isinstance(answer, Refused) for answer in answers) == MANY - 1


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_fifty_yeses_make_more_than_one(monkeypatch):
    monkeypatch.setattr(pairs, "take_places", lambda *wanted: None)
    mentor, jobs = everybody_asks()
    at_once(jobs)
    assert Pairing.objects.filter(mentor=mentor).count() > 1


@pytest.mark.django_db
@pytest.mark.parametrize("arrives", [True, False])
def test_a_mentor_whom_our_emails_do_not_reach_has_left_no_question_unanswered(arrives):
    """The control is a mentor whom they reach."""
    program = a_program()
    mentor = w.add_member(program, "mentor", person("Chitra"), places=2)
    asked = [w.make_offer(w.add_member(program, "mentee", person()), mentor) for _ in range(2)]
    if not arrives:
        bounced(mentor.user, mentor.user.email, now=NOW)
    turn_offers(NOW + timedelta(days=9), never)
    states = set(Offer.objects.filter(pk__in=[one.pk for one in asked]).values_list("state", flat=True))
    bodies = " ".join(Letter.objects.filter(kind="matching.no_pair").values_list("body", flat=True))
    assert states == ({"lapsed"} if arrives else {"closed"})
    assert Breather.objects.exists() is arrives
    assert ("has not found the time" in bodies) is arrives and ("did not arrive" in bodies) is not arrives


@pytest.mark.django_db
def test_a_popular_mentor_is_rationed_and_the_rest_wait_on_their_lists():
    program = a_program()
    mentor = w.add_member(program, "mentor", person())
    states = []
    for _ in range(5):
        mentee = w.add_member(program, "mentee", person())
        states.append(offers.ask_mentor(mentee, mentor, by=mentee.user, now=NOW).state)
    assert states == ["open"] * 3 + ["listed"] * 2


@pytest.mark.django_db
def test_at_most_three_are_asked_at_once_and_nobody_twice():
    program = a_program()
    mentee = w.add_member(program, "mentee", person())
    mentors = [w.add_member(program, "mentor", person()) for _ in range(4)]
    states = [offers.ask_mentor(mentee, mentor, by=mentee.user, now=NOW).state for mentor in mentors]
    assert states == ["open"] * 3 + ["listed"]
    with pytest.raises(Refused, match="on your list already"):
        offers.ask_mentor(mentee, mentors[0], by=mentee.user, now=NOW)


@pytest.mark.django_db
def test_who_cannot_be_a_pair_is_not_shown_and_not_asked():
    form = w.make_questionnaire()
    program = a_program(mentee_questionnaire=form, mentor_questionnaire=form)
    w.make_policy(program, w.RULES, version=2)
    mentee, same, other, full = (
        w.add_member(program, role, person(), places=places, sheet=w.make_sheet(form, organisation=at, grade="HEO"))
        for role, at, places in (("mentee", "A", 1), ("mentor", "A", 1), ("mentor", "B", 1), ("mentor", "B", 0))
    )
    shown = [one.mentor for one in choosing.candidates(mentee, NOW)]
    assert same not in shown and full not in shown and other in shown
    for mentor in (same, full):
        with pytest.raises(Refused, match="Choose somebody else"):
            offers.ask_mentor(mentee, mentor, by=mentee.user, now=NOW)
    assert not Offer.objects.exists()


@pytest.mark.django_db
def test_whoever_said_not_this_time_is_not_asked_by_mentees_either():
    program = a_program()
    mentee, mentor = (w.add_member(program, role, person()) for role in ("mentee", "mentor"))
    answer_availability(mentor, "not_now", by=mentor.user, now=NOW)
    assert choosing.candidates(mentee, NOW) == []
    with pytest.raises(Refused, match="no free place at the moment"):
        offers.ask_mentor(mentee, mentor, by=mentee.user, now=NOW)


@pytest.mark.django_db
def test_how_quick_a_mentor_answers_is_told_once_it_tells_something():
    program = a_program()
    mentor = w.add_member(program, "mentor", person(), places=9)
    for days in (1, 2, 9):
        assert choosing.answering_days([mentor], NOW) == {}
        mentee = w.add_member(program, "mentee", person())
        w.make_offer(
            mentee, mentor, state="declined", now=NOW - timedelta(days=20), closed_at=NOW - timedelta(days=20 - days)
        )
    assert choosing.answering_days([mentor], NOW) == {mentor.pk: 2}


@pytest.mark.django_db
def test_the_list_of_mentors_takes_as_many_queries_for_thirty_as_for_one():
    counts = []
    for mentors in (1, 30):
        program = a_program()
        mentee = w.add_member(program, "mentee", person())
        for _ in range(mentors):
            w.add_member(program, "mentor", person())
        client = w.signed_in(mentee.user)
        with CaptureQueriesContext(connection) as found:
            page = client.get(f"/choose/{program.slug}/")
        assert page.status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_a_filter_finds_who_gave_that_answer():
    form = w.make_questionnaire()
    form.questions.filter(key="profession").update(readers="other_side", kind="choice", options=["Policy", "Law"])
    program = a_program(mentee_questionnaire=form, mentor_questionnaire=form)
    mentee = w.add_member(program, "mentee", person(), sheet=w.make_sheet(form, profession="Policy"))
    for name, profession in (("Ana Silva", "Law"), ("Ben Okri", "Policy")):
        w.add_member(program, "mentor", person(name), sheet=w.make_sheet(form, profession=profession))
    client = w.signed_in(mentee.user)
    law = client.get(f"/choose/{program.slug}/?a-profession=Law").content.decode()
    assert "Ana Silva" in law and "Ben Okri" not in law
    words = client.get(f"/choose/{program.slug}/?q=ben+policy").content.decode()
    assert "Ben Okri" in words and "Ana Silva" not in words
    assert "Nobody fits" in client.get(f"/choose/{program.slug}/?q=%00zzz").content.decode()


@pytest.mark.django_db
def test_only_the_mentee_asks_and_only_while_the_program_lets_them():
    program = a_program()
    mentor, mentee = (w.add_member(program, role, person()) for role in ("mentor", "mentee"))
    with pytest.raises(Refused):
        offers.ask_mentor(mentee, mentor, by=mentor.user, now=NOW)
    program.mentees_choose = False
    mentee = Membership.objects.get(pk=mentee.pk)
    mentee.program = program
    with pytest.raises(Refused):
        offers.ask_mentor(mentee, mentor, by=mentee.user, now=NOW)
