"""Pairing two people by hand outside a round, and the page of one pair."""

import pytest
from django.urls import reverse

from journal.models import Entry
from matching.actions import end_pairing, pair_by_hand
from matching.letters import of_pairs
from matching.models import Pairing, Policy
from matching.tables import mentees_to_match
from outbox.actions import post
from outbox.models import Letter
from profiles.models import User
from programs.actions import move
from programs.errors import Refused
from programs.models import Membership, MembershipState
from tests.matching import civil_service
from tests.world import COORDINATOR, NOW, add_member, make_person, make_program, signed_in


@pytest.fixture
def program(db):
    return civil_service.build()


@pytest.fixture
def client(program):
    return signed_in(civil_service.coordinator_of(program))


@pytest.fixture
def mentee(program):
    return Membership.objects.of(program).mentees().get(user__name="mentee 25")


def url(program, mentee):
    return reverse("matching:by_hand", args=[program.slug, mentee.public_id])


def words(response):
    return " ".join(response.content.decode().split())


def test_choose_confirm_and_both_hear(client, program, mentee):
    listed = client.get(url(program, mentee))
    choice = listed.context["possible"][0]
    assert choice.score == max(each.score for each in listed.context["possible"])
    confirm = client.get(url(program, mentee), {"mentor": str(choice.mentor.public_id)})
    assert "What will happen" in words(confirm) and not Pairing.objects.exists()
    done = client.post(url(program, mentee), {"mentor": str(choice.mentor.public_id)}, follow=True)
    pairing = Pairing.objects.get()
    assert (pairing.mentor, pairing.mentee, pairing.round) == (choice.mentor, mentee, None)
    assert "They are a pair now" in words(done) and str(choice.mentor.user) in words(done)
    assert set(Letter.objects.values_list("recipient__name", flat=True)) == {"mentee 25", choice.mentor.user.name}
    mentee.refresh_from_db()
    assert mentee.state == MembershipState.ACTIVE
    assert Entry.objects.filter(verb="pair.opened").get().concerned.count() == 2
    assert "Has a mentor already" in words(client.get(url(program, mentee)))


def test_what_a_rule_excludes_is_refused_with_the_rule(client, program, mentee):
    forbidden = client.get(url(program, mentee)).context["forbidden"][0]
    assert forbidden.why_not
    page = client.post(url(program, mentee), {"mentor": str(forbidden.mentor.public_id)}, follow=True)
    assert "cannot be the mentor of" in words(page) and not Pairing.objects.exists()
    page = client.get(url(program, mentee), {"mentor": str(forbidden.mentor.public_id)}, follow=True)
    assert "cannot be the mentor of" in words(page)


def test_a_second_mentor_is_refused(program, mentee):
    mentors = list(Membership.objects.of(program).mentors())
    Policy.objects.all().delete()
    pair_by_hand(program, mentors[0], mentee, by=None, now=NOW)
    mentee.refresh_from_db()
    with pytest.raises(Refused, match="already has a mentor"):
        pair_by_hand(program, mentors[1], mentee, by=None, now=NOW)


def test_a_coordinator_pairs_nobody_with_themselves(program, mentee):
    mentor = Membership.objects.of(program).mentors()[0]
    add_member(program, COORDINATOR, mentor.user)
    add_member(program, COORDINATOR, mentee.user)
    with pytest.raises(Refused, match="about you"):
        pair_by_hand(program, mentor, mentee, by=mentor.user, now=NOW)
    client = signed_in(mentor.user)
    assert client.post(url(program, mentee), {"mentor": str(mentor.public_id)}).status_code == 404
    shown = client.get(url(program, mentee)).context
    everybody = [*shown["possible"], *shown["full"], *shown["forbidden"]]
    assert mentor.pk not in [choice.mentor.pk for choice in everybody]
    assert signed_in(mentee.user).get(url(program, mentee)).status_code == 404


@pytest.mark.parametrize("mentor", ["junk", "0" * 10_000, "00000000-0000-0000-0000-000000000000"])
def test_junk_is_not_found(client, program, mentee, mentor):
    assert client.get(url(program, mentee), {"mentor": mentor}).status_code == 404
    assert client.post(url(program, mentee), {"mentor": mentor}).status_code == 404


def test_without_rules_everybody_can_be_chosen(client, program, mentee):
    Policy.objects.all().delete()
    assert client.get(url(program, mentee)).context["possible_count"] == 50


