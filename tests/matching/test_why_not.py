"""The cheapest change for whoever is unmatched is computed: with it they are matched, and at no less cost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.scoring import parse_policy, score
from matching.scoring.relaxing import Relaxing
from matching.solver import solve
from matching.solver.chains import NEVER, chains_of

pytestmark = pytest.mark.once


@st.composite
def instances(draw):
    mentees, mentors = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    cell = st.integers(-1, 6)
    scores = [[draw(cell) for _ in range(mentors)] for _ in range(mentees)]
    capacity = [draw(st.integers(0, 2)) for _ in range(mentors)]
    return np.array(scores), np.array(capacity)


def best(scores, capacity):
    found = solve(scores, capacity, floor_levels=0)
    return found.matched, found.total


@settings(max_examples=60, deadline=None)
@given(instances())
def test_what_a_place_costs_the_others_is_what_solving_again_finds(instance):
    scores, capacity = instance
    solution = solve(scores, capacity, floor_levels=0)
    only_matched = scores.copy()
    only_matched[solution.assignment < 0] = -1
    base = solve(only_matched, capacity, floor_levels=0)
    chains = chains_of(base, np.zeros(len(scores), dtype=bool))
    for mentor in range(len(capacity)):
        # One person more, whom only this mentor suits and who brings no points.
        row = np.full((1, len(capacity)), -1)
        row[0, mentor] = 0
        with_one = np.vstack([only_matched, row])
        matched, total = best(with_one, capacity)
        if chains.to_room[mentor] < NEVER:
            assert (matched, total) == (base.matched + 1, base.total - chains.to_room[mentor])
            continue
        assert matched == base.matched
        more = [best(with_one, capacity + (np.arange(len(capacity)) == place)) for place in range(len(capacity))]
        assert max(more) == (base.matched + 1, base.total - chains.to_new[mentor])
        assert more[chains.new_with[mentor]] == max(more)


RULES = {
    "rules": [
        {"id": "years", "kind": "numbers_within", "mentee": "years", "mentor": "years", "most": 1},
        {"id": "place", "kind": "must_differ", "mentee": "place", "mentor": "place"},
        {"id": "same", "kind": "same_value", "mentee": "work", "mentor": "work", "points": 3},
    ]
}
person = st.fixed_dictionaries(
    {"years": st.integers(0, 6), "place": st.sampled_from("ab"), "work": st.sampled_from("xy")}
)


def columns(people):
    return {key: [each[key] for each in people] for key in ("years", "place", "work")}


@settings(max_examples=60, deadline=None)
@given(st.lists(person, min_size=1, max_size=4), st.lists(person, min_size=1, max_size=4))
def test_a_rule_is_let_go_only_as_far_as_it_takes(mentees, mentors):
    policy = parse_policy(RULES, ["years", "place", "work"], ["years", "place", "work"])
    scored = score(policy, columns(mentees), columns(mentors))
    free = np.zeros(len(mentors), dtype=np.int64)
    for i in (scored.matrix < 0).all(axis=1).nonzero()[0].tolist():
        ways = Relaxing(scored).ways(i, free == 0, free)
        gaps = [
            abs(mentor["years"] - mentees[i]["years"]) for mentor in mentors if mentor["place"] != mentees[i]["place"]
        ]
        near = any(abs(mentor["years"] - mentees[i]["years"]) <= 1 for mentor in mentors)
        said = {looser.rule_id: looser.words for way in ways if len(way.looser) == 1 for looser in way.looser}
        assert ("years" in said) == bool(gaps) and ("place" in said) == near
        if gaps:
            assert said["years"] == f"allowing {min(gaps)} apart in years"
        if not gaps and not near:
            assert [len(way.looser) for way in ways] == [2]
        assert [way.worth for way in ways] == sorted((way.worth for way in ways), reverse=True)


def test_the_smallest_step_on_a_scale_is_named():
    rule = {"kind": "ordinal_distance", "mentee": "grade", "mentor": "grade", "scale": list("abcdef"),
            "points": {"1": 9, "2": 12}}  # fmt: skip
    policy = parse_policy({"rules": [rule]}, {"grade": "Grade"}, {"grade": "Grade"})
    scored = score(policy, {"grade": ["a", "?"]}, {"grade": ["f", "d"]})
    room = np.zeros(2, dtype=np.int64)
    [way] = Relaxing(scored).ways(0, room == 0, room)
    assert way.looser[0].words == "allowing a grade three steps above theirs" and way.mentor == 1
    [way] = Relaxing(scored).ways(1, room == 0, room)
    assert way.looser[0].words.startswith("setting aside")
