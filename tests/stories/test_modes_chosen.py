"""A round for some people alone: brought from the list of participants, or ticked on the page where a round begins."""

import pytest
from django.urls import reverse

from matching.models import Pairing, Round
from programs.models import Membership
from tests import world as w
from tests.stories.living import Harbour, browser, words
from tests.surface import changed, snapshot

pytestmark = pytest.mark.django_db(transaction=True)
BEGIN = reverse("matching:begin", args=["harbour"])


@pytest.fixture
def town(days):
    return Harbour()


def draft_of(days, town) -> Round:
    days.sweep()
    return Round.objects.of(town.program).get(state="draft")


def publish(days, page, round) -> None:
    page.open(reverse("matching:publish", args=["harbour", round.public_id]))
    page.submit("confirmed")
    days.to(1)


def test_only_the_people_brought_from_the_list_are_matched_and_nobody_else_hears(days, town):
    page = browser(town.farida)
    rows = [town.members["amara"].pk, town.members["chitra"].pk]
    sent = page.client.post(
        "/admin/programs/membership/", {"action": "work_out_pairs", "_selected_action": rows}, follow=True
    )
    shown = sent.content.decode()
    assert "Amara Okafor" in shown and "1 mentee in this round" in words(shown)
    page.open(f"{BEGIN}?from_list=1")
    page.submit("chosen")
    round = draft_of(days, town)
    assert round.kind_words == ["only these people"]
    assert [line.mentee for line in round.proposals.all()] == [town.members["amara"]]
    assert "only these people" in page.open(reverse("matching:round", args=["harbour", round.public_id]))
    publish(days, page, round)
    assert [pair.mentee for pair in Pairing.objects.open()] == [town.members["amara"]]
    # Neither the other mentee nor the mentor with a free place was looked for.
    free = {"chitra", "dafydd"} - {p for p in ("chitra", "dafydd") if Pairing.objects.filter(mentor=town.members[p])}
    assert all(not days.letters(town.people[name]) for name in (*free, "nadia"))
    assert Membership.objects.get(pk=town.members["nadia"].pk).state == "ready"
    assert "only these people" in page.open("/admin/matching/round/?program=harbour")


def test_people_are_found_by_name_and_ticked_without_script(days, town):
    page = browser(town.farida)
    page.open(f"{BEGIN}?people=chosen")
    before = snapshot()
    page.client.post(BEGIN, {"people": "chosen", "look": "1"})
    assert not changed(before, snapshot())
    found = page.client.post(BEGIN, {"people": "chosen", "q": "nad", "look": "1"}).content.decode()
    assert "Nadia Petrova" in found and "Amara Okafor" not in found
    nothing = page.client.post(BEGIN, {"people": "chosen"})
    assert nothing.status_code == 400 and "Tick at least one person." in nothing.content.decode()
    assert not Round.objects.exists()
    page.client.post(BEGIN, {"people": "chosen", "chosen": [str(town.members["nadia"].public_id)]})
    round = draft_of(days, town)
    assert [line.mentee for line in round.proposals.all()] == [town.members["nadia"]]
    again = reverse("matching:ask", args=["harbour"])
    page.client.post(again, {"instead_of": str(round.public_id)})
    assert [line.mentee for line in draft_of(days, town).proposals.all()] == [town.members["nadia"]]


def test_whoever_has_a_mentor_is_left_out_and_strangers_cannot_be_named(days, town):
    town.pair("chitra", "amara")
    other = w.add_member(w.make_program(state="setup"), "mentee")
    page = browser(town.farida)
    ids = [str(town.members[name].public_id) for name in ("amara", "nadia")]
    shown = page.client.post(BEGIN, {"people": "chosen", "chosen": ids, "look": "1"}).content.decode()
    assert "1 of those you ticked has a mentor already" in words(shown)
    wrong = page.client.post(BEGIN, {"people": "chosen", "chosen": [str(other.public_id)]})
    assert wrong.status_code == 400 and str(other.user) not in wrong.content.decode()
    page.client.post(BEGIN, {"people": "chosen", "chosen": ids})
    assert [line.mentee for line in draft_of(days, town).proposals.all()] == [town.members["nadia"]]
