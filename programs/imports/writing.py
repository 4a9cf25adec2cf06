"""Writes a settled plan: one transaction, everything in bulk, nothing worked out in it."""

from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal.actions import record, record_many
from journal.models import Entry
from profiles.models import User
from programs import listeners
from programs.errors import Refused
from programs.imports import words
from programs.imports.columns import options_of
from programs.imports.plan import ADDED, REFUSED, UNCHANGED, UPDATED, File, Line, Plan
from programs.models import Import, ImportFile, ImportState, Membership, MembershipState, Program, ProgramState, Role
from questions import actions as forms
from questions.actions import QuestionSpec
from questions.values import chunks

MOST_REFUSALS_KEPT = 1000
FORM_FIELDS = {Role.MENTOR.value: "mentor_questionnaire", Role.MENTEE.value: "mentee_questionnaire"}


class LostLease(Exception):
    """Another worker took this import over."""


@dataclass
class Work:
    """Everything to write, worked out before the transaction begins."""

    upload: Import
    by: object
    now: object
    files: list[File]
    plan: Plan
    people: dict[str, User] = field(default_factory=dict)
    memberships: dict[int, Membership] = field(default_factory=dict)
    renamed: dict[int, str] = field(default_factory=dict)

    @property
    def program(self) -> Program:
        return self.upload.program

    def lines(self, role: str, *outcomes: str) -> list[Line]:
        return [line for line in self.plan.lines if line.role == role and line.outcome in outcomes]


def prepare(upload: Import, files: list[File], plan: Plan, *, by, now) -> Work:
    """The rows of a plan, unsaved."""
    work = Work(upload, by, now, files, plan)
    for line in plan.lines:
        if line.outcome == ADDED and line.known is None and line.address not in work.people:
            person = line.person
            work.people[line.address] = User(
                email=line.address,
                name=line.name,
                pronouns=person.pronouns,
                time_zone=person.time_zone or upload.program.time_zone,
                languages=list(person.languages),
                date_joined=now,
            )
            work.people[line.address].set_unusable_password()
        if line.outcome in (ADDED, UPDATED) and line.known and line.known.near and line.name != line.known.name:
            work.renamed[line.known.pk] = line.name
    return work


def write(work: Work, lease) -> None:
    """Writes it all or nothing; raises LostLease, Refused, or IntegrityError where somebody was quicker."""
    with transaction.atomic():
        mine = Import.objects.filter(pk=work.upload.pk, state=ImportState.WORKING, lease_until=lease)
        done = {"state": ImportState.DONE, "lease_until": None, "progress": 100, "done_at": work.now}
        if mine.update(**done, result=result_of(work)) != 1:
            raise LostLease
        program = Program.objects.select_for_update().get(pk=work.program.pk)
        if program.state == ProgramState.ENDED:
            raise Refused(words.say("program_ended"))
        User.objects.bulk_create(work.people.values())
        # Without this row the first sign-in by code would ask for a second code.
        EmailAddress.objects.bulk_create(
            EmailAddress(user=person, email=person.email, primary=True) for person in work.people.values()
        )
        versions = {file.role: _save_form(work, program, file) for file in work.files}
        for file in work.files:
            _add(work, file.role, versions[file.role])
            _update(work, file.role, versions[file.role])
        _rename(work)
        _set_program(work, program, versions)
        ImportFile.objects.filter(of=work.upload).update(rows=[])
        _tell(work, program)


def result_of(work: Work) -> dict:
    """What the page and the history keep of it."""
    refused = work.plan.of(REFUSED)
    return {
        "counts": work.plan.counts,
        "new_people": work.plan.new_people,
        "in_both": work.plan.in_both,
        "refused": [
            {"role": line.role, "line": line.line, **line.refusal.to_json()} for line in refused[:MOST_REFUSALS_KEPT]
        ],
    }


def _save_form(work: Work, program: Program, file: File):
    """This side's form with the file's columns: those it had stay, new ones come after them."""
    current = getattr(program, FORM_FIELDS[file.role])
    specs = {spec.key: spec for spec in forms.specs_of(current)}
    for _place, name, meaning in file.answers:
        before = specs.get(meaning.key)
        options = work.plan.options[file.role].get(meaning.key, ())
        if before and meaning.kind in ("choice", "several"):
            # Another import may have brought choices since the plan was made.
            options = options_of("choice", options, before.options)
        specs[meaning.key] = QuestionSpec(
            meaning.key, name, before.help if before else "", meaning.kind, options, meaning.readers
        )
    if not specs:
        return current
    title = current.title if current else _("Form for mentors") if file.role == Role.MENTOR else _("Form for mentees")
    return forms.save_version(current, title=title, questions=list(specs.values()), now=work.now)


