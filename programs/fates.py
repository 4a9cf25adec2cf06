"""What became of an email, in words beside its status."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from outbox.models import LetterState


def fate(letter, held: bool) -> str:
    """What became of an email, in words; `held`: its program has not been opened."""
    at = {"time": _short(letter.sent_at or letter.due_at)}
    if letter.state == LetterState.SENT:
        return at["time"]
    if letter.state == LetterState.DEAD:
        return letter.outcome or _("the mail server refused it")
    if letter.state == LetterState.DROPPED:
        return letter.outcome or _("no longer needed")
    if letter.state == LetterState.HELD:
        return _("held back by hand")
    if held:
        return _("waits until the program is opened")
    if letter.state == LetterState.SENDING:
        return _("being sent")
    if letter.outcome and not letter.tries:
        return _("will be sent %(time)s: %(why)s") % {**at, "why": letter.outcome}
    if letter.outcome:
        return _("tried %(tries)s times, next try %(time)s: %(why)s") % {
            **at,
            "tries": letter.tries,
            "why": letter.outcome,
        }
    return _("will be sent %(time)s") % at


def _short(moment) -> str:
    return date_format(timezone.localtime(moment), "j M Y, H:i")
