"""What somebody has asked for, and where it stands: in words for them, never in ours."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from council.models import Ask, AskKind, Case, CaseKind, CaseState, Decision, Tier
from matching.models import PairingState


@dataclass(frozen=True)
class Requested:
    """One request of a person, as its page tells of it."""

    what: str
    at: datetime
    program: str
    is_open: bool
    # The person who answers for it, where there is one.
    who: object = None
    lines: list = field(default_factory=list)


def day_words(moment, program) -> str:
    """A moment as a day of the program, as people say it."""
    return date_format(program.today(moment), "l j F")


def cases_of(person):
    """What this person asked of a coordinator or the council."""
    rows = Case.objects.filter(asked_by=person)
    return rows.select_related("program", "owner", "pairing__mentor__user", "pairing__mentee__user", "membership")


def asks_of(person):
    """The mentees this person, as their mentor, could not reach."""
    rows = Ask.objects.filter(kind=AskKind.NO_MENTEE, pairing__mentor__user=person)
    return rows.select_related("pairing__program", "pairing__mentee__user")


def questions_to(person):
    """What we ask this person and wait to hear."""
    rows = Ask.objects.filter(membership__user=person, answered_at=None, look_at__isnull=False)
    return rows.select_related("pairing__program", "pairing__mentor__user").order_by("asked_at", "pk")


def requests_of(person) -> list[Requested]:
    """Everything a person has asked for, what is open first, then the newest."""
    found = [of_case(case) for case in cases_of(person)] + [of_ask(ask) for ask in asks_of(person)]
    return sorted(found, key=lambda one: (not one.is_open, -one.at.timestamp()))


def open_case(kind: str, person, *, pairing=None, membership=None) -> Case | None:
    """The open request of this kind that this person made already."""
    about = Q(pairing=pairing) if pairing is not None else Q(membership=membership)
    return cases_of(person).open().filter(about, kind=kind).order_by("-opened_at").first()


def open_ask(pairing) -> Ask | None:
    """The question to a mentee, asked for their mentor, that nobody has answered."""
    rows = Ask.objects.filter(kind=AskKind.NO_MENTEE, pairing=pairing, answered_at=None, look_at__isnull=False)
    return rows.select_related("pairing__program", "pairing__mentee__user").order_by("-asked_at").first()


def of_case(case: Case) -> Requested:
    return Requested(
        what=_what(case),
        at=case.opened_at,
        program=str(case.program),
        is_open=case.state == CaseState.OPEN,
        who=case.owner if case.state == CaseState.OPEN else None,
        lines=_open_lines(case) if case.state == CaseState.OPEN else _closed_lines(case),
    )


def _what(case: Case) -> str:
    pairing = case.pairing
    if case.kind == CaseKind.NO_MENTOR and pairing:
        return _("You cannot reach %(name)s") % {"name": pairing.mentor.user}
    if case.kind == CaseKind.NO_MENTEE and pairing:
        return _("You cannot reach %(name)s") % {"name": pairing.mentee.user}
    if case.kind == CaseKind.TOO_MUCH:
        return _("It is too much for you")
    return _("You would like to hear from us")


def _open_lines(case: Case) -> list[str]:
    who = {"name": case.owner or _("A person")}
    passed_on = case.tier == Tier.COUNCIL and case.addressed != Tier.COUNCIL
    lines = [_("The council of the program looks at it now.")] if passed_on else []
    if case.first_answer_at:
        day = {"day": day_words(case.first_answer_at, case.program)}
        return [*lines, _("%(name)s answered on %(day)s, and it stays open until it is settled.") % {**who, **day}]
    if case.first_answer_by:
        day = {"day": day_words(case.first_answer_by, case.program)}
        return [*lines, _("%(name)s reads it and answers you by %(day)s.") % {**who, **day}]
    return [*lines, _("%(name)s looks at it by %(day)s.") % {**who, "day": day_words(case.due_at, case.program)}]


def _closed_lines(case: Case) -> list[str]:
    settled = _("Settled on %(day)s.") % {"day": day_words(case.closed_at, case.program)}
    return [settled, how_it_ended(case, case.decision)]


def how_it_ended(case: Case, decision: str) -> str:
    """What came of a request, in words for whoever made it."""
    mentee = case.pairing is not None and case.pairing.mentee.user_id == case.asked_by_id
    new = _("You have a new mentor.") if mentee else _("Your mentee has a new mentor.")
    waits = _("The pair has ended; we look for a new mentor.")
    over = case.pairing is not None and case.pairing.state == PairingState.ENDED
    return {
        Decision.TALK: _("It was talked about, and the two of you go on."),
        Decision.EASIER: _("You have less to do from now on."),
        Decision.PAUSE: _("A pause was agreed."),
        Decision.REASSIGNED: new,
        Decision.WAITING: waits,
        Decision.ANSWERED: _("It was answered."),
        Decision.BY_ITSELF: _("The pair has ended.") if over else _("It has settled."),
    }[decision]


def of_ask(ask: Ask) -> Requested:
    program = ask.pairing.program
    is_open = ask.answered_at is None and ask.look_at is not None
    mentee = {"name": ask.pairing.mentee.user}
    if ask.answer == "touch":
        lines = [_("You were in touch: it has settled.")]
    elif ask.answered_at:
        lines = [_("%(name)s has answered. If it is for you to know, you got an email.") % mentee]
    elif is_open:
        lines = [
            _("We asked %(name)s on %(day)s, and ask once more if there is no answer.")
            % {**mentee, "day": day_words(ask.asked_at, program)},
            _("If %(name)s does not answer, a coordinator looks at it and writes to you.") % mentee,
        ]
    else:
        lines = [_("A coordinator has taken it from here.")]
    return Requested(
        what=_("You cannot reach %(name)s") % mentee,
        at=ask.asked_at,
        program=str(program),
        is_open=is_open,
        lines=lines,
    )
