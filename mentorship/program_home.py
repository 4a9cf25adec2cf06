"""A program's home for those who run it: where everybody stands, what needs them, whether emails arrive."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from council.models import Case
from matching.models import Pairing, Policy, Round, RoundState
from mentorship import follow_ups
from outbox.models import LetterState
from programs.actions import missing_to_open
from programs.models import (
    Import,
    ImportState,
    Membership,
    MembershipState,
    PointOfContact,
    Program,
    ProgramState,
    Role,
)
from programs.navigation import list_url
from programs.permissions import can_coordinate, letters_visible_to
from programs.views.pages import coordinator_page, render
from surveys import results

S = MembershipState
PEOPLE = "admin:programs_membership_changelist"
EMAILS = "admin:outbox_letter_changelist"
PAIRS = "admin:matching_pairing_changelist"
# From imported to active, in the order of the path; the first counts everybody who has not gone.
FUNNEL = [
    (gettext_lazy("Imported or added"), ""),
    (gettext_lazy("Ready to be matched"), S.READY),
    (gettext_lazy("On the waiting list"), S.WAITING),
    (gettext_lazy("Active"), S.ACTIVE),
]
GONE = {S.LEFT, S.DECLINED}
NOT_SENT_YET = [LetterState.WAITING, LetterState.CLAIMED, LetterState.SENDING, LetterState.HELD]


@dataclass
class Delivery:
    """Whether a program's emails arrive."""

    waiting: int = 0
    sent: int = 0
    dead: int = 0
    oldest_due: datetime | None = None


@dataclass
class Figures:
    """What is counted of one program, without rows about the reader themselves."""

    people: dict = field(default_factory=dict)
    pairs: int = 0
    delivery: Delivery = field(default_factory=Delivery)
    imports: dict = field(default_factory=dict)
    rounds: set = field(default_factory=set)
    has_rules: bool = False
    contacts: list = field(default_factory=list)
    follow_ups: int = 0
    overdue: int = 0
    # People who say that it goes badly and asked for nothing.
    low: int = 0

    def count(self, role: str, *states) -> int:
        """Participants in a role, in these states, or all who have not gone."""
        return sum(
            number
            for (its_role, state), number in self.people.items()
            if its_role == role and (state in states if states else state not in GONE)
        )


@dataclass(frozen=True)
class Need:
    """One thing that waits for the coordinator: what, why, and the one button for it."""

    title: str
    why: str
    action: str
    url: str


def figures_of(programs, user, now) -> dict[int, Figures]:
    """The figures of these programs by primary key, in a fixed number of queries."""
    found = {program.pk: Figures() for program in programs}
    by_slug = {program.slug: found[program.pk] for program in programs}
    people = Membership.objects.visible_to(user).participants().filter(program__in=found).order_by()
    for pk, role, state, number in people.values_list("program", "role", "state").annotate(n=Count("pk")):
        found[pk].people[role, state] = number
    pairs = Pairing.objects.visible_to(user).open().filter(program__in=found).order_by()
    for pk, number in pairs.values_list("program").annotate(n=Count("pk")):
        found[pk].pairs = number
    letters = letters_visible_to(user).filter(topic__in=by_slug).order_by()
    for slug, *numbers in letters.values_list("topic").annotate(
        waiting=Count("pk", filter=Q(state__in=NOT_SENT_YET)),
        sent=Count("pk", filter=Q(state=LetterState.SENT, sent_at__gt=now - timedelta(days=7))),
        dead=Count("pk", filter=Q(state=LetterState.DEAD)),
        oldest_due=Min("due_at", filter=Q(state__in=NOT_SENT_YET, due_at__lte=now)),
    ):
        by_slug[slug].delivery = Delivery(*numbers)
    imports = Import.objects.filter(program__in=found).order_by().exclude(state__in=["done", "discarded"])
    for pk, state, number in imports.values_list("program", "state").annotate(n=Count("pk")):
        found[pk].imports[state] = number
    _count_follow_ups(found, user, now)
    for pk, number in results.low_counts(user, list(found)).items():
        found[pk].low = number
    for pk, state in Round.objects.in_work().filter(program__in=found).values_list("program", "state"):
        found[pk].rounds.add(state)
    for pk in Policy.objects.filter(program__in=found).order_by().values_list("program", flat=True).distinct():
        found[pk].has_rules = True
    for row in PointOfContact.objects.filter(program__in=found).select_related("person", "deputy"):
        found[row.program_id].contacts.append(row)
    return found


