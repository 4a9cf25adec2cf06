"""Changing a program's own words for its emails, and doing without some: every such write, with its history."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from journal.actions import record
from outbox import kinds, texts
from outbox.kinds import Kind
from outbox.models import LetterText, Stopped
from profiles import languages


def version_of(kind: Kind, topic: str, language: str) -> int:
    """The number of the newest version, whatever it says; 0 where there is none."""
    rows = LetterText.objects.filter(topic=topic, kind=kind.name, language=language)
    return rows.order_by("-version").values_list("version", flat=True).first() or 0


def save_text(
    kind: Kind, topic: str, language: str, *, subject: str = "", text: str = "", phrases=None, after: int, by, now
):
    """The next version of a program's own text; None where somebody else saved one after `after`.

    Without any words it goes back to ours, and stands in the list of versions all the same.
    """
    if after != version_of(kind, topic, language):
        return None
    words = {"subject": subject, "text": text, "phrases": phrases or {}}
    row = LetterText(topic=topic, kind=kind.name, language=language, version=after + 1, at=now, by=by, **words)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _tell(row, "text.changed" if row.says else "text.reset", _words_of(row), kind, topic, by, now)
    except IntegrityError:
        # The version is unique: somebody saved theirs in the same moment.
        return None
    return row


@transaction.atomic
def stop(kind: Kind, topic: str, *, by, now) -> bool:
    """The program does without this email from now on, those written but not sent included."""
    if not kinds.told_of(kind.name).may_stop:
        return False
    row, new = Stopped.objects.get_or_create(topic=topic, kind=kind.name, defaults={"since": now, "by": by})
    if new:
        _tell(row, "email.stopped", _("The email “%(kind)s” was switched off."), kind, topic, by, now)
    return new


@transaction.atomic
def start(kind: Kind, topic: str, *, by, now) -> bool:
    """The program has this email again."""
    row = Stopped.objects.filter(topic=topic, kind=kind.name).first()
    if row is None:
        return False
    _tell(row, "email.started", _("The email “%(kind)s” was switched on again."), kind, topic, by, now)
    row.delete()
    return True


def _words_of(row: LetterText) -> str:
    """What the history says of a version."""
    if row.language == texts.ENGLISH:
        changed, back = _("The text of the email “%(kind)s” was changed."), _("The email “%(kind)s” is in our words.")
        return changed if row.says else back
    changed = _("The text of the email “%%(kind)s” in %(language)s was changed.")
    back = _("The email “%%(kind)s” is not written in %(language)s any more.")
    return (changed if row.says else back) % {"language": languages.name(row.language).replace("%", "%%")}


def _tell(thing, verb, words, kind, topic, by, now):
    record(by=by, verb=verb, thing=thing, now=now, topic=topic, words=words % {"kind": kind.title})
