"""A mentee may have a mentor for each of several things: rounds one after the other, by hand, ending, choosing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from council.models import Case
from matching.models import Offer, Pairing, PairPurpose, PurposeWait, Round
from programs.models import Membership
from tests import world as w
from tests.stories.living import Harbour, browser, link, words

pytestmark = pytest.mark.django_db(transaction=True)
BEGIN, PURPOSES = (reverse(f"matching:{name}", args=["harbour"]) for name in ("begin", "purposes"))


@pytest.fixture
def town(days):
    return Harbour()


def name_them(town, *offered, own="") -> list[PairPurpose]:
    page = browser(town.farida)
    assert page.client.post(PURPOSES, {"offered": offered, "own": own}).status_code == 302
    return list(PairPurpose.objects.of(town.program))


def matched(days, town, purpose) -> Round:
    """A round for this, asked for on the page, looked at, and published."""
    page = browser(town.farida)
    page.client.post(BEGIN, {"purpose": str(purpose.public_id), "people": "ready"})
    days.sweep()
    round = Round.objects.of(town.program).get(state="draft")
    assert str(purpose) in page.open(reverse("matching:round", args=["harbour", round.public_id]))
    page.open(reverse("matching:publish", args=["harbour", round.public_id]))
    page.submit("confirmed")
    later(days, 1)
    return round


def later(days, number: int) -> None:
    """So many days on at once: what was due meanwhile is done then."""
    days.traveller.move_to(timezone.now() + timedelta(days=number))
    days.sweep()


def open_pairs():
    rows = Pairing.objects.open().select_related("mentor__user", "mentee__user", "purpose")
    return {(str(pair.mentee.user), str(pair.mentor.user), str(pair.purpose)) for pair in rows}


def test_two_rounds_give_a_mentee_two_mentors_and_every_word_says_what_for(days, town):
    everyday, career = name_them(town, "everyday", "career")
    Membership.objects.filter(program=town.program, role="mentor").update(places=2)
    matched(days, town, everyday)
    first = open_pairs()
    assert len(first) == 2 and {purpose for _m, _n, purpose in first} == {"everyday practice"}
    matched(days, town, career)
    second = open_pairs() - first
    assert {purpose for _m, _n, purpose in second} == {"career"}
    # Nobody has the same mentor for both.
    assert len({(mentee, mentor) for mentee, mentor, _purpose in first | second}) == 4
    assert "You have a mentor for career in Harbour volunteers" in days.last(town.amara).text
    mine = next(mentor for mentee, mentor, _p in second if mentee == "Amara Okafor")
    page = browser(town.amara)
    home = words(page.open("/home/"))
    assert "for career" in home and "for everyday practice" in home and mine in home
    pair = Pairing.objects.open().get(mentee=town.members["amara"], purpose=career)
    assert "Career" in page.open(reverse("checkins:pair", args=[pair.public_id]))
    seen = browser(town.farida)
    assert "Career" in seen.open("/admin/matching/pairing/?program=harbour")
    listed = seen.open("/admin/matching/pairing/?program=harbour&_export=csv")
    assert "Mentee,Mentor,For," in listed and ",Career," in listed
    assert "Career" in seen.open(reverse("matching:pair", args=["harbour", pair.public_id]))
    assert "Career" in seen.open(reverse("person", args=[town.amara.public_id]))


@pytest.mark.once
def test_ending_one_of_two_leaves_the_other_and_names_the_date_of_next_time(days, town):
    town.pair("chitra", "amara")
    everyday, career = name_them(town, "everyday", "career")
    # What there was is for the first.
    assert Pairing.objects.get().purpose == everyday
    matched(days, town, career)
    pair = Pairing.objects.open().get(mentee=town.members["amara"], purpose=career)
    assert pair.mentor == town.members["dafydd"]
    page = browser(town.farida)
    page.open(reverse("matching:end", args=["harbour", pair.public_id]))
    page.submit("why", why="They are done.")
    days.sweep()
    amara = Membership.objects.get(pk=town.members["amara"].pk)
    assert (amara.state, amara.write_again_on) == ("active", None)
    told = days.last(town.amara).text
    assert "Your time with Dafydd Rees for career" in told and "With Chitra Menon everything goes on" in told
    wait = PurposeWait.objects.get(membership=amara)
    assert wait.purpose == career and f"{wait.write_again_on:%-d %B}" in told
    assert "We write to you about a mentor for career" in words(browser(town.amara).open("/home/"))
    before = len(days.letters(town.amara))
    later(days, 1 + (wait.write_again_on - town.program.today(timezone.now())).days)
    assert any("a mentor for you for career yet" in one.text for one in days.letters(town.amara, before))
    assert PurposeWait.objects.get().write_again_on > wait.write_again_on


@pytest.mark.once
def test_without_anybody_for_the_second_they_keep_the_first_and_hear_when_next(days, town):
    town.pair("chitra", "amara")
    town.pair("dafydd", "nadia")
    _everyday, career = name_them(town, "everyday", "career")
    Membership.objects.filter(pk=town.members["chitra"].pk).update(places=2)
    matched(days, town, career)
    amara = Membership.objects.get(pk=town.members["amara"].pk)
    assert (amara.state, amara.write_again_on) == ("active", None)
    told = days.last(town.amara).text
    assert "for career" in told and "With Chitra Menon everything goes on as before." in told
    wait = PurposeWait.objects.get()
    assert wait.membership == amara and f"{wait.write_again_on:%-d %B}" in told
    # A mentor by hand, and the wait is over.
    other = town.join("mentor", w.make_person("Tariq Aziz", "tariq@example.org"))
    page = browser(town.farida)
    url = reverse("matching:by_hand", args=["harbour", amara.public_id])
    assert "For career." in words(page.open(url))
    page.open(f"{url}?mentor={other.public_id}&for={career.public_id}")
    page.submit_last()
    assert ("Amara Okafor", "Tariq Aziz", "career") in open_pairs()
    later(days, 32)
    assert not PurposeWait.objects.filter(membership=amara).exists()


def test_whose_mentor_for_one_thing_leaves_gets_another_for_the_same(days, town):
    everyday, career = name_them(town, "everyday", "career")
    town.join("mentor", w.make_person("Tariq Aziz", "tariq@example.org"))
    page = browser(town.farida)
    for mentor, purpose in (("chitra", everyday), ("dafydd", career)):
        url = reverse("matching:by_hand", args=["harbour", town.members["amara"].public_id])
        page.open(f"{url}?mentor={town.members[mentor].public_id}&for={purpose.public_id}")
        page.submit_last()
    days.sweep()
    page.open(reverse("council:remove", args=["harbour", town.members["dafydd"].public_id]))
    page.submit_last()
    days.sweep()
    assert Membership.objects.get(pk=town.members["amara"].pk).state == "active"
    case = Case.objects.get(kind="left")
    shown = page.open(reverse("council:reassign", args=["harbour", case.public_id]))
    assert "For career." in words(shown) and "Chitra Menon" not in shown
    page.submit("mentor")
    assert open_pairs() == {
        ("Amara Okafor", "Chitra Menon", "everyday practice"),
        ("Amara Okafor", "Tariq Aziz", "career"),
    }
    days.sweep()


@pytest.mark.once
def test_a_mentee_asks_for_a_mentor_for_one_thing(days, town):
    type(town.program).objects.filter(pk=town.program.pk).update(mentees_choose=True)
    everyday, career = name_them(town, "everyday", "career")
    page = browser(town.amara)
    shown = page.open(f"/choose/harbour/?for={career.public_id}")
    assert "Everyday practice" in shown and f"?for={career.public_id}" in shown
    page.open(f"/choose/harbour/{town.members['chitra'].public_id}/?for={career.public_id}")
    page.submit("words")
    assert Offer.objects.get().purpose == career
    days.sweep()
    letter = days.last(town.chitra)
    assert "for career" in letter.text
    yes = browser()
    yes.open(link(letter, "offer"))
    yes.press("do", "yes")
    assert open_pairs() == {("Amara Okafor", "Chitra Menon", "career")}
    # For the other thing they may still look, and not among those they have.
    shown = page.open("/choose/harbour/")
    assert "For everyday practice." in words(shown)
    assert "Chitra Menon" not in words(shown) and "Dafydd Rees" in words(shown)
    assert everyday.public_id


@pytest.mark.once
def test_purposes_are_renamed_ordered_and_kept_while_pairs_hang_on_them(days, town):
    town.pair("chitra", "amara")
    first, second = name_them(town, "everyday", own="finding a first job")
    page = browser(town.farida)
    shown = page.open(PURPOSES)
    assert f"gone_{second.pk}" in shown and f"gone_{first.pk}" not in shown
    data = {
        f"name_{first.pk}": "every day",
        f"place_{first.pk}": 2,
        f"name_{second.pk}": "job",
        f"place_{second.pk}": 1,
    }
    page.client.post(PURPOSES, data)
    assert [row.name for row in PairPurpose.objects.of(town.program)] == ["job", "every day"]
    page.client.post(PURPOSES, {**data, f"gone_{first.pk}": "on"})
    assert PairPurpose.objects.of(town.program).count() == 2
    refused = page.client.post(PURPOSES, {**data, "own": "JOB"})
    assert refused.status_code == 400 and "same name" in refused.content.decode()
    assert "job, every day" in words(page.open(reverse("programs:settings", args=["harbour"])))


@pytest.mark.once
def test_a_program_without_purposes_says_nothing_of_them(days, town):
    town.pair("chitra", "amara")
    page = browser(town.farida)
    pages = [reverse("matching:home", args=["harbour"]), BEGIN, "/admin/matching/pairing/?program=harbour"]
    for url in pages:
        assert "purpose" not in words(page.open(url)).lower() and "What are the pairs for" not in page.text