def _count_follow_ups(found, user, now) -> None:
    """How many a person may decide, and how many of these are late."""
    open_ones = Case.objects.visible_to(user).open().filter(program__in=found).order_by()
    for pk, *numbers in open_ones.values_list("program").annotate(
        n=Count("pk"), late=Count("pk", filter=Q(due_at__lte=now))
    ):
        found[pk].follow_ups, found[pk].overdue = numbers


def needs_of(program, figures) -> list[Need]:
    """What waits for the coordinator, the first thing first."""
    asked = [_to_open, _to_follow_up, _to_look_after, _to_import, _to_rules, _to_round, _to_match, _to_deliver]
    return [need for ask in asked if (need := ask(program, figures))]


def _to_open(program, figures):
    if program.state != ProgramState.SETUP:
        return None
    missing = missing_to_open(program, figures.contacts)
    url = reverse("programs:open", args=[program.slug])
    if not missing:
        return Need(
            _("Everything is there: open the program"),
            _("Until then no email leaves, whatever you import or match."),
            _("Open the program"),
            url,
        )
    title = ngettext(
        "One thing is missing before the program opens",
        "%(number)s things are missing before the program opens",
        len(missing),
    ) % {"number": len(missing)}
    return Need(title, "; ".join(one.words for one in missing) + ".", _("See what is missing"), url)


def _to_follow_up(program, figures):
    if not figures.follow_ups:
        return None
    words = ngettext(
        "One follow-up waits for a decision", "%(number)s follow-ups wait for a decision", figures.follow_ups
    )
    why = _("Somebody has fallen silent, or has asked for help.")
    if figures.overdue:
        late = ngettext("The day of one has passed.", "The day of %(number)s has passed.", figures.overdue)
        why = f"{late % {'number': figures.overdue}} {why}"
    return Need(
        words % {"number": figures.follow_ups},
        why,
        _("Look at the follow-ups"),
        reverse("council:board", args=[program.slug]),
    )


def _to_look_after(program, figures):
    if not figures.low:
        return None
    words = ngettext(
        "One person says it is going badly and asked for nothing",
        "%(number)s people say it is going badly and asked for nothing",
        figures.low,
    )
    return Need(
        words % {"number": figures.low},
        _("Nothing happens by itself. A friendly question from you is often enough."),
        _("See who"),
        reverse("surveys:results", args=[program.slug]),
    )


def _to_import(program, figures):
    url = _url("programs:import", program)
    if any(figures.imports.get(state) for state in (ImportState.MAPPING, ImportState.PREVIEW, ImportState.FAILED)):
        return Need(
            _("An import is not finished"),
            _("Name its columns, answer its questions, and look at who would be added. Nobody is added before that."),
            _("Go on with the import"),
            url,
        )
    if figures.imports or figures.count(Role.MENTEE) or figures.count(Role.MENTOR):
        return None
    return Need(
        _("Bring in the people"),
        _("Mentors and mentees come from two spreadsheets. Importing sends nobody an email."),
        _("Import people"),
        url,
    )


def _to_rules(program, figures):
    if figures.has_rules or not (figures.count(Role.MENTEE) and figures.count(Role.MENTOR)):
        return None
    return Need(
        _("Say what makes a good match"),
        _("The matching rules weigh the answers people gave."),
        _("Set the matching rules"),
        _url("matching:home", program),
    )


def _to_round(program, figures):
    if RoundState.DRAFT in figures.rounds:
        return Need(
            _("A round of matching waits for your decision"),
            _("Look at the pairs, change what you know better, and publish. Until then nobody hears of it."),
            _("Look at the draft"),
            _url("matching:home", program),
        )
    return None


