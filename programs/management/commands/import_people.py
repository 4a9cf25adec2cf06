"""Imports people from spreadsheets, as the pages do: prints what would happen, and does it with --yes."""

import json
import time
from dataclasses import replace
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from profiles.models import User
from programs.errors import Refused
from programs.imports import actions, columns, words
from programs.imports.columns import Meaning, faults, recognise
from programs.imports.plan import ADDED, OUTCOMES, REFUSED, UPDATED, Plan
from programs.imports.planning import as_file, plan_for, stored_rows
from programs.imports.rows import change_words, choices_of
from programs.models import ImportState, Program
from programs.permissions import can_import

CANNOT, OPEN_QUESTIONS, SOME_REFUSED = 1, 3, 4
WAIT_SECONDS = 120
HELP = """Exit codes: 0 everything is (or would be) imported; 1 it cannot be done, the reason is printed; 2 bad options;
3 one address has two names: answer with --who; 4 done (or possible), but some lines are refused.
A mapping file is JSON: {"mentor": {"column name": {"target": "answer", "kind": "choice", "readers": "matcher"}}}."""


class Command(BaseCommand):
    help = f"{__doc__} {HELP}"

    def add_arguments(self, parser):
        parser.add_argument("program", help="the program's short name, as in its address")
        parser.add_argument("--by", required=True, metavar="EMAIL", help="the coordinator in whose name this is done")
        parser.add_argument("--mentors", type=Path, metavar="FILE")
        parser.add_argument("--mentees", type=Path, metavar="FILE")
        parser.add_argument("--mapping", type=Path, metavar="FILE", help="what columns are, where the guess is wrong")
        parser.add_argument(
            "--places", type=int, default=1, help="of a mentor whose line names none; counts as their yes"
        )
        parser.add_argument("--show-addresses", choices=["yes", "no"], help="a pair see each other's address")
        for readers, option in (("other_side", "other-side"), ("coordinators", "coordinators"), ("matcher", "matcher")):
            said = words.READERS[readers]
            parser.add_argument(f"--{option}", action="append", default=[], metavar="COLUMN", help=f"seen by {said}")
        parser.add_argument("--who", action="append", default=[], metavar="EMAIL=ANSWER", help="who has this address")
        parser.add_argument("--yes", action="store_true", help="import, instead of only saying what would happen")

    def handle(self, *args, **options):
        program = Program.objects.filter(slug=options["program"]).first()
        by = User.objects.filter(email=options["by"].strip().lower()).first()
        if program is None:
            raise CommandError(f"There is no program “{options['program']}”.", returncode=CANNOT)
        if by is None or not can_import(by, program):
            raise CommandError(f"{options['by']} does not coordinate this program.", returncode=CANNOT)
        try:
            plan = self._do(program, by, options)
        except Refused as refused:
            raise CommandError(str(refused), returncode=CANNOT) from refused
        if plan.of(REFUSED):
            raise CommandError(f"{len(plan.of(REFUSED))} lines are refused, see above.", returncode=SOME_REFUSED)

    def _do(self, program, by, options) -> Plan:
        tables = _tables(options)
        meanings = _meanings(program, tables, options)
        answers = _answers(options["who"])
        show = program.show_addresses if options["show_addresses"] is None else options["show_addresses"] == "yes"
        files = [
            as_file(role, table.header, meanings[role], stored_rows(table.rows, table.problems))
            for role, (_name, table) in tables.items()
        ]
        plan = plan_for(program, files, places=options["places"], answers=answers, by=by)
        self._print(files, plan)
        if not plan.is_settled:
            raise CommandError("One address has two names: answer with --who, see above.", returncode=OPEN_QUESTIONS)
        if options["yes"] and (plan.of(ADDED) or plan.of(UPDATED)):
            now = timezone.now()
            draft = actions.upload(program, tables, by=by, now=now)
            actions.name_columns(draft, meanings, places=options["places"], show_addresses=show, by=by, now=now)
            actions.answer_names(draft, answers, by=by, now=now)
            actions.ask_import(draft, by=by, now=now)
            self._wait(draft, now)
        return plan

    def _wait(self, draft, now) -> None:
        """Does it here, or waits for the worker that was quicker."""
        actions.run(draft, now=now)
        for _turn in range(WAIT_SECONDS * 2):
            draft.refresh_from_db()
            if draft.state not in (ImportState.ASKED, ImportState.WORKING):
                break
            time.sleep(0.5)
        if draft.state != ImportState.DONE:
            raise Refused(draft.result.get("failure") or f"The import is {draft.get_state_display()}.")
        self.stdout.write(self.style.SUCCESS("Imported. Nobody was written to."))

    def _print(self, files, plan: Plan) -> None:
        for file in files:
            self.stdout.write(f"{file.role}s:")
            for name, meaning in zip(file.header, file.meanings, strict=True):
                about = f", {words.KINDS[meaning.kind]}, seen by {words.READERS[meaning.readers]}"
                self.stdout.write(f"  {name}: {words.TARGETS[meaning.target]}{about if meaning.is_answer else ''}")
        self.stdout.write(", ".join(f"{plan.counts[outcome]} {outcome}" for outcome in OUTCOMES))
        for line in plan.of(UPDATED):
            self.stdout.write(f"  {line.role}s line {line.line}: {'; '.join(change_words(line))}")
        for line in plan.of(REFUSED):
            column = f", column {line.refusal.column}" if line.refusal.column else ""
            reason = words.say(line.refusal.code, line.refusal.params)
            self.stdout.write(f"  {line.role}s line {line.line}{column}: {reason}")
        for question in plan.questions:
            if question.is_open:
                self.stdout.write(f"  Who has {question.address}?")
                for value, said in choices_of(question):
                    self.stdout.write(f'    --who "{question.address}={value}"  {said}')


