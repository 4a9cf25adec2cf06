"""Off for fourteen days: on return one digest a person at most, nothing too late, and nobody escalated by us."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from checkins import actions as checkins
from council.models import Case
from matching.actions import pair_by_hand
from outbox import joining, kinds
from outbox.models import Letter
from tests import world as w
from tests.fire.scene import size

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
# By night with 500 people (FIRE=full), in each run with 20.
PAIRS, A_MINUTE = size((10, 9), (250, 225))


def two_weeks_off(days, settings, in_pairs):
    """What was sent on return, how many digests each reader got, and how many follow-ups there are more."""
    begins = timezone.now()
    people = {name: w.make_person() for name in ("boss", "contact", "deputy")}
    program = w.make_program(
        safeguarding=people["contact"], deputy=people["deputy"], now=begins - 20 * DAY, opened_at=begins - 20 * DAY
    )
    w.add_member(program, "coordinator", people["boss"], now=begins)
    pairs = []
    for _ in range(in_pairs):
        two = [w.add_member(program, role, now=begins - 20 * DAY) for role in ("mentor", "mentee")]
        pairing = pair_by_hand(program, *two, by=people["boss"], now=begins - 20 * DAY)
        # They have met, and will again in a few days: just when nothing runs.
        last = program.today(begins - 9 * DAY)
        checkins.add_contact(pairing, on=last, says="mentor", source="said", by=pairing.mentor.user, now=begins)
        meeting = checkins.propose(
            pairing, starts_at=begins + 4 * DAY, minutes=60, place="Café", by=pairing.mentor.user, now=begins
        )
        checkins.accept(meeting, by=pairing.mentee.user, now=begins)
        pairs.append(pairing)
    checkins.beat(begins)
    days.sweep()
    cases, came = Case.objects.count(), len(days.sink.received)
    # Nothing runs for two weeks; then the sweeps begin again.
    back = timezone.now() + 14 * DAY
    settings.EMAILS_A_MINUTE = A_MINUTE
    for turn in range(4):
        days.traveller.move_to(back + 2 * turn * MINUTE)
        before = len(days.sink.received)
        checkins.beat(timezone.now())
        days.sweep()
        assert len(days.sink.received) - before <= settings.EMAILS_A_MINUTE
    sent = Letter.objects.filter(sent_at__gte=back)
    digests = Counter(
        sent.filter(joined_into=None, kind__in=kinds.optional_names()).values_list("recipient", flat=True)
    )
    print(f"\nback after 14 days: {len(days.sink.received) - came} emails to {2 * in_pairs} people,", end=" ")
    print(f"{sent.count()} things in them, at most {max(digests.values())} digest a person")
    return sent, digests, Case.objects.count() - cases


def test_two_weeks_off(days, settings):
    sent, digests, follow_ups = two_weeks_off(days, settings, PAIRS)
    # The meeting that fell into it and how it goes are asked about in one email, the reminder of it is too late.
    assert len(digests) == 2 * PAIRS and set(digests.values()) == {1} and sent.count() > 3 * PAIRS
    assert not sent.filter(kind__startswith="checkins.reminder").exists()
    assert all(letter.cut_off is None or letter.sent_at < letter.cut_off for letter in sent)
    assert follow_ups == 0


def test_if_nothing_went_together_there_would_be_more_than_one(days, settings, monkeypatch):
    monkeypatch.setattr(joining, "goes_with_others", lambda letter: False)
    _sent, digests, _follow_ups = two_weeks_off(days, settings, 2)
    assert max(digests.values()) > 1
