"""What participants ask for: once, to whom they chose, with a date; too much for a mentor means nobody new."""

from datetime import timedelta

import pytest

from checkins.actions import add_contact
from council import requested
from council.actions import answers, requests
from council.models import Ask, Case, CaseKind, Tier
from journal.models import Entry
from matching.actions import pair_by_hand
from outbox.models import Letter
from programs.actions import set_places
from programs.errors import Refused
from programs.models import Membership
from tests.world import COORDINATOR, COUNCIL, MENTEE, MENTOR, NOW, add_member, make_pairing, make_person, make_program

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture
def program():
    program = make_program("Careers", time_zone="Europe/London")
    add_member(program, COORDINATOR, make_person("Cora Coordinator"))
    return program


@pytest.fixture
def council(program):
    return add_member(program, COUNCIL, make_person("Carl Council")).user


@pytest.fixture
def pairing(program):
    mentor = add_member(program, MENTOR, make_person("Mo Mentor"), state="active", places=3)
    mentee = add_member(program, MENTEE, make_person("Mia Mentee"), state="active")
    return make_pairing(mentor, mentee)


def no_mentor(pairing, **fields):
    return requests.no_mentor(pairing, **{"by": pairing.mentee.user, "now": NOW, **fields})


def test_a_mentee_who_cannot_reach_their_mentor_has_somebody_and_a_date(pairing):
    case = no_mentor(pairing, words="I wrote twice.")
    assert case.kind == CaseKind.NO_MENTOR and case.tier == Tier.COORDINATOR and case.membership == pairing.mentee
    assert str(case.owner) == "Cora Coordinator" and case.words == "I wrote twice."
    assert NOW < case.first_answer_by <= NOW + timedelta(days=3)
    assert set(case.concerned.all()) == {pairing.mentor.user, pairing.mentee.user}


def test_the_council_hears_of_it_alone_where_the_mentee_chose_so(pairing, council):
    case = no_mentor(pairing, addressed=Tier.COUNCIL, words="It is about Cora, too.")
    assert case.tier == Tier.COUNCIL and case.owner == council
    cora = Membership.objects.get(role=COORDINATOR).user
    assert case in Case.objects.visible_to(council) and case not in Case.objects.visible_to(cora)


def test_a_mentor_in_the_council_or_among_the_coordinators_is_not_told(program, council):
    mentor = add_member(program, MENTOR, council, state="active")
    pairing = make_pairing(mentor, add_member(program, MENTEE, state="active"))
    with pytest.raises(Refused):
        no_mentor(pairing, addressed=Tier.COUNCIL)
    case = no_mentor(pairing)
    assert case not in Case.objects.visible_to(council)
    assert not Letter.objects.filter(recipient=council).exists()


def test_the_same_said_twice_is_one_request(pairing):
    first = no_mentor(pairing)
    assert no_mentor(pairing, now=LATER, words="Again") == first
    assert Case.objects.count() == 1


def test_a_wish_carries_what_is_wanted_in_words(pairing):
    case = requests.wish(pairing, "other", "We are too alike.", by=pairing.mentee.user, now=NOW)
    assert case.kind == CaseKind.WISH and case.words.startswith("I would like to talk about another mentor.")
    assert case.words.endswith("We are too alike.")
    with pytest.raises(Refused):
        requests.wish(pairing, "a pony", by=pairing.mentee.user, now=NOW)


def test_both_of_a_pair_may_have_a_wish_on_one_day_and_somebody_without_a_pair_too(pairing, program):
    one = requests.wish(pairing, "write", by=pairing.mentee.user, now=NOW)
    other = requests.wish(pairing, "call", membership=pairing.mentor, by=pairing.mentor.user, now=NOW)
    alone = add_member(program, MENTEE, state="waiting")
    third = requests.wish(None, "call", membership=alone, by=alone.user, now=NOW)
    assert len({one.pk, other.pk, third.pk}) == 3
    assert (one.asked_by, other.asked_by, third.asked_by) == (pairing.mentee.user, pairing.mentor.user, alone.user)


def test_a_mentee_is_asked_at_once_where_their_mentor_cannot_reach_them(pairing):
    ask = requests.no_mentee(pairing, by=pairing.mentor.user, now=NOW)
    assert isinstance(ask, Ask) and ask.membership == pairing.mentee and ask.look_at
    assert requests.no_mentee(pairing, by=pairing.mentor.user, now=LATER) == ask
    letter = Letter.objects.get(kind="council.mentee_asked")
    assert letter.recipient == pairing.mentor.user and "Monday 30 November" in letter.body
    (mine,) = requested.requests_of(pairing.mentor.user)
    assert mine.is_open and mine.what == "You cannot reach Mia Mentee"


