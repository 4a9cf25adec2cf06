"""A round of a program in which both say yes first: two yeses, a no, silence, and what is taken back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from journal.models import Entry
from matching.models import Introduction, Pairing, Round
from programs.models import Membership
from questions.models import Question
from tests.stories.living import Harbour, browser, link, words
from tests.surface import changed, snapshot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(days):
    town = Harbour()
    Question.objects.filter(key="profession").update(readers="other_side")
    farida = browser(town.farida)
    farida.open(reverse("programs:section", args=["harbour", "pairing"]))
    farida.submit("both_say_yes", both_say_yes="on")
    return town


def publish(days, town, send=True) -> list[Introduction]:
    """Worked out by the sweep, published on the page: who is asked, by mentee."""
    farida = browser(town.farida)
    farida.open(reverse("matching:home", args=["harbour"]))
    farida.submit("matching/ask/")
    days.sweep()
    round = Round.objects.get(state="draft")
    page = words(farida.open(reverse("matching:publish", args=["harbour", round.public_id])))
    assert "With two yeses a pair begins" in page and "No address stands" in page
    assert "Read what they say of themselves" in page  # the emails as people will read them
    farida.submit("confirmed")
    if send:
        farida.submit("/send/")
        days.sweep()
    assert not Pairing.objects.exists()
    return list(Introduction.objects.select_related("mentor__user", "mentee__user").order_by("mentee__user__name"))


def answer(letter, do, reason=""):
    """Behind the link of the email, without signing in; looking acts on nothing."""
    before = snapshot()
    page = browser()
    page.open(link(letter, "introduced"))
    assert not changed(before, snapshot())
    if do == "no":
        page.client.post(page.url, {**page.form("reason").data(), "reason": reason, "do": "no"})
        page.open(page.url)
    else:
        page.press("do", "yes")
    return page


def later(days, day):
    """On to that day at once, with one look of the sweeps."""
    days.traveller.move_to(days.begins + timedelta(days=day))
    days.sweep()


def pairs():
    return {(str(pair.mentee.user), str(pair.mentor.user)) for pair in Pairing.objects.open()}


def state_of(person) -> str:
    return Membership.objects.get(user=person).state


def test_two_yeses_begin_a_pair(days, town):
    one, _other = publish(days, town)
    mentor, mentee = one.mentor.user, one.mentee.user
    asked = days.last(mentee)
    assert str(mentor) in asked.text and asked.subject == "About your mentoring"
    assert mentor.email not in asked.text and mentee.email not in days.last(mentor).text
    home = browser(mentee)
    assert f"Would you like {mentor} as your mentor?" in words(home.open("/home/"))
    page = answer(asked, "yes")
    assert f"You hear from us once {mentor} has answered" in words(page.text)
    assert f"{mentor} answers whether you two become a pair" in words(home.open("/home/"))
    assert not Pairing.objects.exists() and state_of(mentee) == "ready"

    there = browser(mentor)
    assert "said yes" not in words(there.open(link(days.last(mentor), "introduced")))
    assert "Policy" in there.text
    assert "You are a pair now" in words(answer(days.last(mentor), "yes").text)
    assert pairs() == {(str(mentee), str(mentor))}
    assert Pairing.objects.get().round == one.publication.round
    days.sweep()
    assert "You have a mentor" in days.last(mentee).text and "new mentee" in days.last(mentor).text
    assert state_of(mentee) == state_of(mentor) == "active"
    assert "are a pair" in words(browser().open(link(asked, "introduced")))


def test_a_no_is_told_to_nobody_and_the_other_comes_first_next_time(days, town):
    one, _other = publish(days, town)
    mentor, mentee = one.mentor.user, one.mentee.user
    answer(days.last(mentee), "yes")
    page = answer(days.last(mentor), "no", reason="My daughter is ill.")
    assert "They read one kind sentence" in words(page.text)
    before = len(days.letters(mentor))
    days.sweep()
    assert len(days.letters(mentor)) == before
    told = days.last(mentee).text
    assert f"You and {mentor} will not be a pair" in told and "says nothing about you" in told
    assert "come first when we look again" in told and "We write again on" in told
    for said in ("daughter", "declined", "said no", "not this time”"):
        assert said not in told
    assert Entry.objects.get(verb="introduction.declined").why == "My daughter is ill."
    member = Membership.objects.get(user=mentee)
    assert member.state == "waiting" and member.write_again_on
    home = words(browser(mentee).open("/home/"))
    assert "We are looking for a mentor for you" in home and "We write to you again" in home
    listed = browser(town.farida).open("/admin/matching/introduction/?program=harbour")
    assert str(mentee) not in listed
    # A new mentor comes, and the next round gives them to whoever was let down.
    eve = town.join("mentor", town.kofi)
    farida = browser(town.farida)
    farida.open(reverse("matching:home", args=["harbour"]))
    farida.submit("matching/ask/")
    days.sweep()
    line = Round.objects.get(state="draft").proposals.get()
    assert (line.mentee_id, line.mentor_id) == (member.pk, eve.pk)


@pytest.mark.once
def test_whoever_does_not_answer_is_reminded_once_and_left_in_peace(days, town):
    one, other = publish(days, town)
    mentor, mentee = one.mentor.user, one.mentee.user
    answer(days.last(mentee), "yes")
    reminded = len(days.letters(mentor))
    later(days, 4)
    assert len(days.letters(mentor)) == reminded + 1 and "have not heard from you" in days.last(mentor).text
    assert "have not heard" not in days.last(mentee).text
    page = words(browser(town.farida).open(reverse("program_home", args=["harbour"])))
    assert "2 pairs wait for an answer" in page and "A call often helps" in page
    assert "pairs wait for an answer" in days.last(town.farida).text
    later(days, 9)
    assert not Introduction.objects.open().exists()
    assert f"You and {mentor} will not be a pair" in days.last(mentee).text
    silent = days.last(mentor)
    assert "have not heard from you" in silent.text and "about nobody else until you say" in silent.text
    assert "have not heard from you" in days.last(other.mentee.user).text
    assert {state_of(one.mentee.user) for one in (one, other)} == {"waiting"}
    page = browser()
    page.open(link(silent, "available"))
    page.press("answer", "yes")
    farida = browser(town.farida)
    farida.open(reverse("matching:home", args=["harbour"]))
    farida.submit("matching/ask/")
    days.sweep()
    # One mentor takes somebody: the one who had said yes comes before the one who had not.
    (line,) = Round.objects.get(state="draft").proposals.pairs()
    assert (line.mentee.user, line.mentor.user) == (mentee, mentor)


@pytest.mark.once
def test_what_nobody_has_heard_of_is_taken_back_whole(days, town):
    found = publish(days, town, send=False)
    for one in found:
        for person in (one.mentor.user, one.mentee.user):
            assert "Would you like" not in words(browser(person).open("/home/"))
            assert browser(person).client.get(f"/introduced/{one.mentee.public_id}/").status_code == 404
    farida = browser(town.farida)
    farida.open(reverse("matching:round", args=["harbour", Round.objects.get().public_id]))
    farida.submit("/withdraw/")
    days.sweep()
    assert not Introduction.objects.exists() and Round.objects.get().state == "draft"
    assert not any(days.letters(one.mentor.user) for one in found)
    farida.open(reverse("matching:publish", args=["harbour", Round.objects.get().public_id]))
    farida.submit("confirmed")
    assert Introduction.objects.open().count() == 2


@pytest.mark.once
def test_a_coordinator_notes_what_they_heard_and_takes_back(days, town):
    one, other = publish(days, town)
    sean = browser(town.sean)
    listed = words(sean.open("/admin/matching/introduction/?program=harbour"))
    assert str(one.mentee.user) in listed and "not yet" in listed
    sean.open(reverse("matching:introduction", args=["harbour", one.public_id]))
    for side in ("mentor", "mentee"):
        sean.client.post(sean.url, {"side": side, "do": "yes"})
    assert pairs() == {(str(one.mentee.user), str(one.mentor.user))}
    assert set(Entry.objects.filter(verb="introduction.yes").values_list("by__name", flat=True)) == {"Sean Byrne"}
    sean.open(reverse("matching:introduction", args=["harbour", other.public_id]))
    sean.press("do", "back")
    assert "Taken back" in words(sean.text)
    days.sweep()
    for person in (other.mentor.user, other.mentee.user):
        assert "you need not answer" in days.last(person).text
        assert "is settled" in words(browser().open(link(days.letters(person)[0], "introduced")))
    assert state_of(other.mentee.user) == "waiting"
    assert browser(one.mentor.user).client.post(sean.url, {"do": "back"}).status_code in (403, 404)


@pytest.mark.once
def test_a_coordinator_asks_two_again_who_said_no(days, town):
    one, _other = publish(days, town)
    answer(days.last(one.mentor.user), "no")
    days.sweep()
    farida = browser(town.farida)
    url = reverse("matching:by_hand", args=["harbour", one.mentee.public_id])
    assert "Or ask both first" in words(farida.open(f"{url}?mentor={one.mentor.public_id}"))
    farida.press("ask", "1")
    assert "a coordinator, by hand" in words(farida.text)
    days.sweep()
    for person in (one.mentor.user, one.mentee.user):
        answer(days.last(person), "yes")
    assert pairs() == {(str(one.mentee.user), str(one.mentor.user))}
    assert Pairing.objects.get().round is None


@pytest.mark.once
def test_somebody_who_finds_another_mentor_is_asked_no_longer(days, town):
    one, other = publish(days, town)
    eve = town.join("mentor", town.kofi)
    page = browser(town.farida)
    page.open(reverse("matching:by_hand", args=["harbour", one.mentee.public_id]) + f"?mentor={eve.public_id}")
    page.submit_last()
    days.sweep()
    assert pairs() == {(str(one.mentee.user), "Kofi Asante")}
    assert Introduction.objects.open().get() == other
    assert "you need not answer" in days.last(one.mentor.user).text
    assert "Kofi Asante" in days.last(one.mentee.user).text
    assert Introduction.objects.get(pk=one.pk).closed_at <= timezone.now()
