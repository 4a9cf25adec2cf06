"""Making a program and changing what it says, what it sets and who answers for it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext as _

from journal.actions import record
from programs import listeners
from programs.actions.opening import insist_complete, missing_while_open, reachable
from programs.actions.people import find_or_make_person
from programs.errors import Refused
from programs.figures import FIGURES
from programs.goals import Aim, tidied
from programs.models import Duty, Goal, Membership, MembershipState, PointOfContact, Program, ProgramFigure, Role

# What `change_program` may change; states, contacts, figures and people have actions of their own.
CHANGEABLE = [
    "name", "template", "purpose", "audience", "mentor_description", "mentee_description", "starts_on", "ends_on",
    "time_zone", "evaluation_for_mentees", "evaluation_for_mentors", "emergency_number", "help_text", "show_addresses",
    "mentees_choose", "both_say_yes",
]  # fmt: skip
# Short names that are pages of their own.
TAKEN_SLUGS = {"new"}


def create_program(*, by, now, goals=(), slug="", **fields):
    """Makes a program being set up; whoever makes it coordinates it."""
    _only_changeable(fields)
    program = Program(created_at=now, **fields)
    _check(program)
    with transaction.atomic():
        program.slug = _free_slug(slug or slugify(program.name)[:60] or "program")
        program.save(force_insert=True)
        _set_goals(program, goals)
        if by is not None:
            Membership.objects.create(
                program=program, user=by, role=Role.COORDINATOR, state=MembershipState.ACTIVE, since=now, joined_at=now
            )
        words = _("The program “%(name)s” was made.") % {"name": program.name}
        record(by=by, verb="program.created", thing=program, now=now, topic=program.slug, words=words)
    return program


def change_program(program, *, by, now, edition=None, goals=None, **fields):
    """Changes what the program says; with `edition`, refused where somebody else changed it meanwhile."""
    _only_changeable(fields)
    with transaction.atomic():
        program = Program.objects.locked().get(pk=program.pk)
        if edition is not None and edition != program.edition:
            raise Refused(
                _(
                    "Somebody else changed these settings while you had this page open. What you wrote is still below: "
                    "compare it with the settings as they are now, and save again."
                )
            )
        before = missing_while_open(program)
        changed = [name for name, value in fields.items() if getattr(program, name) != value]
        for name in changed:
            setattr(program, name, fields[name])
        _check(program)
        labels = [str(Program._meta.get_field(name).verbose_name) for name in changed]
        if goals is not None and _set_goals(program, goals):
            labels.append(_("goals"))
        if not labels:
            return program
        insist_complete(program, before)
        values = {name: getattr(program, name) for name in changed}
        Program.objects.filter(pk=program.pk).update(edition=F("edition") + 1, **values)
        program.edition += 1
        _record_change(program, labels, by, now)
    return program


def set_figures(program, values: dict[str, int], *, by, now):
    """Sets figures of the program, each within its bounds; older values stay as history."""
    for key, value in values.items():
        try:
            FIGURES[key].check(value)
        except ValueError as error:
            raise Refused(str(error)) from None
    with transaction.atomic():
        program = Program.objects.locked().get(pk=program.pk)
        changed = {key: value for key, value in values.items() if program.figure(key) != value}
        ProgramFigure.objects.bulk_create(
            ProgramFigure(program=program, key=key, value=value, since=now, by=by) for key, value in changed.items()
        )
        if changed:
            _record_change(program, [f"{FIGURES[k].label} {v} {FIGURES[k].unit}" for k, v in changed.items()], by, now)
            listeners.figures_changed(program, now=now)
    return program


def set_contact(program, duty, person, deputy=None, *, by, now):
    """Names who answers for a duty and who stands in; without a person, nobody does."""
    if person is None and deputy is not None:
        raise Refused(_("Name the first person before the deputy."))
    if person is not None and person == deputy:
        raise Refused(_("The deputy has to be somebody else."))
    with transaction.atomic():
        program = Program.objects.locked().get(pk=program.pk)
        named = PointOfContact.objects.filter(program=program, duty=duty).first()
        old = (named.person_id, named.deputy_id) if named else (None, None)
        new = (person.pk if person else None, deputy.pk if deputy else None)
        if old == new:
            return named
        before = missing_while_open(program)
        for somebody in filter(None, (person, deputy)):
            if not reachable(somebody):
                raise Refused(
                    _("%(address)s may not sign in, so nobody would read what is written to it.")
                    % {"address": somebody.email or somebody}
                )
        Program.objects.filter(pk=program.pk).update(edition=F("edition") + 1)
        if person is None:
            named.delete()
            row = None
        else:
            row, _made = PointOfContact.objects.update_or_create(
                program=program, duty=duty, defaults={"person": person, "deputy": deputy}
            )
        insist_complete(program, before)
        words = _("%(duty)s: %(person)s, deputy %(deputy)s.") % {
            "duty": str(Duty(duty).label).capitalize(),
            "person": person or _("nobody"),
            "deputy": deputy or _("nobody"),
        }
        record(by=by, verb="program.changed", thing=program, now=now, topic=program.slug, words=words)
    return row


def set_help(program, contacts, *, by, now, edition=None, **fields):
    """Numbers and people who answer, in one change: `contacts` is {duty: [(email, name), (email, name)]}."""
    with transaction.atomic():
        program = change_program(program, by=by, now=now, edition=edition, **fields)
        for duty, wanted in contacts.items():
            people = [
                find_or_make_person(email, name, by=by, now=now, program=program)[0] if email else None
                for email, name in wanted
            ]
            set_contact(program, duty, *people, by=by, now=now)
    return program


def _record_change(program, labels, by, now):
    words = _("Settings changed: %(list)s.") % {"list": ", ".join(labels)}
    record(by=by, verb="program.changed", thing=program, now=now, topic=program.slug, words=words)


def _only_changeable(fields):
    if wrong := set(fields) - set(CHANGEABLE):
        raise TypeError(f"Not a setting of a program: {', '.join(sorted(wrong))}")


def _check(program):
    """Refuses what the columns cannot hold, in the sentence of the field."""
    try:
        program.clean_fields(exclude=["slug", "edition"])
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    if program.starts_on is None and program.ends_on is not None:
        raise Refused(_("Give the first day, too."))
    if program.ends_on is not None and program.ends_on < program.starts_on:
        raise Refused(_("The last day is before the first."))


def _free_slug(wish: str) -> str:
    """The wished-for short name, or the first free one after it."""
    taken = set(Program.objects.filter(slug__startswith=wish).values_list("slug", flat=True)) | TAKEN_SLUGS
    number, slug = 1, wish
    while slug in taken:
        number += 1
        slug = f"{wish}-{number}"
    return slug


def _set_goals(program, goals) -> bool:
    """The goals in this order, each as words or as an `Aim`; a goal whose words stay keeps its row."""
    aims = tidied(goals)
    rows = list(program.goals.all())
    if [Aim(row.text, row.measure, row.target, row.within) for row in rows] == aims:
        return False
    by_text = {row.text: row for row in rows}
    program.goals.exclude(text__in=[aim.text for aim in aims]).delete()
    for position, aim in enumerate(aims):
        values = aim._asdict() | {"position": position}
        if row := by_text.get(aim.text):
            Goal.objects.filter(pk=row.pk).update(**values)
        else:
            Goal.objects.create(program=program, **values)
    return True