def _tables(options) -> dict:
    tables = {}
    for role, path in (("mentor", options["mentors"]), ("mentee", options["mentees"])):
        if path is None:
            continue
        try:
            content = path.read_bytes()
        except OSError as error:
            raise Refused(f"{path}: {error.strerror}.") from error
        try:
            tables[role] = (path.name, actions.read(content, path.name))
        except Refused as refused:
            raise Refused(f"{path}: {refused}") from refused
    if not tables:
        raise CommandError("Give --mentors, --mentees, or both.", returncode=2)
    return tables


def _meanings(program, tables, options) -> dict[str, list[Meaning]]:
    """The guess, then the mapping file, then the options on who sees what."""
    said = _mapping(options["mapping"])
    found = {}
    for role, (name, table) in tables.items():
        rows = [row.cells for row in table.rows]
        known = {**actions.remembered(program, role), **said.get(role, {})}
        meanings = recognise(table.header, rows, role, known)
        for readers in columns.READERS:
            wanted = {column.casefold() for column in options[readers]}
            meanings = [
                replace(meaning, readers=readers) if column.casefold() in wanted else meaning
                for column, meaning in zip(table.header, meanings, strict=True)
            ]
        if wrong := faults(meanings, table.header):
            raise Refused(f"{name}: " + " ".join(words.say(code, params) for code, params in wrong))
        found[role] = meanings
    unknown = {c for readers in columns.READERS for c in options[readers]} - _names(tables)
    if unknown:
        raise Refused(f"No file has a column “{'”, “'.join(sorted(unknown))}”.")
    return found


def _names(tables) -> set[str]:
    return {column for _name, table in tables.values() for column in table.header}


def _mapping(path: Path | None) -> dict:
    if path is None:
        return {}
    try:
        said = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(f"{path} is no mapping: {error}.") from error
    fits = isinstance(said, dict) and all(isinstance(part, dict) for part in said.values())
    if not fits or set(said) - {"mentor", "mentee"}:
        raise Refused(f"{path} is no mapping: it holds “mentor” and “mentee”, each with columns.")
    for part in said.values():
        for column, meaning in part.items():
            if not isinstance(meaning, dict) or meaning.get("target") not in columns.TARGETS:
                raise Refused(f"{path}: “{column}” needs a target, one of {', '.join(columns.TARGETS)}.")
    return said


def _answers(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        address, _equals, answer = pair.partition("=")
        found[address.strip().lower()] = answer.strip()
    return found
