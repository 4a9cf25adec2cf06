"""Concerns about safety: received, read by one named person, passed to the other when they lie unopened."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from council.letters import concerns as letters
from council.models import Concern, ConcernAbout, ConcernReading
from outbox.actions import post
from outbox.sweeping import each
from programs.errors import Refused
from programs.models import Duty, PointOfContact

LONGEST_WORDS = 20000
HOUR = timedelta(hours=1)


class NoReader(Refused):
    """Everybody who is named is somebody it is about, or cannot read it."""


class AboutReader(Refused):
    """It is about whom it would be told to; another named person can read it."""


def named(program) -> tuple:
    """The safeguarding contact, the deputy and the third named person of a program, None where there is none."""
    points = PointOfContact.objects.filter(program=program, duty__in=[Duty.SAFEGUARDING, Duty.THIRD])
    found = {point.duty: point for point in points.select_related("person", "deputy")}
    first, third = found.get(Duty.SAFEGUARDING), found.get(Duty.THIRD)
    return (first.person if first else None, first.deputy if first else None, third.person if third else None)


def can_read(person, avoid) -> bool:
    """Can sign in, and is none of those it is about, nor whoever tells it."""
    return bool(person and person.is_active and person.email and person.pk not in avoid)


def readers(program, about, by) -> list:
    """Whom a concern can be told to: the contact and the deputy; where neither can, the third named person."""
    avoid = {person.pk for person in about} | ({by.pk} if by else set())
    contact, deputy, third = named(program)
    two = [person for person in (contact, deputy) if can_read(person, avoid)]
    return two or [person for person in (third,) if can_read(person, avoid)]


def receive(program, *, words: str, about=(), about_words: str = "", to=None, by, now) -> Concern:
    """Takes a concern and tells the person chosen at once; whoever told it hears who reads it and by when."""
    words = words.strip()
    if not words:
        raise Refused(_("Write what happened, in your own words."))
    if len(words) > LONGEST_WORDS:
        raise Refused(_("Use %(most)s characters at most.") % {"most": LONGEST_WORDS})
    about = list(about)
    possible = readers(program, about, by)
    if not possible:
        raise NoReader(_("It is about everybody who is named for this here. Please ring one of the numbers above."))
    if to is not None and to not in possible:
        raise AboutReader(_("%(name)s cannot read this. Choose somebody else.") % {"name": to})
    reader = to or possible[0]
    avoid = {person.pk for person in about} | {by.pk, reader.pk}
    figures = program.figures_in_force()
    concern = Concern(
        program=program,
        by=by,
        words=words,
        about_words=about_words.strip(),
        told=reader,
        other=next((person for person in possible if person != reader), None),
        third=next((person for person in named(program)[2:] if can_read(person, avoid)), None),
        received_at=now,
        look_at=now + figures["concern_hours"] * HOUR,
    )
    written = [letters.told(concern, reader, now=now)]
    if by.email:
        written.append(letters.received(concern, hours=figures["concern_hours"], now=now))
    with transaction.atomic():
        concern.save(force_insert=True)
        ConcernAbout.objects.bulk_create(ConcernAbout(concern=concern, person=person) for person in about)
        post(written)
    return concern


@transaction.atomic
def read(concern: Concern, *, by, now) -> Concern:
    """Writes a reading down before anything is shown; the first ends the waiting."""
    row = Concern.objects.readable_by(by).select_for_update(of=("self",), no_key=True).filter(pk=concern.pk).first()
    if row is None:
        raise Refused(_("This is not for you to read."))
    ConcernReading.objects.create(concern=row, reader=by, at=now)
    Concern.objects.filter(pk=row.pk, opened_at=None).update(opened_at=now, look_at=None)
    return row


@transaction.atomic
def close(concern: Concern, *, words: str, by, now) -> None:
    """Says what was done; whoever may read the concern reads this, too."""
    words = words.strip()
    if not words:
        raise Refused(_("Say in a sentence what was done."))
    if len(words) > LONGEST_WORDS:
        raise Refused(_("Use %(most)s characters at most.") % {"most": LONGEST_WORDS})
    if not Concern.objects.readable_by(by).filter(pk=concern.pk).exists():
        raise Refused(_("This is not for you to settle."))
    mine = Concern.objects.filter(pk=concern.pk, closed_at=None, opened_at__isnull=False)
    if mine.update(closed_at=now, closed_by=by, closing_words=words) != 1:
        raise Refused(_("It has to be read first, or has been settled already."))
    ConcernReading.objects.create(concern=concern, reader=by, at=now, what="closed")


def watch_concerns(now, stop) -> int:
    """Concerns nobody has opened: the other of the two, then the third named person; at once where an email bounced."""
    unopened = Concern.objects.filter(opened_at=None, look_at__isnull=False)
    unreachable = Q(told__address_bounced_at__isnull=False) | Q(told__is_active=False)
    due = unopened.filter(Q(look_at__lte=now) | Q(other_told_at=None, other__isnull=False) & unreachable)
    rows = due.select_related("program", "told", "other", "third").order_by("look_at", "pk")
    return each(list(rows[:200]), lambda concern: pass_on(concern, now), stop)


def pass_on(concern: Concern, now) -> bool:
    """The next one hears of an unopened concern, by compare-and-set."""
    mine = Concern.objects.filter(pk=concern.pk, opened_at=None, look_at=concern.look_at)
    figures = concern.program.figures_in_force()
    hours = figures["concern_third_hours"]
    if concern.other_told_at is None and can_read(concern.other, ()):
        written = [letters.told(concern, concern.other, now=now, turn="other")]
        fields = {"other_told_at": now, "look_at": max(concern.received_at + hours * HOUR, now + HOUR)}
    elif can_read(concern.third, ()):
        passed = int((now - concern.received_at) / HOUR)
        written = [letters.unread(concern, hours=passed, now=now)]
        fields = {"third_told_at": now, "look_at": None}
    else:
        written, fields = [], {"look_at": None}
    with transaction.atomic():
        if mine.update(**fields) != 1:
            return False
        post(written)
    return True
