"""Reads a stored upload and the people it may be about, and makes the plan of it."""

from functools import cache
from zoneinfo import available_timezones

from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from profiles.models import User
from programs.actions.people import MOST_PLACES
from programs.imports.columns import Meaning
from programs.imports.plan import File, Known, KnownMembership, Plan, addresses, make_plan
from programs.imports.reading import Checks, Refusal
from programs.models import Import, ImportFile, Membership, Role
from questions.models import Question, Readers
from questions.values import chunks, of_sheets

PARTICIPANTS = (Role.MENTOR, Role.MENTEE)


def is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


@cache
def checks() -> Checks:
    """What counts as an address, a zone, a language."""
    codes = {}
    for code, info in LANG_INFO.items():
        for name in (code, info.get("name", ""), info.get("name_local", "")):
            if name:
                codes.setdefault(name.casefold(), code)
    return Checks(is_address, available_timezones().__contains__, codes, MOST_PLACES)


def stored_rows(rows, problems) -> list[dict]:
    """A table's lines as an ImportFile keeps them, in order."""
    good = [{"line": row.line, "cells": row.cells} for row in rows]
    bad = [{"line": p.line, "refused": {"code": p.code, "column": p.column, "params": p.params}} for p in problems]
    return sorted(good + bad, key=lambda row: row["line"])


def cells_of(file: ImportFile) -> list[list[str]]:
    """The cells of the lines that could be read."""
    return [row["cells"] for row in file.rows if "cells" in row]


def file_of(file: ImportFile) -> File:
    """A stored file as the plan reads it."""
    return as_file(file.role, file.header, [Meaning.from_json(meaning) for meaning in file.mapping], file.rows)


def as_file(role: str, header, meanings, rows: list[dict]) -> File:
    """Stored rows as the plan reads them."""
    lines = [(row["line"], row["cells"] if "cells" in row else Refusal(**row["refused"])) for row in rows]
    return File(role, header, meanings, lines)


def plan_of(upload: Import, by: User | None = None) -> Plan:
    """What importing this would do now, by whoever looks or else asked for it; its columns must have been named."""
    files = [file_of(file) for file in upload.files.all()]
    return plan_for(upload.program, files, places=upload.places, answers=upload.name_choices, by=by or upload.asked_by)


def plan_for(program, files: list[File], *, places: int, answers: dict[str, str], by: User | None) -> Plan:
    """What importing these files would do now, whether they are stored or not."""
    known = known_people(program, addresses(files, checks()))
    return make_plan(
        files,
        known,
        places=places,
        answers=answers,
        checks=checks(),
        options=_options(program),
        private=_private(program),
        by=by.pk if by else None,
    )


def known_people(program, emails) -> dict[str, Known]:
    """The people of these addresses, with what they are in this program and what they answered."""
    users = []
    for chunk in chunks(sorted(emails)):
        users += User.objects.filter(email__in=chunk).values(
            "pk", "email", "name", "is_active", "last_login", "password"
        )
    here: dict[int, dict[str, tuple]] = {}
    for chunk in chunks(user["pk"] for user in users):
        rows = Membership.objects.of(program).filter(user__in=chunk).order_by()
        for pk, user, role, state, places, sheet in rows.values_list("pk", "user", "role", "state", "places", "sheet"):
            here.setdefault(user, {})[role] = (pk, state, places, sheet)
    sheets = [row[3] for roles in here.values() for role, row in roles.items() if role in PARTICIPANTS]
    answers = of_sheets(sheets)
    return {user["email"]: _known(user, here.get(user["pk"], {}), answers) for user in users}


def _known(user: dict, roles: dict[str, tuple], answers: dict) -> Known:
    memberships = {
        role: KnownMembership(pk, state, places, sheet, answers.get(sheet, {}))
        for role, (pk, state, places, sheet) in roles.items()
        if role in PARTICIPANTS
    }
    # An unusable password begins with "!": such a person has never set one.
    signed_in = user["last_login"] is not None or not user["password"].startswith("!")
    return Known(
        user["pk"],
        user["name"],
        near=bool(roles),
        signed_in=signed_in,
        active=user["is_active"],
        memberships=memberships,
    )


def forms_of(program) -> dict[str, object]:
    """The form of each side, by role."""
    return {Role.MENTOR.value: program.mentor_questionnaire_id, Role.MENTEE.value: program.mentee_questionnaire_id}


def _options(program) -> dict[str, dict[str, list[str]]]:
    """The choices each side's form offers already."""
    forms = {role: pk for role, pk in forms_of(program).items() if pk}
    found: dict[str, dict[str, list[str]]] = {role: {} for role in forms}
    for form, key, options in Question.objects.filter(questionnaire__in=forms.values()).values_list(
        "questionnaire", "key", "options"
    ):
        for role, pk in forms.items():
            if pk == form and options:
                found[role][key] = options
    return found


def _private(program) -> dict[str, set[str]]:
    """The keys of each side's form that people were told only the matching reads."""
    forms = {role: pk for role, pk in forms_of(program).items() if pk}
    asked = Question.objects.filter(questionnaire__in=forms.values(), readers=Readers.MATCHER)
    keys = list(asked.values_list("questionnaire", "key"))
    return {role: {key for form, key in keys if form == pk} for role, pk in forms.items()}