def test_a_pair_is_seen_by_its_program_and_not_by_itself(client, program, mentee):
    Policy.objects.all().delete()
    mentor = Membership.objects.of(program).mentors()[0]
    pairing = pair_by_hand(program, mentor, mentee, by=None, now=NOW)
    page = reverse("matching:pair", args=[program.slug, pairing.public_id])
    assert "They were told no reason" in words(client.get(page))
    add_member(program, COORDINATOR, mentor.user)
    assert signed_in(mentor.user).get(page).status_code == 404
    other = make_person()
    add_member(make_program(), COORDINATOR, other)
    assert signed_in(other).get(page).status_code == 404


@pytest.fixture
def pairing(program, mentee):
    Policy.objects.all().delete()
    return pair_by_hand(program, Membership.objects.of(program).mentors()[0], mentee, by=None, now=NOW)


def test_ending_frees_the_place_and_the_mentee_waits_with_a_date(client, program, pairing, mentee):
    Letter.objects.update(state="sent")
    page = reverse("matching:end", args=[program.slug, pairing.public_id])
    assert 'href="#id_why"' in words(client.post(page, {"why": "  "}))
    done = client.post(page, {"why": "They moved to another town."}, follow=True)
    assert "Ended. Whoever has heard of it gets an email." in words(done)
    mentee.refresh_from_db()
    assert mentee.state == MembershipState.WAITING and mentee.write_again_on
    letters = Letter.objects.filter(kind="matching.pair_ended")
    assert letters.count() == 2 and not letters.filter(body__contains="another town").exists()
    assert "another town" not in Entry.objects.get(verb="pair.ended").why
    assert "has ended already" in words(client.post(page, {"why": "Again."}, follow=True))
    again = pair_by_hand(program, pairing.mentor, mentee, by=None, now=NOW)
    assert again.pk != pairing.pk


def test_emails_of_an_ended_pair_are_no_longer_needed(pairing):
    from matching.letters import pairs_stand

    letter = Letter.objects.filter(kind="matching.matched_mentee").get()
    assert pairs_stand(letter, NOW) == ""
    end_pairing(pairing, by=None, now=NOW, why="A reason.")
    assert pairs_stand(letter, NOW)


def test_nobody_ends_their_own_pair_or_leaves_one_behind(pairing):
    with pytest.raises(Refused, match="about you"):
        end_pairing(pairing, by=pairing.mentor.user, now=NOW, why="A reason.")
    for member in (pairing.mentor, pairing.mentee):
        with pytest.raises(Refused, match="which has to end first"):
            move(Membership.objects.get(pk=member.pk), MembershipState.LEFT, by=None, now=NOW)
    end_pairing(pairing, by=None, now=NOW, why="A reason.")
    move(Membership.objects.get(pk=pairing.mentee_id), MembershipState.LEFT, by=None, now=NOW)


def test_whoever_has_not_heard_of_a_pair_does_not_hear_of_its_end(pairing):
    end_pairing(pairing, by=None, now=NOW, why="A reason.")
    assert not Letter.objects.filter(kind="matching.pair_ended").exists()
    assert set(Letter.objects.values_list("state", flat=True)) == {"dropped"}


def test_a_mentor_hears_of_the_rest_where_one_of_several_pairs_ends_before_the_email_left(program, mentee):
    Policy.objects.all().delete()
    mentor = Membership.objects.of(program).mentors()[0]
    Membership.objects.filter(pk=mentor.pk).update(places=2)
    mentor.refresh_from_db()
    other = Membership.objects.of(program).mentees().exclude(pk=mentee.pk)[0]
    pairs = [pair_by_hand(program, mentor, one, by=None, now=NOW) for one in (mentee, other)]
    Letter.objects.all().delete()
    post(of_pairs(pairs, now=NOW, key="round"))
    end_pairing(pairs[0], by=None, now=NOW, why="A reason.")
    waiting = Letter.objects.filter(state="waiting")
    told = waiting.get(recipient=mentor.user).body
    assert other.user.name in told and mentee.user.name not in told
    assert [letter.recipient for letter in waiting.exclude(recipient=mentor.user)] == [other.user]


def test_nobody_with_a_closed_account_is_matched(program, mentee):
    User.objects.filter(pk=mentee.user_id).update(is_active=False)
    assert mentee not in mentees_to_match(program)
