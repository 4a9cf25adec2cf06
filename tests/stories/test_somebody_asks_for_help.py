"""A mentee says from a letter that they cannot reach their mentor; a mentor says that it is too much."""

from datetime import timedelta

import pytest
from django.utils import timezone

from council.models import Case
from matching.models import Pairing
from programs.models import Membership
from tests import world as w
from tests.stories.living import Harbour, browser, buttons, link, words
from tests.surface import changed, snapshot

pytestmark = pytest.mark.django_db(transaction=True)


def tell(letter, way: str, **said):
    """Behind the link of any letter, without signing in: choose what it is, read what happens, one button."""
    before = snapshot()
    page = browser()
    page.open(link(letter, "wrong"))
    offered = [value for value in buttons(page, "way") if value.startswith(way)]
    page.open(f"{page.url}?way={offered[0]}")
    assert page.status == 200 and "What happens" in page.text
    # Looking acts on nothing.
    assert not changed(before, snapshot())
    page.submit_last() if not said else page.submit(next(iter(said)), **said)
    assert page.status == 200, words(page.text)
    return page


def test_a_mentee_says_so_from_a_letter(days):
    town = Harbour()
    pairing = town.pair("chitra", "amara")
    days.sweep()
    days.to(2)
    before = {person: len(days.letters(person)) for person in (town.amara, town.chitra, town.farida)}
    said = "I wrote three times and nobody answers."
    page = tell(days.last(town.amara), "no_mentor", addressed="coordinator", words=said)
    assert "Farida Haddad reads it and answers you by Saturday 21 November" in words(page.text)
    days.sweep()
    new = {person: days.letters(person, number) for person, number in before.items()}
    assert new[town.chitra] == []
    (to_amara,), (to_farida,) = new[town.amara], new[town.farida]
    assert "Farida Haddad" in to_amara.text and to_amara.subject == "About your mentoring"
    assert said not in to_amara.text + to_farida.text

    case = Case.objects.get()
    assert (case.kind, case.tier, case.owner, case.asked_by) == ("no_mentor", "coordinator", town.farida, town.amara)
    farida = browser(town.farida)
    assert said in words(farida.open(town.url("case", case.public_id)))
    farida.submit(town.url("answered", case.public_id))
    case.refresh_from_db()
    assert case.first_answer_at

    # That the mentor says they were in touch settles nothing: it was the mentee who asked.
    chitra = browser(town.chitra)
    chitra.open(f"/pairs/{pairing.public_id}/")
    chitra.submit("on", on=timezone.now().date().isoformat())
    days.sweep()
    case.refresh_from_db()
    assert case.state == "open"

    # A week without a decision: the council. They talk to both, and the pair goes on.
    days.to(9)
    case.refresh_from_db()
    assert case.tier == "council" and case.owner in (town.elif_, town.lena)
    member = browser(case.owner)
    assert said not in words(member.open(town.url("case", case.public_id)))
    member.open(town.url("decide", case.public_id, "talk"))
    member.submit("words", words="Both know now how to reach each other.")
    days.sweep()
    case.refresh_from_db()
    assert (case.state, case.decision, case.decided_by) == ("closed", "talk", case.owner)
    settled = days.last(town.amara)
    assert "you go on" in settled.text
    assert "Both know" not in settled.text
    assert "you go on" in browser(town.amara).open("/requests/")
    assert Pairing.objects.open().get() == pairing


def test_a_mentor_says_that_it_is_too_much(days):
    town = Harbour()
    Membership.objects.filter(pk=town.members["chitra"].pk).update(places=3)
    town.pair("chitra", "amara")
    town.pair("chitra", "nadia")
    days.sweep()
    days.to(2)
    before = {person: len(days.letters(person)) for person in (town.amara, town.nadia, town.chitra)}
    page = tell(days.last(town.chitra), "too_much", words="I have a new post.")
    assert "Farida Haddad" in words(page.text)
    days.sweep()
    town.members["chitra"].refresh_from_db()
    assert town.members["chitra"].places == 2
    assert days.letters(town.amara, before[town.amara]) == days.letters(town.nadia, before[town.nadia]) == []

    # A coordinator gives one of the two another mentor, and lightens the rest.
    case = Case.objects.get()
    assert (case.kind, case.membership, case.pairing) == ("too_much", town.members["chitra"], None)
    farida, of_amara = browser(town.farida), Pairing.objects.get(mentee=town.members["amara"])
    assert "I have a new post." in farida.open(town.url("case", case.public_id))
    farida.open(town.url("reassign_pair", case.public_id, of_amara.public_id))
    farida.submit("mentor", mentor=str(town.members["dafydd"].public_id))
    days.sweep()
    case.refresh_from_db()
    town.members["chitra"].refresh_from_db()
    assert case.state == "open" and town.members["chitra"].places == 1
    assert "Dafydd Rees" in days.last(town.amara).text and "Amara Okafor" in days.last(town.dafydd).text
    farida.open(town.url("decide", case.public_id, "easier"))
    farida.submit("rhythm_days", rhythm_days="60", words="Every two months.")
    days.sweep()
    case.refresh_from_db()
    assert (case.state, case.decision) == ("closed", "easier")
    assert Pairing.objects.open().get(mentee=town.members["nadia"]).rhythm_days == 60
    # Nadia hears what changes, and neither why nor by whose wish.
    (to_nadia,) = days.letters(town.nadia, before[town.nadia])
    assert "Chitra Menon are in touch" in to_nadia.text
    assert "new post" not in to_nadia.text and "Every two months" not in to_nadia.text


def test_a_mentee_away_from_their_mentor_waits_for_nobody_in_silence(days):
    """The mentor goes on a long leave: the mentee is asked, does not answer, and a coordinator decides."""
    town = Harbour()
    pairing = town.pair("chitra", "amara")
    days.sweep()
    chitra, today = browser(town.chitra), timezone.now().date()
    chitra.open(f"/places/{town.members['chitra'].public_id}/leave/")
    chitra.submit("returns_on", starts_on=today.isoformat(), returns_on=(today + timedelta(days=60)).isoformat())
    days.sweep()
    assert "What would you like until then?" in days.last(town.amara).text
    days.to(6)
    assert not Case.objects.exists()
    days.to(7)
    case = Case.objects.get(kind="away")
    assert (case.owner, case.pairing) == (town.farida, pairing)
    assert "Amara Okafor" in days.last(town.farida).text


def test_nobody_else_may_say_it_for_them(days):
    """The link in one person's letter is for that person and their pair."""
    town = Harbour()
    town.pair("chitra", "amara")
    days.sweep()
    address = link(days.last(town.amara), "wrong")
    nadia = browser(town.nadia)
    nadia.open(address)
    assert not any("nadia" in value for value in buttons(nadia, "way"))
    token = address.rstrip("/").rsplit("/", 1)[1]
    browser_of_nobody = browser()
    browser_of_nobody.open(address.replace(token, token[:-3] + "xyz"))
    assert browser_of_nobody.status == 404
    assert w.signed_in(town.nadia).get(town.url("board")).status_code in (403, 404)
