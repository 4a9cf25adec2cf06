"""Mentees choose, and what stays open goes into the round: a list counts as the wishes of whoever made it."""

import pytest
from django.urls import reverse

from matching.models import Offer, Pairing, Round
from tests import world as w
from tests.stories.living import Harbour, browser, link, words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(days):
    town = Harbour(mentees_choose=True)
    for role, key, name in (
        ("mentee", "zoe", "Zoe Lind"),
        ("mentor", "tariq", "Tariq Aziz"),
        ("mentor", "ana", "Ana Reis"),
    ):
        town.people[key] = w.make_person(name, f"{key}@example.org")
        town.members[key] = town.join(role, town.people[key])
    return town


def ask(town, mentee, *mentors):
    page = browser(town.people[mentee])
    for mentor in mentors:
        page.open(f"/choose/harbour/{town.members[mentor].public_id}/")
        page.submit("words")


def test_two_pairs_by_a_yes_and_the_third_by_the_list_they_made(days, town):
    page = browser(town.farida)
    shown = page.open(reverse("matching:rule_new", args=["harbour", "preferences"]))
    assert "The mentors on their list, in their order" in shown
    page.submit("points", points=30)
    town.program.figures.create(key="requests_of_mentee", value=1, since=days.begins)
    ask(town, "amara", "chitra")
    ask(town, "nadia", "dafydd")
    # The third is waiting for an answer of one, and would ask another next.
    ask(town, "zoe", "tariq", "ana")
    days.sweep()
    for mentor in ("chitra", "dafydd"):
        answer = browser()
        answer.open(link(days.last(town.people[mentor]), "offer"))
        answer.press("do", "yes")
    assert Pairing.objects.open().count() == 2
    decline = browser()
    decline.open(link(days.last(town.tariq), "offer"))
    decline.client.post(decline.url, {"do": "no", "reason": ""})
    page.client.post(reverse("matching:ask", args=["harbour"]))
    days.sweep()
    round = Round.objects.get(state="draft")
    line = round.proposals.get()
    assert (line.mentee, line.mentor) == (town.members["zoe"], town.members["ana"])
    assert {"points": 30, "words": "A wish for one of the two by name is met."} in line.reasons
    page.open(reverse("matching:publish", args=["harbour", round.public_id]))
    page.submit("confirmed")
    days.to(1)
    assert "Ana Reis" in days.last(town.zoe).text
    assert not Offer.objects.live().exists()
    assert "need not answer" in words(days.letters(town.ana)[-1].text) or "Zoe Lind" in days.last(town.ana).text
    # Where mentees no longer choose, the rule says that it has nothing to ask.
    page.open(reverse("programs:section", args=["harbour", "pairing"]))
    page.submit("mentees_choose", mentees_choose="")
    page.open(reverse("matching:home", args=["harbour"]))
    assert page.status == 200
