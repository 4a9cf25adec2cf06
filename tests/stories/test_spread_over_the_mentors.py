"""Story: a coordinator says that a mentor's second mentee counts less, and the next round gives each mentor one."""

from collections import Counter

import pytest
from django.urls import reverse
from django.utils import timezone

from matching import actions, rounds
from matching.models import Round
from outbox.sweeping import never
from tests.matching import many
from tests.world import MENTEE, add_member, make_pairing, make_person, signed_in


@pytest.fixture
def program(db):
    return many.build(6, 6, places=3)


def url(name, program, *args):
    return reverse(f"matching:{name}", args=[program.slug, *args])


def draft_of(client, program):
    for earlier in Round.objects.filter(state="draft"):
        client.post(url("discard", program, earlier.public_id))
    assert client.post(url("ask", program)).status_code == 302
    actions.run_rounds(timezone.now(), never)
    return Round.objects.latest("pk")


def people_of(draft):
    """How many mentees each mentor of the draft has."""
    return Counter(draft.proposals.pairs().values_list("mentor", flat=True))


def check_figures(draft, busy, points):
    """Everybody is matched, and what is taken off is what the rule says; `busy` has had somebody before."""
    had = {busy.pk: 1}
    costs = sum(points * sum(range(had.get(pk, 0), had.get(pk, 0) + n)) for pk, n in people_of(draft).items())
    assert sum(people_of(draft).values()) == 6
    assert draft.result["load"] == costs
    assert draft.result["total"] == sum(line.score for line in draft.proposals.pairs()) - costs


def test_a_second_mentee_costs_points_and_the_draft_says_how_many(program):
    client = signed_in(program.memberships.get(role="coordinator").user)
    before = draft_of(client, program)
    assert max(people_of(before).values()) > 1 and before.result["load"] == 0

    assert "Spread over the mentors" in client.get(url("home", program)).content.decode()
    saved = {"points": 2, "sentence": "", "after": 1}
    assert client.post(url("rule_new", program, "load_spread"), saved).status_code == 302
    sentence = "Mentees are spread over the mentors: a second costs 2 points, a third 4."
    assert sentence in client.get(url("home", program)).content.decode()
    sliders = client.get(url("weights", program)).content.decode()
    assert 'name="w4"' in sliders and sentence in sliders

    # One of the mentors has somebody already, so their first in this round is their second.
    busy = program.memberships.get(pk=people_of(before).most_common(1)[0][0])
    make_pairing(busy, add_member(program, MENTEE, make_person("Mina Before", "mina@example.org")))
    draft = draft_of(client, program)
    check_figures(draft, busy, 2)
    page = client.get(url("round", program, draft.public_id)).content.decode()
    assert ("taken off already because some mentors have more than one mentee." in page) == (draft.result["load"] > 0)
    assert rounds.replayed(draft).result["digest"] == draft.result["digest"]

    # With the slider far to the right it is worth a lot to have everybody have one.
    points = {f"w{at}": 10 for at in (2, 3)} | {"w1_0": 2, "w1_1": 9, "w1_2": 12, "w1_3": 5}
    assert client.post(url("weights", program), {**points, "w4": 40, "after": 2, "save": 1}).status_code == 302
    wide = draft_of(client, program)
    check_figures(wide, busy, 40)
    assert len(people_of(wide)) > len(people_of(before))
