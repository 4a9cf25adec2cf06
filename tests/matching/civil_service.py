"""The real files of tests/data as a program: what the import would have made of them."""

import csv
from pathlib import Path

from matching.models import Policy
from programs.models import Membership, Program
from questions.actions import QuestionSpec, fill_many, save_version
from tests.world import COORDINATOR, NOW, add_member, make_person, make_program

FOLDER = Path(__file__).parent.parent / "data" / "civil-service-small"
SCALE = ["AA", "AO", "EO", "HEO", "SEO", "Grade 7", "Grade 6", "SCS1", "SCS2", "SCS3", "SCS4"]
READERS = {
    "profession": "other_side",
    "identity-to-match": "matcher",
    "match-with-similar-identity": "matcher",
    "characteristics": "matcher",
}
NOT_ASKED = {"first name", "last name", "email address"}


def rules(*, honour=False, **settings) -> dict:
    """The program's own rules, from the data's README."""
    wish = {"kind": "wish_met", "mentee": "identity-to-match", "mentor": "characteristics", "points": 6}
    if honour:
        wish |= {"asked": "match-with-similar-identity", "honour": True}
    return {
        "rules": [
            {"kind": "must_differ", "mentee": "organisation", "mentor": "organisation"},
            {
                "kind": "ordinal_distance",
                "mentee": "grade",
                "mentor": "grade",
                "scale": SCALE,
                "points": {"1": 9, "2": 12},
            },
            {"kind": "same_value", "mentee": "profession", "mentor": "profession", "points": 10},
            wish,
        ],
        **settings,
    }


def rows_of(role: str) -> list[dict]:
    with open(FOLDER / f"{role}s.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def form_of(role: str, rows: list[dict]):
    columns = [column for column in rows[0] if column not in NOT_ASKED]
    specs = [
        QuestionSpec(key(column), column.capitalize(), readers=READERS.get(key(column), "coordinators"))
        for column in columns
    ]
    return save_version(None, title=f"For {role}s", questions=specs, now=NOW), columns


def key(column: str) -> str:
    return column.replace(" ", "-")


def build(*, policy: dict | None = None, places=1, state="ready", **fields) -> Program:
    """The fifty mentors and fifty mentees, ready, in an open program with a coordinator and its rules."""
    program = make_program("Civil service", slug="civil-service", **fields)
    coordinator = make_person("Cora Coordinator", "cora@example.org")
    add_member(program, COORDINATOR, coordinator)
    for role in ("mentor", "mentee"):
        rows = rows_of(role)
        form, columns = form_of(role, rows)
        Program.objects.filter(pk=program.pk).update(**{f"{role}_questionnaire": form})
        sheets = fill_many(form, [{key(column): row[column] or None for column in columns} for row in rows])
        for row, sheet in zip(rows, sheets, strict=True):
            person = make_person(f"{row['first name']} {row['last name']}", row["email address"], password=None)
            add_member(program, role, person, state=state, places=places, sheet=sheet)
    program.refresh_from_db()
    Policy.objects.create(program=program, version=1, rules=policy or rules(), created_at=NOW, created_by=coordinator)
    return program


def coordinator_of(program):
    return Membership.objects.of(program).get(role=COORDINATOR).user