def _add(work: Work, role: str, form) -> None:
    """New participants, each with a sheet."""
    lines = work.lines(role, ADDED)
    sheets = forms.fill_many(form, [line.answers for line in lines]) if form else [None] * len(lines)
    added = Membership.objects.bulk_create(
        Membership(
            program=work.program,
            user_id=line.known.pk if line.known else work.people[line.address].pk,
            role=role,
            state=MembershipState.READY,
            since=work.now,
            joined_at=work.now,
            places=line.places,
            sheet=sheet,
        )
        for line, sheet in zip(lines, sheets, strict=True)
    )
    work.memberships |= {id(line): membership for line, membership in zip(lines, added, strict=True)}


def _update(work: Work, role: str, form) -> None:
    """Participants who were here: their sheets come to the newest version, changed answers and places are written."""
    lines = work.lines(role, UPDATED, UNCHANGED)
    if form:
        forms.move_sheets([line.member.sheet for line in lines if line.member.sheet], form)
        changes = {
            line.member.sheet: {change.key: change.new for change in line.changes if change.key}
            for line in lines
            if line.member.sheet
        }
        forms.put(form, {sheet: answers for sheet, answers in changes.items() if answers})
        _first_sheets([line for line in lines if not line.member.sheet and any(c.key for c in line.changes)], form)
    places: dict[int, list[int]] = {}
    for line in lines:
        if line.places != line.member.places:
            places.setdefault(line.places, []).append(line.member.pk)
    for count, members in places.items():
        for chunk in chunks(members):
            Membership.objects.filter(pk__in=chunk).update(places=count)
    if role == Role.MENTOR and (offering := [line.member.pk for line in lines if line.places]):
        listeners.places_offered(offering, by=work.by, now=work.now)


def _first_sheets(lines: list[Line], form) -> None:
    """A sheet for whoever was added by hand and has none yet."""
    rows = [{c.key: c.new for c in line.changes if c.key} for line in lines]
    sheets = forms.fill_many(form, rows)
    Membership.objects.bulk_update(
        [Membership(pk=line.member.pk, sheet=sheet) for line, sheet in zip(lines, sheets, strict=True)], ["sheet"]
    )


def _rename(work: Work) -> None:
    User.objects.bulk_update([User(pk=pk, name=name) for pk, name in work.renamed.items()], ["name"])


def _set_program(work: Work, program: Program, versions: dict) -> None:
    """The newest forms, and whether a pair see each other's address."""
    values = {FORM_FIELDS[role]: form for role, form in versions.items() if form}
    if program.show_addresses != work.upload.show_addresses:
        # A setting: whoever has the settings open must not undo it unseen.
        values |= {"show_addresses": work.upload.show_addresses, "edition": F("edition") + 1}
    if values:
        Program.objects.filter(pk=program.pk).update(**values)


def _tell(work: Work, program: Program) -> None:
    """History: an entry for each person, and one for the import."""
    entries = []
    for line in work.plan.lines:
        if line.outcome not in (ADDED, UPDATED):
            continue
        pk = work.memberships[id(line)].pk if line.outcome == ADDED else line.member.pk
        person = line.known.pk if line.known else work.people[line.address].pk
        entry = Entry(
            at=work.now,
            by=work.by,
            verb="imported" if line.outcome == ADDED else "updated by import",
            app="programs",
            model="membership",
            object_id=str(pk),
            topic=program.slug,
            words=_words(line),
        )
        entries.append((entry, [User(pk=person)]))
    record_many(entries)
    record(
        by=work.by, verb="imported", thing=work.upload, now=work.now, topic=program.slug, words=_summary(work, program)
    )


def _words(line: Line) -> str:
    if line.outcome == ADDED:
        told = (
            _("%(name)s came in by a file, as mentor.")
            if line.role == Role.MENTOR
            else _("%(name)s came in by a file, as mentee.")
        )
        return told % {"name": line.name}
    columns = ", ".join(change.column for change in line.changes)
    return _("A file changed what we know of %(name)s: %(columns)s.") % {"name": line.name, "columns": columns}


def _summary(work: Work, program: Program) -> str:
    counts = work.plan.counts
    told = ngettext("Import: %(added)s participant added", "Import: %(added)s participants added", counts[ADDED])
    told = (told + _(", %(updated)s updated, %(refused)s refused.")) % counts
    if program.show_addresses != work.upload.show_addresses:
        told += " " + (
            _("A pair see each other's email address from now on.")
            if work.upload.show_addresses
            else _("A pair no longer see each other's email address.")
        )
    return told
