"""Forms and their versions, sheets and their answers."""

import pytest

from questions.actions import QuestionSpec, fill, fill_many, move_sheets, put, save_version, specs_of
from questions.models import Answer, Sheet
from questions.values import check, of_sheets
from tests.world import NOW

pytestmark = pytest.mark.django_db
GRADE = QuestionSpec("grade", "Grade", kind="choice", options=("AO", "EO"))
TEAM = QuestionSpec("team", "Team", readers="other_side")


def saved(questionnaire, *questions, title="Form"):
    return save_version(questionnaire, title=title, questions=questions, now=NOW)


def test_a_form_nobody_answered_is_changed_in_place():
    first = saved(None, GRADE)
    assert saved(first, GRADE) == first
    assert saved(first, GRADE, TEAM) == first
    assert specs_of(first) == [GRADE, TEAM]


def test_a_form_somebody_answered_gets_a_next_version():
    first = saved(None, GRADE)
    fill(first, {"grade": "AO"})
    assert saved(first, GRADE) == first
    second = saved(first, TEAM, GRADE)
    assert (second.series, second.version) == (first.series, 2)
    assert specs_of(first) == [GRADE] and specs_of(second) == [TEAM, GRADE]
    # Whoever still holds the old one saves after the newest.
    assert saved(first, TEAM, GRADE) == second


def test_a_key_stands_once_in_a_form():
    with pytest.raises(ValueError, match="twice"):
        saved(None, GRADE, GRADE)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("yes_no", "no", False),
        ("number", "4", 4),
        ("number", 4.5, 4.5),
        ("choice", "AO", "AO"),
        ("several", ["AO", "EO", "AO"], ["AO", "EO"]),
        ("scale", " EO ", "EO"),
        ("text", "a\x00b", "ab"),
        ("text", "  ", None),
        ("several", [], None),
    ],
)
def test_answers_are_typed_by_their_question(kind, raw, value):
    question = saved(None, QuestionSpec("q", "Q", kind=kind, options=("AO", "EO"))).questions.get()
    assert check(question, raw) == value and type(check(question, raw)) is type(value)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("yes_no", "perhaps"),
        ("yes_no", ["yes"]),
        ("number", "many"),
        ("number", float("nan")),
        ("number", 1e300),
        ("number", True),
        ("choice", "SCS9"),
        ("choice", ["AO"]),
        ("several", "AO, nothing"),
        ("several", [1]),
        ("text", "x" * 501),
        ("text", 5),
        ("long_text", "x" * 10_001),
    ],
)
def test_an_answer_that_does_not_fit_is_told_in_a_sentence(kind, raw):
    question = saved(None, QuestionSpec("q", "Q", kind=kind, options=("AO", "EO"))).questions.get()
    with pytest.raises(ValueError, match=r"\.$"):
        check(question, raw)


def test_sheets_are_filled_moved_and_written_over():
    first = saved(None, GRADE, TEAM)
    one, two = fill_many(first, [{"grade": "AO", "team": None}, {"grade": "EO", "team": "Red"}])
    second = saved(first, GRADE, TEAM, QuestionSpec("motto", "Motto"))
    move_sheets([one.pk, two.pk], second)
    put(second, {one.pk: {"grade": "EO", "motto": "Onward"}, two.pk: {"team": None}})
    assert of_sheets([one.pk, two.pk]) == {one.pk: {"grade": "EO", "motto": "Onward"}, two.pk: {"grade": "EO"}}
    assert set(Sheet.objects.values_list("questionnaire", flat=True)) == {second.pk}
    assert not Answer.objects.exclude(question__questionnaire=second).exists()


def test_no_answer_is_lost_by_moving():
    first = saved(None, GRADE, TEAM)
    sheet = fill(first, {"team": "Red"})
    second = saved(first, GRADE)
    with pytest.raises(ValueError, match="does not ask"):
        move_sheets([sheet.pk], second)
    sheet.refresh_from_db()
    assert sheet.questionnaire == first


def test_answers_of_many_sheets_are_few_queries(django_assert_num_queries):
    form = saved(None, GRADE)
    for number in (1, 30):
        sheets = fill_many(form, [{"grade": "AO"}] * number)
        with django_assert_num_queries(1):
            assert len(of_sheets([sheet.pk for sheet in sheets] + [None])) == number


def test_what_was_answered_for_the_matching_alone_is_opened_by_no_later_version():
    private = QuestionSpec("wish", "Wish", readers="matcher")
    first = saved(None, private)
    fill(first, {"wish": "somebody like me"})
    second = saved(first, QuestionSpec("wish", "Wish", readers="other_side"), TEAM)
    assert {spec.key: spec.readers for spec in specs_of(second)} == {"wish": "matcher", "team": "other_side"}
