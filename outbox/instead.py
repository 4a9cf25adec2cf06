"""Whether a letter is to be sent at this moment, and what becomes of it otherwise."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from outbox import choices, kinds, texts
from outbox.models import How, Letter, LetterState
from profiles import civil

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
TRIES = len(BACKOFF) + 1
HELD_FOR = timedelta(minutes=10)
BUDGET = 3
BUDGET_DAYS = timedelta(days=7)
# In `about` of an email whose reader wants one a week: the Monday it waits for, or has waited for.
MONDAY = "monday"


def what_instead(letter, now):
    """None if the letter is to be sent now, else the state it takes instead and what goes with it."""
    person = letter.recipient
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
    how = choices.how(person, letter.topic, kind)
    if how == How.NEVER:
        words = _("%(person)s asked for none of these: %(group)s.")
        return _dropped(words % {"person": person, "group": kinds.GROUPS[kind.group]})
    if not kind.may_leave(letter, now):
        return _wait(now + HELD_FOR, _("Held back: the program does not send emails yet."))
    if nobody := _unreachable(person):
        return _dead(nobody)
    if letter.tries >= TRIES:
        return _dead(_("Sending was cut off %(tries)d times.") % {"tries": letter.tries})
    return _later(letter, kind, how, now)


def _unreachable(person) -> str:
    """Why no email reaches somebody, and what to do about it."""
    who = {"person": person, "address": person.email}
    if not person.is_active:
        return _("The account of %(person)s is closed.") % who
    if not person.email:
        return _("%(person)s has no email address. Add one, or tell them yourself.") % who
    if not _can_be_written_to(person.email):
        return _("%(address)s is no address that emails can be sent to. Ask %(person)s for another one.") % who
    if person.address_bounced_at:
        return _("Emails to %(address)s come back. Ask %(person)s for another address.") % who
    return ""


def _can_be_written_to(address) -> bool:
    # The mail library would make another address out of one it cannot write, and send there.
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def _later(letter, kind, how, now):
    """It waits for Monday where its reader wants that, for the morning, and for room in the mail budget."""
    person, where = letter.recipient, civil.zone(letter.recipient.time_zone)
    if how == How.WEEKLY and not _has_had_its_monday(letter, where, now):
        monday = civil.next_week(now, where)
        # What cannot wait so long comes at once.
        if letter.cut_off is None or letter.cut_off > monday:
            words = _("Waits for Monday morning: %(person)s wants one email a week.") % {"person": person}
            state, fields = _wait(monday, words)
            return state, fields | {"about": letter.about | {MONDAY: monday.isoformat()}}
    if not kind.any_hour and civil.is_night(now, where):
        return _at(civil.next_morning(now, where), letter, _("Waits for the morning."))
    if kind.optional and (free := _budget_free_at(person, now)) > now:
        return _at(free, letter, _("Waits: three reminders have gone to %(person)s this week.") % {"person": person})
    return None


def _has_had_its_monday(letter, where, now) -> bool:
    """Whether the week began with it; what the mail server did not take then is tried again the same day."""
    noted = letter.about.get(MONDAY)
    return datetime.fromisoformat(noted) <= now if noted else civil.begins_week(letter.due_at, where)


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
    """When one more reminder may go to this person, over all programs; what went as one email counts once."""
    sent = Letter.objects.filter(
        recipient=person,
        state=LetterState.SENT,
        joined_into=None,
        kind__in=kinds.optional_names(),
        sent_at__gt=now - BUDGET_DAYS,
    )
    times = list(sent.order_by("-sent_at").values_list("sent_at", flat=True)[:BUDGET])
    return times[-1] + BUDGET_DAYS if len(times) == BUDGET else now
