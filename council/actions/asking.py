"""Questions to a mentee: asked at once, asked again, and handed to a person where nobody answers."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checkins.models import Outage
from council.actions import cases
from council.letters import asks as letters
from council.models import Ask, AskKind, CaseKind
from journal.actions import record
from matching.models import PairingState
from outbox.actions import post
from outbox.sweeping import each
from programs import reach
from programs.errors import Refused
from programs.models import ProgramState

AGAIN, DAY = timedelta(days=7), timedelta(days=1)
CASE_OF = {AskKind.NO_MENTEE: CaseKind.NO_MENTEE, AskKind.AWAY: CaseKind.AWAY}


def ask(kind: str, *, pairing, cause: str, by, now, leave=None) -> Ask:
    """Puts a question to the mentee of a pair at once; the one that was put already where the cause is the same."""
    if known := Ask.objects.filter(cause=cause).first():
        return known
    row = Ask(
        kind=kind, cause=cause, pairing=pairing, leave=leave, membership=pairing.mentee, asked_at=now,
        look_at=_first_look(kind, pairing, now),
    )  # fmt: skip
    letter = letters.question(row, now=now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            words = _("%(name)s was asked: %(what)s.") % {"name": row.membership.user, "what": row.get_kind_display()}
            _note(row, "mentee.asked", words, by, now)
            post([letter])
    except IntegrityError:
        return Ask.objects.get(cause=cause)
    return row


def _first_look(kind, pairing, now):
    if reach.by_email(pairing.mentee.user):
        # The question cannot reach them: a person takes it on at once.
        return now
    return now + (AGAIN if kind == AskKind.NO_MENTEE else _answer_days(kind, pairing.program))


def _answer_days(kind, program) -> timedelta:
    return timedelta(days=program.figure("mentee_silent_days" if kind == AskKind.NO_MENTEE else "leave_answer_days"))


def _note(row, verb, words, by, now) -> None:
    record(
        by=by,
        verb=verb,
        thing=row.pairing,
        now=now,
        topic=row.pairing.program.slug,
        concerns=[row.pairing.mentor.user, row.pairing.mentee.user],
        words=words,
    )


def answer(row: Ask, said: str, *, by, now) -> None:
    """A mentee has answered; where they want something else, a person takes it on."""
    opening = None
    if row.kind == AskKind.AWAY and said in ("stand_in", "new"):
        wanted = {
            "stand_in": _("The mentee would like somebody who stands in."),
            "new": _("The mentee would like a new mentor."),
        }
        opening = _opening(row, now, [wanted[said]])
    with transaction.atomic():
        mine = Ask.objects.filter(pk=row.pk, answered_at=None)
        if mine.update(answer=said, answered_at=now, look_at=None) != 1:
            raise Refused(_("This has been answered already."))
        _note(row, "mentee.answered", _("%(name)s has answered.") % {"name": row.membership.user}, by, now)
        if opening:
            cases.open_case(opening, by=by, now=now)
        elif row.kind == AskKind.NO_MENTEE:
            open_ones = cases.Case.objects.open().filter(cause=row.cause)
            cases.settle(open_ones, by=by, now=now, words=_("The mentee has answered."))
    row.refresh_from_db()


def _opening(row: Ask, now, tried) -> cases.Opening:
    program = row.pairing.program
    asked = _("%(name)s was asked on %(date)s.") % {
        "name": row.membership.user,
        "date": date_format(program.today(row.asked_at), "j F Y"),
    }
    return cases.new_case(
        kind=CASE_OF[row.kind],
        cause=row.cause,
        program=program,
        membership=row.membership,
        pairing=row.pairing,
        concerned=[row.pairing.mentor.user, row.pairing.mentee.user],
        now=now,
        tried=[asked, *tried],
    )


def ask_again(now, stop) -> int:
    """What happens to questions nobody has answered: a reminder after a week, then a case."""
    rows = Ask.objects.filter(look_at__lte=now, answered_at=None, pairing__program__state=ProgramState.OPEN)
    rows = rows.select_related("leave", "membership__user", "pairing__program", "pairing__mentor__user",
                               "pairing__mentee__user").order_by("look_at", "pk")  # fmt: skip
    return each(rows[:200], lambda row: _unanswered(row, now), stop)


def _we_were_away(since) -> timedelta:
    """The time in which our own sweeps did not run, and nobody was asked again: it is no silence of anybody's."""
    gaps = Outage.objects.filter(to_at__gt=since).values_list("from_at", "to_at")
    return sum((to - max(begin, since) for begin, to in gaps), timedelta()) // DAY * DAY


def _unanswered(row: Ask, now) -> bool:
    """The next thing that happens to one unanswered question, by compare-and-set."""
    mine = Ask.objects.filter(pk=row.pk, look_at=row.look_at, answered_at=None)
    if row.pairing.state != PairingState.OPEN:
        return mine.update(look_at=None) == 1
    case_at = row.asked_at + _answer_days(row.kind, row.pairing.program) + _we_were_away(row.asked_at)
    unreached = reach.by_email(row.membership.user)
    if now < case_at and not unreached:
        letter = letters.question(row, now=now, turn="again")
        with transaction.atomic():
            if mine.update(look_at=case_at):
                post([letter])
        return True
    tried = reach.said_of([row.membership]) if unreached else [_("There was no answer.")]
    opening = _opening(row, now, tried)
    with transaction.atomic():
        if mine.update(look_at=None):
            cases.open_case(opening, by=None, now=now)
    return True
