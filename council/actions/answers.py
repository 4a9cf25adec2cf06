"""What a mentee answers to a question of ours, and what follows from it."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkins import actions as checkins
from checkins.models import Pause, Source
from council.actions import asking, cases
from council.actions.pausing import pause_pair
from council.actions.requests import insist_on_open, wish
from council.letters import requests as letters
from council.models import Ask, AskKind, Case
from outbox.actions import post
from programs.errors import Refused
from programs.models import Role

WANTED = {
    "stand_in": gettext_lazy("The mentee would like somebody who stands in."),
    "new": gettext_lazy("The mentee would like a new mentor."),
}
ANSWERS = {AskKind.NO_MENTEE: ("here", "touch", "other"), AskKind.AWAY: ("wait", "stand_in", "new")}


def is_open(ask) -> bool:
    """Whether an answer still changes anything; late is better than never, while the pair exists."""
    gone = ask.kind == AskKind.AWAY and (ask.leave is None or ask.leave.ended_at is not None)
    return ask.answered_at is None and ask.pairing.state == "open" and not gone


def waits_until(ask, now):
    """How long a mentee's own word stops the clock: until their mentor is back, for six weeks at most."""
    today = ask.pairing.program.today(now)
    return min(ask.leave.returns_on, today + timedelta(days=Pause.MOST_DAYS))


def answer_ask(ask: Ask, answer: str, *, on=None, by, now) -> None:
    """A mentee answers; what they say happens."""
    if answer not in ANSWERS[ask.kind]:
        raise Refused(_("Choose one of the answers."))
    insist_on_open(ask.pairing)
    if answer == "other":
        wish(ask.pairing, "other", by=by, now=now)
    elif answer == "wait":
        pause_pair(ask.pairing, until=waits_until(ask, now), by=by, now=now)
    told = [letters.mentee_is_there(ask, now=now)] if answer == "here" else []
    late = Case.objects.open().filter(cause=ask.cause).first()
    with transaction.atomic():
        asking.answer(ask, answer, by=by, now=now)
        if answer == "touch":
            checkins.add_contact(ask.pairing, on=on, says=Role.MENTEE, source=Source.SAID, by=by, now=now)
        post(told)
        if late:
            _said_late(late, answer, by, now)


def hear_of_contact(contact, *, by, now) -> None:
    """The two were in touch since their mentor could not reach them: nobody need answer, or ask again."""
    asked = Ask.objects.filter(kind=AskKind.NO_MENTEE, pairing=contact.pairing_id, answered_at=None)
    for ask in asked.select_related("pairing__program"):
        if contact.on >= ask.pairing.program.today(ask.asked_at):
            asked.filter(pk=ask.pk).update(answer="touch", answered_at=now, look_at=None)


def _said_late(case: Case, answer: str, by, now) -> None:
    """A person has it already: who waits needs nobody any more, what somebody would rather have stands in the log."""
    if answer == "wait":
        cases.settle([case], by=by, now=now, words=_("The mentee waits for their mentor."))
    elif answer in WANTED:
        cases.add_line(case, str(WANTED[answer]), by=by, now=now)
