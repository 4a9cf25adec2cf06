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
from django.core.mail import EmailMultiAlternatives
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from outbox import actions, joining, kinds, links
from outbox.instead import BACKOFF, TRIES, what_instead
from outbox.models import Letter, LetterState
from outbox.rendering import render
from outbox.transport import AddressRefused, Line, NotTaken, ServerUnreachable, rest

logger = logging.getLogger(__name__)

# Longer than any hand-over to the server can take: each of its steps ends after EMAIL_TIMEOUT.
LEASE = timedelta(minutes=3)
MINUTE = timedelta(minutes=1)
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
        while not stop() and (due := self.due()):
            # Several processes look at the same list: in the same order they would only race for each row.
            random.shuffle(due)
            seen = set()
            for pk, reader in due:
                if stop() or self.has_sent_enough():
                    return self.sent
                if reader is None:
                    self.deliver(self.claim(pk))
                elif reader not in seen:
                    seen.add(reader)
                    self.deliver_to(reader)
        return self.sent

    def due(self) -> list[tuple[int, int | None]]:
        """What may be taken; with its reader where it is taken together with whatever else is due to them."""
        rows = Letter.objects.due(self.now()).order_by("due_at", "pk")
        together = set(kinds.names_of(""))
        return [
            (pk, reader if state != LetterState.SENDING and kind in together else None)
            for pk, reader, kind, state in rows.values_list("pk", "recipient", "kind", "state")[:CANDIDATES]
        ]

    def has_sent_enough(self) -> bool:
        """Whether as many have gone out in the last minute, from all processes, as the mail server may be sent."""
        most = settings.EMAILS_A_MINUTE
        if not most:
            return False
        now = self.now()
        lately = Letter.objects.filter(state=LetterState.SENT, sent_at__gt=now - MINUTE, joined_into=None)
        going = Letter.objects.filter(state=LetterState.SENDING, lease_until__gt=now)
        return lately.count() + going.count() >= most

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

    def claim_all(self, reader: int) -> list[Letter]:
        """Takes all that is due to one reader and may go together, in one statement: no two processes share it."""
        now = self.now()
        # Whose worker died before the fence has not been sent: it goes together as if it had waited.
        due = Q(state=LetterState.WAITING, due_at__lte=now) | Q(state=LetterState.CLAIMED, lease_until__lte=now)
        Letter.objects.filter(due, recipient=reader, kind__in=kinds.names_of("")).update(
            state=LetterState.CLAIMED, claimed_by=self.me, lease_until=now + LEASE
        )
        mine = Letter.objects.filter(recipient=reader, state=LetterState.CLAIMED, claimed_by=self.me)
        return list(mine.select_related("recipient").order_by("posted_at", "pk"))

    def move(self, letter, old, new, **fields) -> bool:
        """One move of a letter that is this run's; those that go with it come to the same end in the same step."""
        assert (old, new) in Letter.MOVES
        mine = Letter.objects.filter(pk=letter.pk, state=old, claimed_by=self.me)
        if new not in (LetterState.CLAIMED, LetterState.SENDING):
            fields |= {"claimed_by": "", "lease_until": None}
        if letter.kind not in kinds.names_of(""):
            moved = mine.update(state=new, **fields) == 1
        else:
            with transaction.atomic():
                if moved := mine.update(state=new, **fields) == 1:
                    joining.follow(letter, new, fields)
        if moved and new != LetterState.SENDING:
            # What became of it, for whoever reads logs: never whom it is for nor what it says.
            logger.info(
                "letter=%s kind=%s program=%s state=%s", letter.public_id, letter.kind, letter.topic or "-", new
            )
        return moved

    def deliver(self, letter) -> None:
        """Takes one claimed letter to its end, and with it those that went with it before its process died."""
        if letter is not None:
            with_it = joining.companions(letter) if letter.kind in kinds.names_of("") else []
            if self.is_to_go(letter, with_it):
                self.hand_over(letter, with_it)

    def deliver_to(self, reader: int) -> None:
        """Takes everything due to one reader to its end: what may go together goes as one email."""
        try:
            together = []
            for letter in self.claim_all(reader):
                with_it = joining.companions(letter)
                if not self.is_to_go(letter, with_it):
                    continue
                if with_it or not joining.goes_with_others(letter):
                    self.hand_over(letter, with_it)
                else:
                    together.append(letter)
            for letter in self.said_better(together):
                together.remove(letter)
                words = _("Another email at the same time asks about the same.")
                self.move(letter, LetterState.CLAIMED, LetterState.DROPPED, outcome=words)
            if together:
                self.hand_over(together[0], together[1:])
        except ServerUnreachable:
            mine = Letter.objects.filter(recipient=reader, state=LetterState.CLAIMED, claimed_by=self.me)
            mine.update(state=LetterState.WAITING, claimed_by="", lease_until=None)
            raise

    def said_better(self, together) -> list[Letter]:
        """Those that another one makes needless; where that cannot be found out, all of them go."""
        try:
            return joining.said_better(together)
        except OperationalError:
            raise
        except Exception:
            logger.exception("What letters to person %s are about could not be compared.", together[0].recipient_id)
            return []

    def is_to_go(self, letter, with_it) -> bool:
        """Whether a claimed letter is to be sent now; else it has been moved to where it belongs instead."""
        try:
            instead = _instead_of_all([letter, *with_it], self.now())
        except OperationalError:
            raise
        except Exception:
            self.not_ready(letter)
            return False
        if instead:
            new, fields = instead
            self.move(letter, LetterState.CLAIMED, new, **fields)
        return not instead

    def not_ready(self, letter) -> None:
        logger.exception("Letter %s could not be made ready.", letter.pk)
        self.try_later(letter, LetterState.CLAIMED, _("An error of ours: this email could not be made ready."))

    def hand_over(self, letter, with_it) -> None:
        """Makes the email, and sends it; an error of ours in one letter stops no other."""
        try:
            message = message_of(letter, self.now(), with_it)
            message.message().as_bytes()
        except OperationalError:
            raise
        except Exception:
            if not with_it:
                self.not_ready(letter)
                return
            # One of them spoils it: each by itself shows which.
            logger.exception("Letters to person %s could not be joined.", letter.recipient_id)
            joining.part([letter])
            for each in [letter, *(one for one in with_it if one.state == LetterState.CLAIMED)]:
                self.hand_over(each, [])
            return
        try:
            self.line.ready()
        except ServerUnreachable:
            self.move(letter, LetterState.CLAIMED, LetterState.WAITING)
            raise
        if self.fence(letter, with_it):
            self.send(letter, message)

    def fence(self, letter, with_it=()) -> bool:
        """From here on it may have been sent: written down, committed, before the server hears of it.

        What goes with it is tied to it in the same step, and from then on shares its fate.
        """
        lease = self.now() + LEASE
        if not with_it:
            return self.move(letter, LetterState.CLAIMED, LetterState.SENDING, lease_until=lease)
        with transaction.atomic():
            fenced = self.move(letter, LetterState.CLAIMED, LetterState.SENDING, lease_until=lease)
            if not fenced or self.tie(letter, with_it) != len(with_it):
                # Somebody has taken them over, or cancelled one that stands in the text: this email is not theirs.
                transaction.set_rollback(True)
                return False
        return True

    def tie(self, letter, with_it) -> int:
        """Ties what goes with a letter to it; how many are still to go."""
        rows = Letter.objects.filter(pk__in=[each.pk for each in with_it])
        tied = {"state": LetterState.JOINED, "joined_into": letter, "claimed_by": "", "lease_until": None}
        before = rows.filter(state=LetterState.JOINED, joined_into=letter).update(**tied)
        return before + rows.filter(state=LetterState.CLAIMED, claimed_by=self.me).update(**tied)

    def send(self, letter, message) -> None:
        try:
            self.line.send(message)
        except AddressRefused as error:
            self.bury(letter, LetterState.SENDING, _("The address was refused: %(words)s") % {"words": error})
            actions.bounced(letter.recipient, message.to[0], now=self.now(), topic=letter.topic)
        except NotTaken as error:
            self.try_later(letter, LetterState.SENDING, str(error))
        except ServerUnreachable as error:
            # Whether it arrived is not known; the Message-ID stays the same. No try of this letter's, and it stays
            # due: put off each time, it would never be seen to be late.
            words = _("The mail server takes nothing just now, and we go on trying: %(words)s")
            self.move(letter, LetterState.SENDING, LetterState.WAITING, outcome=words % {"words": error})
            raise
        except Exception as error:
            logger.exception("Letter %s could not be sent.", letter.pk)
            self.try_later(letter, LetterState.SENDING, str(error)[:200])
        else:
            letter.provider_id = provider_id_of(message)
            self.settle(letter)

    def settle(self, letter) -> None:
        """Writes down that it was sent, if need be more than once: forgotten, it would be sent again."""
        for attempt in range(3):
            try:
                fields = {"sent_at": self.now(), "outcome": "", "came_back_at": None, "provider_id": letter.provider_id}
                sent = self.move(letter, LetterState.SENDING, LetterState.SENT, **fields)
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
            said = _("Tried %(tries)d times: %(words)s") % {"tries": tries, "words": words}
            self.bury(letter, old, said, tries=tries)
            return
        due = self.now() + BACKOFF[tries - 1]
        if self.move(letter, old, LetterState.WAITING, tries=tries, due_at=due, outcome=words):
            # The server has not taken it: what was to go with it is free again, and meets it at the next try.
            joining.part([letter], due_at=due, outcome=words)

    def bury(self, letter, old, words, **fields) -> None:
        self.move(letter, old, LetterState.DEAD, outcome=words, **fields)


