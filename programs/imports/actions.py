"""From upload to people: every step of an import that writes."""

import logging
from datetime import timedelta

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from journal.actions import record
from programs.errors import Refused
from programs.imports import words
from programs.imports.columns import Meaning, faults, recognise
from programs.imports.plan import ADDED, UPDATED
from programs.imports.planning import MOST_PLACES, file_of, plan_of, stored_rows
from programs.imports.writing import LostLease, prepare, write
from programs.models import Import, ImportFile, ImportState, Program, ProgramState, RememberedMapping
from questions.cells import Table, Unreadable, read_table

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
TRIES = 3


def read(content: bytes, name: str) -> Table:
    """A file as a table; Refused with a sentence where it is none."""
    try:
        return read_table(content, name)
    except Unreadable as error:
        raise Refused(words.say_unreadable(error)) from error


def remembered(program, role: str) -> dict[str, dict]:
    """What was said of this program's columns last time, by column."""
    return dict(RememberedMapping.objects.filter(program=program, role=role).values_list("column", "meaning"))


def upload(program, tables: dict[str, tuple[str, Table]], *, by, now) -> Import:
    """Keeps files (by role: name and table) as a draft, with a first guess at their columns."""
    if not tables:
        raise Refused(_("Choose a file of mentors, of mentees, or both."))
    _insist_it_runs(program)
    files = []
    for role, (name, table) in tables.items():
        meanings = recognise(table.header, [row.cells for row in table.rows], role, remembered(program, role))
        files.append(
            ImportFile(
                role=role,
                name=name.replace("\x00", "")[:200],
                header=table.header,
                rows=stored_rows(table.rows, table.problems),
                mapping=[meaning.to_json() for meaning in meanings],
            )
        )
    with transaction.atomic():
        draft = Import.objects.create(
            program=program, created_by=by, created_at=now, show_addresses=program.show_addresses
        )
        for file in files:
            file.of = draft
        ImportFile.objects.bulk_create(files)
    return draft


def name_columns(draft: Import, meanings: dict[str, list[Meaning]], *, places: int, show_addresses: bool, by, now):
    """What each column means, remembered for the next file; then there is a preview."""
    if not 0 <= places <= MOST_PLACES:
        raise Refused(_("Choose between 0 and %(most)s places.") % {"most": MOST_PLACES})
    files = list(draft.files.all())
    for file in files:
        if found := faults(meanings[file.role], file.header):
            raise Refused(" ".join(words.say(code, params) for code, params in found))
    memory = [
        RememberedMapping(
            program=draft.program, role=file.role, column=name, meaning={**meaning.to_json(), "remembered": False}
        )
        for file in files
        for name, meaning in zip(file.header, meanings[file.role], strict=True)
    ]
    with transaction.atomic():
        moved = Import.objects.filter(pk=draft.pk, state__in=Import.CHANGEABLE).update(
            state=ImportState.PREVIEW, places=places, show_addresses=show_addresses, result={}, name_choices={}
        )
        if not moved:
            raise Refused(_("This import is not a draft any more."))
        for file in files:
            mapping = [meaning.to_json() for meaning in meanings[file.role]]
            ImportFile.objects.filter(pk=file.pk).update(mapping=mapping)
        RememberedMapping.objects.bulk_create(
            memory, update_conflicts=True, unique_fields=["program", "role", "column"], update_fields=["meaning"]
        )
    draft.refresh_from_db()


def answer_names(draft: Import, answers: dict[str, str], *, by, now) -> None:
    """Who it is where one address has two names; an answer that is no choice is left out."""
    questions = {question.address: question for question in plan_of(draft, by).questions}
    given = {
        address: answer
        for address, answer in answers.items()
        if address in questions and answer in {choice.value for choice in questions[address].choices}
    }
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=draft.pk)
        if row.state != ImportState.PREVIEW:
            raise Refused(_("This import is not a draft any more."))
        Import.objects.filter(pk=draft.pk).update(name_choices={**row.name_choices, **given})
    draft.refresh_from_db()