def _to_match(program, figures):
    unmatched = figures.count(Role.MENTEE, S.READY, S.WAITING)
    if figures.rounds or not figures.has_rules or not unmatched or not figures.count(Role.MENTOR):
        return None
    title = ngettext("One mentee has no mentor yet", "%(number)s mentees have no mentor yet", unmatched)
    return Need(
        title % {"number": unmatched},
        _("A round of matching finds the best pairs and says why."),
        _("Start a round"),
        _url("matching:home", program),
    )


def _to_deliver(program, figures):
    dead = figures.delivery.dead
    if not dead:
        return None
    title = ngettext("One email was not delivered", "%(number)s emails were not delivered", dead) % {"number": dead}
    return Need(
        title,
        _("See why, put the address right, and try again."),
        _("See them"),
        list_url(EMAILS, program, state__exact=LetterState.DEAD),
    )


def _url(name, program) -> str:
    try:
        return reverse(name, args=[program.slug])
    except NoReverseMatch:
        return reverse("program_home", args=[program.slug])


def funnel(program, figures) -> list[dict]:
    """A line for each step of the path, mentees and mentors beside each other, each number with its list."""
    lines = []
    for words, state in FUNNEL:
        cells = []
        for role in (Role.MENTEE, Role.MENTOR):
            whole = figures.count(role)
            filters = {"role__exact": role, **({"state__exact": state} if state else {})}
            number = figures.count(role, state) if state else whole
            cells.append({"number": number, "whole": whole, "url": list_url(PEOPLE, program, **filters)})
        lines.append({"words": words, "first": not state, "cells": cells})
    return lines


@coordinator_page("home", council=True)
def page(request, program):
    """The program's home; council members who do not run it see its name and whom to ask."""
    now = timezone.now()
    if not can_coordinate(request.user, program):
        contacts = program.points_of_contact.select_related("person", "deputy")
        context = {"contacts": contacts, "follow_ups": follow_ups.of(request.user, now, program)}
        return render(request, "programs/home_council.html", program, "home", context)
    figures = figures_of([program], request.user, now)[program.pk]
    needs = needs_of(program, figures)
    context = {
        "title": program.name,
        "next": needs[0] if needs else None,
        "then": needs[1:],
        "in_work": figures.rounds & {RoundState.ASKED, RoundState.WORKING},
        "importing": any(figures.imports.get(state) for state in (ImportState.ASKED, ImportState.WORKING)),
        "figures": figures,
        "funnel": funnel(program, figures),
        "goals": list(program.goals.all()),
        "pairs_url": list_url(PAIRS, program, state__exact="open"),
        "waiting_url": list_url(EMAILS, program, state__exact=LetterState.WAITING),
        "dead_url": list_url(EMAILS, program, state__exact=LetterState.DEAD),
        "sent_url": list_url(EMAILS, program, state__exact=LetterState.SENT),
        "late": figures.delivery.oldest_due and figures.delivery.oldest_due < now - timedelta(minutes=15),
    }
    return render(request, "programs/home.html", program, "home", context)


def lines(user, now) -> list[dict]:
    """One line a program for the first page: its status, its figures, and what waits first."""
    programs = list(Program.objects.visible_to(user).order_by("name", "pk"))
    runs = set(Program.objects.coordinated_by(user).values_list("pk", flat=True))
    figures = figures_of([program for program in programs if program.pk in runs], user, now)
    sits = {program.pk: Figures() for program in programs if program.pk not in runs}
    _count_follow_ups(sits, user, now)
    found = []
    for program in programs:
        its = figures.get(program.pk)
        needs = needs_of(program, its) if its else list(filter(None, [_to_follow_up(program, sits[program.pk])]))
        found.append(
            {
                "program": program,
                "runs": its is not None,
                "mentees": its.count(Role.MENTEE) if its else 0,
                "mentors": its.count(Role.MENTOR) if its else 0,
                "pairs": its.pairs if its else 0,
                "needs": needs,
                "need": needs[0] if needs else None,
                "more": max(len(needs) - 1, 0),
            }
        )
    return found
