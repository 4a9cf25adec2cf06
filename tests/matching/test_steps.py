"""A draft changed step by step: what is held stays, the rest is the best around it, every step can be taken back."""

from datetime import timedelta

import pytest

from journal.models import Entry
from matching import rounds
from matching.actions import (
    ask_round,
    hold_pair,
    leave_out,
    let_go,
    publish,
    run_rounds,
    set_apart,
    set_draft_places,
    swap,
    undo,
)
from matching.actions import steps as acts
from matching.models import Round
from outbox.sweeping import never
from programs.errors import Refused
from programs.models import Membership, MembershipState
from tests.matching import civil_service
from tests.matching.test_races import at_once
from tests.world import COORDINATOR, NOW, add_member, make_person, make_policy, make_program

SOON = NOW + timedelta(minutes=2)


@pytest.fixture
def program(db):
    return civil_service.build()


@pytest.fixture
def coordinator(program):
    return civil_service.coordinator_of(program)


@pytest.fixture
def draft(program):
    round = ask_round(program, by=None, now=NOW)
    run_rounds(NOW + timedelta(minutes=1), never)
    return Round.objects.select_related("program", "policy").get(pk=round.pk)


def state_of(round):
    """Every line of a draft, as it is."""
    return sorted(round.proposals.values_list("mentee", *rounds.rework.__globals__["LINE"]), key=lambda row: row[0])


def pairs_of(round):
    return dict(round.proposals.pairs().values_list("mentee", "mentor"))


def test_with_nothing_held_a_draft_stays_as_it_is(draft):
    found = rounds.rework(draft, rounds.Held())
    assert not found.lines and not found.moves
    assert found.result["total"] == draft.result["total"] == 747


def test_a_pair_held_stays_and_the_rest_is_the_best_around_it(draft, coordinator):
    line = draft.proposals.unmatched().filter(why_none__kind="full").select_related("mentee__user").first()
    mentor = Membership.objects.get(pk=next(iter(pairs_of(draft).values())))
    for mentor in Membership.objects.filter(pk__in=draft.places_then).select_related("user"):
        try:
            step = hold_pair(draft, line.mentee, mentor, by=coordinator, now=SOON)
            break
        except Refused as refused:
            assert "cannot be the mentor" in str(refused)
    assert pairs_of(draft)[line.mentee_id] == mentor.pk
    changed = draft.proposals.get(mentee=line.mentee)
    assert changed.by_hand and sum(reason["points"] for reason in changed.reasons) == changed.score
    assert [line.mentee_id, None, mentor.pk] in step.moves
    draft.refresh_from_db()
    proof = draft.result["proof"]
    assert proof["primal"] == proof["dual"] and draft.result["matched"] == 35
    assert sum(draft.proposals.values_list("score", flat=True)) == draft.result["total"] <= 747


def test_every_step_can_be_taken_back(draft, coordinator):
    said = {"by": coordinator, "now": SOON}
    first, second = draft.proposals.pairs().select_related("mentee__user", "mentor__user")[:2]
    states = [state_of(draft)]
    steps = [
        lambda: set_apart(draft, first.mentee, first.mentor, **said),
        lambda: leave_out(draft, second.mentee, **said),
        lambda: set_draft_places(draft, first.mentor, 0, **said),
        lambda: let_go(draft, second.mentee, **said),
    ]
    for step in steps:
        step()
        states.append(state_of(draft))
    assert pairs_of(draft).get(first.mentee_id) != first.mentor_id
    assert first.mentor_id not in pairs_of(draft).values()
    for state in reversed(states[:-1]):
        undo(draft, **said)
        assert state_of(draft) == state
    with pytest.raises(Refused, match="nothing to take back"):
        undo(draft, **said)
    draft.refresh_from_db()
    assert draft.result["total"] == 747 and draft.step == 8
    assert Entry.objects.filter(verb="draft.changed").count() == 4 == Entry.objects.filter(verb="draft.undone").count()
    assert not Entry.objects.filter(verb="draft.changed", words__contains=str(first.mentee.user)).exists()


def test_a_swap_holds_both_or_is_refused(draft, coordinator):
    lines = list(draft.proposals.pairs().select_related("mentor__user", "mentee__user"))
    for second in lines[1:]:
        try:
            swap(draft, lines[0].mentee, second.mentee, by=coordinator, now=SOON)
        except Refused:
            continue
        now = pairs_of(draft)
        assert now[lines[0].mentee_id] == second.mentor_id and now[second.mentee_id] == lines[0].mentor_id
        assert len(rounds.Held.of(draft).pins) == 2
        return
    pytest.fail("No swap was possible.")


