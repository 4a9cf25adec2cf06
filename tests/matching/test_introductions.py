"""Both are asked: two yeses open one pair, a place is kept meanwhile, and nothing is told of who said no."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checkins.actions import beat
from council import promise
from journal.models import Entry
from matching import circles, introduction_letters, rounds, tables
from matching.actions import introducing, pair_by_hand, pairs, publish, send_now, withdraw, write_again
from matching.actions.introduction_sweep import lapse, turn_introductions
from matching.models import Availability, Introduction, Pairing, PairPurpose, Publication, PurposeWait, Round
from outbox.actions import bounced
from outbox.models import Letter
from outbox.sweeping import never
from programs.actions import set_places
from programs.errors import Refused
from programs.models import Membership
from tests import world as w
from tests.matching.test_races import at_once
from tests.world import NOW

DAY = timedelta(days=1)


def person(name=""):
    return w.make_person(name, password=None)


def asked(number=1, *, places=1, released=True, **said):
    """A mentor with places who is asked about so many mentees."""
    program = w.make_program(both_say_yes=True)
    w.make_policy(program)
    mentor = w.add_member(program, "mentor", person(), places=places)
    found = []
    for _ in range(number):
        mentee = w.add_member(program, "mentee", person())
        found.append(w.make_introduction(mentor, mentee, released=released, **said))
    return program, mentor, found


def reload(one):
    return Introduction.objects.select_related(
        "program", "publication__round", "mentor__user", "mentor__program", "mentee__user", "mentee__program"
    ).get(pk=one.pk)


def yes(one, role):
    one = reload(one)
    return introducing.say_yes(one, role, by=one.of_side(role).user, now=NOW)


def no(one, role):
    one = reload(one)
    return introducing.say_no(one, role, by=one.of_side(role).user, now=NOW)


@pytest.mark.django_db
def test_a_kept_place_is_nobody_elses():
    program, mentor, (one,) = asked()
    assert tables.free_places([mentor]) == [0]
    other = w.add_member(program, "mentee", person())
    with pytest.raises(pairs.Full):
        pair_by_hand(program, mentor, other, by=None, now=NOW)
    assert [m.pk for m in tables.mentees_to_match(program)] == [other.pk]
    no(one, "mentor")
    assert tables.free_places([mentor]) == [1]
    pair_by_hand(program, mentor, other, by=None, now=NOW)


@pytest.mark.django_db
def test_two_who_said_no_are_not_asked_again_by_a_round_but_by_hand():
    program, mentor, (one,) = asked()
    no(one, "mentee")
    read = tables.read(program, {"rules": []}, now=NOW + DAY)
    assert read.score(0, 0) < 0 and "asked about each other before" in read.why_not(0, 0)
    assert tables.read(program, {"rules": []}, now=NOW - DAY).score(0, 0) == 0  # a round of before, worked out again
    assert rounds.choices_for(program, one.mentee, None, now=NOW + DAY)[0].score == 0
    assert pair_by_hand(program, mentor, one.mentee, by=None, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("how", "first"), [("mentor says no", True), ("mentee says no", False), ("mentor silent", True), ("silent", False)]
)
def test_whoever_was_let_down_goes_first(how, first):
    program, _mentor, (one,) = asked()
    if how.endswith("no"):
        no(one, how.split()[0])
    else:
        if how == "mentor silent":
            yes(one, "mentee")
        turn_introductions(NOW + 9 * DAY, never)
    newcomer = w.add_member(program, "mentee", person(), state="waiting", write_again_on=NOW.date())
    Membership.objects.filter(pk=newcomer.pk).update(since=NOW - 70 * DAY)
    read = tables.read(program, {"rules": []}, now=NOW + 10 * DAY)
    turn = dict(zip([m.pk for m in read.mentees], read.priority, strict=True))
    assert (turn[one.mentee_id] < turn[newcomer.pk]) is first


@pytest.mark.django_db
def test_a_mentor_who_did_not_answer_is_in_no_round_until_they_say_so():
    program, mentor, (one,) = asked()
    turn_introductions(NOW + 9 * DAY, never)
    assert Availability.objects.get(membership=mentor).answer == "none"
    assert not tables.mentors_to_match(program, NOW + 9 * DAY).exists()
    kinds = Letter.objects.values_list("recipient", "kind")
    assert set(kinds) == {(m.user_id, "matching.not_this_pair") for m in one.sides}


@pytest.mark.django_db
@pytest.mark.parametrize("unreached", ["mentor", "mentee"])
def test_whom_our_emails_do_not_reach_is_not_called_silent(unreached):
    program, mentor, (one,) = asked()
    Availability.objects.create(membership=mentor, answer="yes", at=NOW)
    yes(one, "mentee" if unreached == "mentor" else "mentor")
    bounced(one.of_side(unreached).user, one.of_side(unreached).user.email, now=NOW)
    turn_introductions(NOW + 9 * DAY, never)
    one = reload(one)
    assert one.state == "closed" and Availability.objects.get(membership=mentor).answer == "yes"
    assert tables.mentors_to_match(program, NOW + 9 * DAY).exists()
    told = Letter.objects.filter(kind="matching.not_this_pair")
    body = " ".join(told.get(recipient=one.of_side(unreached).user).body.split())
    assert "did not reach you" in body and "have not heard from you" not in body and "nobody else until" not in body
    history = Entry.objects.filter(verb="introduction.closed").get().words
    assert "did not reach" in history and "answer" not in history


@pytest.mark.django_db
def test_our_own_downtime_takes_no_day_from_anybody():
    _program, _mentor, (one,) = asked()
    until = reload(one).answer_by
    beat(NOW + DAY)
    beat(NOW + 15 * DAY)
    assert reload(one).answer_by == until + 14 * DAY
    turn_introductions(NOW + 15 * DAY, never)
    assert reload(one).state == "open"


@pytest.mark.django_db
def test_one_email_for_all_and_one_reminder():
    _program, mentor, found = asked(3, places=3)
    letters = introduction_letters.of_asking(found, key="x", now=NOW)
    assert len(letters) == 4
    assert all(str(one.mentee.user) in letters[0].body for one in found)
    yes(found[0], "mentee")
    for _again in range(2):
        turn_introductions(NOW + 4 * DAY, never)
    again = Letter.objects.filter(kind="matching.introduced")
    assert {letter.recipient_id for letter in again} == {mentor.user_id, *(one.mentee.user_id for one in found[1:])}


@pytest.mark.django_db
def test_nobody_answers_for_somebody_else_nor_about_themselves():
    program, mentor, (one,) = asked()
    stranger, coordinator = person(), person()
    w.add_member(program, "coordinator", coordinator)
    w.add_member(program, "coordinator", mentor.user)
    one = reload(one)
    for by, role in ((stranger, "mentor"), (one.mentee.user, "mentor"), (mentor.user, "mentee")):
        with pytest.raises(Refused):
            introducing.say_yes(one, role, by=by, now=NOW)
    with pytest.raises(Refused):
        introducing.take_back(one, by=mentor.user, now=NOW)
    introducing.say_yes(one, "mentee", by=coordinator, now=NOW)
    assert reload(one).mentee_yes_at


@pytest.mark.django_db
def test_nobody_answers_before_the_emails_leave():
    _program, _mentor, (one,) = asked(released=False)
    with pytest.raises(Refused):
        yes(one, "mentee")
    assert turn_introductions(NOW + 30 * DAY, never) == 0


@pytest.mark.django_db
def test_two_yeses_where_no_pair_can_begin_any_more_end_kindly():
    _program, mentor, (one,) = asked()
    yes(one, "mentee")
    set_places(mentor, 0, by=None, now=NOW)
    assert yes(one, "mentor") is None
    assert reload(one).state == "closed" and not Pairing.objects.exists()
    assert Letter.objects.filter(kind="matching.not_this_pair").count() == 2


@pytest.mark.django_db
def test_a_pair_cut_off_after_the_second_yes_is_begun_by_the_sweep():
    _program, _mentor, (one,) = asked(mentor_yes_at=NOW, mentee_yes_at=NOW)
    turn_introductions(NOW + DAY, never)
    assert reload(one).state == "made" and Pairing.objects.open().count() == 1


@pytest.mark.django_db
def test_publishing_asks_no_more_than_there_are_places():
    program = w.make_program(both_say_yes=True)
    mentor = w.add_member(program, "mentor", person(), places=1)
    w.make_policy(program)
    round = w.make_round(program, result={"places_of": {str(mentor.pk): 2}})
    for _ in range(2):
        w.make_proposal(round, w.add_member(program, "mentee", person()), mentor)
    with pytest.raises(pairs.Full):
        publish(round, by=None, now=NOW)
    assert not Introduction.objects.exists() and not Letter.objects.exists()


@pytest.mark.django_db
def test_the_list_takes_as_many_queries_for_thirty_as_for_one():
    counts = []
    for number in (1, 30):
        program, _mentor, _found = asked(number, places=number)
        coordinator = person()
        w.add_member(program, "coordinator", coordinator)
        client = w.signed_in(coordinator)
        for url in (
            f"/admin/matching/introduction/?program={program.slug}",
            reverse("program_home", args=[program.slug]),
        ):
            with CaptureQueriesContext(connection) as found:
                assert client.get(url).status_code == 200
            counts.append(len(found))
    assert counts[:2] == counts[2:]


def both_at_once(one):
    return at_once([lambda: yes(one, "mentor"), lambda: yes(one, "mentee")])


@pytest.mark.django_db(transaction=True)
def test_two_yeses_at_once_begin_one_pair():
    for _ in range(4):
        _program, mentor, (one,) = asked()
        answers = both_at_once(one)
        assert not [answer for answer in answers if isinstance(answer, Exception)]
        assert Pairing.objects.filter(mentor=mentor).count() == 1
        assert Letter.objects.filter(recipient__in=[mentor.user_id, one.mentee.user_id]).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_yes_against_the_last_day_is_a_pair_or_none_never_both():
    for _ in range(4):
        _program, mentor, (one,) = asked()
        yes(one, "mentee")
        at_once([lambda one=one: yes(one, "mentor"), lambda: turn_introductions(NOW + 9 * DAY, never)])
        made = reload(one).state == "made"
        assert reload(one).state in ("made", "lapsed")
        assert Pairing.objects.filter(mentor=mentor).count() == made
        told = Letter.objects.filter(kind="matching.not_this_pair", recipient=mentor.user_id)
        assert told.count() == (not made)


@pytest.mark.django_db(transaction=True)
def test_a_yes_against_taking_back_is_a_pair_or_none_never_both():
    coordinator = person()
    for _ in range(4):
        program, mentor, (one,) = asked()
        w.add_member(program, "coordinator", coordinator)
        yes(one, "mentee")
        at_once(
            [
                lambda one=one: yes(one, "mentor"),
                lambda one=one: introducing.take_back(reload(one), by=coordinator, now=NOW),
            ]
        )
        made = reload(one).state == "made"
        assert Pairing.objects.filter(mentor=mentor).count() == made
        assert Letter.objects.filter(kind="matching.not_this_pair", recipient=mentor.user_id).count() == (not made)


@pytest.mark.django_db
def test_without_the_compare_and_set_a_pair_begins_and_does_not_come_about(monkeypatch):
    _program, mentor, (one,) = asked()
    stale = reload(one)
    yes(one, "mentee"), yes(one, "mentor")
    assert lapse(stale, NOW) is False
    monkeypatch.setattr(introducing, "move", lambda one, state, now, **guard: True)
    assert lapse(stale, NOW) is True
    assert Pairing.objects.open().filter(mentor=mentor).exists()
    assert Letter.objects.filter(kind="matching.not_this_pair").exists()


def draft_of_one():
    program = w.make_program(both_say_yes=True)
    mentor = w.add_member(program, "mentor", person())
    mentee = w.add_member(program, "mentee", person())
    w.make_policy(program)
    round = w.make_round(program, result={"places_of": {str(mentor.pk): 1}})
    w.make_proposal(round, mentee, mentor)
    return program, mentor, mentee, round


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_asked_about_or_given_never_both():
    for _ in range(4):
        program, mentor, _mentee, round = draft_of_one()
        other = w.add_member(program, "mentee", person())
        at_once(
            [
                lambda round=round: publish(Round.objects.select_related("program").get(pk=round.pk), by=None, now=NOW),
                lambda program=program, mentor=mentor, other=other: pair_by_hand(
                    program, mentor, other, by=None, now=NOW
                ),
            ]
        )
        held = Introduction.objects.open().filter(mentor=mentor).count()
        assert held + Pairing.objects.open().filter(mentor=mentor).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_count_of_places_the_last_one_is_both(monkeypatch):
    monkeypatch.setattr(introducing, "take_places", lambda wanted: None)
    program, mentor, _mentee, round = draft_of_one()
    other = w.add_member(program, "mentee", person())
    pair_by_hand(program, mentor, other, by=None, now=NOW)
    publish(Round.objects.select_related("program").get(pk=round.pk), by=None, now=NOW)
    assert Introduction.objects.open().filter(mentor=mentor).exists()


@pytest.mark.django_db(transaction=True)
def test_taking_back_against_sending_leaves_nobody_asked_about_nothing():
    for _ in range(4):
        _program, mentor, _mentee, round = draft_of_one()
        publish(round, by=None, now=NOW)
        publication = Publication.objects.select_related("round__program").get(round=round)
        at_once(
            [
                lambda row=publication: withdraw(row, by=None, now=NOW),
                lambda row=publication: send_now(row, by=None, now=NOW),
            ]
        )
        publication.refresh_from_db()
        asked_now = Introduction.objects.filter(mentor=mentor).count()
        assert asked_now == (publication.released_at is not None) != (publication.withdrawn_at is not None)


@pytest.mark.django_db
def test_whoever_is_asked_has_a_date_until_it_has_passed():
    program, _mentor, (one,) = asked()
    w.add_member(program, "coordinator", person())
    Membership.objects.filter(pk=one.mentee_id).update(since=NOW - 90 * DAY)
    assert one.mentee_id not in [lost.membership.pk for lost in promise.lost(NOW + 7 * DAY)]
    (hole,) = [lost.hole for lost in promise.lost(NOW + 9 * DAY) if lost.membership.pk == one.mentee_id]
    assert hole.kind == "asked_passed" and "settled by" in hole.why
    write_again(NOW + 7 * DAY, never)
    assert not Letter.objects.exists()


@pytest.mark.django_db
def test_a_circle_grows_yes_by_yes_and_is_too_small_only_once_all_have_answered():
    program, _mentor, found = asked(3, places=3)
    publication = found[0].publication
    Round.objects.filter(pk=publication.round_id).update(least=3, most=3)
    Introduction.objects.update(publication=publication)
    coordinator = person()
    for one in found[:2]:
        yes(one, "mentor"), yes(one, "mentee")
    assert {pair.circle_id for pair in Pairing.objects.open()} == {Pairing.objects.first().circle.pk}
    (letter,) = introduction_letters.of_asking([reload(found[2])], key="x", now=NOW)[1:]
    assert "It is a circle" in letter.body
    assert circles.too_small([program.pk], coordinator) == []
    no(found[2], "mentee")
    assert [small.people for small in circles.too_small([program.pk], coordinator)] == [2]


@pytest.mark.django_db
def test_somebody_with_a_mentor_for_something_else_keeps_them_and_has_a_date_for_this():
    program, mentor, (one,) = asked()
    everyday, career = (
        PairPurpose.objects.create(program=program, name=name, position=position)
        for position, name in enumerate(("everyday practice", "career"))
    )
    other = w.add_member(program, "mentor", person())
    w.make_pairing(other, one.mentee, purpose=everyday)
    Membership.objects.filter(pk=one.mentee_id).update(state="active")
    Introduction.objects.update(purpose=career)
    no(one, "mentor")
    wait = PurposeWait.objects.get(membership=one.mentee_id, purpose=career)
    assert wait.write_again_on > NOW.date() and Membership.objects.get(pk=one.mentee_id).state == "active"
    letter = Letter.objects.get(kind="matching.not_this_pair", recipient=one.mentee.user_id)
    assert "waiting list for career" in letter.body and "We write again on" in letter.body
    again = introducing.ask_both(program, mentor, one.mentee, by=person(), now=NOW, purpose=career)
    yes(again, "mentor"), yes(again, "mentee")
    assert {str(pair.purpose) for pair in Pairing.objects.open()} == {"everyday practice", "career"}
