"""What the tests of the pulse do over and over: ask, find, and answer."""

from datetime import timedelta

from outbox.models import Letter
from outbox.sweeping import never
from surveys import actions
from surveys.models import Invitation
from tests import world as w

DAY = timedelta(days=1)


def ask(day) -> int:
    return actions.ask_pulses(w.NOW + day * DAY, never)


def emails():
    return Letter.objects.filter(kind__startswith="surveys.").order_by("pk")


def of(pairing, member) -> Invitation:
    return Invitation.objects.get(pairing=pairing, membership=member)


def say(pairing, member, going, wish, day=31) -> Invitation:
    row = of(pairing, member)
    actions.answer(row, going=going, wish=wish, by=member.user, now=w.NOW + day * DAY)
    return row


def said(row) -> dict:
    return {answer.question.key: answer.value for answer in row.sheet.answers.select_related("question")}
