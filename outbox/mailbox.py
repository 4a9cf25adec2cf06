"""The embedded mailbox: emails are files, read in the browser of this machine alone."""

import ipaddress
import os
import re
import secrets
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

BACKEND = "outbox.mailbox.MailboxBackend"
NAME = re.compile(r"[0-9]{20}-[0-9a-f]{8}")


class MailboxBackend(BaseEmailBackend):
    """Writes each email to MAILBOX_DIR, whole or not at all."""

    def send_messages(self, email_messages) -> int:
        folder = Path(settings.MAILBOX_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
            new = folder / f".{name}.new"
            new.write_bytes(message.message().as_bytes())
            os.replace(new, folder / f"{name}.eml")
        return len(email_messages)


@dataclass(frozen=True, slots=True)
class Mail:
    """One email of the mailbox."""

    name: str
    subject: str
    to: str
    sent_by: str
    reply_to: str
    date: object
    text: str
    html: str


def is_open_to(request) -> bool:
    """Only the embedded default, only from this machine, and not through a proxy that stands on it."""
    if not settings.EMBEDDED or settings.EMAIL_BACKEND != BACKEND:
        return False
    if any(header in request.META for header in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def names() -> list[str]:
    """Newest first."""
    folder = Path(settings.MAILBOX_DIR)
    if not folder.is_dir():
        return []
    return sorted((file.stem for file in folder.glob("*.eml") if NAME.fullmatch(file.stem)), reverse=True)


def read(name: str) -> Mail | None:
    """One email, or None if there is none of this name."""
    if not NAME.fullmatch(name):
        return None
    try:
        return _read(Path(settings.MAILBOX_DIR) / f"{name}.eml")
    except FileNotFoundError:
        return None


@lru_cache(maxsize=2000)
def _read(path: Path) -> Mail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    return Mail(
        name=path.stem,
        subject=str(message["Subject"] or ""),
        to=str(message["To"] or ""),
        sent_by=str(message["From"] or ""),
        reply_to=str(message["Reply-To"] or ""),
        date=parsedate_to_datetime(message["Date"]) if message["Date"] else None,
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return part.get_content() if part is not None else ""


def found(words: str) -> list[str]:
    """The names of emails in which all these words stand."""
    wanted = words.casefold().split()
    if not wanted:
        return names()

    def matches(mail: Mail) -> bool:
        whole = f"{mail.subject} {mail.to} {mail.text}".casefold()
        return all(word in whole for word in wanted)

    return [name for name in names() if (mail := read(name)) and matches(mail)]
