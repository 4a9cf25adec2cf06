"""Scoring against a plain loop over pairs, and the real sample of a civil-service program."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.scoring import (
    KINDS,
    Field,
    PolicyError,
    Rule,
    coordinator_words,
    costs,
    pair_words,
    parse_policy,
    reasons,
    rule_kind,
    score,
    why_none,
    why_not,
)
from matching.solver import solve

SAMPLE = Path(__file__).parents[1] / "data" / "civil-service-small"
GRADES = ["AA", "AO", "EO", "HEO", "SEO", "Grade 7", "Grade 6", "SCS1", "SCS2", "SCS3", "SCS4"]
pytestmark = pytest.mark.once
checked = settings(max_examples=150, deadline=None, derandomize=True)


def civil_service_policy(honour):
    """The program's own rules as a policy."""
    return {
        "rules": [
            {"id": "elsewhere", "kind": "must_differ", "mentee": "organisation", "mentor": "organisation"},
            {
                "id": "grade",
                "kind": "ordinal_distance",
                "mentee": "grade",
                "mentor": "grade",
                "scale": GRADES,
                "points": {"1": 9, "2": 12},
            },
            {
                "id": "profession",
                "kind": "same_value",
                "mentee": "profession",
                "mentor": "profession",
                "points": 10,
                "pair_words": "You both work in {value}.",
            },
            {
                "id": "wish",
                "kind": "wish_met",
                "mentee": "identity-to-match",
                "mentor": "characteristics",
                "points": 6,
                "asked": "match-with-similar-identity",
                "honour": honour,
            },
        ],
        "floor_levels": 10,
        "coverage_first": True,
    }


def sample_answers(name):
    """A file's columns, keyed as questions are, with several values as a list."""
    with (SAMPLE / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = {key.replace(" ", "-"): [row[key] or None for row in rows] for key in rows[0]}
    if "characteristics" in columns:
        columns["characteristics"] = [each and each.split(", ") for each in columns["characteristics"]]
    return columns


def labels(columns):
    """Labels like those of a questionnaire."""
    return {key: key.replace("-", " ").capitalize() for key in columns}


def scored_sample(honour):
    """The sample with its policy."""
    mentees, mentors = sample_answers("mentees"), sample_answers("mentors")
    policy = parse_policy(civil_service_policy(honour), labels(mentees), labels(mentors))
    return score(policy, mentees, mentors)


# --- The real sample


@pytest.mark.parametrize(
    ("honour", "levels", "total"),
    [(False, 0, 750), (False, 1, 750), (False, 10, 747), (True, 0, 727), (True, 1, 727), (True, 10, 724)],
)
def test_the_sample_reaches_the_known_figures(honour, levels, total):
    solution = solve(scored_sample(honour).matrix, np.ones(50, dtype=int), floor_levels=levels)
    assert (solution.matched, solution.total) == (35, total)
    assert solution.primal == solution.dual


def test_characteristics_as_text_with_commas_score_the_same():
    mentees, mentors = sample_answers("mentees"), sample_answers("mentors")
    mentors["characteristics"] = [each and ", ".join(each) for each in mentors["characteristics"]]
    policy = parse_policy(civil_service_policy(False), labels(mentees), labels(mentors))
    assert (score(policy, mentees, mentors).matrix == scored_sample(False).matrix).all()


def test_a_wish_with_a_comma_of_its_own_is_met_too():
    policy = parse_policy({"rules": [WISHED]}, ["x"], ["y"])
    mentees = {"x": ["Arts, sports", "sports", "Arts"]}
    mentors = {"y": ["arts, Sports", ["Arts, sports"], ["Arts", "sports"]]}
    assert score(policy, mentees, mentors).matrix.tolist() == [[1, 1, 0], [1, 1, 1], [1, 1, 1]]


# --- Against a plain loop

TEXTS = st.sampled_from(["a", " A ", "b", "B, c", "c", "yes", "No", "", "  ", "3,5", "inf", "nan"])
VALUES = st.one_of(st.none(), TEXTS, st.lists(TEXTS, max_size=3), st.booleans(), st.sampled_from([1, 1.0, 2, 2.5]))
QUESTIONS = ["x", "y", "z"]


@st.composite
def situations(draw):
    """A policy of any rules over few answers, both sides' answers, and some pairs kept apart."""
    points = st.integers(0, 20)
    chosen = {"mentee": st.sampled_from(QUESTIONS), "mentor": st.sampled_from(QUESTIONS)}
    kinds = [
        st.fixed_dictionaries({"kind": st.just("must_differ"), **chosen}),
        st.fixed_dictionaries(
            {
                "kind": st.sampled_from(["ordinal_distance", "ordinal_points"]),
                **chosen,
                "scale": st.sampled_from([["a", "b", "c"], ["1", "2", "b", "yes"]]),
                "points": st.dictionaries(st.sampled_from(["-1", "0", "1", "2"]), points, min_size=1),
            }
        ),
        *(
            st.fixed_dictionaries({"kind": st.just(kind), **chosen, "points": points})
            for kind in ("same_value", "different_value", "shared_interests")
        ),
        st.fixed_dictionaries({"kind": st.just("must_agree"), **chosen}),
        st.fixed_dictionaries({"kind": st.just("numbers_within"), **chosen, "most": st.integers(0, 2)}),
        st.fixed_dictionaries(
            {
                "kind": st.just("wish_met"),
                **chosen,
                "points": points,
                "asked": st.sampled_from(QUESTIONS),
                "honour": st.booleans(),
            }
        ),
    ]
    data = {"rules": draw(st.lists(st.one_of(*kinds), max_size=4))}
    sizes = draw(st.integers(0, 4)), draw(st.integers(0, 4))
    asked = [draw(st.sets(st.sampled_from(QUESTIONS))) for _ in sizes]
    columns = [
        {key: draw(st.lists(VALUES, min_size=size, max_size=size)) for key in sorted(keys)}
        for size, keys in zip(sizes, asked, strict=True)
    ]
    apart = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=2))
    return data, sizes, columns, [(i, j) for i, j in apart if i < sizes[0] and j < sizes[1]]


