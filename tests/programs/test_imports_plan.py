"""Columns recognised, lines read: the pure part of an import."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.imports import columns, words
from programs.imports.columns import Meaning, faults, guess_kind, key_of, recognise
from programs.imports.plan import File, Known, KnownMembership, make_plan
from programs.imports.planning import checks
from programs.imports.reading import Refusal
from programs.imports.words import SENTENCES, say


def plan(header, *rows, role="mentee", meanings=None, **kwargs):
    meanings = meanings or recognise(header, rows, role)
    lines = [(number, row) for number, row in enumerate(rows, 2)]
    defaults = {"places": 1, "answers": {}, "checks": checks()}
    return make_plan([File(role, header, meanings, lines)], {}, **{**defaults, **kwargs})


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("first name", "first_name"),
        ("First Name", "first_name"),
        ("LAST_NAME", "last_name"),
        ("email address", "email"),
        ("E-mail", "email"),
        ("  Time   zone ", "time_zone"),
        ("Full name", "name"),
        ("Pronouns:", "pronouns"),
        ("both mentor and mentee", "answer"),
        ("grade", "answer"),
    ],
)
def test_columns_are_known_by_their_names(name, target):
    assert recognise([name], [["x"]], "mentee")[0].target == target


@pytest.mark.parametrize(
    "name",
    ["characteristics", "identity to match", "match with similar identity", "Gender", "Ethnic group", "Disability?",
     "Religion or belief", "sexual orientation", "Do you identify as LGBTQ+", "Age", "Protected characteristics"],
)  # fmt: skip
def test_columns_about_identity_are_for_the_matching_only(name):
    assert recognise([name], [["x"]], "mentee")[0].readers == columns.MATCHER


@pytest.mark.parametrize("name", ["language skills", "page", "Manager", "grade", "organisation", "Essex office"])
def test_other_columns_are_for_coordinators(name):
    assert recognise([name], [["x"]], "mentee")[0].readers == columns.COORDINATORS


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["yes", "No", ""], "yes_no"),
        (["1", "0", "1"], "number"),
        (["3", "12.5"], "number"),
        (["07700 900000", "07700900001"], "text"),
        (["Policy", "HR", "Policy", "HR"], "choice"),
        (["Gay, Lesbian", "Lesbian, Trans", "Gay, Trans"], "several"),
        (["Health, Education", "Health, Education", "Transport"], "text"),
        (["I like tea. " * 20, "No"], "long_text"),
        (["one", "two"], "text"),
        ([], "text"),
        (["", ""], "text"),
    ],
)
def test_kinds_are_guessed_from_the_values(values, kind):
    assert guess_kind(values) == kind


def test_a_second_address_column_is_an_answer():
    meanings = recognise(["email", "work email", "name"], [["a@x.org", "b@x.org", "Ann"]], "mentee")
    assert [meaning.target for meaning in meanings] == ["email", "answer", "name"]


def test_keys_stay_the_same_and_never_meet():
    assert key_of("Identity to match") == "identity_to_match"
    assert key_of("grade!", {"grade"}) == "grade_2"
    assert key_of("年龄") == "column"
    meanings = recognise(["年龄", "ß?", "a b", "a-b", "email"], [["1", "2", "3", "4", "x"]], "mentee")
    keys = [meaning.key for meaning in meanings[:4]]
    assert len(set(keys)) == 4


def test_faults_name_what_is_missing():
    assert [code for code, _ in faults([Meaning("answer")], ["x"])] == ["no_email_column", "no_name_column"]
    twice = [Meaning("email"), Meaning("email"), Meaning("name")]
    assert faults(twice, ["a", "b", "c"]) == [("twice", {"target": "email", "columns": ["a", "b"]})]
    assert ("no_order", {"column": "g"}) in faults([Meaning("answer", "scale")], ["g"])
    both = [Meaning("name"), Meaning("last_name"), Meaning("email")]
    assert ("two_ways_of_naming", {}) in faults(both, ["a", "b", "c"])


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (["", "a@x.org"], "no_name", "name"),
        (["Ann", ""], "no_address", "email"),
        (["Ann", "nobody"], "bad_address", "email"),
        (["Ann", "a@x"], "bad_address", "email"),
        (["Ann", "a" * 300 + "@x.org"], "bad_address", "email"),
        (["x" * 151, "a@x.org"], "too_long", "name"),
    ],
)
def test_bad_lines_are_refused_with_line_and_column(row, code, column):
    (line,) = plan(["name", "email"], row).lines
    assert line.outcome == "refused" and line.line == 2
    assert (line.refusal.code, line.refusal.column) == (code, column)
    assert say(line.refusal.code, line.refusal.params)


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [
        ("time zone", "Mars/Olympus", "bad_zone"),
        ("free times", "in the evening", "bad_times"),
        ("pronouns", "x" * 41, "too_long"),
    ],
)
def test_what_a_person_is_is_checked(name, cell, code):
    (line,) = plan(["name", "email", name], ["Ann", "a@x.org", cell]).lines
    assert line.refusal.code == code and line.refusal.column == name


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("yes_no", "Yes", True),
        ("number", "3", 3),
        ("number", "2,5", 2.5),
        ("choice", "Policy", "Policy"),
        ("several", "a; b,a", ["a", "b"]),
        ("text", "", None),
    ],
)
def test_cells_become_typed_answers(kind, cell, value):
    meanings = [Meaning("name"), Meaning("email"), Meaning("answer", kind, key="q")]
    (line,) = plan(["name", "email", "q"], ["Ann", "a@x.org", cell], meanings=meanings).lines
    assert line.answers.get("q") == value


@pytest.mark.parametrize(
    ("kind", "cell", "code"),
    [
        ("yes_no", "perhaps", "not_yes_no"),
        ("number", "two", "not_a_number"),
        ("number", "9" * 400, "not_a_number"),
        ("text", "x" * 501, "too_long"),
        ("choice", "x" * 201, "too_long"),
        ("scale", "SCS9", "not_an_option"),
    ],
)
def test_cells_of_another_kind_refuse_their_line(kind, cell, code):
    meanings = [Meaning("name"), Meaning("email"), Meaning("answer", kind, key="q", options=("AA", "AO"))]
    (line,) = plan(["name", "email", "q"], ["Ann", "a@x.org", cell], meanings=meanings).lines
    assert line.refusal.code == code and line.refusal.column == "q"


def test_the_same_address_twice_is_imported_once():
    found = plan(["name", "email"], ["Ann", "a@x.org"], ["ANN", "A@x.org "])
    assert [line.outcome for line in found.lines] == ["added", "refused"]
    assert found.lines[1].refusal.params == {"line": 2} and not found.questions


def test_choices_are_those_of_lines_that_come_in():
    found = plan(["name", "email", "g"], ["A", "a@x.org", "Grade 10"], ["B", "b@x.org", "Grade 9"], ["", "", "Bad"],
                 meanings=[Meaning("name"), Meaning("email"), Meaning("answer", "choice", key="g")])  # fmt: skip
    assert found.options == {"mentee": {"g": ("Grade 9", "Grade 10")}}


def test_every_code_has_its_words():
    assert {code for code in SENTENCES if not str(SENTENCES[code]).strip()} == set()
    assert set(words.TARGETS) == set(columns.TARGETS)
    assert set(words.KINDS) == set(columns.KINDS) and set(words.READERS) == set(columns.READERS)


@given(
    st.lists(st.lists(st.text(max_size=40), min_size=4, max_size=4), max_size=12), st.sampled_from(["mentor", "mentee"])
)
def test_no_text_breaks_the_plan(rows, role):
    header = ["name", "email", "grade", "places"]
    found = plan(header, *rows, role=role)
    assert len(found.lines) == len(rows)
    for line in found.lines:
        assert line.outcome in ("added", "refused", "asked")
        if line.refusal:
            assert say(line.refusal.code, line.refusal.params)


@given(
    st.dictionaries(st.text(max_size=10), st.recursive(st.none() | st.text() | st.integers(), st.lists, max_leaves=4))
)
def test_a_strange_mapping_is_an_ignored_column(data):
    assert Meaning.from_json(data).target in columns.TARGETS


def test_a_refusal_survives_being_stored():
    refusal = Refusal("too_long", "name", {"most": 3})
    assert Refusal(**refusal.to_json()).to_json() == refusal.to_json()


SECRET = [Meaning("name"), Meaning("email"), Meaning("answer", key="gender", kind="yes_no", readers="coordinators")]


def test_a_stored_answer_for_the_matching_only_stays_hidden_whatever_the_file_says():
    member = KnownMembership(1, "ready", 1, 1, {"gender": True})
    known = {"ada@example.org": Known(1, "Ada", memberships={"mentee": member})}
    lines = [(2, ["Ada", "ada@example.org", ""])]
    file = File("mentee", ["name", "email", "Gender"], SECRET, lines)
    made = make_plan([file], known, places=1, answers={}, checks=checks(), private={"mentee": {"gender"}})
    assert [change.hidden for change in made.lines[0].changes] == [True]


def test_a_refused_line_does_not_tell_an_answer_for_the_matching_only():
    row = ["Ada", "ada@example.org", "Non-binary"]
    made = plan(["name", "email", "Gender"], row, meanings=SECRET, private={"mentee": {"gender"}})
    assert made.lines[0].refusal.code == "does_not_fit"
    assert "Non-binary" not in str(made.lines[0].refusal.to_json())


def test_a_name_known_from_elsewhere_is_not_told():
    known = {"ada@example.org": Known(1, "Countess Lovelace", near=False)}
    file = File("mentee", ["name", "email", "Gender"], SECRET, [(2, ["Ada", "ada@example.org", ""])])
    made = make_plan([file], known, places=1, answers={"ada@example.org": "known"}, checks=checks())
    assert made.lines[0].outcome == "added"
    assert made.lines[0].name == "Ada"


def test_nobody_decides_about_themselves_by_a_file():
    known = {"ada@example.org": Known(1, "Ada")}
    file = File("mentee", ["name", "email", "Gender"], SECRET, [(2, ["Ada", "ada@example.org", ""])])
    made = make_plan([file], known, places=1, answers={}, checks=checks(), by=1)
    assert made.lines[0].refusal.code == "yourself"
