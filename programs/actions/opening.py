"""What a program needs before anybody hears from it, and opening it."""

from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from journal.actions import record
from programs.errors import Refused
from programs.models import Duty, Program, ProgramState


class Missing(NamedTuple):
    """One thing still missing: in words, and the section of the settings where it is given."""

    words: str
    section: str


def missing_to_open(program, contacts=None) -> list[Missing]:
    """What stands between this program and its first email; `contacts` saves the query where they are known."""
    if contacts is None:
        contacts = program.points_of_contact.select_related("person", "deputy")
    found = []
    if not program.purpose.strip():
        found.append(Missing(_("What the program is for"), "basics"))
    if program.starts_on is None:
        found.append(Missing(_("The first day"), "basics"))
    found += _missing_of_safeguarding([row for row in contacts if row.duty == Duty.SAFEGUARDING])
    if not program.emergency_number.strip():
        found.append(Missing(_("An emergency number"), "help"))
    if not program.evaluation_for_mentees.strip():
        found.append(Missing(_("What mentees are told about evaluation"), "words"))
    if not program.evaluation_for_mentors.strip():
        found.append(Missing(_("What mentors are told about evaluation"), "words"))
    return found


def _missing_of_safeguarding(rows) -> list[Missing]:
    row = rows[0] if rows else None
    found = []
    if row is None or not reachable(row.person):
        found.append(Missing(_("A safeguarding contact who can sign in"), "help"))
    if row is None or row.deputy is None or not reachable(row.deputy):
        found.append(Missing(_("A deputy for the safeguarding contact who can sign in"), "help"))
    return found


def reachable(person) -> bool:
    """Whether somebody can be written to and can sign in."""
    return bool(person.is_active and person.email)


def missing_while_open(program) -> list[Missing]:
    """What an open program lacks: nothing, but for one that was opened under older rules."""
    return missing_to_open(program) if program.state == ProgramState.OPEN else []


def insist_complete(program, before: list[Missing]) -> None:
    """Refuses, in the caller's transaction, a change that takes from an open program what it needs."""
    if lost := [one.words for one in missing_while_open(program) if one not in before]:
        raise Refused(_("An open program cannot be without this: %(list)s.") % {"list": "; ".join(lost)})


def open_program(program, *, by, now):
    """Lets the program's emails leave from now on; refused with the list of what is missing."""
    with transaction.atomic():
        program = Program.objects.locked().get(pk=program.pk)
        if program.state == ProgramState.OPEN:
            raise Refused(_("This program is open already."))
        if missing := missing_to_open(program):
            raise Refused(_("Still missing: %(list)s.") % {"list": "; ".join(m.words for m in missing)})
        _move(program, ProgramState.OPEN, opened_at=now)
        record(
            by=by, verb="program.opened", thing=program, now=now, topic=program.slug, words=_("The program was opened.")
        )
    return program


def end_program(program, *, by, now, why=""):
    """Ends an open program; it can be opened again."""
    with transaction.atomic():
        program = Program.objects.locked().get(pk=program.pk)
        _move(program, ProgramState.ENDED)
        record(
            by=by,
            verb="program.ended",
            thing=program,
            now=now,
            topic=program.slug,
            why=why,
            words=_("The program was ended."),
        )
    return program


def _move(program, to, **fields):
    refusal = Refused(_("This program is %(state)s.") % {"state": program.get_state_display()})
    if (program.state, to) not in Program.MOVES:
        raise refusal
    if Program.objects.filter(pk=program.pk, state=program.state).update(state=to, **fields) != 1:
        raise refusal
    program.state = to
