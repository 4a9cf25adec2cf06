"""Mentees look through the mentors and ask: yes makes a pair, “not this time” and silence go on to the next."""

import pytest
from django.utils import timezone

from journal.models import Entry
from matching.models import Breather, Offer, Pairing
from programs.models import Membership
from questions.models import Question
from tests import world as w
from tests.stories.living import Harbour, browser, link, words
from tests.surface import changed, snapshot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(days):
    town = Harbour(mentees_choose=True)
    Question.objects.filter(key="profession").update(readers="other_side")
    return town


def ask(person, mentor, line=""):
    """Opens the list, a mentor's page, and asks."""
    page = browser(person)
    page.open("/choose/harbour/")
    assert str(mentor.user) in page.text
    page.open(f"/choose/harbour/{mentor.public_id}/")
    page.submit("words", words=line)
    return page


def answer(letter, do, reason=""):
    """Behind the link of the email, without signing in; looking acts on nothing."""
    before = snapshot()
    page = browser()
    page.open(link(letter, "offer"))
    assert not changed(before, snapshot())
    if do == "no":
        page.client.post(page.url, {"do": "no", "reason": reason})
    else:
        page.press("do", "yes")
    page.open(page.url)
    return page


def pairs():
    return {(str(pair.mentee.user), str(pair.mentor.user)) for pair in Pairing.objects.open()}


def test_a_mentee_asks_and_the_mentor_says_yes(days, town):
    home = browser(town.amara)
    assert "Choose whom you would like as your mentor" in words(home.open("/home/"))
    page = ask(town.amara, town.members["chitra"], "I would like to talk about <b>harbours</b>.")
    assert "Chitra Menon gets an email today" in words(page.text)
    days.sweep()
    letter = days.last(town.chitra)
    assert letter.subject == "About your mentoring" and "harbours" not in letter.text
    assert "Amara Okafor would like you as their mentor" in words(browser(town.chitra).open("/home/"))
    assert "Chitra Menon answers whether they will be your mentor" in words(home.open("/home/"))

    shown = browser()
    shown.open(link(letter, "offer"))
    assert "&lt;b&gt;harbours&lt;/b&gt;" in shown.text and "Policy" in shown.text
    answer(letter, "yes")
    assert pairs() == {("Amara Okafor", "Chitra Menon")}
    days.sweep()
    assert "Chitra Menon" in days.last(town.amara).text
    assert Membership.objects.get(pk=town.members["amara"].pk).state == "active"
    assert browser(town.amara).client.get("/choose/harbour/").status_code == 404
    assert "You said yes to Amara Okafor" in words(answer(letter, "no").text)
    assert pairs() == {("Amara Okafor", "Chitra Menon")}


def test_not_this_time_goes_on_to_the_next_by_itself_and_stays_kind(days, town):
    town.program.figures.create(key="requests_of_mentee", value=1, since=timezone.now())
    ask(town.amara, town.members["chitra"])
    page = ask(town.amara, town.members["dafydd"])
    assert "Dafydd Rees is on your list" in words(page.text)
    days.sweep()
    assert days.letters(town.dafydd) == []
    answer(days.last(town.chitra), "no", reason="My daughter is ill.")
    days.sweep()
    told = days.last(town.amara).text
    assert "Chitra Menon thanks you for asking" in told and "daughter" not in told
    assert "offer" and link(days.last(town.dafydd), "offer")
    assert Entry.objects.get(verb="offer.declined").why == "My daughter is ill."
    listed = browser(town.farida).open("/admin/matching/offer/?program=harbour")
    assert "Dafydd Rees" in listed and "Chitra Menon" not in listed
    answer(days.last(town.dafydd), "yes")
    assert pairs() == {("Amara Okafor", "Dafydd Rees")}


def test_silence_lapses_and_two_in_a_row_are_a_breather(days, town):
    town.program.figures.create(key="requests_of_mentee", value=1, since=timezone.now())
    for person in (town.amara, town.nadia):
        ask(person, town.members["chitra"])
        ask(person, town.members["dafydd"])
    days.sweep()
    before = len(days.letters(town.chitra))
    days.to(4)
    assert len(days.letters(town.chitra)) == before + 2  # each is reminded of once
    days.to(9)
    assert "has not found the time to answer" in days.letters(town.amara)[0].text
    assert set(Offer.objects.filter(mentor=town.members["chitra"]).values_list("state", flat=True)) == {"lapsed"}
    assert Offer.objects.open().filter(mentor=town.members["dafydd"]).count() == 2
    pause = days.last(town.chitra)
    assert "nobody can ask for you at the moment" in pause.text
    assert Breather.objects.get().ended_at is None
    third = w.make_person("Tariq Aziz", "tariq@example.org")
    town.join("mentee", third)
    ask(third, town.members["chitra"])
    days.sweep()
    assert Offer.objects.get(mentee__user=third).state == "listed"
    page = browser()
    page.open(link(pause, "ask_me_again"))
    page.submit_last()
    assert "You can be asked" in words(page.text)
    days.sweep()
    assert Offer.objects.get(mentee__user=third).state == "open"


def test_whoever_found_a_mentor_asks_nobody_any_more(days, town):
    ask(town.amara, town.members["chitra"])
    ask(town.amara, town.members["dafydd"])
    ask(town.nadia, town.members["chitra"])
    days.sweep()
    answer(days.last(town.dafydd), "yes")
    days.sweep()
    assert "need not answer" in days.last(town.chitra).text
    assert pairs() == {("Amara Okafor", "Dafydd Rees")}
    asks = [letter for letter in days.letters(town.chitra) if "Nadia" in letter.text]
    answer(asks[0], "yes")
    days.sweep()
    assert pairs() == {("Amara Okafor", "Dafydd Rees"), ("Nadia Petrova", "Chitra Menon")}
    assert not Offer.objects.live().exists()


def test_a_list_is_put_in_order_and_taken_back(days, town):
    town.program.figures.create(key="requests_of_mentee", value=1, since=timezone.now())
    eve = w.make_person("Eve Lind", "eve@example.org")
    town.join("mentor", eve)
    for name in ("chitra", "dafydd"):
        ask(town.amara, town.members[name])
    page = ask(town.amara, Membership.objects.get(user=eve))
    days.sweep()
    page.open("/choose/harbour/")
    page.press("do", "up")
    assert page.text.index("Eve Lind") < page.text.index("Dafydd Rees")
    chitra = Offer.objects.get(mentor=town.members["chitra"])
    page.client.post(f"/wanted/{chitra.public_id}/", {"do": "off"})
    days.sweep()
    assert "need not answer" in days.last(town.chitra).text
    assert link(days.last(eve), "offer")
    assert browser(town.nadia).client.post(f"/wanted/{chitra.public_id}/", {"do": "off"}).status_code == 404
