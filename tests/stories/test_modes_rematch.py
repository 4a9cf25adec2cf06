"""Everybody anew with few changes: who stays hears nothing, who changes is told once, and it can be taken back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from checkins.models import Meeting
from matching.actions import Full, pair_by_hand, publish, withdraw
from matching.models import Pairing, Publication, Round
from matching.rounds import replayed
from programs.errors import Refused
from programs.models import Membership
from questions.models import Answer
from tests import world as w
from tests.stories.living import Harbour, browser, words

pytestmark = pytest.mark.django_db(transaction=True)
BEGIN = reverse("matching:begin", args=["harbour"])
PEOPLE = {"tariq": "Tariq Aziz", "zoe": "Zoe Lind"}


@pytest.fixture
def town(days):
    """Two pairs that would each suit the other's partner, one that suits well, and somebody new."""
    town = Harbour()
    for key, name in PEOPLE.items():
        town.people[key] = w.make_person(name, f"{key}@example.org")
        town.members[key] = town.join("mentor" if key == "tariq" else "mentee", town.people[key])
    Membership.objects.filter(pk=town.members["tariq"].pk).update(places=2)
    say(town, chitra="Law", nadia="Law", dafydd="Art", amara="Art", tariq="Maths", zoe="Maths")
    town.pair("chitra", "amara")
    town.pair("dafydd", "nadia")
    town.pair("tariq", "zoe")
    days.sweep()
    town.people["ines"] = w.make_person("Ines Costa", "ines@example.org")
    town.members["ines"] = town.join("mentee", town.people["ines"])
    return town


def tomorrow(days) -> None:
    days.traveller.move_to(timezone.now() + timedelta(days=1))
    days.sweep()


def say(town, **professions) -> None:
    for key, words_said in professions.items():
        sheet = town.members[key].sheet_id
        Answer.objects.filter(sheet=sheet, question__key="profession").update(value=words_said)


def anew(days, town, price) -> Round:
    page = browser(town.farida)
    shown = page.client.post(BEGIN, {"people": "everybody", "change_price": price, "look": "1"}).content.decode()
    assert "3 pairs that may change" in words(shown) and "4 mentees in this round" in words(shown)
    page.client.post(BEGIN, {"people": "everybody", "change_price": price})
    days.sweep()
    return Round.objects.of(town.program).get(state="draft")


def of_draft(round):
    return {str(line.mentee.user): str(line.mentor.user) if line.mentor else "" for line in round.proposals.all()}


def open_pairs():
    return {str(pair.mentee.user): str(pair.mentor.user) for pair in Pairing.objects.open()}


def published(town, round):
    page = browser(town.farida)
    shown = words(page.open(reverse("matching:publish", args=["harbour", round.public_id])))
    page.submit("confirmed")
    return shown


@pytest.mark.once
def test_a_change_has_to_bring_its_price(days, town):
    dear = anew(days, town, 11)
    # Both changes bring 20 points, which is less than twice 11.
    kept = {"Amara Okafor": "Chitra Menon", "Nadia Petrova": "Dafydd Rees", "Zoe Lind": "Tariq Aziz"}
    assert of_draft(dear) == {**kept, "Ines Costa": "Tariq Aziz"}
    assert dear.result["changes"] == {"stay": 3, "stood": 3, "against": 0}
    page = browser(town.farida)
    shown = words(page.open(reverse("matching:round", args=["harbour", dear.public_id])))
    assert "3 of 3 pairs stay." in shown and "everybody, and pairs may change" in shown
    page.client.post(reverse("matching:discard", args=["harbour", dear.public_id]))
    cheap = anew(days, town, 9)
    changed = {"Amara Okafor": "Dafydd Rees", "Nadia Petrova": "Chitra Menon", "Zoe Lind": "Tariq Aziz"}
    assert of_draft(cheap) == {**changed, "Ines Costa": "Tariq Aziz"}
    assert cheap.result["changes"] == {"stay": 1, "stood": 3, "against": 0, "points": 20, "people": 0}
    shown = page.open(reverse("matching:round", args=["harbour", cheap.public_id]))
    assert "Changing the others brings 20 points" in words(shown) and "until now Chitra Menon" in words(shown)
    # Changed first, then new, then those who stay.
    names = ["Amara Okafor", "Ines Costa", "Zoe Lind"]
    assert sorted(names, key=lambda name: shown.index(name, shown.index("<tbody"))) == names
    assert [(each["points"], each["words"]) for each in cheap.proposals.kept().get().reasons][-1] == (
        9,
        "They are a pair already.",
    )
    assert replayed(cheap).result["digest"] == cheap.result["digest"]
    only = page.open(reverse("matching:round", args=["harbour", cheap.public_id]) + "?show=kept")
    assert "Zoe Lind" in words(only) and "Ines Costa" not in words(only)


