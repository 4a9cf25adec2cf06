"""Pairs that both are asked about go on by themselves: begun, settled, lapsed, reminded of."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from matching import introduction_letters
from matching.actions import introducing
from matching.models import Introduction, OfferState, Pairing
from matching.tables import MATCHABLE
from outbox.actions import post
from outbox.sweeping import each
from programs import reach
from programs.models import ProgramState

DAY = timedelta(days=1)
PEOPLE = (
    "program", "purpose", "publication__round", "mentor__user", "mentor__program", "mentee__user", "mentee__program",
)  # fmt: skip


def turn_introductions(now, stop) -> int:
    """Everything that is due; how many it did."""
    due = (
        (_agreed(), lambda one: introducing.begin(one, now=now)),
        (_needless(), lambda one: introducing.close(one, now=now)),
        (_late(now), lambda one: lapse(one, now)),
        (_to_remind(now), lambda one: remind(one, now)),
    )
    return sum(each(rows, act, stop) for rows, act in due)


def _rows():
    """Those that people know of; before, a coordinator may take all of it back."""
    return Introduction.objects.open().told().select_related(*PEOPLE).order_by("pk")


def _agreed():
    """Two yeses and no pair yet: whoever was to open it was cut off."""
    return _rows().filter(mentor_yes_at__isnull=False, mentee_yes_at__isnull=False)


def _needless():
    """Of people who cannot be a pair any more, or of a mentee who has found somebody for the same."""
    pairs = Pairing.objects.open().filter(mentee=OuterRef("mentee"))
    paired = Exists(pairs.filter(purpose=OuterRef("purpose"))) | Q(purpose=None) & Exists(pairs.filter(purpose=None))
    takes_part = Q(
        mentor__state__in=MATCHABLE, mentee__state__in=MATCHABLE,
        mentor__user__is_active=True, mentee__user__is_active=True, program__state=ProgramState.OPEN,
    )  # fmt: skip
    return _rows().filter(paired | ~takes_part)


def _late(now):
    """Those whose last day is over in their program."""
    # A day is over somewhere up to 14 hours before it is in UTC.
    rows = _rows().filter(answer_by__lt=(now + timedelta(hours=14)).date())
    return (one for one in rows if one.answer_by < one.program.today(now) and not one.agreed)


def lapse(one: Introduction, now) -> bool:
    """Not both have answered in time: whoever did reads a kind sentence, whoever did not is left in peace.

    Whom our emails do not reach has left none of them unanswered.
    """
    how = {role: _heard_of(one, role) for role in introducing.COLUMNS}
    if introducing.SILENT in how.values():
        words = _("%(mentor)s and %(mentee)s did not both answer in time.")
        return introducing.over(one, OfferState.LAPSED, how, now=now, verb="introduction.lapsed", words=words)
    words = _("Our emails about %(mentor)s and %(mentee)s did not reach both of them.")
    return introducing.over(one, OfferState.CLOSED, how, now=now, verb="introduction.closed", words=words)


def _heard_of(one: Introduction, role: str) -> str:
    if one.yes_of(role):
        return introducing.TOLD
    return introducing.UNREACHED if reach.by_email(one.of_side(role).user) else introducing.SILENT


def _to_remind(now):
    """By mentor, those nobody is reminded of yet, in programs whose day for it has come: one email a person."""
    rows = _rows().filter(reminded_at=None, asked_at__lte=now - DAY).order_by("publication", "mentor", "pk")
    due = (one for one in rows if one.asked_at <= now - one.program.figure("request_nudge_days") * DAY)
    return (list(group) for _key, group in groupby(due, key=lambda one: (one.publication_id, one.mentor_id)))


def remind(group: list[Introduction], now) -> bool:
    """Whoever has not answered is reminded once."""
    first = group[0]
    key = str(first.publication.public_id if first.publication else first.public_id)
    letters = introduction_letters.of_asking(group, key=key, now=now, again=True)
    with transaction.atomic():
        unreminded = Introduction.objects.open().filter(pk__in=[one.pk for one in group], reminded_at=None)
        if unreminded.update(reminded_at=now) != len(group):
            return False
        post(letters)
    return True
