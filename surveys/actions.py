"""Asking a pulse, and what somebody answers."""

from collections.abc import Iterable
from datetime import time, timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from journal.actions import record
from matching.letters import Desk
from matching.models import Pairing, PairingState
from outbox.actions import post
from outbox.sweeping import each
from profiles import civil
from programs.errors import Refused
from programs.models import Program
from questions import values
from questions.actions import fill, put
from surveys import letters, resting
from surveys.models import Invitation, Postponed
from surveys.pulse import GOING, WISH, is_low, wave_of

DAY = timedelta(days=1)
# A pair whose day is longer ago, after downtime of ours or before this was asked, is not asked any more.
STALE_DAYS = 30
# An answer may be given, and changed, for as long; an email that is held back longer than this is not sent.
OPEN_FOR = timedelta(days=30)
SEND_WITHIN = timedelta(days=14)
BATCH = 300


def ask_pulses(now, stop) -> int:
    """Asks both sides of every pair whose day has come, in the civil days of their program."""
    asked: list[int] = []
    each(Program.objects.open().order_by("pk"), lambda program: asked.append(_ask_in(program, now, stop)), stop)
    return sum(asked)


def _ask_in(program, now, stop) -> int:
    days = program.figure("pulse_days")
    due = [*_due(program, days, now), *_rested(program, now)]
    if not due:
        return 0
    wave, desk = wave_of(program, now), Desk(program, now)
    return each(_together(due), partial(ask_about, days=days, wave=wave, desk=desk), stop)


# What it costs: a range of the index open_pairs_by_beginning, thirty days of beginnings wide, whatever the program's
# age; and the few pairs whose day came while they rested.
def _due(program, days: int, now) -> list[Pairing]:
    """Open pairs whose day has come and that were not asked; those that rest are kept for later."""
    last = program.today(now) - (days - 1) * DAY
    began_before, began_from = (civil.moment(day, time(0), program.zone) for day in (last, last - STALE_DAYS * DAY))
    rows = _with_people(Pairing.objects.open().of(program)).filter(began_at__gte=began_from, began_at__lt=began_before)
    for known in (Invitation, Postponed):
        rows = rows.exclude(Exists(known.objects.filter(pairing=OuterRef("pk"))))
    found = list(rows.order_by("began_at", "pk")[:BATCH])
    rests = resting.of([pairing.pk for pairing in found], now)
    today = program.today(now)
    Postponed.objects.bulk_create(
        (Postponed(pairing_id=pk, rested_on=today) for pk in sorted(rests)), ignore_conflicts=True
    )
    return [pairing for pairing in found if pairing.pk not in rests]


def _rested(program, now) -> list[Pairing]:
    """Pairs that rested when their day came, and do no more; those that rested too long ago are let go."""
    today = program.today(now)
    rows = Postponed.objects.filter(pairing__program=program)
    rows.filter(pairing__state=PairingState.ENDED).delete()
    last_seen = dict(rows.order_by("pk").values_list("pairing", "rested_on")[:BATCH])
    rests = resting.of(last_seen, now)
    rows.filter(pairing__in=rests).exclude(rested_on=today).update(rested_on=today)
    gone = {pk for pk, day in last_seen.items() if pk not in rests and (today - day).days > STALE_DAYS}
    rows.filter(pairing__in=gone).delete()
    due = last_seen.keys() - rests - gone
    return list(_with_people(Pairing.objects.open().filter(pk__in=due)).order_by("began_at", "pk")) if due else []


def _with_people(pairings):
    return pairings.select_related("program", "mentor__user", "mentor__program", "mentee__user", "mentee__program")


def _together(pairings: Iterable[Pairing]) -> list[list[Pairing]]:
    """Pairs that share somebody stand together, so that nobody gets two emails on one day."""
    group_of: dict[int, list[Pairing]] = {}
    for pairing in pairings:
        both = (pairing.mentor_id, pairing.mentee_id)
        group = [pairing]
        for known in {id(group_of[pk]): group_of[pk] for pk in both if pk in group_of}.values():
            group = [*known, *group]
        for one in group:
            group_of[one.mentor_id] = group_of[one.mentee_id] = group
    return list({id(group): group for group in group_of.values()}.values())