def ask_import(draft: Import, *, by, now) -> None:
    """Hands the import to the worker, once every question is answered."""
    _insist_it_runs(draft.program)
    if draft.state != ImportState.PREVIEW:
        raise Refused(_("This import is not a draft any more."))
    plan = plan_of(draft, by)
    if not plan.is_settled:
        raise Refused(_("Say first who it is where one address has two names."))
    if not plan.of(ADDED) and not plan.of(UPDATED):
        raise Refused(_("There is nothing to import: nobody would be added or updated."))
    with transaction.atomic():
        if not _move(draft, ImportState.PREVIEW, ImportState.ASKED, asked_by=by, progress=0, result={}):
            raise Refused(_("This import is not a draft any more."))
    draft.refresh_from_db()


def look_again(draft: Import, *, by, now) -> None:
    """Back to the preview after an import that came to nothing."""
    with transaction.atomic():
        if not _move(draft, ImportState.FAILED, ImportState.PREVIEW, result={}):
            raise Refused(_("This import did not fail."))
    draft.refresh_from_db()


def discard(draft: Import, *, by, now) -> None:
    """Throws a draft away, with everything that stood in its files."""
    with transaction.atomic():
        gone = Import.objects.filter(pk=draft.pk, state__in=Import.CHANGEABLE).update(state=ImportState.DISCARDED)
        if not gone:
            raise Refused(_("This import is not a draft any more."))
        ImportFile.objects.filter(of=draft).update(rows=[])
        record(
            by=by,
            verb="import discarded",
            thing=draft,
            now=now,
            topic=draft.program.slug,
            words=_("An import was discarded. Nobody was added."),
        )
    draft.refresh_from_db()


def run(draft: Import, *, now) -> bool:
    """Does an import that was asked for; False where another worker has it."""
    lease = now + LEASE
    free = Import.objects.to_do(now).filter(pk=draft.pk)
    if not free.update(state=ImportState.WORKING, lease_until=lease, progress=10):
        return False
    try:
        for left in reversed(range(TRIES)):
            try:
                _work(draft.pk, lease, now)
                break
            except IntegrityError:
                # Somebody added the same person in this moment: look again at who is known.
                if not left:
                    raise
    except LostLease:
        return False
    except OperationalError:
        # The database is busy or away: the lease runs out and the import is taken up again.
        raise
    except IntegrityError:
        _fail(draft, lease, words.say("changed_meanwhile"))
    except Refused as refused:
        _fail(draft, lease, str(refused))
    except Exception:
        logger.exception("Import %s failed.", draft.pk)
        _fail(draft, lease, words.say("unexpected"))
    draft.refresh_from_db()
    return True


def _work(pk: int, lease, now) -> None:
    draft = Import.objects.select_related("program", "asked_by").get(pk=pk)
    plan = plan_of(draft)
    if not plan.is_settled:
        raise Refused(words.say("questions_open"))
    work = prepare(draft, [file_of(file) for file in draft.files.all()], plan, by=draft.asked_by, now=now)
    Import.objects.filter(pk=pk, state=ImportState.WORKING, lease_until=lease).update(progress=50)
    write(work, lease)


def _fail(draft: Import, lease, sentence: str) -> None:
    Import.objects.filter(pk=draft.pk, state=ImportState.WORKING, lease_until=lease).update(
        state=ImportState.FAILED, lease_until=None, progress=0, result={"failure": sentence}
    )


def _move(draft: Import, old: str, new: str, **values) -> bool:
    assert (old, new) in Import.MOVES
    return Import.objects.filter(pk=draft.pk, state=old).update(state=new, **values) == 1


def _insist_it_runs(program) -> None:
    if Program.objects.filter(pk=program.pk, state=ProgramState.ENDED).exists():
        raise Refused(words.say("program_ended"))
