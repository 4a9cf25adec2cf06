"""How many emails a sound year costs: a monthly program, one mentor of two, and a silent pair beside them."""

from collections import Counter
from datetime import timedelta

import pytest

from checkins import actions as checkins
from checkins.models import CheckIn, Meeting
from matching.actions import pair_by_hand
from mentorship.sweeps import tick
from outbox import kinds
from outbox.models import Letter
from surveys.actions import answer
from surveys.models import Invitation
from tests import world as w

# What a sweep does on a database is proven elsewhere; here letters are counted.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = timedelta(days=1)
MOST_TO_MENTEE, MOST_TO_MENTOR, MOST_REMINDERS_A_WEEK = 60, 100, 3


def meet(pairing, now) -> None:
    """Whatever is asked is answered; each month the mentor proposes a meeting, which suits."""
    for row in CheckIn.objects.filter(pairing=pairing, closed_at=None).select_related("pairing", "meeting"):
        for person in (pairing.mentor.user, pairing.mentee.user):
            if not row.answers.filter(membership__user=person).exists():
                checkins.answer_check_in(row, met=True, on=row.due_on, how="", by=person, now=now)
    for row in Invitation.objects.filter(pairing=pairing, answered_at=None):
        answer(row, going="5", wish="nothing", by=row.membership.user, now=now)
    if not Meeting.objects.filter(pairing=pairing, starts_at__gt=now - 20 * DAY).exists():
        meeting = checkins.propose(
            pairing, starts_at=now + 6 * DAY, minutes=60, place="Café", by=pairing.mentor.user, now=now
        )
        checkins.accept(meeting, by=pairing.mentee.user, now=now)


def test_a_sound_year_stays_within_its_emails(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    program = w.make_program(safeguarding=w.make_person(), deputy=w.make_person(), opened_at=w.NOW)
    boss = w.add_member(program, "coordinator").user
    mentor, silent = w.add_member(program, "mentor", places=2), w.add_member(program, "mentor")
    pairings = [
        pair_by_hand(program, one, w.add_member(program, "mentee"), by=boss, now=w.NOW)
        for one in (mentor, mentor, silent)
    ]
    for number in range(365):
        now = w.NOW + number * DAY
        _counts, failed = tick(now, seconds=60)
        assert not failed
        for pairing in pairings[:2]:
            meet(pairing, now)
    sent = Letter.objects.filter(state="sent")
    counts = Counter(sent.values_list("recipient__name", flat=True))
    to_mentee, to_mentor = counts[pairings[0].mentee.user.name], counts[mentor.user.name]
    print(f"\na sound year: {to_mentee} to a mentee, {to_mentor} to a mentor of two")
    assert 12 <= to_mentee <= MOST_TO_MENTEE and 12 <= to_mentor <= MOST_TO_MENTOR
    # Whoever runs it has one email each working morning: 52 weeks and a Monday.
    assert sent.filter(kind="mentorship.morning", recipient=boss).count() == 52 * 5 + 1
    # Nobody who meets hears that they do not.
    assert not sent.filter(kind__startswith="council.nudge", recipient__in=[mentor.user]).exists()
    assert sent.filter(kind="council.nudge_mentor", recipient=silent.user).count() <= 2
    for person in {one.recipient for one in sent.select_related("recipient")}:
        times = sorted(sent.filter(recipient=person, kind__in=kinds.optional_names()).values_list("sent_at", flat=True))
        for first, fourth in zip(times, times[MOST_REMINDERS_A_WEEK:], strict=False):
            assert fourth - first > 7 * DAY - timedelta(minutes=1), person
