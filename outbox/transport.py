"""The line to the mail server: opened once a sweep, tried before each email, and given a rest when it is dead."""

import contextlib
import re
import smtplib
import time
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.core.mail import get_connection

LONGEST_REST = 60
SHORTEST_REST = 2


class ServerUnreachable(Exception):
    """No mail server just now: no email's fault."""


class AddressRefused(Exception):
    """The server says that there is no such reader."""


class NotTaken(Exception):
    """The server did not take this email now; it may later."""


@dataclass
class Rest:
    """How long this process leaves an unreachable server alone."""

    until: float = 0.0
    pause: float = 0.0

    def resting(self) -> bool:
        return time.monotonic() < self.until

    def longer(self) -> None:
        self.pause = min(LONGEST_REST, max(SHORTEST_REST, self.pause * 2))
        self.until = time.monotonic() + self.pause

    def over(self) -> None:
        self.until = self.pause = 0.0


rest = Rest()


class Line:
    """One connection of whichever mail backend the settings name."""

    def __init__(self):
        self._backend = None

    def ready(self) -> None:
        """Opens the connection or makes sure that it still answers; ServerUnreachable if there is none to have."""
        if self._backend is not None and self._answers():
            return
        self.close()
        self._backend = get_connection()
        try:
            self._backend.open()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise ServerUnreachable(_words(error)) from error

    def _answers(self) -> bool:
        smtp = getattr(self._backend, "connection", None)
        if not isinstance(smtp, smtplib.SMTP):
            return not hasattr(self._backend, "connection")
        try:
            return smtp.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def send(self, message) -> None:
        """Hands one message over; says whose fault it is if that fails."""
        try:
            self._hand_over(message)
        except (AddressRefused, NotTaken):
            rest.over()
            raise
        # Only now: a server that opens its door and then takes nothing is left alone longer each time.
        rest.over()

    def _hand_over(self, message) -> None:
        try:
            self._backend.send_messages([message])
        except _of_provider("AnymailRecipientsRefused") as error:
            raise AddressRefused(_words(error)) from error
        except _of_provider("AnymailAPIError") as error:
            # Its key, its own trouble, or too many at once: no email's fault. What it takes exception to is one's.
            if error.status_code in (400, 406, 413, 422):
                raise NotTaken(_words(error)) from error
            raise ServerUnreachable(_words(error)) from error
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            if 500 <= code < 600 and not _is_policy(words):
                raise AddressRefused(_words(words)) from error
            raise NotTaken(_words(words)) from error
        except smtplib.SMTPSenderRefused as error:
            if error.smtp_code in (421, 454, 530, 535):
                raise ServerUnreachable(_words(error)) from error
            raise NotTaken(_words(error)) from error
        except smtplib.SMTPResponseException as error:
            raise NotTaken(_words(error)) from error
        except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
            raise AddressRefused(_words(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            # The line broke in the middle. If the server answers again, it was this email that broke it.
            self.close()
            self.ready()
            raise NotTaken(_words(error)) from error

    def close(self) -> None:
        if self._backend is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._backend.close()
        self._backend = None


def _of_provider(name: str) -> tuple:
    """What django-anymail raises under this name; nothing where no provider is named."""
    if not settings.EMAIL_PROVIDER:
        return ()
    return (getattr(import_module("anymail.exceptions"), name),)


def _is_policy(words) -> bool:
    """A refusal about us or a full mailbox, not about the address: it must not mark everybody's address as bad."""
    return bool(re.search(r"5\.7\.\d|5\.2\.2|relay", _words(words), re.IGNORECASE))


def _words(said) -> str:
    """What a server or the network said, short and printable."""
    if isinstance(said, smtplib.SMTPResponseException):
        said = said.smtp_error
    if isinstance(said, bytes):
        said = said.decode("utf-8", "replace")
    return " ".join(str(said).split())[:200] or type(said).__name__