def test_places_are_never_more_than_the_mentor_has(draft, coordinator):
    mentor = Membership.objects.select_related("user").get(pk=next(iter(draft.places_then)))
    with pytest.raises(Refused, match="More is for them to say"):
        set_draft_places(draft, mentor, mentor.places + 1, by=coordinator, now=SOON)


def test_a_step_on_a_draft_seen_before_another_step_is_refused(draft, coordinator):
    line = draft.proposals.pairs().select_related("mentee__user", "mentor__user").first()
    leave_out(draft, line.mentee, by=coordinator, now=SOON, seen=0)
    with pytest.raises(Refused, match="Somebody else changed this draft meanwhile"):
        let_go(draft, line.mentee, by=coordinator, now=SOON, seen=0)
    old = Round.objects.select_related("program", "policy").get(pk=draft.pk)
    Round.objects.filter(pk=draft.pk).update(step=9)
    with pytest.raises(Refused, match="Somebody else changed this draft meanwhile"):
        undo(old, by=coordinator, now=SOON)


def test_nobody_in_the_round_changes_it(program, draft):
    line, other = draft.proposals.pairs().select_related("mentee__user", "mentor__user")[:2]
    add_member(program, COORDINATOR, line.mentee.user)
    with pytest.raises(Refused, match="about you"):
        leave_out(draft, line.mentee, by=line.mentee.user, now=SOON)
    with pytest.raises(Refused, match="in this round yourself"):
        leave_out(draft, other.mentee, by=line.mentee.user, now=SOON)


def test_whoever_has_left_is_worked_around(draft, coordinator):
    first, second = draft.proposals.pairs().select_related("mentee__user", "mentor__user")[:2]
    Membership.objects.filter(pk=first.mentor_id).update(state=MembershipState.LEFT)
    leave_out(draft, second.mentee, by=coordinator, now=SOON)
    assert first.mentor_id not in pairs_of(draft).values()
    draft.refresh_from_db()
    assert draft.result["best"]["total"] <= 747


def test_what_is_published_changes_no_more(draft, coordinator):
    said = {"by": coordinator, "now": SOON}
    first, second = draft.proposals.pairs().select_related("mentee__user", "mentor__user")[:2]
    step = set_apart(draft, first.mentee, first.mentor, **said)
    mentee, _before, mentor = next(move for move in step.moves if move[2] and move[0] != second.mentee_id)
    moved = draft.proposals.select_related("mentee__user").get(mentee=mentee)
    publish(draft, only=[mentee], **said)
    with pytest.raises(Refused, match="is published already"):
        leave_out(draft, moved.mentee, **said)
    with pytest.raises(Refused, match="cannot be taken back"):
        undo(draft, **said)
    leave_out(draft, second.mentee, **said)
    assert pairs_of(draft)[mentee] == mentor and second.mentee_id not in pairs_of(draft)
    taken = list(pairs_of(draft).values())
    assert max(taken.count(mentor) for mentor in taken) == 1


def small(count=6):
    program = make_program()
    make_policy(program, {"rules": [], "floor_levels": 0})
    for role in ("mentor", "mentee"):
        for _ in range(count):
            add_member(program, role, make_person(password=None))
    round = ask_round_without_rules(program)
    return Round.objects.select_related("program", "policy").get(pk=round.pk)


def ask_round_without_rules(program):
    from tests.world import make_round

    round = make_round(program, state="asked")
    run_rounds(SOON, never)
    return round


def eight_at_once():
    draft = small()
    copies = [Round.objects.select_related("program", "policy").get(pk=draft.pk) for _ in range(6)]
    mentees = list(Membership.objects.of(draft.program).mentees().select_related("user"))
    jobs = [
        lambda copy=copy, mentee=mentee: leave_out(copy, mentee, by=None, now=SOON)
        for copy, mentee in zip(copies, mentees, strict=True)
    ]
    return draft, at_once(jobs)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_saw_the_same_draft_one_changes_it():
    draft, answers = eight_at_once()
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(refused) == 5 and all("meanwhile" in str(each) for each in refused), answers
    draft.refresh_from_db()
    assert draft.step == 1 and draft.steps.count() == 1 and draft.proposals.unmatched().count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_steps_are_lost(monkeypatch):
    def unguarded(round, result):
        Round.objects.filter(pk=round.pk).update(result=result)
        last = round.steps.order_by("-number").values_list("number", flat=True).first() or 0
        return last + 1

    monkeypatch.setattr(acts, "move_on", unguarded)
    _draft, answers = eight_at_once()
    assert not [answer for answer in answers if isinstance(answer, Refused)]
