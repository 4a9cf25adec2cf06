"""The proof's sentence is true: every fact in it is what trying all assignments finds."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.rounds.answer import answer_to
from matching.rounds.proof import sentences

pytestmark = pytest.mark.once


@st.composite
def instances(draw):
    mentees, mentors = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    scores = [[draw(st.integers(-1, 9)) for _ in range(mentors)] for _ in range(mentees)]
    return {
        "scores": np.array(scores),
        "capacity": np.array([draw(st.integers(0, 2)) for _ in range(mentors)]),
        "priority": np.array([draw(st.integers(0, 1)) for _ in range(mentees)]),
        "coverage_first": draw(st.booleans()),
        "pins": np.full(mentees, -1),
        "mentee_order": np.arange(mentees),
        "mentor_order": np.arange(mentors),
    }


def everything(problem):
    """All assignments: how many are matched, how many of the first class, the total, the lowest score."""
    scores, capacity = problem["scores"], problem["capacity"]
    for chosen in product(range(-1, len(capacity)), repeat=len(scores)):
        pairs = [(i, j) for i, j in enumerate(chosen) if j >= 0]
        points = [int(scores[pair]) for pair in pairs]
        within = all(chosen.count(j) <= places for j, places in enumerate(capacity))
        if within and min(points, default=0) >= 0:
            first = sum(problem["priority"][i] == 0 for i, _j in pairs)
            yield len(pairs), first, sum(points), min(points, default=99)


@settings(max_examples=80, deadline=None)
@given(instances(), st.sampled_from([0, 1, 10]))
def test_every_fact_of_the_proof_is_what_trying_everything_finds(problem, levels):
    answer = answer_to(problem, levels)
    facts = answer.facts
    ways = list(everything(problem))
    most = max(way[0] for way in ways)
    best_of_all = max((way[2], way[0]) for way in ways)
    if not problem["coverage_first"]:
        assert (facts["total"], facts["matched"]) == best_of_all
        assert facts["other"]["matched"] == most
        return
    assert facts["matched"] == most
    first = max(way[1] for way in ways if way[0] == most)
    as_many = [way for way in ways if way[:2] == (most, first)]
    assert facts["highest"] == max(way[2] for way in as_many)
    assert (facts["other"]["total"], facts["other"]["matched"]) == best_of_all
    if "floor" in facts:
        best = max(way[2] for way in as_many if way[3] >= facts["floor"])
        assert facts["floor_says_all"] == (best == facts["total"])
    else:
        assert facts["total"] == facts["highest"]


def facts(**changed):
    return {
        "coverage_first": True, "classes": False, "matched": 8, "total": 100, "highest": 104, "floor": 12,
        "floor_says_all": True, "other": {"matched": 7, "total": 105}, **changed,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "by_hand", "said"),
    [
        (facts(), False, "Nobody more can be matched. Among all ways to match as many with no pair under 12, none "
         "scores higher. Leaving one person out would score 5 more."),
        (facts(other={"matched": 8, "total": 100}), True, "With what is set by hand, nobody more can be matched. "
         "Among all ways to match as many with no other pair under 12, none scores higher. "
         "Leaving people out would not score more."),
        (facts(coverage_first=False, total=105, matched=7, other={"matched": 8, "total": 104}), False,
         "No other way to match people scores higher, however many it matches. Among the ways that score as much, none "
         "matches more people. Matching one person more would score 1 less."),
    ],
)  # fmt: skip
def test_the_sentence_for_each_setting(given, by_hand, said):
    assert " ".join(sentences(given, by_hand)) == said
