"""Sending what is due: claim, re-check, fence, send, settle. Nothing is lost; a killed process repeats one at most."""

import logging
import os
import random
import socket
import threading
import time
import uuid
from datetime import timedelta
from email.utils import format_datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import OperationalError, connection
from django.db.models import F
from django.utils.translation import gettext as _

from outbox import kinds, links, texts
from outbox.models import Letter, LetterState, Muted
from outbox.rendering import render
from outbox.transport import AddressRefused, Line, NotTaken, ServerUnreachable, rest
from profiles import civil

logger = logging.getLogger(__name__)

# Longer than any hand-over to the server can take: each of its steps ends after EMAIL_TIMEOUT.
LEASE = timedelta(minutes=3)
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
TRIES = len(BACKOFF) + 1
HELD_FOR = timedelta(minutes=10)
BUDGET = 3
BUDGET_DAYS = timedelta(days=7)
CANDIDATES = 50

# One email between fence and settle per process: a kill repeats no more than that one.
_one_at_a_time = threading.Lock()


def deliver_due(now, stop) -> int:
    """Sends the letters due at this moment until stop; how many left."""
    if rest.resting() or not _one_at_a_time.acquire(blocking=False):
        return 0
    sweep = Sweep(now)
    try:
        return sweep.run(stop)
    except ServerUnreachable as error:
        rest.longer()
        logger.warning("The mail server cannot be reached (%s); next try in %d s.", error, rest.pause)
        return sweep.sent
    finally:
        sweep.line.close()
        _one_at_a_time.release()


class Sweep:
    """One run over the letters due."""

    def __init__(self, now):
        self.began, self.started = now, time.monotonic()
        self.me = f"{socket.gethostname()[:24]}:{os.getpid()}:{uuid.uuid4().hex}"
        self.line = Line()
        self.sent = 0

    def now(self):
        """The moment the run was given, and as much later as it has been running."""
        return self.began + timedelta(seconds=time.monotonic() - self.started)

    def run(self, stop) -> int:
        while not stop():
            due = list(
                Letter.objects.due(self.now()).order_by("due_at", "pk").values_list("pk", flat=True)[:CANDIDATES]
            )
            if not due:
                break
            # Several processes look at the same list: in the same order they would only race for each row.
            random.shuffle(due)
            for pk in due:
                if stop():
                    break
                if letter := self.claim(pk):
                    self.deliver(letter)
        return self.sent

    def claim(self, pk):
        """Takes a letter for as long as the lease; None if another process was quicker."""
        now = self.now()
        due = Letter.objects.due(now).filter(pk=pk)
        mine = {"state": LetterState.CLAIMED, "claimed_by": self.me, "lease_until": now + LEASE}
        # Found `sending`, its process died in the middle: that counts as a try, so that no letter kills for ever.
        taken = due.exclude(state=LetterState.SENDING).update(**mine) or due.filter(state=LetterState.SENDING).update(
            tries=F("tries") + 1, **mine
        )
        return Letter.objects.select_related("recipient").get(pk=pk) if taken else None

    def move(self, letter, old, new, **fields) -> bool:
        """One move of a letter that is this run's."""
        assert (old, new) in Letter.MOVES
        mine = Letter.objects.filter(pk=letter.pk, state=old, claimed_by=self.me)
        if new not in (LetterState.CLAIMED, LetterState.SENDING):
            fields |= {"claimed_by": "", "lease_until": None}
        return mine.update(state=new, **fields) == 1

    def deliver(self, letter) -> None:
        """Takes one claimed letter to its end; an error of ours in one letter stops no other."""
        try:
            if instead := what_instead(letter, self.now()):
                new, fields = instead
                self.move(letter, LetterState.CLAIMED, new, **fields)
                return
            message = message_of(letter, self.now())
            message.message().as_bytes()
        except OperationalError:
            raise
        except Exception:
            logger.exception("Letter %s could not be made ready.", letter.pk)
            self.try_later(letter, LetterState.CLAIMED, _("An error of ours: this email could not be made ready."))
            return
        try:
            self.line.ready()
        except ServerUnreachable:
            self.move(letter, LetterState.CLAIMED, LetterState.WAITING)
            raise
        if self.fence(letter):
            self.send(letter, message)

    def fence(self, letter) -> bool:
        """From here on it may have been sent: written down, committed, before the server hears of it."""
        return self.move(letter, LetterState.CLAIMED, LetterState.SENDING, lease_until=self.now() + LEASE)

    def send(self, letter, message) -> None:
        try:
            self.line.send(message)
        except AddressRefused as error:
            self.bury(letter, LetterState.SENDING, _("The address was refused: %(words)s") % {"words": error})
            get_user_model().objects.filter(pk=letter.recipient_id, email=message.to[0]).update(
                address_bounced_at=self.now()
            )
        except NotTaken as error:
            self.try_later(letter, LetterState.SENDING, str(error))
        except ServerUnreachable as error:
            # Whether it arrived is not known; the Message-ID stays the same. No try of this letter's.
            due = self.now() + BACKOFF[0]
            self.move(letter, LetterState.SENDING, LetterState.WAITING, due_at=due, outcome=str(error))
            raise
        except Exception as error:
            logger.exception("Letter %s could not be sent.", letter.pk)
            self.try_later(letter, LetterState.SENDING, str(error)[:200])
        else:
            self.settle(letter)

    def settle(self, letter) -> None:
        """Writes down that it was sent, if need be more than once: forgotten, it would be sent again."""
        for attempt in range(3):
            try:
                sent = self.move(letter, LetterState.SENDING, LetterState.SENT, sent_at=self.now(), outcome="")
                self.sent += sent
                return
            except OperationalError:
                if attempt == 2:
                    raise
                connection.close_if_unusable_or_obsolete()

    def try_later(self, letter, old, words) -> None:
        """Counts a try and waits; after the last it is dead."""
        tries = letter.tries + 1
        if tries >= TRIES:
            said = _("Tried %(tries)d times, not delivered: %(words)s") % {"tries": tries, "words": words}
            self.bury(letter, old, said, tries=tries)
            return
        said = _("Try %(tries)d of %(most)d: %(words)s") % {"tries": tries, "most": TRIES, "words": words}
        due = self.now() + BACKOFF[tries - 1]
        self.move(letter, old, LetterState.WAITING, tries=tries, due_at=due, outcome=said)

    def bury(self, letter, old, words, **fields) -> None:
        self.move(letter, old, LetterState.DEAD, outcome=words, **fields)


