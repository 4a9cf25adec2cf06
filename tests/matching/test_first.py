"""Who goes first where places are short, and the words for it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from journal.models import Entry
from matching import tables
from matching.models import Policy
from matching.scoring import PolicyError, parse_policy
from tests import world as w

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def program():
    form = w.make_questionnaire(questions=[("alone", "Works alone", "yes_no"), ("wish", "Wish", "text", [], "matcher")])
    program = w.make_program("Harbour", opened_at=w.NOW, mentee_questionnaire=form, slug="harbour")
    w.add_member(program, w.MENTOR, w.make_person("Chitra"))
    return program


def mentee(program, name, **fields):
    return w.add_member(program, w.MENTEE, w.make_person(name), **fields)


def in_turn(program, rules=None):
    """The mentees' names by class, and the words beside each."""
    read = tables.read(program, {"rules": [], **(rules or {})}, now=w.NOW)
    classes: dict[int, set] = {}
    for i, each in enumerate(read.mentees):
        classes.setdefault(read.priority[i], set()).add(str(each.user))
    words = {str(each.user): read.first_words(i) for i, each in enumerate(read.mentees)}
    assert tables.first_words(program, {"rules": [], **(rules or {})}, read.mentees, w.NOW) == {
        each.pk: words[str(each.user)] for each in read.mentees
    }
    return [classes[place] for place in sorted(classes)], words


@pytest.fixture
def people(program):
    """One left by a mentor, two who wait since different weeks, and a newcomer who works alone."""
    left = mentee(program, "Left", state="waiting", now=w.NOW)
    w.make_pairing(program.memberships.get(role="mentor"), left, state="ended")
    mentee(program, "Lately", state="waiting", now=w.NOW)
    mentee(program, "Long", state="waiting", now=w.NOW - 30 * DAY)
    form = program.mentee_questionnaire
    mentee(program, "Alone", sheet=w.make_sheet(form, alone=True))
    mentee(program, "Newcomer", sheet=w.make_sheet(form, alone=False))


def test_left_by_a_mentor_then_waiting_longest_then_everybody(program, people):
    found, words = in_turn(program)
    assert found == [{"Left"}, {"Long"}, {"Lately"}, {"Alone", "Newcomer"}]
    assert words["Left"] == "Goes first: had a mentor here and lost them."
    assert words["Long"] == "On the waiting list since 17 October 2026." and words["Newcomer"] == ""


def test_a_program_adds_what_counts_with_it(program, people):
    answer = {"kind": "answer", "question": "alone", "values": ["Yes"]}
    found, words = in_turn(program, {"first": [answer, {"kind": "waiting", "before": "2026-11-01"}]})
    assert found == [{"Alone"}, {"Long"}, {"Left", "Lately", "Newcomer"}]
    assert words["Alone"] == "Goes before others: “Works alone” is Yes."
    assert in_turn(program, {"first": []})[0] == [{"Left", "Lately", "Long", "Alone", "Newcomer"}]


def test_an_answer_for_the_matching_alone_cannot_put_anybody_first(program, people):
    with pytest.raises(PolicyError, match="Only the matching reads"):
        in_turn(program, {"first": [{"kind": "answer", "question": "wish", "values": ["x"]}]})


@pytest.mark.parametrize(
    ("first", "at"),
    [
        ("soon", "first"),
        ([{"kind": "tall"}], "first.0.kind"),
        (["left"], "first.0.kind"),
        ([{"kind": "left", "before": "2026-01-01"}], "first.0.before"),
        ([{"kind": "waiting", "before": "soon"}], "first.0.before"),
        ([{"kind": "answer", "question": "gone", "values": []}], "first.0.values"),
        ([{"kind": "left"}, {"kind": "left"}], "first.1"),
    ],
)
def test_a_list_that_cannot_be_read_says_where(first, at):
    with pytest.raises(PolicyError) as wrong:
        parse_policy({"rules": [], "first": first}, ["alone"], [])
    assert at in [path for path, _sentence in wrong.value.errors]


def test_a_mentor_rests_between_two_pairs_where_the_program_says_so(program):
    chitra, gone = program.memberships.get(role="mentor"), w.add_member(program, w.MENTOR)
    w.make_pairing(chitra, mentee(program, "Bo", state="waiting"), state="ended")
    w.make_pairing(gone, mentee(program, "Kim", state="left"), state="ended")
    assert set(tables.mentors_to_match(program, w.NOW)) == {chitra, gone}
    program.figures.create(key="match_gap_days", value=14, since=w.NOW)
    program = type(program).objects.get(pk=program.pk)
    # Whoever was left is not kept waiting for it.
    assert set(tables.mentors_to_match(program, w.NOW + DAY)) == {gone}
    assert set(tables.mentors_to_match(program, w.NOW + 15 * DAY)) == {chitra, gone}


def test_one_mentor_is_let_back_before_the_gap_is_over(program):
    coordinator = w.add_member(program, w.COORDINATOR).user
    chitra = program.memberships.get(role="mentor")
    w.make_pairing(chitra, mentee(program, "Bo", state="waiting"), state="ended", ended_at=timezone.now())
    program.figures.create(key="match_gap_days", value=14, since=w.NOW)
    client, url = w.signed_in(coordinator), reverse("matching:asking", args=[program.slug])
    assert "in no round before" in client.get(url).content.decode()
    early = reverse("matching:back_early", args=[program.slug, chitra.public_id])
    assert "Say in a few words why." in client.post(early, {"why": " "}, follow=True).content.decode()
    shown = client.post(early, {"why": "She asked for it."}, follow=True).content.decode()
    assert "can be in the next round" in shown and "in no round before" not in shown
    assert chitra in tables.mentors_to_match(type(program).objects.get(pk=program.pk), timezone.now())
    assert "She asked for it." in Entry.objects.get(verb="mentor.back_early").words
    assert "is not kept out of a round" in client.post(early, {"why": "Again"}, follow=True).content.decode()


def test_the_list_is_built_in_the_browser(program, people):
    coordinator = w.add_member(program, w.COORDINATOR).user
    client = w.signed_in(coordinator)
    url = reverse("matching:first", args=[program.slug])
    assert "had a mentor here" in client.get(url).content.decode()

    def post(**fields):
        version = Policy.objects.of(program).values_list("version", flat=True).first() or 0
        return client.post(url, {"after": version, **fields})

    assert post(kind="answer", question="alone", values="yes").status_code == 302
    assert post(earlier=2).status_code == 302
    assert post(remove=0).status_code == 302
    assert Policy.objects.of(program).first().rules["first"] == [
        {"kind": "answer", "question": "alone", "values": ["yes"]},
        {"kind": "waiting"},
    ]
    assert post(kind="answer", question="wish", values="yes").status_code == 422
    assert post(kind="answer", question="alone", values="").status_code == 422
    assert post(remove=7).status_code == 404 and post(earlier="x").status_code == 404
    assert post(kind="waiting", before="2026-05-01").status_code == 302
