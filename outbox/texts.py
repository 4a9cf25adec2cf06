"""Which words an email has in a program: its own where it has some, else ours."""

import logging

from django.conf import settings

from outbox import kinds
from outbox.kinds import Kind
from outbox.models import LetterText, Stopped
from outbox.wording import Wording, wording_of

logger = logging.getLogger(__name__)


def may_be_said_otherwise(kind: Kind) -> bool:
    """Whether a program may have words of its own for it; safety and those who run a program keep ours."""
    return kind.editable and not kind.apart and not kind.to_staff


def original(kind: Kind) -> Wording:
    """Our own text, taken apart into words and placeholders."""
    return wording_of(kind.template)


def language_of(person) -> str:
    """The language in which somebody is written to."""
    return settings.LANGUAGE_CODE


def own(kind: Kind, topic: str, language: str) -> LetterText | None:
    """The program's own text in force, if there is one."""
    return LetterText.objects.newest(topic, kind.name, language) if topic and may_be_said_otherwise(kind) else None


def own_words(topic: str) -> dict[str, LetterText]:
    """Every text of its own a program has in force, by kind."""
    rows = LetterText.objects.filter(topic=topic, language=settings.LANGUAGE_CODE).select_related("by")
    newest = {row.kind: row for row in rows.order_by("version")}
    return {kind: row for kind, row in newest.items() if row.text}


def note_failure(row: LetterText, error: Exception, now) -> None:
    """Remembers that a text could not be used, for whoever runs the program to read."""
    logger.warning("The program's own text of %s in %s could not be used: %s", row.kind, row.topic, error)
    LetterText.objects.filter(pk=row.pk, failed_at=None).update(failed_at=now, failure=str(error)[:500])


def broken(topics) -> list[LetterText]:
    """Texts in force that could not be used, in these programs."""
    newer = LetterText.objects.filter(topic__in=topics)
    latest = {(row.topic, row.kind, row.language): row for row in newer.order_by("version")}
    return [row for row in latest.values() if row.failed_at and row.text]


def stopped(kind: Kind, topic: str) -> bool:
    """Whether this program does without this kind of email."""
    return (
        bool(topic and kinds.told_of(kind.name).may_stop)
        and Stopped.objects.filter(topic=topic, kind=kind.name).exists()
    )


def stopped_kinds(topic: str) -> dict[str, Stopped]:
    """The kinds a program does without, by name."""
    return {row.kind: row for row in Stopped.objects.filter(topic=topic).select_related("by")}