def what_instead(letter, now):
    """None if the letter is to be sent now, else the state it takes instead and what goes with it."""
    person, where = letter.recipient, civil.zone(letter.recipient.time_zone)
    try:
        kind = kinds.get(letter.kind)
    except kinds.UnknownKind:
        return _dead(_("This kind of email is not in use any more."))
    if letter.cut_off and letter.cut_off <= now:
        return _dropped(_("Too late to be of use."))
    if texts.stopped(kind, letter.topic):
        return _dropped(_("This program has switched this email off."))
    # Sent once more by hand, by somebody who read that it is no longer needed.
    if not letter.about.get("anyway") and (reason := kind.still_needed(letter, now)):
        return _dropped(str(reason))
    if kind.optional and Muted.objects.filter(person=person, topic__in=["", letter.topic]).exists():
        return _dropped(_("%(person)s asked for no reminders.") % {"person": person})
    if not kind.may_leave(letter, now):
        return _wait(now + HELD_FOR, _("Held back: the program does not send emails yet."))
    if not person.is_active:
        return _dead(_("The account of %(person)s is closed.") % {"person": person})
    if not person.email:
        return _dead(_("%(person)s has no email address. Add one, or tell them yourself.") % {"person": person})
    if not _can_be_written_to(person.email):
        words = _("%(address)s is no address that emails can be sent to. Ask %(person)s for another one.")
        return _dead(words % {"address": person.email, "person": person})
    if person.address_bounced_at:
        words = _("Emails to %(address)s come back. Ask %(person)s for another address.")
        return _dead(words % {"address": person.email, "person": person})
    if letter.tries >= TRIES:
        return _dead(_("Sending was cut off %(tries)d times.") % {"tries": letter.tries})
    if not kind.any_hour and civil.is_night(now, where):
        return _at(civil.next_morning(now, where), letter, _("Waits for the morning."))
    if kind.optional and (free := _budget_free_at(person, now)) > now:
        return _at(free, letter, _("Waits: three reminders have gone to %(person)s this week.") % {"person": person})
    return None


def _can_be_written_to(address) -> bool:
    # The mail library would make another address out of one it cannot write, and send there.
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def _at(due, letter, words):
    if letter.cut_off and letter.cut_off <= due:
        return _dropped(_("It would have come too late to be of use."))
    return _wait(due, words)


def _wait(due, words):
    return LetterState.WAITING, {"due_at": due, "outcome": words}


def _dropped(words):
    return LetterState.DROPPED, {"outcome": words}


def _dead(words):
    return LetterState.DEAD, {"outcome": words}


def _budget_free_at(person, now):
    """When one more reminder may go to this person, over all programs."""
    sent = Letter.objects.filter(
        recipient=person, state=LetterState.SENT, kind__in=kinds.optional_names(), sent_at__gt=now - BUDGET_DAYS
    )
    times = list(sent.order_by("-sent_at").values_list("sent_at", flat=True)[:BUDGET])
    return times[-1] + BUDGET_DAYS if len(times) == BUDGET else now


def message_of(letter, now) -> EmailMultiAlternatives:
    """The email as it goes out, its links signed now."""
    shown = render(letter, lambda purpose: links.address(letter, purpose, now))
    message = EmailMultiAlternatives(
        shown.subject,
        shown.text,
        settings.DEFAULT_FROM_EMAIL,
        [letter.recipient.email],
        reply_to=[letter.reply_to or settings.DEFAULT_FROM_EMAIL],
        headers={
            "Message-ID": letter.message_id,
            "Date": format_datetime(now),
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{links.one_click_address(letter, now)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    message.attach_alternative(shown.html, "text/html")
    return message
