"""What is held by hand stays held when a draft is worked out again, and what is left of a draft has a date."""

from datetime import timedelta

import pytest
from django.urls import reverse

from matching import rounds
from matching.actions import (
    ask_round,
    discard,
    hold_pair,
    leave_out,
    let_all_go,
    publish,
    run_rounds,
    set_apart,
    set_draft_places,
    undo,
)
from matching.models import Round
from outbox.models import Letter
from outbox.sweeping import never
from programs.errors import Refused
from programs.models import Membership, MembershipState
from tests.matching import civil_service
from tests.world import NOW, signed_in

SOON = NOW + timedelta(minutes=2)


@pytest.fixture
def program(db):
    return civil_service.build()


@pytest.fixture
def coordinator(program):
    return civil_service.coordinator_of(program)


def fresh(round):
    return Round.objects.select_related("program", "policy").get(pk=round.pk)


@pytest.fixture
def draft(program):
    round = ask_round(program, by=None, now=NOW)
    run_rounds(NOW, never)
    return fresh(round)


def again(draft):
    round = ask_round(draft.program, by=None, now=SOON, instead_of=draft)
    run_rounds(SOON, never)
    return fresh(round)


def test_all_that_is_held_is_carried_on_and_let_go_at_once(draft, coordinator):
    lines = list(draft.proposals.pairs().select_related("mentee__user", "mentor__user").order_by("score"))
    said = {"by": coordinator, "now": SOON}
    hold_pair(draft, lines[0].mentee, lines[0].mentor, **said)
    set_apart(draft, lines[1].mentee, lines[1].mentor, **said)
    leave_out(draft, lines[2].mentee, **said)
    set_draft_places(draft, lines[3].mentor, 0, **said)
    total = draft.result["total"]
    second = again(draft)
    assert rounds.Held.of(second) == rounds.Held.of(draft) and second.result["total"] == total
    pairs = dict(second.proposals.values_list("mentee", "mentor"))
    assert pairs[lines[0].mentee_id] == lines[0].mentor_id and pairs[lines[2].mentee_id] is None
    assert pairs[lines[1].mentee_id] != lines[1].mentor_id and lines[3].mentor_id not in pairs.values()
    assert second.proposals.get(mentee=lines[2].mentee).why_none["kind"] == "by_hand"
    assert rounds.replayed(second).result["digest"] == second.result["digest"]
    client = signed_in(coordinator)
    page = client.get(reverse("matching:round", args=[second.program.slug, second.public_id])).content.decode()
    assert "1 pair held together, 1 pair kept apart, 1 left without a mentor, 1 mentor with other places" in page
    where = reverse("matching:let_all_go", args=[second.program.slug, second.public_id])
    shown = client.post(where, {"step": second.step}, follow=True).content.decode()
    assert "All that was held by hand is let go" in shown and "Held now" not in shown
    second = fresh(second)
    assert second.result["total"] == second.result["best"]["total"] == 747
    with pytest.raises(Refused, match="Nothing is held"):
        let_all_go(second, **said)
    undo(second, **said)
    assert rounds.Held.of(fresh(second)) == rounds.Held.of(draft)


def test_a_pair_that_cannot_be_held_any_more_is_said(draft, coordinator):
    line = draft.proposals.pairs().select_related("mentee__user", "mentor__user").first()
    hold_pair(draft, line.mentee, line.mentor, by=coordinator, now=SOON)
    Membership.objects.filter(pk=line.mentor_id).update(state=MembershipState.ON_LEAVE)
    second = again(draft)
    assert not rounds.Held.of(second)
    page = signed_in(coordinator).get(reverse("matching:round", args=[second.program.slug, second.public_id]))
    assert f"{line.mentee.user} with {line.mentor.user}" in page.content.decode()


def test_those_left_of_a_draft_thrown_away_read_by_when_we_write_again(draft, coordinator):
    lines = list(draft.proposals.pairs().order_by("pk"))
    publish(draft, by=coordinator, now=SOON, only={lines[0].mentee_id})
    draft = fresh(draft)
    page = signed_in(coordinator).get(reverse("matching:round", args=[draft.program.slug, draft.public_id]))
    assert "Of those left" not in page.content.decode()
    leave_out(draft, lines[1].mentee, by=coordinator, now=SOON)
    page = signed_in(coordinator).get(reverse("matching:round", args=[draft.program.slug, draft.public_id]))
    assert "1 pair is published. Of those left:" in page.content.decode()
    discard(draft, by=coordinator, now=SOON)
    left = Membership.objects.filter(pk__in=draft.proposals.to_publish().values("mentee"))
    assert left.count() == draft.proposals.count() - 1
    assert set(left.values_list("state", flat=True)) == {MembershipState.WAITING}
    assert not left.filter(write_again_on=None).exists()
    assert Letter.objects.filter(kind="matching.still_looking").count() == left.count()


def test_the_people_who_set_each_step_of_the_floor_are_named(draft, coordinator):
    levels = draft.result["levels"]
    assert levels and all(level["mentees"] for level in levels)
    url = reverse("matching:fairness", args=[draft.program.slug, draft.public_id])
    page = signed_in(coordinator).get(url).content.decode()
    for level in levels:
        for name in Membership.objects.filter(pk__in=level["mentees"]).values_list("user__name", flat=True):
            assert name in page


def test_worked_out_again_those_left_hear_nothing_yet(draft, coordinator):
    lines = list(draft.proposals.pairs().order_by("pk"))
    publish(draft, by=coordinator, now=SOON, only={lines[0].mentee_id})
    second = again(fresh(draft))
    assert second.proposals.count() == draft.proposals.count() - 1
    assert not Letter.objects.filter(kind="matching.still_looking").exists()