def test_who_stays_hears_nothing_and_who_changes_reads_it_once(days, town):
    round = anew(days, town, 9)
    before = {name: len(days.letters(town.people[name])) for name in ("amara", "chitra", "dafydd", "zoe", "tariq")}
    pair = Pairing.objects.open().get(mentee=town.members["amara"])
    w.make_meeting(pair, timezone.now() + timedelta(days=5))
    shown = published(town, round)
    assert "2 pairs end for them" in shown and "One pair stays as it is and hears nothing." in shown
    # Until the emails leave the old pairs go on, and nobody sees another.
    days.sweep()
    assert "Chitra Menon" in words(browser(town.amara).open("/home/"))
    assert "Dafydd Rees" not in words(browser(town.amara).open("/home/"))
    tomorrow(days)
    assert open_pairs() == of_draft(round)
    home = words(browser(town.amara).open("/home/"))
    assert "Dafydd Rees" in home and "Your mentor" in home
    assert Membership.objects.get(pk=town.members["amara"].pk).state == "active"
    assert Meeting.objects.get().state == "cancelled"
    news = {name: days.letters(town.people[name], number) for name, number in before.items()}
    assert news["zoe"] == []
    told = [one for one in news["amara"] if "Dafydd Rees" in one.text]
    assert len(told) == 1 and "Your time with Chitra Menon has ended, and you have a new mentor" in told[0].text
    (thanked,) = [one for one in news["chitra"] if "Nadia Petrova" in one.text]
    assert "Thank you for your time with Amara Okafor" in thanked.text
    assert all("Zoe" not in one.text for one in news["tariq"])


@pytest.mark.once
def test_a_mentor_who_gets_nobody_else_is_thanked(days, town):
    say(town, amara="Law", dafydd="Maths", **dict.fromkeys(["nadia", "zoe", "ines", "tariq"], "Art"))
    Membership.objects.filter(pk=town.members["tariq"].pk).update(places=4)
    round = anew(days, town, 1)
    assert of_draft(round)["Nadia Petrova"] == "Tariq Aziz"
    before = len(days.letters(town.people["dafydd"]))
    published(town, round)
    tomorrow(days)
    (letter,) = [one for one in days.letters(town.dafydd, before) if "another mentor from now on" in one.text]
    assert "Thank you for your time with Nadia Petrova" in letter.text
    assert open_pairs() == of_draft(round)


def test_taken_back_everything_is_as_it_was(days, town):
    stood = open_pairs()
    round = anew(days, town, 9)
    published(town, round)
    publication = Publication.objects.get()
    page = browser(town.farida)
    page.client.post(reverse("matching:withdraw", args=["harbour", publication.public_id]))
    tomorrow(days)
    assert open_pairs() == stood
    assert not Pairing.objects.filter(ends_with__isnull=False).exists()
    round.refresh_from_db()
    assert round.state == "draft"
    # And once more, for good.
    published(town, round)
    tomorrow(days)
    assert open_pairs() == of_draft(round)


@pytest.mark.once
def test_a_pair_in_which_something_is_open_stays_and_nothing_tells_why(days, town):
    pair = Pairing.objects.open().get(mentee=town.members["amara"])
    w.make_concern(town.program, town.amara, told=town.joana, other=town.kofi, about=[town.chitra], now=timezone.now())
    round = anew(days, town, 0)
    assert of_draft(round)["Amara Okafor"] == "Chitra Menon"
    page = browser(town.farida)
    line = reverse("matching:change", args=["harbour", round.public_id, pair.mentee.public_id])
    assert "Held by hand" not in page.open(line)
    page.client.post(line, {"apart": str(pair.mentor.public_id), "seen": "0"})
    refused = words(page.open(reverse("matching:round", args=["harbour", round.public_id])))
    assert "stays as it is for now" in refused and "safety" not in refused
    assert of_draft(round)["Amara Okafor"] == "Chitra Menon"


