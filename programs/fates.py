"""What became of an email, in words beside its status, and what may be done with it now."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from outbox.models import LetterState

S = LetterState
# What a person may do with an email in each state; all else is the worker's.
VERBS = {
    S.WAITING: ["hold", "cancel"],
    S.HELD: ["release", "cancel"],
    S.JOINED: ["cancel"],
    S.DEAD: ["retry", "cancel"],
    S.SENT: ["repeat"],
    S.DROPPED: ["repeat"],
}


def fate(letter, held: bool, now) -> str:
    """What became of an email, in words; `held`: its program has not been opened."""
    words = {"time": _short(letter.sent_at or letter.due_at), "why": letter.outcome, "tries": letter.tries}
    if letter.state == S.SENT:
        return _gone(letter, words)
    if letter.state == S.DEAD:
        return _("not delivered: %(why)s") % {"why": letter.outcome or _("the mail server refused it")}
    if letter.state == S.DROPPED:
        return _("not sent: %(why)s") % {"why": letter.outcome or _("it was no longer needed")}
    if letter.state == S.HELD:
        why = letter.outcome or _("Held back by hand.")
        return _("%(why)s It stays here until somebody lets it go.") % {"why": why}
    if letter.state == S.JOINED:
        return _joined(letter)
    if held:
        return _("waits until the program is opened")
    if letter.state == S.SENDING:
        return _("being sent")
    return _coming(letter, words, now)


def _gone(letter, words) -> str:
    if letter.came_back_at:
        back = timezone.localtime(letter.came_back_at)
        same_day = letter.sent_at and back.date() == timezone.localtime(letter.sent_at).date()
        words["back"] = date_format(back, "H:i" if same_day else "j M Y, H:i")
        return _("sent %(time)s; came back %(back)s: %(why)s") % words
    if letter.joined_into_id:
        return _("sent %(time)s, together with another email") % words
    return _("sent %(time)s") % words


def _joined(letter) -> str:
    """It shares what becomes of the email it goes with."""
    if letter.joined_into.state == S.SENDING:
        return _("being sent, together with another email")
    return _("goes together with another email, %(time)s") % {"time": _short(letter.joined_into.due_at)}


def _coming(letter, words, now) -> str:
    if letter.outcome and not letter.tries:
        if letter.due_at <= now:
            return _("will be sent as soon as it can be: %(why)s") % words
        return _("will be sent %(time)s: %(why)s") % words
    if letter.outcome:
        return _("tried %(tries)s times, next try %(time)s: %(why)s") % words
    if letter.due_at <= now:
        return _("will be sent in a moment")
    return _("will be sent %(time)s") % words


def _short(moment) -> str:
    return date_format(timezone.localtime(moment), "j M Y, H:i")