def ask_about(pairings: list[Pairing], *, days: int, wave, desk: Desk) -> bool:
    """Asks everybody in these pairs, each in one email; False where another process was quicker."""
    now = desk.now
    mine: dict[int, list[Invitation]] = {}
    for pairing in pairings:
        for member in (pairing.mentee, pairing.mentor):
            asked = Invitation(wave=wave, membership=member, pairing=pairing, day=days, asked_at=now)
            mine.setdefault(member.pk, []).append(asked)
    written = [letters.ask(desk, invitations, cut_off=now + SEND_WITHIN) for invitations in mine.values()]
    try:
        with transaction.atomic():
            Invitation.objects.bulk_create([one for invitations in mine.values() for one in invitations])
            Postponed.objects.filter(pairing__in=pairings).delete()
            post(written)
    except IntegrityError:
        return False
    return True


def can_answer(invitation, now) -> bool:
    """While the pair is open and it is not too long ago."""
    return invitation.pairing.state == PairingState.OPEN and now < invitation.asked_at + OPEN_FOR


@transaction.atomic
def answer_all(said: Iterable[tuple[Invitation, dict]], *, by, now) -> None:
    """Answers about several pairs at once, all of them or none."""
    for invitation, answers in said:
        answer(invitation, **answers, by=by, now=now)


def answer(invitation: Invitation, *, going: str, wish: str, by, now) -> None:
    """One side says how it is going and what they would like; said again, the newer word counts."""
    if not can_answer(invitation, now):
        raise Refused(_("This can no longer be answered. If you would like something from us, tell us."))
    with transaction.atomic():
        rows = Invitation.objects.select_for_update(of=("self",), no_key=True)
        row = rows.select_related("wave__survey__questionnaire", "sheet__questionnaire").get(pk=invitation.pk)
        form = row.sheet.questionnaire if row.sheet else row.wave.survey.questionnaire
        answers = _checked(form, {GOING: going, WISH: wish})
        if row.sheet and values.of_sheets([row.sheet_id])[row.sheet_id] == answers:
            return
        if row.sheet:
            put(form, {row.sheet_id: answers})
        low_at = now if is_low(going, wish) else None
        Invitation.objects.filter(pk=row.pk).update(
            sheet=row.sheet or fill(form, answers), answered_at=now, looked_at=None, low_at=low_at
        )
        # History says that somebody answered, never what.
        words = _("%(name)s answered how it is going.") % {"name": invitation.membership.user}
        _tell_history(invitation, "pulse.answered", words, by, now)
    invitation.refresh_from_db(fields=["sheet", "answered_at", "looked_at", "low_at"])


def _checked(form, answers: dict) -> dict:
    """Both answers as their questions take them, or Refused."""
    questions = {question.key: question for question in form.questions.all()}
    try:
        checked = {key: values.check(questions[key], raw) for key, raw in answers.items()}
    except ValueError as error:
        raise Refused(str(error)) from None
    if None in checked.values():
        raise Refused(_("Choose an answer to both questions."))
    return checked


@transaction.atomic
def see_to(invitation: Invitation, *, by, now) -> bool:
    """A coordinator has seen to a low answer without a wish; False where somebody has already."""
    if Invitation.objects.filter(pk=invitation.pk, low_at=invitation.low_at, low_at__isnull=False).update(low_at=None):
        words = _("What %(name)s answered was seen to.") % {"name": invitation.membership.user}
        _tell_history(invitation, "pulse.seen_to", words, by, now)
        return True
    return False


def _tell_history(invitation, verb: str, words: str, by, now) -> None:
    """A line of history that neither of the pair reads in another role."""
    pairing = invitation.pairing
    record(
        by=by,
        verb=verb,
        thing=invitation,
        now=now,
        topic=pairing.program.slug,
        concerns=[pairing.mentor.user, pairing.mentee.user],
        words=words,
    )