@pytest.mark.once
def test_a_pair_that_a_rule_now_forbids_ends_only_if_somebody_lets_go_of_it(days, town):
    sheet = town.members["amara"].sheet_id
    Answer.objects.filter(sheet=sheet, question__key="organisation").update(value="Department of mentors")
    Answer.objects.filter(sheet=town.members["dafydd"].sheet_id, question__key="organisation").update(value="Elsewhere")
    round = anew(days, town, 50)
    assert of_draft(round)["Amara Okafor"] == "Chitra Menon"
    line = round.proposals.get(mentee=town.members["amara"])
    assert line.by_hand and line.score == 0 and "Department of mentors" not in str(line.pair_words)
    page = browser(town.farida)
    url = reverse("matching:change", args=["harbour", round.public_id, line.mentee.public_id])
    assert "Held by hand" in words(page.open(url))
    page.press("free", "1")
    assert of_draft(round)["Amara Okafor"] == "Dafydd Rees"
    published(town, round)
    tomorrow(days)
    assert open_pairs() == of_draft(round)


@pytest.mark.once
def test_nobody_who_has_a_mentor_loses_them_for_somebody_who_waits(days, town):
    Membership.objects.filter(program=town.program, role="mentor").update(places=1)
    w.make_policy(town.program, {**w.RULES, "coverage_first": False}, version=2)
    say(town, ines="Law", amara="Art", chitra="Law")
    round = anew(days, town, 0)
    assert of_draft(round)["Ines Costa"] == "" and all(of_draft(round)[name] for name in open_pairs())
    page = browser(town.farida)
    url = reverse("matching:change", args=["harbour", round.public_id, town.members["ines"].public_id])
    page.client.post(url, {"mentor": str(town.members["chitra"].public_id), "seen": "0"})
    assert of_draft(round)["Ines Costa"] == ""
    shown = words(page.open(reverse("matching:round", args=["harbour", round.public_id])))
    assert "would lose their mentor" in shown


@pytest.mark.once
def test_new_pairs_and_mentors_who_take_nobody_new_keep_whom_they_have(days, town):
    page = browser(town.farida)
    note = reverse("matching:note_availability", args=["harbour", town.members["chitra"].public_id])
    page.client.post(note, {"answer": "not_now", "places": 1})
    round = anew(days, town, 0)
    assert of_draft(round)["Amara Okafor"] == "Chitra Menon"
    published(town, round)
    tomorrow(days)
    assert open_pairs()["Amara Okafor"] == "Chitra Menon"


@pytest.mark.once
def test_what_a_later_part_built_on_is_not_taken_back_first(days, town):
    """Amara leaves a place with Chitra, which somebody new then takes: taking back goes the other way round."""
    say(town, amara="Art", dafydd="Art", ines="Law", chitra="Law", nadia="Maths")
    Membership.objects.filter(pk=town.members["dafydd"].pk).update(places=2)
    round = anew(days, town, 1)
    assert of_draft(round)["Amara Okafor"] == "Dafydd Rees" and of_draft(round)["Ines Costa"] == "Chitra Menon"
    now, by = timezone.now(), town.farida
    with pytest.raises(Refused, match="published together"):
        publish(round, by=by, now=now, only={town.members["ines"].pk})
    publish(round, by=by, now=now, only={town.members["amara"].pk})
    # For everybody else the place is free only once the emails leave.
    with pytest.raises(Full):
        pair_by_hand(town.program, town.members["chitra"], town.members["ines"], by=by, now=now)
    publish(round, by=by, now=now)
    first, second = Publication.objects.order_by("pk")
    with pytest.raises(Refused, match="no place left to go back to"):
        withdraw(first, by=by, now=now)
    for publication in (second, first):
        round.refresh_from_db()
        withdraw(Publication.objects.get(pk=publication.pk), by=by, now=now)
    assert open_pairs()["Amara Okafor"] == "Chitra Menon" and "Ines Costa" not in open_pairs()
