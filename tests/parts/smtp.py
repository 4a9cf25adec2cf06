"""A real SMTP server that keeps what it is given, counts it, and refuses or dawdles when told to."""

import asyncio
import email
import email.policy
import logging
import threading
from collections import Counter
from dataclasses import dataclass
from email.message import EmailMessage

from aiosmtpd.controller import Controller

from tests.parts.processes import free_port

# It tells every step of every connection.
logging.getLogger("mail.log").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Received:
    """One message as it came over the wire; one for each DATA, whatever its recipients."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.data, policy=email.policy.default)

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return self.message.get_body(("plain",)).get_content()

    @property
    def html(self) -> str:
        return self.message.get_body(("html",)).get_content()


class SmtpSink:
    """Listens on a free port of 127.0.0.1 in a thread of its own."""

    def __init__(self):
        self.received: list[Received] = []
        # Answers instead of 250, such as {"gone@example.org": "550 5.1.1 No such person"}.
        self.refuse_recipients: dict[str, str] = {}
        # The answer to every message instead of 250, such as "451 4.3.0 Try again".
        self.refuse_data = ""
        # Seconds between taking a message in and saying so: the moment to be killed in.
        self.dawdle = 0.0
        self._lock = threading.Lock()
        self.port = free_port()
        self._controller = None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self.refuse_recipients.get(address.lower()):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.refuse_data:
            return self.refuse_data
        with self._lock:
            self.received.append(Received(envelope.mail_from, tuple(envelope.rcpt_tos), bytes(envelope.content)))
        if self.dawdle:
            await asyncio.sleep(self.dawdle)
        return "250 OK"

    def to(self, address: str) -> list[Received]:
        return [one for one in self.received if address.lower() in map(str.lower, one.recipients)]

    def count_by_message_id(self) -> Counter:
        return Counter(one.message_id for one in list(self.received))

    def clear(self):
        with self._lock:
            self.received.clear()

    def environment(self) -> dict[str, str]:
        """What makes another process send here."""
        return {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(self.port), "EMAIL_USE_TLS": "0"}

    def start(self) -> None:
        """Listens on the same port as before."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Cuts off whoever is connected, and refuses whoever comes."""
        self._controller.stop()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
