"""The matching rules in the browser: read, added, changed, removed, refused."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from journal.models import Entry
from matching import tables
from matching.actions import save_policy
from matching.models import Policy
from matching.scoring import PolicyError
from programs.errors import Refused
from programs.models import Program
from tests.matching import civil_service
from tests.world import COORDINATOR, NOW, add_member, make_person, make_program, signed_in


@pytest.fixture
def program(db):
    program = civil_service.build()
    Policy.objects.all().delete()
    return program


@pytest.fixture
def client(program):
    return signed_in(civil_service.coordinator_of(program))


def url(name, program, *args):
    return reverse(f"matching:{name}", args=[program.slug, *args])


def add(client, program, kind, **fields):
    version = Policy.objects.of(program).values_list("version", flat=True).first() or 0
    return client.post(url("rule_new", program, kind), {"after": version, **fields})


def steps(**points):
    return {f"points_{step}": points.get(f"p{step}", "") for step in range(-1, 4)}


def test_the_programs_own_rules_are_expressed_in_the_browser(client, program):
    assert add(client, program, "must_differ", mentee="organisation", mentor="organisation").status_code == 302
    scale = "\r\n".join(civil_service.SCALE)
    grades = {"mentee": "grade", "mentor": "grade", "scale": scale, **steps(p1=9, p2=12)}
    assert add(client, program, "ordinal_distance", **grades).status_code == 302
    same = add(client, program, "same_value", mentee="profession", mentor="profession", points=10)
    assert same.status_code == 302
    wish = {"mentee": "identity-to-match", "mentor": "characteristics", "points": 6}
    assert add(client, program, "wish_met", **wish).status_code == 302
    latest = Policy.objects.of(program).first()
    assert latest.version == 4
    saved = [{key: value for key, value in rule.items() if key != "id"} for rule in latest.rules["rules"]]
    assert saved == civil_service.rules()["rules"]
    assert Entry.objects.filter(verb="rules.saved").count() == 4
    page = client.get(url("home", program)).content.decode()
    for words in ("different organisation", "one or two steps above", "same profession", "Work out the pairs"):
        assert words in page


def test_a_scale_is_filled_with_the_answers_that_occur_and_not_yet_saved(client, program):
    page = add(client, program, "ordinal_distance", mentee="grade", mentor="grade", scale="", **steps(p1=9))
    assert page.status_code == 200
    words = page.content.decode()
    assert "Put them in order" in words and all(step in words for step in civil_service.SCALE)
    assert not Policy.objects.exists()


def test_what_occurs_is_not_shown_where_only_the_matching_reads_it(client, program):
    fields = {"mentee": "identity-to-match", "mentor": "characteristics", "fill": "1", "scale": ""}
    words = add(client, program, "ordinal_distance", **fields, **steps(p1=1)).content.decode()
    secret = {row["identity to match"] for row in civil_service.rows_of("mentee") if row["identity to match"]}
    assert secret and not any(word in words for word in secret)


@pytest.mark.parametrize(
    ("kind", "fields", "at", "says"),
    [
        ("must_differ", {"mentee": "", "mentor": "organisation"}, "id_mentee", "required"),
        ("must_differ", {"mentee": "organisation", "mentor": "salary"}, "id_mentor", "valid choice"),
        ("same_value", {"mentee": "grade", "mentor": "grade", "points": "-1"}, "id_points", "greater than or equal"),
        ("same_value", {"mentee": "grade", "mentor": "grade", "points": "10" * 30}, "id_points", "less than or equal"),
        ("ordinal_distance", {"mentee": "grade", "mentor": "grade", "scale": "A\nB"}, "id_points_1", "needed"),
        (
            "ordinal_distance",
            {"mentee": "grade", "mentor": "grade", "scale": "A\nA", "points_1": "3"},
            "id_scale",
            "stands on the scale twice",
        ),
        (
            "wish_met",
            {"mentee": "identity-to-match", "mentor": "characteristics", "points": "6", "honour": "on"},
            "id_asked",
            "Name the question",
        ),
    ],
)
def test_errors_stand_at_their_field(client, program, kind, fields, at, says):
    page = add(client, program, kind, **fields)
    assert page.status_code == 200
    words = page.content.decode()
    assert f'href="#{at}"' in words and says in words
    assert not Policy.objects.exists()


BOTH = {"mentee": "grade", "mentor": "grade"}
FREE = {"mentee": "@free", "mentor": "@free"}


@pytest.mark.parametrize(
    ("kind", "fields", "kept"),
    [
        ("at_least_senior", {**BOTH, "scale": "AA\nAO", "least": "0"}, {**BOTH, "scale": ["AA", "AO"], "least": 0}),
        ("number_between", {"mentee": "", "mentor": "grade", "least": "21"}, {"mentor": "grade", "least": 21}),
        (
            "must_say",
            {"mentor": "grade", "values": "AA\r\n Grade  6\n"},
            {"mentor": "grade", "values": ["AA", "Grade 6"]},
        ),
        ("never_named", {"mentee": "organisation"}, {"mentee": "organisation"}),
        ("preferences", {"mentor": "organisation", "points": "5"}, {"mentor": "organisation", "points": 5}),
        ("common_hours", {**FREE, "least": "2"}, {**FREE, "least": 2}),
        ("hours_points", {**FREE, "points": "1", "most": "4"}, {**FREE, "points": 1, "most": 4}),
    ],
)
def test_each_kind_is_kept_as_it_was_filled_in(client, program, kind, fields, kept):
    assert add(client, program, kind, **fields).status_code == 302
    assert Policy.objects.of(program).first().rules["rules"] == [{"kind": kind, **kept}]
    assert client.get(url("rule", program, 0)).status_code == 200
    assert client.get(url("home", program)).status_code == 200


def test_free_times_go_with_hours_alone(client, program):
    page = client.get(url("rule_new", program, "common_hours")).content.decode()
    assert page.count("Free times") == 2 and "Grade" not in page
    assert "Free times" not in client.get(url("rule_new", program, "same_value")).content.decode()
    assert add(client, program, "same_value", **FREE, points=1).status_code == 200


def test_no_rule_tells_what_somebody_said_to_the_matching_alone(client, program):
    page = client.get(url("rule_new", program, "must_say")).content.decode()
    assert "Organisation" in page and "Identity to match" not in page and "Characteristics" not in page
    rule = {"kind": "must_say", "mentor": "characteristics", "values": ["Gay"]}
    with pytest.raises(PolicyError, match="would tell who gave it"):
        save_policy(program, {"rules": [rule]}, by=None, now=NOW)
    agree = {"kind": "must_agree", "mentee": "identity-to-match", "mentor": "characteristics"}
    save_policy(program, {"rules": [agree]}, by=None, now=NOW)
    page = client.get(url("home", program)).content.decode()
    assert "Whom it costs is not shown" in page and "By itself it leaves" not in page


def test_changing_and_removing_make_next_versions(client, program):
    save_policy(program, civil_service.rules(), by=None, now=NOW)
    form = client.get(url("rule", program, 1)).content.decode()
    assert "Grade 7" in form and 'value="12"' in form
    changed = {"after": 1, "mentee": "profession", "mentor": "profession", "points": 8}
    assert client.post(url("rule", program, 2), changed).status_code == 302
    assert Policy.objects.of(program).first().rules["rules"][2]["points"] == 8
    assert client.post(url("rule_remove", program, 3), {"after": 2}).status_code == 302
    assert len(Policy.objects.of(program).first().rules["rules"]) == 3
    assert Policy.objects.get(program=program, version=1).rules == civil_service.rules()


def test_somebody_elses_change_is_not_overwritten(client, program):
    save_policy(program, civil_service.rules(), by=None, now=NOW)
    save_policy(program, civil_service.rules(honour=True), by=None, now=NOW)
    page = client.post(url("rule_remove", program, 3), {"after": 1}, follow=True)
    assert "Somebody else has changed the rules" in page.content.decode()
    assert Policy.objects.of(program).first().version == 2
    with pytest.raises(Refused):
        save_policy(program, civil_service.rules(), by=None, now=NOW, after=1)


def test_the_same_rules_again_are_no_next_version(program):
    first = save_policy(program, civil_service.rules(), by=None, now=NOW)
    assert save_policy(program, civil_service.rules(), by=None, now=NOW) == first
    with pytest.raises(PolicyError):
        save_policy(program, {"rules": [{"kind": "magic"}]}, by=None, now=NOW)


def test_weighing_is_saved_with_the_rules(client, program):
    save_policy(program, civil_service.rules(), by=None, now=NOW)
    client.post(url("weighing", program), {"after": 1, "coverage_first": "on"})
    latest = Policy.objects.of(program).first().rules
    assert (latest["floor_levels"], latest["coverage_first"]) == (0, True)
    client.post(url("weighing", program), {"after": 2, "coverage_first": "on", "floor": "on"})
    assert Policy.objects.of(program).first().rules["floor_levels"] == 10


def test_a_rule_whose_question_is_gone_says_so(client, program):
    Policy.objects.create(
        program=program,
        version=1,
        rules={"rules": [{"kind": "same_value", "mentee": "gone", "mentor": "profession", "points": 1}]},
        created_at=NOW,
    )
    page = client.get(url("home", program)).content.decode()
    assert "not asked a question" in page and "A rule needs your attention" in page


def test_rules_that_leave_somebody_without_anybody_say_whom(client, program):
    rules = {"rules": [{"kind": "ordinal_distance", "mentee": "grade", "mentor": "grade", "scale": ["AA", "AO"],
                        "points": {"1": 5}}]}  # fmt: skip
    save_policy(program, rules, by=None, now=NOW)
    page = client.get(url("home", program)).content.decode()
    assert "no mentor is possible" in page and "cannot be used" in page


def test_a_rule_says_how_many_people_it_costs(client, program):
    """A plain count over all pairs says the same."""
    rules = civil_service.rules()["rules"]
    senior = {"kind": "at_least_senior", "mentee": "grade", "mentor": "grade", "scale": civil_service.SCALE, "least": 3}
    save_policy(program, {"rules": [rules[0], senior]}, by=None, now=NOW)
    both = tables.read(program, {"rules": [rules[0], senior]}, now=NOW).scored.matrix >= 0
    without, alone = (
        tables.read(program, {"rules": each}, now=NOW).scored.matrix >= 0 for each in ([rules[0]], [senior])
    )
    nobody = ~both.any(axis=1)
    freed = int((nobody & without.any(axis=1)).sum())
    mentees, mentors = int((~alone.any(axis=1)).sum()), int((~alone.any(axis=0)).sum())
    assert freed > 1 and mentees > 1 and mentors > 1
    page = client.get(url("home", program)).content.decode()
    assert f"By itself it leaves {mentees} mentees and {mentors} mentors without anybody." in page
    assert f"Without it {freed} mentees who have nobody would have a possible mentor." in page
    assert "It leaves nobody without a partner." in page


def test_an_empty_program_is_told_what_comes_first(db):
    program = make_program()
    person = make_person()
    add_member(program, COORDINATOR, person)
    page = signed_in(person).get(url("home", program)).content.decode()
    assert "Bring people in first" in page


def test_the_page_asks_no_more_for_more_people(client, program, django_assert_max_num_queries):
    save_policy(program, civil_service.rules(), by=None, now=NOW)
    with django_assert_max_num_queries(40):
        client.get(url("home", program))


def test_other_coordinators_find_nothing(program):
    person = make_person()
    add_member(make_program(), COORDINATOR, person)
    assert signed_in(person).get(url("home", program)).status_code == 404
    assert Program.objects.count() == 2


def file_of(content):
    return SimpleUploadedFile("rules.json", content if isinstance(content, bytes) else json.dumps(content).encode())


def test_rules_are_taken_along_and_brought_to_another_program(client, program):
    save_policy(program, civil_service.rules(), by=None, now=NOW)
    taken = client.get(url("rules_file", program))
    assert taken.headers["Content-Disposition"].endswith('"matching-rules-civil-service.json"')
    assert json.loads(taken.content) == civil_service.rules()
    changed = {**civil_service.rules(), "floor_levels": 0}
    brought = client.post(url("rules_from_file", program), {"after": 1, "file": file_of(changed)})
    assert brought.url == url("home", program)
    assert Policy.objects.of(program).first().rules == changed and Policy.objects.of(program).count() == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not a file of rules"),
        (b"\xff\xfe", "not a file of rules"),
        (b"[" * 100_000, "not a file of rules"),
        ([], "A policy is an object"),
        (
            {"rules": [{"kind": "must_differ", "mentee": "shoe", "mentor": "organisation"}]},
            "rules.0.mentee: Mentees are",
        ),
        (b" " * 200_001, "too large"),
    ],
)
def test_a_file_of_rules_that_does_not_fit_is_refused_with_the_place(client, program, content, said):
    response = client.post(url("rules_from_file", program), {"after": 0, "file": file_of(content)})
    assert response.status_code == 400 and said in response.content.decode()
    assert not Policy.objects.exists()
