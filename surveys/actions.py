"""Asking a pulse, and what somebody answers."""

from collections import defaultdict
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from matching.models import Pairing, PairingState
from outbox.actions import post
from outbox.sweeping import each
from programs.errors import Refused
from programs.models import MembershipState, Program
from questions.actions import fill, put
from surveys import letters, resting
from surveys.models import Invitation, Wave
from surveys.pulse import GOING, WISH, pulse_of

DAY = timedelta(days=1)
# A pair whose month is longer ago, after downtime of ours or before this was asked, is not asked any more.
STALE_DAYS = 30
# An answer may be changed for as long.
OPEN_FOR = timedelta(days=30)
BATCH = 300


def ask_pulses(now, stop) -> int:
    """Asks both sides of every pair whose day has come, in the civil days of their program."""
    done = 0
    for program in Program.objects.open().order_by("pk"):
        if stop():
            break
        due = defaultdict(list)
        for pairing in _due(program, now):
            due[pairing.mentor_id].append(pairing)
        done += each(due.values(), lambda pairings: ask_about(pairings, now), stop)
    return done


def _due(program, now) -> list[Pairing]:
    """The open pairs of a program that are old enough, were not asked, and do not rest."""
    days = program.figure("pulse_days")
    began_by, asked = now - (days - 1) * DAY, Invitation.objects.filter(pairing=OuterRef("pk"))
    rows = (
        Pairing.objects.open().of(program).filter(began_at__lte=began_by, began_at__gt=now - (days + STALE_DAYS) * DAY)
    )
    rows = rows.exclude(Exists(asked)).exclude(mentor__state=MembershipState.ON_LEAVE)
    rows = rows.exclude(mentee__state=MembershipState.ON_LEAVE).order_by("began_at", "pk")
    found = list(
        rows.select_related("program", "mentor__user", "mentor__program", "mentee__user", "mentee__program")[:BATCH]
    )
    quiet = resting.of([pairing.pk for pairing in found], now)
    today = program.today(now)
    return [pair for pair in found if pair.pk not in quiet and program.today(pair.began_at) + days * DAY <= today]


def ask_about(pairings: list[Pairing], now) -> bool:
    """Asks the mentees of one mentor, and the mentor once about all of them."""
    program = pairings[0].program
    survey, days = pulse_of(program, now), program.figure("pulse_days")
    wave, _new = Wave.objects.get_or_create(survey=survey, month=program.today(now).replace(day=1))
    asked = [
        Invitation(wave=wave, membership=member, pairing=pairing, day=days, asked_at=now)
        for pairing in pairings
        for member in (pairing.mentee, pairing.mentor)
    ]
    written = [letters.ask([one], now=now) for one in asked if one.membership_id == one.pairing.mentee_id]
    written.append(letters.ask([one for one in asked if one.membership_id == one.pairing.mentor_id], now=now))
    try:
        with transaction.atomic():
            for invitation in asked:
                invitation.save(force_insert=True)
            post(written)
    except IntegrityError:
        # Another process was quicker.
        return False
    return True


def can_answer(invitation, now) -> bool:
    """While the pair is open and it is not too long ago."""
    return invitation.pairing.state == PairingState.OPEN and now < invitation.asked_at + OPEN_FOR


def answer(invitation: Invitation, *, going: str, wish: str, by, now) -> None:
    """One side says how it is going and what they would like; said again, the newer word counts."""
    if not can_answer(invitation, now):
        raise Refused(_("This can no longer be answered. If you would like something from us, tell us."))
    values = {GOING: going, WISH: wish}
    with transaction.atomic():
        row = Invitation.objects.select_for_update(of=("self",), no_key=True).select_related("wave__survey").get(
            pk=invitation.pk
        )  # fmt: skip
        form = row.wave.survey.questionnaire
        if row.sheet_id is None:
            try:
                sheet = fill(form, values)
            except ValueError as error:
                raise Refused(str(error)) from None
        else:
            sheet = row.sheet
            put(form, {row.sheet_id: values})
        Invitation.objects.filter(pk=row.pk).update(sheet=sheet, answered_at=now, heard_at=None)
    invitation.refresh_from_db()
