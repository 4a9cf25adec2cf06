"""What rules may use besides answers: languages and time zones of the people, and who had whom before."""

import pytest

from matching import rounds, tables
from matching.actions import ask_round, pair_by_hand, run_rounds, save_policy
from matching.models import Pairing, PairPurpose
from outbox.sweeping import never
from programs.errors import Refused
from programs.models import Membership
from tests import world as w

pytestmark = pytest.mark.django_db
LANGUAGE = {"kind": "must_agree", "mentee": "@languages", "mentor": "@languages"}
NEAR = {"kind": "numbers_within", "mentee": "@hours", "mentor": "@hours", "most": 3}


def member(program, role, name, **person):
    who = w.make_person(name, password=None)
    type(who).objects.filter(pk=who.pk).update(**person)
    return w.add_member(program, role, who)


@pytest.fixture
def program():
    return w.make_program("Harbour", opened_at=w.NOW)


def possible(program, rules, *, now=w.NOW, **settings):
    """Who could have whom, by name."""
    read = tables.read(program, {"rules": rules, **settings}, now=now)
    return {
        (str(mentee.user), str(mentor.user))
        for i, mentee in enumerate(read.mentees)
        for j, mentor in enumerate(read.mentors)
        if read.score(i, j) >= 0
    }, read


def test_a_common_language_is_asked_of_the_people_not_of_a_form(program):
    member(program, w.MENTEE, "Amara", languages=["pt", "en"])
    member(program, w.MENTEE, "Bo", languages=[])
    member(program, w.MENTOR, "Chitra", languages=["en"])
    member(program, w.MENTOR, "Dafydd", languages=["cy"])
    found, read = possible(program, [LANGUAGE])
    # Whoever said nothing is not shut out.
    assert found == {("Amara", "Chitra"), ("Bo", "Chitra"), ("Bo", "Dafydd")}
    amara = [str(one.user) for one in read.mentees].index("Amara")
    chitra = [str(one.user) for one in read.mentors].index("Chitra")
    assert read.reasons(amara, chitra)[0]["words"] == "Shared language: English."
    assert read.pair_words(amara, chitra) == ["You share a language: English."]


def test_time_zones_too_far_apart_forbid(program):
    member(program, w.MENTEE, "Amara", time_zone="America/Sao_Paulo")
    member(program, w.MENTOR, "Chitra", time_zone="Asia/Kolkata")
    member(program, w.MENTOR, "Dafydd", time_zone="Europe/London")
    assert possible(program, [NEAR])[0] == {("Amara", "Dafydd")}


def test_the_clocks_of_the_day_count(program):
    member(program, w.MENTEE, "Amara", time_zone="America/Sao_Paulo")
    member(program, w.MENTOR, "Dafydd", time_zone="Europe/London")
    assert possible(program, [NEAR])[0]
    assert not possible(program, [NEAR], now=w.NOW.replace(month=7))[0]


def test_hours_in_common_are_counted_each_on_their_own_clock(program):
    monday = [[0, 18 * 60, 20 * 60]]
    member(program, w.MENTEE, "Amara", free_times=monday, time_zone="Europe/London")
    member(program, w.MENTOR, "Chitra", free_times=[[0, 19 * 60, 21 * 60]], time_zone="Europe/Paris")
    member(program, w.MENTOR, "Dafydd", free_times=monday, time_zone="Europe/Paris")
    member(program, w.MENTOR, "Eve", free_times=[], time_zone="Europe/Paris")
    free = {"mentee": "@free", "mentor": "@free"}
    assert possible(program, [{"kind": "common_hours", "least": 2, **free}])[0] == {
        ("Amara", "Chitra"),
        ("Amara", "Eve"),
    }
    points = possible(program, [{"kind": "hours_points", "points": 3, "most": 5, **free}])[1]
    assert sorted(points.scored.matrix[0].tolist()) == [0, 3, 6]