def _instead_of_all(letters, now):
    """What becomes of a letter and those that went with it: sent again, if one of them is still needed."""
    answers = [what_instead(letter, now) for letter in letters]
    if any(answer is None for answer in answers[1:]) and (answers[0] and answers[0][0] == LetterState.DROPPED):
        return None
    return answers[0]


def provider_id_of(message) -> str:
    """What the mail provider calls an email it has taken; "" without one."""
    told = getattr(message, "anymail_status", None)
    return str(getattr(told, "message_id", None) or "")[:200]


def message_of(letter, now, with_it=()) -> EmailMultiAlternatives:
    """The email as it goes out, its links signed now; alone, or with those that go with it."""
    all_of_them = [letter, *with_it]
    if with_it:
        shown = joining.show(all_of_them, lambda each: joining.signed(each, now))
        around = joining.frame_of(all_of_them)
    else:
        shown, around = render(letter, joining.signed(letter, now)), letter
    message = EmailMultiAlternatives(
        shown.subject,
        shown.text,
        settings.DEFAULT_FROM_EMAIL,
        [letter.recipient.email],
        reply_to=joining.reply_to(all_of_them) or [settings.DEFAULT_FROM_EMAIL],
        headers={
            "Message-ID": letter.message_id,
            "Date": format_datetime(now),
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{links.one_click_address(around, now)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    message.attach_alternative(shown.html, "text/html")
    return message