def test_too_much_takes_nobody_new_from_now_on(pairing, program):
    other = make_pairing(pairing.mentor, add_member(program, MENTEE, make_person("Max Mentee"), state="active"))
    case = requests.too_much(pairing.mentor, words="Three jobs.", by=pairing.mentor.user, now=NOW)
    assert Membership.objects.get(pk=pairing.mentor_id).places == 2
    assert case.kind == CaseKind.TOO_MUCH and case.membership == pairing.mentor
    lines = " ".join(case.lines.values_list("words", flat=True))
    assert "Mia Mentee" in lines and "Max Mentee" in lines
    assert Entry.objects.filter(verb="member.places").exists()
    newcomer = add_member(program, MENTEE)
    cora = Membership.objects.get(role=COORDINATOR).user
    with pytest.raises(Refused):
        pair_by_hand(program, Membership.objects.get(pk=pairing.mentor_id), newcomer, by=cora, now=NOW)
    assert set(case.concerned.all()) == {pairing.mentor.user, pairing.mentee.user, other.mentee.user}


def test_too_much_never_gives_a_mentor_more_places(pairing):
    set_places(pairing.mentor, 0, by=None, now=NOW)
    requests.too_much(pairing.mentor, by=pairing.mentor.user, now=NOW)
    assert Membership.objects.get(pk=pairing.mentor_id).places == 0


def test_nothing_is_asked_of_a_pair_that_has_ended(pairing):
    type(pairing).objects.filter(pk=pairing.pk).update(state="ended", ended_at=NOW)
    with pytest.raises(Refused):
        no_mentor(pairing)
    with pytest.raises(Refused):
        requests.no_mentee(pairing, by=pairing.mentor.user, now=NOW)


def test_words_have_an_end(pairing):
    with pytest.raises(Refused):
        no_mentor(pairing, words="x" * 5000)
    assert not Case.objects.exists()


def test_a_mentee_is_there_and_their_mentor_hears_it(pairing):
    ask = requests.no_mentee(pairing, by=pairing.mentor.user, now=NOW)
    answers.answer_ask(ask, "here", by=pairing.mentee.user, now=LATER)
    letter = Letter.objects.get(kind="council.mentee_is_there")
    assert letter.recipient == pairing.mentor.user and "Mia Mentee" in letter.body
    with pytest.raises(Refused):
        answers.answer_ask(ask, "here", by=pairing.mentee.user, now=LATER)


def test_a_mentee_says_that_they_were_in_touch(pairing):
    ask = requests.no_mentee(pairing, by=pairing.mentor.user, now=NOW)
    answers.answer_ask(ask, "touch", on=NOW.date(), by=pairing.mentee.user, now=LATER)
    assert pairing.contacts.get().by_mentee
    ask.refresh_from_db()
    assert ask.answered_at and ask.answer == "touch"


def test_contact_since_ends_the_asking_and_contact_before_does_not(pairing):
    ask = requests.no_mentee(pairing, by=pairing.mentor.user, now=LATER)
    said = {"says": MENTOR, "source": "said", "by": pairing.mentor.user, "now": LATER}
    add_contact(pairing, on=NOW.date(), **said)
    ask.refresh_from_db()
    assert ask.look_at and not ask.answered_at
    add_contact(pairing, on=LATER.date(), **said)
    ask.refresh_from_db()
    assert ask.answered_at and ask.look_at is None
    (mine,) = requested.requests_of(pairing.mentor.user)
    assert not mine.is_open and mine.lines == ["You were in touch: it has settled."]


def test_a_mentee_who_would_like_somebody_else_has_a_person_for_it(pairing):
    ask = requests.no_mentee(pairing, by=pairing.mentor.user, now=NOW)
    answers.answer_ask(ask, "other", by=pairing.mentee.user, now=LATER)
    assert Case.objects.get(kind=CaseKind.WISH).asked_by == pairing.mentee.user
    with pytest.raises(Refused):
        answers.answer_ask(ask, "wait", by=pairing.mentee.user, now=LATER)


def test_what_somebody_asked_for_says_where_it_stands(pairing, council):
    case = no_mentor(pairing)
    (stands,) = requested.requests_of(pairing.mentee.user)
    assert stands.lines == ["Cora Coordinator reads it and answers you by Thursday 19 November."]
    Case.objects.filter(pk=case.pk).update(first_answer_at=LATER, tier=Tier.COUNCIL, owner=council)
    (stands,) = requested.requests_of(pairing.mentee.user)
    assert stands.lines[0] == "The council of the program looks at it now."
    assert stands.lines[1].startswith("Carl Council answered on Tuesday 17 November")
    Case.objects.filter(pk=case.pk).update(state="closed", decision="talk", closed_at=LATER)
    (stands,) = requested.requests_of(pairing.mentee.user)
    assert not stands.is_open and stands.who is None and "the two of you go on" in stands.lines[1]


def test_each_decision_has_words_for_whoever_asked(pairing):
    case = no_mentor(pairing)
    for decision in Case.Decision.values:
        Case.objects.filter(pk=case.pk).update(state="closed", decision=decision, closed_at=LATER)
        (stands,) = requested.requests_of(pairing.mentee.user)
        assert all(stands.lines)