def test_nobody_gets_the_manager_whom_either_of_them_names(program):
    form = w.make_questionnaire(questions=[("manager", "Your manager", "text", [], "matcher")])
    type(program).objects.filter(pk=program.pk).update(mentee_questionnaire=form, mentor_questionnaire=form)
    program.refresh_from_db()
    chitra, dafydd = member(program, w.MENTOR, "Chitra"), member(program, w.MENTOR, "Dafydd Rees")
    amara, bo = member(program, w.MENTEE, "Amara"), member(program, w.MENTEE, "Bo")
    said = {amara: f"Somebody Else, {chitra.user.email.upper()}", dafydd: " bo "}
    for each, value in said.items():
        type(each).objects.filter(pk=each.pk).update(sheet=w.make_sheet(form, manager=value))
    rule = {"kind": "never_named", "mentee": "manager", "mentor": "manager"}
    found, read = possible(program, [rule])
    assert found == {("Amara", "Dafydd Rees"), ("Bo", "Chitra")}
    places = [[each.user.name for each in side] for side in (read.mentees, read.mentors)]
    assert read.why_not(places[0].index("Amara"), places[1].index("Chitra")) == "A personal wish stands against it."
    # By hand, too, where only the two of them are read.
    w.make_policy(program, {"rules": [rule]})
    with pytest.raises(rounds.Forbidden):
        rounds.score_of_pair(program, dafydd, bo, now=w.NOW)


def test_one_mentor_of_each_answer_where_a_mentee_has_several(program):
    everyday, career = (PairPurpose.objects.create(program=program, name=name, position=1) for name in ("a", "b"))
    amara, _bo = member(program, w.MENTEE, "Amara"), member(program, w.MENTEE, "Bo")
    chitra = member(program, w.MENTOR, "Chitra", languages=["pt"])
    member(program, w.MENTOR, "Dafydd", languages=["pt"])
    member(program, w.MENTOR, "Eve", languages=["cy"])
    w.make_pairing(chitra, amara, purpose=everyday)
    rule = {"kind": "one_of_each", "mentor": "@languages"}
    read = tables.read(program, {"rules": [rule]}, now=w.NOW, purpose=career)
    names = [[each.user.name for each in side] for side in (read.mentees, read.mentors)]
    found = {(a, b) for i, a in enumerate(names[0]) for j, b in enumerate(names[1]) if read.score(i, j) >= 0}
    assert found == {("Amara", "Eve"), ("Bo", "Chitra"), ("Bo", "Dafydd"), ("Bo", "Eve")}
    at = names[0].index("Amara"), names[1].index("Dafydd")
    assert read.why_not(*at) == "Nobody has two mentors with the same language."
    # What they have for the same is no reason: there it is another rule that counts.
    rows = Membership.objects.filter(pk=amara.pk)
    assert tables.read(program, {"rules": [rule]}, now=w.NOW, purpose=everyday, mentees=rows).score(0, at[1]) >= 0


def ended_pair(program):
    amara, chitra = member(program, w.MENTEE, "Amara"), member(program, w.MENTOR, "Chitra")
    pair = w.make_pairing(chitra, amara)
    Pairing.objects.filter(pk=pair.pk).update(state="ended", ended_at=w.NOW)
    return amara, chitra


def test_whoever_had_each_other_before_is_not_brought_together_again(program):
    amara, chitra = ended_pair(program)
    member(program, w.MENTEE, "Bo")
    found, read = possible(program, [])
    assert found == {("Bo", "Chitra")}
    place = [one.pk for one in read.mentees].index(amara.pk)
    assert read.why_not(place, 0) == "They were a pair before."
    assert "had before" in read.why_none(place)
    with pytest.raises(rounds.Forbidden, match="They were a pair before"):
        w.make_policy(program, {"rules": []})
        rounds.score_of_pair(program, chitra, amara, now=w.NOW)
    with pytest.raises(Refused, match="They were a pair before"):
        pair_by_hand(program, Membership.objects.get(pk=chitra.pk), amara, by=None, now=w.NOW)


def test_unless_the_program_says_otherwise(program):
    ended_pair(program)
    assert possible(program, [], never_again=False)[0] == {("Amara", "Chitra")}


def test_a_round_keeps_to_it(program):
    ended_pair(program)
    by = w.make_person("Farida")
    w.add_member(program, w.COORDINATOR, by)
    save_policy(program, {"rules": [LANGUAGE]}, by=by, now=w.NOW)
    round = ask_round(program, by=by, now=w.NOW)
    run_rounds(w.NOW, never)
    round.refresh_from_db()
    assert round.result["matched"] == 0
    (line,) = round.proposals.all()
    assert line.why_none["kind"] == "forbidden"


@pytest.mark.parametrize("pairs", [1, 30])
def test_reading_everybody_takes_as_many_queries_with_many_as_with_few(program, pairs, django_assert_num_queries):
    for number in range(pairs):
        member(program, w.MENTEE, f"Mentee {number}")
        member(program, w.MENTOR, f"Mentor {number}")
    with django_assert_num_queries(11):
        tables.read(program, {"rules": [LANGUAGE, NEAR]}, now=w.NOW)
