"""Circles: a draft of whole circles with what is certain of it, published as wholes, joined, left and taken back."""

import numpy as np
import pytest

from matching import circles, rounds
from matching.actions import (
    ask_round,
    end_pairing,
    hold_pair,
    leave_out,
    pair_by_hand,
    plan_of,
    publish,
    run_rounds,
    set_apart,
    set_draft_places,
    withdraw,
)
from matching.models import Circle, Pairing, Publication, Round
from matching.rounds.circles import CircleAnswer
from matching.rounds.proof import sentences
from matching.solver import solve_circles
from matching.solver.chains import NEVER
from mentorship.program_home.figures import figures_of
from mentorship.program_home.needs import needs_of
from outbox.models import Letter
from outbox.sweeping import never
from programs.errors import Refused
from programs.models import Membership
from tests.world import (
    COORDINATOR,
    MENTEE,
    MENTOR,
    NOW,
    RULES,
    add_member,
    make_person,
    make_policy,
    make_program,
    make_questionnaire,
    make_sheet,
)

LAW, ART = "Law", "Art"


class World:
    """Four mentors with places, mentees of two professions, and rules by which the same profession counts."""

    def __init__(self):
        self.form = make_questionnaire()
        self.program = make_program(mentor_questionnaire=self.form, mentee_questionnaire=self.form)
        make_policy(self.program, RULES)
        self.by = add_member(self.program, COORDINATOR).user
        self.mentors = {name: self.join(MENTOR, name, does, 4) for name, does in (("Maria", LAW), ("Noor", ART))}
        self.mentees = {}
        for name in ("Ada", "Ben", "Cem"):
            self.mentees[name] = self.join(MENTEE, name, LAW)
        for name in ("Dora", "Eli"):
            self.mentees[name] = self.join(MENTEE, name, ART)

    def join(self, role, name, profession, places=1):
        sheet = make_sheet(self.form, organisation=f"{role} office", profession=profession)
        return add_member(self.program, role, make_person(f"{name} Example"), sheet=sheet, places=places)

    def draft(self, least=3, most=None):
        round = ask_round(self.program, by=None, now=NOW)
        Round.objects.filter(pk=round.pk).update(least=least, most=most)
        run_rounds(NOW, never)
        return Round.objects.select_related("program", "policy").get(pk=round.pk)

    def circles(self, round):
        """First names by mentor's first name."""
        found: dict[str, list[str]] = {}
        for line in round.proposals.pairs().select_related("mentor__user", "mentee__user").order_by("mentee"):
            found.setdefault(line.mentor.user.get_short_name(), []).append(line.mentee.user.get_short_name())
        return found


@pytest.fixture
def world(db):
    return World()


def test_a_circle_too_small_for_itself_joins_the_other(world):
    round = world.draft(least=3)
    found = world.circles(round)
    assert [len(names) for names in found.values()] in ([5], [4]) and round.result["matched"] == 4
    facts = round.result["proof"]
    assert facts["proved"] and facts["circles"] == 3
    assert sentences(facts, False) == [
        "Nobody more can be matched in circles of at least 3.",
        "Among all ways to match as many in such circles, none scores higher.",
        "Were smaller circles allowed, one person more could be matched.",
    ]
    left = round.proposals.unmatched().get()
    assert left.why_none["kind"] == "circle" and "The fewest is 3." in left.why_none["words"]
    way = left.why_none["ways"][0]
    assert way["circle"] == 1 and way["place_with"] == world.mentors["Noor"].pk


def test_as_large_as_they_may_be_and_no_larger(world):
    assert world.circles(world.draft(least=2, most=3)) == {"Maria": ["Ada", "Ben", "Cem"], "Noor": ["Dora", "Eli"]}


def test_the_run_can_be_done_again_to_the_same_bytes(world):
    round = world.draft(least=3)
    publish(round, by=world.by, now=NOW)
    round.refresh_from_db()
    assert rounds.replayed(round).result["digest"] == round.result["digest"]


def test_what_is_held_by_hand_stays_and_the_circles_close_around_it(world):
    round = world.draft(least=2)
    hold_pair(round, world.mentees["Ada"], world.mentors["Noor"], by=world.by, now=NOW)
    assert "Ada" in world.circles(round)["Noor"] and world.circles(round)["Maria"] == ["Ben", "Cem"]
    assert sentences(round.result["proof"], True)[-1] == "All this with what is set by hand."
    set_apart(round, world.mentees["Ben"], world.mentors["Maria"], by=world.by, now=NOW)
    assert world.circles(round) == {"Noor": ["Ada", "Ben", "Dora", "Eli"]} or "Ben" not in world.circles(round)["Maria"]
    leave_out(round, world.mentees["Eli"], by=world.by, now=NOW)
    set_draft_places(round, world.mentors["Maria"], 0, by=world.by, now=NOW)
    assert set(world.circles(round)) == {"Noor"}
    assert round.result["best"]["matched"] == 5


