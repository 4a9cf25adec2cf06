"""The kinds of rules one by one: what they forbid, what they bring, and what they say."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.scoring import KINDS, WHO, PolicyError, parse_policy, reasons, score, why_none
from matching.scoring.answers import PRESENT

pytestmark = pytest.mark.once
checked = settings(max_examples=60, deadline=None, derandomize=True)


def scored(rule, mentees, mentors):
    """One rule over answers to the question x (or more, by key)."""
    left = mentees if isinstance(mentees, dict) else {"x": mentees}
    right = mentors if isinstance(mentors, dict) else {"x": mentors}
    policy = parse_policy({"rules": [{"mentee": "x", "mentor": "x", **rule}]}, {"x": "Thing"}, {"x": "Thing"})
    found = score(policy, left, right)
    for i, j in zip(*np.nonzero(found.matrix >= 0), strict=True):
        assert sum(reason.points for reason in reasons(found, i, j)) == found.matrix[i, j]
    assert found.matrix.max(initial=0) <= policy.rules[0].highest()
    assert parse_policy(policy.to_json(), {"x": "Thing"}, {"x": "Thing"}) == policy
    return found


def matrix(rule, mentees, mentors):
    return scored(rule, mentees, mentors).matrix.tolist()


def wrong(rule):
    with pytest.raises(PolicyError) as caught:
        parse_policy({"rules": [rule]}, {"x": "Thing"}, {"x": "Thing"})
    return [path for path, _sentence in caught.value.errors]


def sentence(rule):
    return (
        parse_policy({"rules": [{"mentee": "x", "mentor": "x", **rule}]}, {"x": "Grade"}, {"x": "Grade"})
        .rules[0]
        .sentence()
    )


def test_at_least_so_senior():
    rule = {"kind": "at_least_senior", "scale": ["A", "B", "C"], "least": 1}
    assert matrix(rule, ["a", "C", None], ["A", "b", "C", "D"]) == [[-1, 0, 0, -1], [-1] * 4, [-1] * 4]
    assert sentence(rule) == "The mentor's grade is at least one step above the mentee's."
    assert sentence({**rule, "least": 0}) == "The mentor's grade is not below the mentee's."
    assert "not on the scale" in why_none(scored(rule, [None], ["C"]), 0)[0].sentence


def test_the_mentors_number_is_higher():
    rule = {"kind": "number_above", "least": 5}
    assert matrix(rule, [20, "30,5", None], [25, 35.5, "no"]) == [[0, 0, -1], [-1, 0, -1], [-1, -1, -1]]


def test_a_number_of_one_side_or_of_both():
    grown = {"kind": "number_between", "mentee": None, "least": 21}
    assert matrix(grown, [3, None], [20, 21, None, "forty"]) == [[-1, 0, -1, -1]] * 2
    young = {"kind": "number_between", "mentor": None, "least": 11, "most": 18}
    assert matrix(young, [10, 11, 18, 19], [1]) == [[-1], [0], [0], [-1]]
    assert matrix({"kind": "number_between", "most": 9}, [9, 10], [9, 10]) == [[0, -1], [-1, -1]]
    assert sentence(grown) == "The mentor's grade is at least 21."
    assert (
        sentence({**young, "mentor": "x"})
        == "The mentee's grade and the mentor's grade are at least 11 and at most 18."
    )
    assert wrong({"kind": "number_between", "least": 1}) == ["rules.0.mentor"]
    assert wrong({"kind": "number_between", "mentor": "x"}) == ["rules.0.least"]
    assert wrong({"kind": "number_between", "mentor": "x", "least": 2, "most": 1}) == ["rules.0.most"]


def test_only_whoever_gave_an_answer_is_matched():
    rule = {"kind": "must_say", "mentee": None, "values": ["Yes", "renewed"]}
    assert matrix(rule, [None], [True, False, "Renewed ", ["x", "yes"], None]) == [[0, -1, 0, 0, -1]]
    assert sentence(rule) == "The mentor's grade is Yes or renewed."
    assert wrong({"kind": "must_say", "mentor": "x", "values": []}) == ["rules.0.values"]


def test_no_two_mentors_of_one_mentee_said_the_same():
    policy = parse_policy({"rules": [{"kind": "one_of_each", "mentor": "x"}]}, {}, {"x": "Employer"})
    having = [["harbour council"], [], ["harbour council", "the bank"]]
    mentors = {"x": ["Harbour Council", "The Bank", None]}
    assert score(policy, {PRESENT + "x": having}, mentors).matrix.tolist() == [[-1, 0, 0], [0, 0, 0], [-1, -1, 0]]
    # Where nobody has filled it in, nothing is forbidden.
    assert score(policy, {"y": [None]}, mentors).matrix.tolist() == [[0, 0, 0]]
    assert policy.rules[0].sentence() == "Nobody has two mentors with the same employer."


PEOPLE = {"x": [None, "Chitra", "dafydd@example.org; Chitra"], WHO: [["amara"], ["bo"], []]}
OTHERS = {"x": ["BO", None], WHO: [["chitra"], ["dafydd@example.org", "dafydd"]]}


def test_nobody_is_matched_with_whom_either_names():
    rule = {"kind": "never_named"}
    assert matrix(rule, PEOPLE, OTHERS) == [[0, 0], [-1, 0], [-1, -1]]
    assert matrix({**rule, "mentee": None}, PEOPLE, OTHERS) == [[0, 0], [-1, 0], [0, 0]]
    assert wrong(rule) == ["rules.0.mentee"]


def test_wishes_by_name_the_earlier_the_more_and_mutual_first():
    rule = {"kind": "preferences", "points": 10}
    # Bo and Chitra name each other; the third has Dafydd first and Chitra second.
    assert matrix(rule, PEOPLE, OTHERS) == [[0, 0], [30, 0], [8, 10]]
    found = parse_policy({"rules": [{**rule, "mentee": "x"}]}, ["x"], ["x"]).rules[0]
    worths = [found.worth(place) for place in range(8)]
    assert worths == [10, 8, 6, 4, 2, 2, 2, 2] and found.highest() == 30
    # What both wish for is more than any wish of one side.
    assert min(worths) * 2 + found.points > max(worths)


def test_wanted_skills_with_their_level():
    rule = {"kind": "skills_offered", "points": 6}
    wanted = [["Python: 4", "Sewing"], "python", None, "a, b, c, d"]
    offered = ["Python (2); sewing", ["PYTHON: 9"], None, "D, C, B, A"]
    assert matrix(rule, wanted, offered) == [[9, 6, 0, 0], [6, 6, 0, 0], [0, 0, 0, 0], [0, 0, 0, 18]]
    told = reasons(scored(rule, wanted, offered), 0, 0)[0]
    assert told.sentence == "Wanted and offered: Sewing, Python."
    assert told.pair_sentence == told.sentence


def test_the_language_both_speak_best():
    rule = {"kind": "fluency", "points": 12}
    assert matrix(rule, [["pt", "en"], ["en"], []], [["en", "pt"], ["cy"], "en"]) == [[6, 0, 6], [12, 0, 12], [0, 0, 0]]
    assert reasons(scored(rule, [["pt", "en"]], [["en"]]), 0, 0)[0].sentence == "Both speak en."


def hours(rule, mentees, mentors):
    labels = {"@free": "Free times", "x": "Thing"}
    policy = parse_policy({"rules": [{"mentee": "@free", "mentor": "@free", **rule}]}, labels, labels)
    return score(policy, {"@free": mentees}, {"@free": mentors})


def test_hours_in_common_forbid_or_count():
    evening, late, none = list(range(72, 80)), list(range(76, 84)), []
    least = hours({"kind": "common_hours", "least": 1}, [evening, none], [late, [1], none])
    # Whoever said nothing is not shut out.
    assert least.matrix.tolist() == [[0, -1, 0], [0, 0, 0]]
    told = reasons(least, 0, 0)[0]
    assert (told.sentence, told.pair_sentence) == ("1 hour a week in common.", "You have 1 hour a week in common.")
    assert least.policy.rules[0].sentence() == "Mentor and mentee have at least 1 hour a week in common."
    points = hours({"kind": "hours_points", "points": 3, "most": 1}, [evening], [late, evening, [72, 73, 74], none])
    assert points.matrix.tolist() == [[3, 3, 0, 0]]
    assert wrong({"kind": "common_hours", "mentee": "x", "mentor": "x", "least": 1}) == [
        "rules.0.mentee",
        "rules.0.mentor",
    ]


@pytest.mark.parametrize("few", [0, 512])
def test_where_many_things_are_said_it_adds_up_alike(few, monkeypatch):
    monkeypatch.setattr(sys.modules["matching.scoring.score"], "FEW", few)
    labels = {"@free": "Free times", "x": "Thing", "many": "Things"}
    rules = [
        {"kind": "must_differ", "mentee": "x", "mentor": "x"},
        {"kind": "common_hours", "mentee": "@free", "mentor": "@free", "least": 1},
        {"kind": "shared_interests", "mentee": "many", "mentor": "many", "points": 8},
        {"kind": "skills_offered", "mentee": "many", "mentor": "many", "points": 5},
        {"kind": "hours_points", "mentee": "@free", "mentor": "@free", "points": 3, "most": 2},
    ]
    early, late = list(range(72, 80)), list(range(76, 90))
    mentees = {"x": ["a", "b", "c"], "many": [["p", "q"], ["q"], ["p", "q", "r", "s", "t"]], "@free": [early, late, []]}
    mentors = {"x": ["b", "d", "d"], "many": [["q"], ["p", "q", "r", "s: 2"], []], "@free": [late, late, early]}
    found = score(parse_policy({"rules": rules}, labels, labels), mentees, mentors)
    assert found.matrix.tolist() == [[10, 21, 6], [-1, 13, 3], [7, 31, 0]]
    for (i, j), points in np.ndenumerate(found.matrix):
        assert points == (-1 if points < 0 else sum(table.of(i, j) for table in found.tables))


TEXTS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.sampled_from(["a", "B: 2", "c (1), b", ",;:", "| x", "a\tb"]),
    st.lists(st.sampled_from(["a", "b: 3", "c", ""]), max_size=3),
)
RULES = st.sampled_from(
    [
        {"kind": "at_least_senior", "scale": ["a", "b", "c"], "least": 1},
        {"kind": "number_above", "least": 2},
        {"kind": "number_between", "least": 0},
        {"kind": "must_say", "values": ["a", "yes"]},
        {"kind": "never_named"},
        {"kind": "preferences", "points": 7},
        {"kind": "skills_offered", "points": 5},
        {"kind": "fluency", "points": 9},
    ]
)


@checked
@given(RULES, st.lists(TEXTS, min_size=1, max_size=5), st.lists(TEXTS, min_size=1, max_size=5))
def test_whatever_was_said_each_pair_is_scored_by_itself(rule, mentees, mentors):
    who = [["a"], ["b"], [], ["c", "a"], []]
    left = {"x": mentees, WHO: who[: len(mentees)]}
    right = {"x": mentors, WHO: who[: len(mentors)]}
    whole = scored(rule, left, right).matrix
    for i in range(len(mentees)):
        for j in range(len(mentors)):
            alone = scored(rule, {key: [v[i]] for key, v in left.items()}, {key: [v[j]] for key, v in right.items()})
            assert alone.matrix[0, 0] == whole[i, j]


RULES_IN_WORDS = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_about_rules_names_every_kind_and_field_and_its_example_reads():
    text = RULES_IN_WORDS.read_text(encoding="utf-8")
    for kind in KINDS.values():
        (line,) = (line for line in text.splitlines() if line.startswith(f"| `{kind.kind}` "))
        assert all(f"`{field.name}`" in line for field in kind.fields)
    example = json.loads(text.partition("```json")[2].partition("```")[0])
    keys = {rule[side] for rule in example["rules"] for side in ("mentee", "mentor")} | {"works-alone"}
    assert parse_policy(example, keys, keys).to_json()["first"] == example["first"]
