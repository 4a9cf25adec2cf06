"""The same import from the command line."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from profiles.models import User
from programs.models import Import, Membership
from questions.models import Question
from tests.programs.test_imports import DATA
from tests.world import COORDINATOR, add_member, make_person, make_program


@pytest.fixture
def program(db):
    program = make_program(slug="harbour", state="setup")
    add_member(program, COORDINATOR, make_person("Farida Haddad", "farida@example.org"))
    return program


def run(*args, code=0):
    """What the command prints; `code` is the exit code it must end with."""
    out = StringIO()
    if not code:
        call_command("import_people", "harbour", "--by=farida@example.org", *args, stdout=out)
        return out.getvalue()
    with pytest.raises(CommandError) as ended:
        call_command("import_people", "harbour", "--by=farida@example.org", *args, stdout=out)
    assert ended.value.returncode == code
    return out.getvalue() + str(ended.value)


def file(tmp_path, *lines, name="people.csv"):
    path = tmp_path / name
    path.write_text("\n".join(lines))
    return str(path)


def test_the_real_files_are_shown_and_then_imported(program):
    files = f"--mentors={DATA / 'mentors.csv'}", f"--mentees={DATA / 'mentees.csv'}"
    said = run(*files)
    assert "100 added, 0 updated" in said and "identity to match: an answer, one of a list, seen by only the" in said
    assert not Import.objects.exists() and not Membership.objects.participants().exists()
    assert "Imported." in run(*files, "--yes")
    assert Membership.objects.mentors().count() == Membership.objects.mentees().count() == 50
    assert "100 unchanged" in run(*files, "--yes")


def test_mapping_places_and_readers(program, tmp_path):
    people = file(tmp_path, "who,email,grade,team", "Ann,a@x.org,AO,Red", "Bo,b@x.org,EO,Red")
    assert "Say which column is the name" in run(f"--mentors={people}", code=1)
    mapping = file(
        tmp_path,
        json.dumps(
            {
                "mentor": {
                    "who": {"target": "name"},
                    "grade": {"target": "answer", "kind": "scale", "options": ["AO", "EO"]},
                }
            }
        ),
        name="mapping.json",
    )
    run(f"--mentors={people}", f"--mapping={mapping}", "--places=2", "--other-side=team", "--matcher=grade",
        "--show-addresses=yes", "--yes")  # fmt: skip
    assert set(Membership.objects.mentors().values_list("places", flat=True)) == {2}
    grade, team = Question.objects.order_by("key")
    assert (grade.kind, grade.options, grade.readers, team.readers) == ("scale", ["AO", "EO"], "matcher", "other_side")
    program.refresh_from_db()
    assert program.show_addresses


def test_refused_lines_are_told_and_counted_in_the_exit_code(program, tmp_path):
    people = file(tmp_path, "name,email", "Ann,a@x.org", "Bo,nowhere")
    said = run(f"--mentees={people}", "--yes", code=4)
    assert "mentees line 3, column email: “nowhere” is not an email address." in said
    assert Membership.objects.mentees().count() == 1


def test_two_names_are_asked_about(program, tmp_path):
    people = file(tmp_path, "name,email", "Ann,a@x.org", "Bo,a@x.org")
    said = run(f"--mentees={people}", "--yes", code=3)
    assert '--who "a@x.org=name:Bo"' in said and not Membership.objects.participants().exists()
    run(f"--mentees={people}", "--yes", "--who=a@x.org=name:Bo", code=4)
    assert User.objects.get(email="a@x.org").name == "Bo"


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        ([], 2, "Give --mentors"),
        (["--mentors=/nowhere.csv"], 1, "No such file"),
        (["--mentors={bad}"], 1, "neither a CSV nor"),
        (["--mentors={good}", "--mapping={bad}"], 1, "is no mapping"),
        (["--mentors={good}", "--mapping={list}"], 1, "is no mapping"),
        (["--mentors={good}", "--matcher=nothing"], 1, "No file has a column"),
        (["--mentors={good}", "--places=99", "--yes"], 1, "between 0 and"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(program, tmp_path, args, code, words):
    paths = {
        "good": file(tmp_path, "name,email", "Ann,a@x.org"),
        "list": file(tmp_path, "[1]", name="list.json"),
        "bad": str(tmp_path / "bad"),
    }
    (tmp_path / "bad").write_bytes(bytes(range(256)) * 9)
    assert words in run(*(arg.format(**paths) for arg in args), code=code)
    assert not Membership.objects.participants().exists()


def test_only_a_coordinator_of_the_program_imports(program, tmp_path):
    people = file(tmp_path, "name,email", "Ann,a@x.org")
    for person in (make_person(email="b@x.org"), make_person(email="c@x.org")):
        with pytest.raises(CommandError, match="does not coordinate"):
            call_command("import_people", "harbour", f"--by={person.email}", f"--mentors={people}")
    with pytest.raises(CommandError, match="no program"):
        call_command("import_people", "nowhere", "--by=farida@example.org", f"--mentors={people}")
