"""Two spreadsheets in, the best pairs out: figures of the real files, order that does not matter, and bad input."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from matching import scoring, spreadsheets
from tests.matching.civil_service import FOLDER, rules

pytestmark = pytest.mark.once
ROOT = Path(__file__).parents[2]


def people(role, text, **fields):
    return spreadsheets.read_people(text.encode(), f"{role}s.csv", role, **fields)


def run(tmp_path, mentees, mentors, policy, *options):
    """The command on these files: what it printed, and the lines it wrote."""
    for name, content in (("mentees.csv", mentees), ("mentors.csv", mentors), ("rules.json", policy)):
        (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content))
    printed, out = io.StringIO(), tmp_path / "pairs.csv"
    files = [
        f"--mentees={tmp_path}/mentees.csv",
        f"--mentors={tmp_path}/mentors.csv",
        f"--policy={tmp_path}/rules.json",
    ]
    call_command("match_csv", *files, f"--out={out}", *options, stdout=printed)
    with out.open(encoding="utf-8-sig", newline="") as file:
        return printed.getvalue(), list(csv.DictReader(file))


def civil_service(tmp_path, *options, **settings):
    texts = [(FOLDER / f"{role}s.csv").read_text(encoding="utf-8-sig") for role in ("mentee", "mentor")]
    return run(tmp_path, *texts, rules(**settings), *options)


@pytest.mark.parametrize(
    ("settings", "total"),
    [({}, 747), ({"floor_levels": 0}, 750), ({"floor_levels": 1}, 750), ({"honour": True}, 724),
     ({"honour": True, "floor_levels": 0}, 727)],
)  # fmt: skip
def test_the_real_files_come_to_the_figures_of_the_solver(tmp_path, settings, total):
    printed, lines = civil_service(tmp_path, **settings)
    assert f"35 of 50 mentees have a mentor, worth {total} points together." in printed
    matched = [line for line in lines if line["Mentor"]]
    assert len(lines) == 50 and len(matched) == 35 and sum(int(line["Score"]) for line in matched) == total
    assert all(line["Why nobody"] for line in lines if not line["Mentor"])
    for line in matched:
        points = [int(part.split(")")[0]) for part in line["Why these two"].split(" (")[1:]]
        assert sum(points) == int(line["Score"])


TRAP = "name,wants\nAda,a\nBo,b\n", "name,gives\nX,\"a, b\"\nY,a\n"  # fmt: skip
WISH = {"rules": [{"kind": "wish_met", "mentee": "wants", "mentor": "gives", "points": 5}]}


def test_greedy_falls_into_the_smallest_trap_and_this_does_not():
    scores = np.array([[5, 5], [5, -1]])
    assert spreadsheets.figures_of(scores, spreadsheets.greedy(scores, [1, 1])) == spreadsheets.Figures(1, 5, 5)
    mentees, mentors = people("mentee", TRAP[0]), people("mentor", TRAP[1])
    outcome = spreadsheets.match(spreadsheets.policy_for(WISH, mentees, mentors), mentees, mentors)
    assert {line.mentee.name: line.mentor.name for line in outcome.lines()} == {"Ada": "Y", "Bo": "X"}
    assert outcome.solution.total == 10


def test_the_comparison_stands_side_by_side(tmp_path):
    printed, _lines = civil_service(tmp_path, "--compare")
    greedy, this = [line.split() for line in printed.splitlines() if line.startswith(("greedy", "this"))]
    assert this[1:] == ["35", "747", "12"]
    assert int(greedy[1]) <= 35 and (int(greedy[1]) < 35 or int(greedy[2]) <= 750)


def test_the_order_of_the_lines_does_not_matter(tmp_path):
    _printed, first = civil_service(tmp_path)
    turned = []
    for role in ("mentee", "mentor"):
        head, *rest = (FOLDER / f"{role}s.csv").read_text(encoding="utf-8-sig").splitlines()
        turned.append("\n".join([head, *reversed(rest)]))
    _printed, second = run(tmp_path, *turned, rules())
    assert {line["Mentee"]: line["Mentor"] for line in first} == {line["Mentee"]: line["Mentor"] for line in second}


def test_places_stand_in_their_column_and_nobody_mentors_themselves():
    mentees = people("mentee", "name,email\nAda,ada@example.org\nBo,\nCy,\n")
    mentors = people("mentor", "name,email,places\nAda,ADA@example.org,2\nZoe,,\n", places=1)
    outcome = spreadsheets.match(scoring.parse_policy({"rules": []}, {}, {}), mentees, mentors)
    pairs = {line.mentee.name: line.mentor and line.mentor.name for line in outcome.lines()}
    assert mentors.places == [2, 1] and pairs == {"Ada": "Zoe", "Bo": "Ada", "Cy": "Ada"}


def test_people_named_and_who_goes_first_hold_in_files_too():
    mentees = people("mentee", "name,email,My manager,Works alone\nAda,,ZOE,no\nBo,,,yes\nCy,,,yes\n")
    mentors = people("mentor", "name,email\nZoe,\nYan,yan@example.org\n")
    rules = {
        "rules": [{"kind": "never_named", "mentee": "My manager"}],
        "first": [{"kind": "left"}, {"kind": "answer", "question": "Works alone", "values": ["yes"]}],
    }
    outcome = spreadsheets.match(spreadsheets.policy_for(rules, mentees, mentors), mentees, mentors)
    pairs = {line.mentee.name: line.mentor and line.mentor.name for line in outcome.lines()}
    assert pairs["Ada"] is None and {pairs["Bo"], pairs["Cy"]} == {"Zoe", "Yan"}
    del rules["first"]
    outcome = spreadsheets.match(spreadsheets.policy_for(rules, mentees, mentors), mentees, mentors)
    assert outcome.scored.matrix.tolist() == [[-1, 0], [0, 0], [0, 0]]


def test_nobody_on_one_side_is_no_error_and_everybody_reads_why():
    mentees, mentors = people("mentee", "name\nAda\n"), people("mentor", "name,places\nZoe,0\n")
    (line,) = spreadsheets.match(scoring.parse_policy({"rules": []}, {}, {}), mentees, mentors).lines()
    assert line.mentor is None and line.why_none


@pytest.mark.parametrize(
    ("mentees", "mentors", "policy", "said"),
    [
        ("", TRAP[1], WISH, "mentees.csv: This file is empty."),
        (TRAP[0], "name,gives\n", WISH, "mentors.csv: This file has column names"),
        (TRAP[0], "gives,wants\na,b\n", WISH, "mentors.csv: Nobody in it has a name"),
        (TRAP[0], "name,places\nX,999\n", {"rules": []}, "mentors.csv, line 2: “999” is not a number of places"),
        (*TRAP, '{"rules": [', "rules.json, line 1: this is not JSON"),
        (
            *TRAP,
            {"rules": [{"kind": "wish_met", "mentee": "hopes", "mentor": "gives"}]},
            "rules.0.points: This is need",
        ),
        (*TRAP, {"rules": [{"kind": "magic"}]}, "rules.0.kind: There is no such kind of rule"),
        (*TRAP, [], "A policy is an object"),
    ],
)
def test_bad_input_is_said_with_its_place_and_nothing_is_written(tmp_path, mentees, mentors, policy, said):
    with pytest.raises(CommandError, match=said.replace("(", r"\(")) as caught:
        run(tmp_path, mentees, mentors, policy)
    assert caught.value.returncode == 1 and not (tmp_path / "pairs.csv").exists()


def test_a_line_that_does_not_fit_is_left_out_and_named(tmp_path):
    printed = io.StringIO()
    (tmp_path / "rules.json").write_text('{"rules": []}')
    (tmp_path / "a.csv").write_text("name,team\nAda,Quay\nBo,Quay,more\n")
    files = [f"--mentees={tmp_path}/a.csv", f"--mentors={tmp_path}/a.csv", f"--policy={tmp_path}/rules.json"]
    call_command("match_csv", *files, stdout=io.StringIO(), stderr=printed)
    assert "The mentees' file, line 3: left out. This line has 3 cells where there are 2 columns." in printed.getvalue()


def test_the_command_needs_no_database(tmp_path):
    """As somebody would who tries it before adopting it."""
    (tmp_path / "rules.json").write_text(json.dumps(rules()))
    command = [sys.executable, "manage.py", "match_csv", f"--policy={tmp_path}/rules.json"]
    command += [f"--{role}s={FOLDER}/{role}s.csv" for role in ("mentee", "mentor")]
    environment = {"PATH": "", "MENTORSHIP_VAR": str(tmp_path / "var")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "35 of 50 mentees have a mentor, worth 747 points together." in done.stdout
    assert not list(tmp_path.rglob("*.sqlite3*"))
    without = subprocess.run(command[:3], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert without.returncode == 2 and "Name --mentors" in without.stderr


@given(st.integers(1, 8).flatmap(lambda n: st.lists(st.integers(1, 100), min_size=n * n, max_size=n * n)))
def test_an_assignment_problem_costs_what_scipy_says(numbers):
    size = int(len(numbers) ** 0.5)
    costs = spreadsheets.read_orlib(f"{size}\n" + " ".join(map(str, numbers)))
    assert spreadsheets.lowest_cost(costs) == costs[linear_sum_assignment(costs)].sum()


@pytest.mark.parametrize("text", ["", "2 1 2 3", "x", "-1", "0", "1 2.5", "1 0 0"])
def test_what_is_no_assignment_problem_is_said_to_be_none(tmp_path, text):
    (tmp_path / "assign.txt").write_text(text)
    with pytest.raises(CommandError, match="not an assignment problem"):
        call_command("match_csv", f"--orlib={tmp_path}/assign.txt", stdout=io.StringIO())


@given(st.permutations(range(5)), st.permutations(range(3)))
def test_the_same_people_give_the_same_pairs_in_whatever_order(mentee_order, mentor_order):
    mentees = [f"m{i},{'abc'[i % 3]}" for i in range(5)]
    mentors = [f"t{i},{'abc'[i]},{i + 1}" for i in range(3)]

    def pairs(left, right):
        sides = (
            people("mentee", "name,wants\n" + "\n".join(left)),
            people("mentor", "name,gives,places\n" + "\n".join(right)),
        )
        found = spreadsheets.match(spreadsheets.policy_for(WISH, *sides), *sides).lines()
        return {line.mentee.name: line.mentor and line.mentor.name for line in found}

    assert pairs([mentees[i] for i in mentee_order], [mentors[i] for i in mentor_order]) == pairs(mentees, mentors)