def things(value):
    """What an answer says, written anew for the loop."""
    if value is None:
        return set()
    if isinstance(value, list):
        return set().union(*map(things, value))
    if isinstance(value, bool):
        return {"yes" if value else "no"}
    if isinstance(value, (int, float)):
        return {f"{value:g}"}
    return {value.strip().lower()} - {""}


def plain_shared(rule, left, right, mentees, mentors):
    """The points of what two share, counted anew over everybody."""
    said = [things(value) for value in (*mentees(rule["mentee"]), *mentors(rule["mentor"]))]
    others, points = max(len(said) - 2, 1), 0
    for each in left & right:
        named = sum(each in one for one in said)
        points += max(rule["points"] * (others - (named - 2)) // others, min(rule["points"], 1))
    return min(points, 3 * rule["points"])


def plain_number(said):
    try:
        number = float(said.replace(",", "."))
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def plain_points(rule, mentee, mentor, mentees, mentors):
    """One pair by one rule, straight from the words of the policy; None forbids."""
    left, right = things(mentee(rule["mentee"])), things(mentor(rule["mentor"]))
    if rule["kind"] == "must_agree":
        return 0 if left & right or not (left and right) else None
    if rule["kind"] == "different_value":
        return rule["points"] if left and right and not left & right else 0
    if rule["kind"] == "shared_interests":
        return plain_shared(rule, left, right, mentees, mentors)
    if rule["kind"] == "numbers_within":
        low, high = ([plain_number(each) for each in side] for side in (left, right))
        known = len(low) == len(high) == 1 and None not in (*low, *high)
        return None if known and abs(high[0] - low[0]) > rule["most"] else 0
    if rule["kind"] == "must_differ":
        return None if left & right else 0
    if rule["kind"] == "same_value":
        return rule["points"] if left & right else 0
    if rule["kind"] == "wish_met":
        if rule["honour"] and "yes" not in things(mentee(rule["asked"])):
            return 0
        return rule["points"] if left & (right | {p.strip() for r in right for p in r.split(",")}) else 0
    otherwise = 0 if rule["kind"] == "ordinal_points" else None
    if len(left) != 1 or len(right) != 1 or not (left | right) <= set(rule["scale"]):
        return otherwise
    distance = rule["scale"].index(right.pop()) - rule["scale"].index(left.pop())
    return rule["points"].get(str(distance), otherwise)


@checked
@given(situations())
def test_every_score_is_that_of_a_plain_loop_and_the_sum_of_its_reasons(situation):
    data, sizes, (mentees, mentors), apart = situation
    scored = score(parse_policy(data, QUESTIONS, QUESTIONS), mentees, mentors, apart, shape=sizes)
    assert scored.matrix.shape == sizes
    assert scored.matrix.dtype == np.int64
    for i in range(sizes[0]):
        for j in range(sizes[1]):
            points = [
                plain_points(
                    rule,
                    lambda key, i=i: mentees.get(key, [None] * sizes[0])[i],
                    lambda key, j=j: mentors.get(key, [None] * sizes[1])[j],
                    lambda key: mentees.get(key, [None] * sizes[0]),
                    lambda key: mentors.get(key, [None] * sizes[1]),
                )
                for rule in data["rules"]
            ]
            forbidden = (i, j) in apart or None in points
            assert scored.matrix[i, j] == (-1 if forbidden else sum(points))
            found = reasons(scored, i, j)
            assert sum(reason.points for reason in found) == (0 if forbidden else scored.matrix[i, j])
            assert bool(why_not(scored, i, j)) == forbidden


@checked
@given(situations())
def test_what_blocks_and_what_rules_cost_are_those_of_a_plain_count(situation):
    data, sizes, (mentees, mentors), apart = situation
    policy = parse_policy(data, QUESTIONS, QUESTIONS)
    scored = score(policy, mentees, mentors, apart, shape=sizes)
    hard = [index for index, rule in enumerate(policy.rules) if rule.hard]
    for index, cost in zip(hard, costs(scored), strict=True):
        alone = score(
            parse_policy({"rules": [data["rules"][index]]}, QUESTIONS, QUESTIONS), mentees, mentors, shape=sizes
        )
        assert cost.mentees == (alone.matrix < 0).all(axis=1).sum()
        assert cost.mentors == (alone.matrix < 0).all(axis=0).sum()
    for mentee in range(sizes[0]):
        for blocked in why_none(scored, mentee):
            if blocked.rule_id is None:
                rest = score(policy, mentees, mentors, shape=sizes)
            else:
                index = [rule.id for rule in policy.rules].index(blocked.rule_id)
                others = {"rules": data["rules"][:index] + data["rules"][index + 1 :]}
                rest = score(parse_policy(others, QUESTIONS, QUESTIONS), mentees, mentors, apart, shape=sizes)
            assert blocked.possible_without == (rest.matrix[mentee] >= 0).sum()


# --- Missing answers


def test_a_missing_organisation_forbids_nothing_but_a_missing_grade_forbids_all_and_is_reported():
    mentees = {"organisation": [None, "Joy"], "grade": ["HEO", None]}
    mentors = {"organisation": ["joy ", ""], "grade": ["SEO", "Grade 99"]}
    data = {"rules": civil_service_policy(False)["rules"][:2]}
    scored = score(parse_policy(data, labels(mentees), labels(mentors)), mentees, mentors)
    assert scored.matrix.tolist() == [[9, -1], [-1, -1]]
    assert [(each.side, each.person, each.key, each.sentence) for each in scored.diagnostics] == [
        ("mentee", 1, "grade", "Grade missing or not on the scale"),
        ("mentor", 1, "grade", "Grade missing or not on the scale"),
    ]
    assert [reason.rule_id for reason in reasons(scored, 0, 0)] == ["grade"]
    blocked = why_none(scored, 1)
    assert [(each.rule_id, each.own_answer) for each in blocked] == [("grade", True), ("elsewhere", False)]
    assert blocked[0].sentence.endswith("Excludes everybody: Grade missing or not on the scale.")


def test_nobody_and_nothing_is_no_error():
    policy = parse_policy(
        civil_service_policy(False), labels(sample_answers("mentees")), labels(sample_answers("mentors"))
    )
    assert score(policy, {}, {}).matrix.shape == (0, 0)
    assert (score(policy, {}, {}, shape=(2, 3)).matrix == -1).all()
    assert score(parse_policy({}, [], []), {}, {}, shape=(2, 3)).matrix.tolist() == [[0, 0, 0], [0, 0, 0]]


def test_answers_and_pairs_that_do_not_fit_are_refused():
    policy = parse_policy({"rules": []}, [], [])
    with pytest.raises(ValueError, match="different lengths"):
        score(policy, {"a": ["x"], "b": []}, {})
    with pytest.raises(ValueError, match="not there"):
        score(policy, {"a": ["x"]}, {"a": ["x"]}, [(0, 1)])
    with pytest.raises(ValueError, match="yes or no"):
        score(policy, {"a": ["x"]}, {"a": ["x"]}, np.zeros((2, 1), dtype=bool))
    assert score(policy, {"a": ["x"]}, {"a": ["x"]}, np.ones((1, 1), dtype=bool)).matrix.tolist() == [[-1]]


# --- Words


def pair_of_sample():
    """A pair in which every rule says something."""
    scored = scored_sample(True)
    mentee, mentor = np.unravel_index(scored.matrix.argmax(), scored.matrix.shape)
    return scored, int(mentee), int(mentor)


def test_reasons_tell_each_rule_its_points_and_the_answers_used():
    scored, mentee, mentor = pair_of_sample()
    found = {reason.rule_id: reason for reason in reasons(scored, mentee, mentor)}
    assert {key: reason.points for key, reason in found.items()} == {
        "elsewhere": 0,
        "grade": 12,
        "profession": 10,
        "wish": 6,
    }
    assert [(used.side, used.key) for used in found["wish"].uses] == [
        ("mentee", "identity-to-match"),
        ("mentee", "match-with-similar-identity"),
        ("mentor", "characteristics"),
    ]
    assert found["grade"].sentence == "The mentor's grade is two steps above the mentee's."
    assert found["elsewhere"].sentence == "The mentor has a different organisation."


def test_the_pair_is_told_only_what_both_may_see():
    scored, mentee, mentor = pair_of_sample()
    found = reasons(scored, mentee, mentor)
    profession = sample_answers("mentees")["profession"][mentee]
    both = {("mentee", "profession"), ("mentor", "profession")}
    assert pair_words(found, both) == [f"You both work in {profession}."]
    assert pair_words(found, {("mentee", "profession")}) == []
    assert pair_words(found, set()) == []
    wish = {("mentee", "identity-to-match"), ("mentor", "characteristics")}
    assert pair_words(found, wish) == []  # whether they asked for it is used too
    assert len(pair_words(found, wish | {("mentee", "match-with-similar-identity")})) == 1


def test_coordinators_read_a_sensitive_rule_without_its_value():
    scored, mentee, mentor = pair_of_sample()
    found = reasons(scored, mentee, mentor)
    words = coordinator_words(found, {("mentor", "characteristics")})
    value = sample_answers("mentees")["identity-to-match"][mentee]
    assert words[-1] == "A personal wish is met."
    assert not any(value in each for each in words)
    assert value in coordinator_words(found, set())[-1]


def test_why_nobody_counts_and_names_no_answer_of_others():
    mentees = {"organisation": ["Joy"], "grade": ["HEO"]}
    mentors = {"organisation": ["Joy", "Joy", "Love"], "grade": ["SEO", "AA", "AA"]}
    data = {"rules": civil_service_policy(False)["rules"][:2]}
    scored = score(parse_policy(data, labels(mentees), labels(mentors)), mentees, mentors)
    assert [(each.rule_id, each.excludes, each.possible_without) for each in why_none(scored, 0)] == [
        ("elsewhere", 2, 1),
        ("grade", 2, 1),
    ]
    text = " ".join(each.sentence for each in why_none(scored, 0))
    assert "Excludes 2 of 3 mentors; 1 would be possible without it." in text
    assert not any(word in text for word in ("Joy", "Love", "SEO", "AA"))
    assert [(cost.rule_id, cost.mentees, cost.mentors) for cost in costs(scored)] == [
        ("elsewhere", 0, 2),
        ("grade", 0, 2),
    ]


# --- Policies


def test_a_policy_reads_back_what_it_writes():
    mentees, mentors = labels(sample_answers("mentees")), labels(sample_answers("mentors"))
    policy = parse_policy(civil_service_policy(True), mentees, mentors)
    assert policy.to_json() == {
        **civil_service_policy(True),
        "never_again": True,
        "first": [{"kind": "left"}, {"kind": "waiting"}],
    }
    assert parse_policy(policy.to_json(), mentees, mentors) == policy


def test_rules_without_an_id_get_one_each():
    rule = {"kind": "same_value", "mentee": "x", "mentor": "y", "points": 1}
    data = {"rules": [rule, {**rule, "id": "same_value-1"}, rule]}
    ids = [each.id for each in parse_policy(data, ["x"], ["y"]).rules]
    assert len(set(ids)) == 3
    assert ids[1] == "same_value-1"


def test_own_words_stand_for_the_rule():
    rule = {"kind": "must_differ", "mentee": "x", "mentor": "y", "sentence": "Never in one house."}
    assert parse_policy({"rules": [rule]}, ["x"], ["y"]).rules[0].sentence() == "Never in one house."


SAME = {"kind": "same_value", "mentee": "x", "mentor": "y", "points": 1}
STEPS = {"kind": "ordinal_distance", "mentee": "x", "mentor": "y", "scale": ["a", "b"], "points": {"1": 1}}
WISHED = {"kind": "wish_met", "mentee": "x", "mentor": "y", "points": 1}


@pytest.mark.parametrize(
    ("data", "paths"),
    [
        ([], [""]),
        ({"rules": {}}, ["rules"]),
        ({"rulez": []}, ["rulez"]),
        ({"rules": [3]}, ["rules.0"]),
        ({"rules": [{}]}, ["rules.0.kind"]),
        ({"rules": [{"kind": ["same_value"]}]}, ["rules.0.kind"]),
        ({"rules": [SAME, {**SAME, "kind": "near"}]}, ["rules.1.kind"]),
        ({"rules": [{"kind": "same_value"}]}, ["rules.0.mentee", "rules.0.mentor", "rules.0.points"]),
        ({"rules": [{**SAME, "mentee": "y"}]}, ["rules.0.mentee"]),
        ({"rules": [{**SAME, "mentor": ["y"]}]}, ["rules.0.mentor"]),
        ({"rules": [{**SAME, "points": True}]}, ["rules.0.points"]),
        ({"rules": [{**SAME, "points": -1}]}, ["rules.0.points"]),
        ({"rules": [{**SAME, "points": 1.5}]}, ["rules.0.points"]),
        ({"rules": [{**SAME, "weight": 1}]}, ["rules.0.weight"]),
        ({"rules": [{**SAME, "id": ""}]}, ["rules.0.id"]),
        ({"rules": [{**SAME, "id": "a"}, {**SAME, "id": "a"}]}, ["rules.1.id"]),
        ({"rules": [{**SAME, "sentence": 1}]}, ["rules.0.sentence"]),
        ({"rules": [{**STEPS, "scale": ["a"]}]}, ["rules.0.scale"]),
        ({"rules": [{**STEPS, "scale": ["a", " A"]}]}, ["rules.0.scale.1"]),
        ({"rules": [{**STEPS, "scale": ["a", 2]}]}, ["rules.0.scale.1"]),
        ({"rules": [{**STEPS, "points": {}}]}, ["rules.0.points"]),
        ({"rules": [{**STEPS, "points": {"one": 1, "2": "x"}}]}, ["rules.0.points.one", "rules.0.points.2"]),
        ({"rules": [{**WISHED, "honour": True}]}, ["rules.0.asked"]),
        ({"rules": [{**WISHED, "honour": "yes"}]}, ["rules.0.honour"]),
        ({"rules": [{**WISHED, "asked": "y"}]}, ["rules.0.asked"]),
        ({"rules": [{**SAME, "points": 100_000}] * 11}, ["rules"]),
        ({"floor_levels": -1, "coverage_first": 1}, ["floor_levels", "coverage_first"]),
    ],
)
def test_what_is_wrong_with_a_policy_is_said_where_it_is(data, paths):
    with pytest.raises(PolicyError) as caught:
        parse_policy(data, ["x"], ["y"])
    assert [path for path, _ in caught.value.errors] == paths
    assert all(sentence.endswith(".") for _, sentence in caught.value.errors)


def test_every_kind_says_what_a_form_needs():
    types = {"mentee_question", "mentor_question", "scale", "points", "number", "points_by_distance", "bool", "texts"}
    for name, kind in KINDS.items():
        assert kind.kind == name
        assert kind.label
        # How a mentor's people are spread is a matter of no question, and of several mentors only they are asked.
        asks = {"load_spread": set(), "one_of_each": {"mentor"}}.get(name, {"mentee", "mentor"})
        assert {field.name for field in kind.fields} >= asks
        assert {field.type for field in kind.fields} <= types
        assert all(isinstance(field, Field) and field.label for field in kind.fields)


def test_a_new_kind_is_one_class():
    @rule_kind
    @dataclass(frozen=True, kw_only=True)
    class Always(Rule):
        kind = "always"
        label = "Always"
        hard = False
        fields = KINDS["must_differ"].fields

        def default_sentence(self):
            return "Everybody suits."

        def table(self, mentees, mentors):
            return np.full((len(mentees), len(mentors)), 4)

        def highest(self):
            return 4

        def reason(self, mentee, mentor):
            return self.sentence(), None

    try:
        policy = parse_policy({"rules": [{"kind": "always", "mentee": "x", "mentor": "x"}]}, ["x"], ["x"])
    finally:
        del KINDS["always"]
    scored = score(policy, {"x": ["a", None]}, {"x": ["b"]})
    assert scored.matrix.tolist() == [[4], [4]]
    assert reasons(scored, 1, 0)[0].points == 4