def test_who_is_held_to_a_circle_that_cannot_be_is_refused_with_a_sentence(world):
    round = world.draft(least=3)
    set_draft_places(round, world.mentors["Noor"], 2, by=world.by, now=NOW)
    with pytest.raises(Refused, match="Not all circles with somebody held by hand can have 3 people"):
        hold_pair(round, world.mentees["Dora"], world.mentors["Noor"], by=world.by, now=NOW)


def test_published_as_whole_circles_with_one_email_each(world):
    round = world.draft(least=2)
    kept = plan_of(round, NOW, {world.mentees[name].pk for name in ("Ada", "Ben", "Dora", "Eli")})
    assert {line.mentee.user.get_short_name() for line in kept.pairs} == {"Dora", "Eli"}
    publish(round, by=world.by, now=NOW)
    assert Circle.objects.count() == 2
    assert {pair.circle.mentor_id for pair in Pairing.objects.all()} == {one.pk for one in world.mentors.values()}
    told = Letter.objects.get(recipient=world.mentors["Maria"].user)
    assert "They are a circle: you meet them together." in told.body
    ada = Letter.objects.get(recipient=world.mentees["Ada"].user).body
    assert "You meet in a circle: Maria Example, you, Ben and Cem." in ada and "Ben Example" not in ada


def test_taken_back_nothing_of_a_circle_is_left(world):
    round = world.draft(least=2)
    publish(round, by=world.by, now=NOW)
    withdraw(Publication.objects.get(), by=world.by, now=NOW)
    assert not Circle.objects.exists() and not Pairing.objects.exists()


def test_whoever_comes_later_joins_and_whoever_goes_is_missed(world):
    round = world.draft(least=2)
    publish(round, by=world.by, now=NOW)
    Publication.objects.update(released_at=NOW)
    pairs = {pair.mentee.user.get_short_name(): pair for pair in Pairing.objects.select_related("mentee__user")}
    assert not circles.too_small([world.program.pk], world.by)
    end_pairing(pairs["Dora"], by=world.by, now=NOW, why="She moves away.")
    assert [(one.people, one.least) for one in circles.too_small([world.program.pk], world.by)] == [(1, 2)]
    need = needs_of(world.program, figures_of([world.program], world.by, NOW)[world.program.pk])
    assert "One circle has become small" in [each.title for each in need]
    fay = world.join(MENTEE, "Fay", ART)
    joined = pair_by_hand(world.program, world.mentors["Noor"], fay, by=world.by, now=NOW)
    assert joined.circle_id == pairs["Eli"].circle_id
    assert "Noor Example, you and Eli" in Letter.objects.get(recipient=fay.user).body
    told = Letter.objects.filter(recipient=world.mentors["Noor"].user).order_by("pk").last()
    assert "They join the circle you have with Eli" in told.body
    assert not circles.too_small([world.program.pk], world.by)


def test_a_second_round_fills_up_the_circles_there_are(world):
    publish(world.draft(least=2, most=3), by=world.by, now=NOW)
    Publication.objects.update(released_at=NOW)
    for name in ("Gil", "Hana"):
        world.join(MENTEE, name, LAW)
    second = world.draft(least=2, most=3)
    assert world.circles(second) == {"Noor": ["Gil"]} or world.circles(second) == {"Noor": ["Hana"]}
    publish(second, by=world.by, now=NOW)
    assert Circle.objects.count() == 2
    assert Membership.objects.get(user__name="Noor Example").pairings_as_mentor.count() == 3


def small_answer(seed):
    """Circles found for a small random instance, and how many each needs."""
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 31, (12, 4))
    scores[rng.random(scores.shape) < 0.45] = -1
    capacity = rng.integers(1, 4, 4)
    least = np.minimum(rng.integers(0, 4, 4), capacity)
    nobody = np.full(12, -1)
    given = {"capacity": capacity, "priority": np.zeros(12, dtype=np.int64), "coverage_first": True, "pins": nobody}
    given |= {"mentee_order": np.arange(12), "mentor_order": np.arange(4)}
    found = solve_circles(scores, least=least, **given)
    shown = {**given, "scores": scores, "capacity": found.places}
    return CircleAnswer(shown, found, 1, least, capacity, 3), scores, least, given


@pytest.mark.once
def test_a_place_more_that_is_named_brings_somebody_in_and_nobody_out():
    tried = 0
    for seed in range(20):
        answer, scores, least, given = small_answer(seed)
        left = np.flatnonzero(answer.assignment < 0)
        if not left.size:
            continue
        only_matched = scores.copy()
        only_matched[left] = -1
        chains, _holders = answer.chains(only_matched)
        mentee = int(left[0])
        for mentor in np.flatnonzero((scores[mentee] >= 0) & (chains.to_new < NEVER)).tolist():
            more = given["capacity"].copy()
            more[int(chains.new_with[mentor])] += 1
            found = solve_circles(scores, least=least, **{**given, "capacity": more})
            worth = answer.total + int(scores[mentee, mentor]) - int(chains.to_new[mentor])
            assert (found.matched, found.total) >= (answer.matched + 1, worth)
            tried += 1
    assert tried > 10
