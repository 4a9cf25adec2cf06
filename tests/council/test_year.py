"""A year of many pairs in four time zones: silences, leaves, withdrawals, bounces; in every week nobody is lost."""

import logging
from collections import Counter

import pytest
from django.db import transaction

from checkins import actions as checkins
from checkins.models import Outage, Pause
from council import promise
from council.actions import leaves, pausing, requests
from council.models import Case, CaseLine, Decision, Step
from matching.models import Pairing
from outbox.models import Letter
from profiles.models import User
from programs import actions as people
from programs.models import Leave, Membership
from tests.council.year import DAY, PAIRS, Year
from tests.fire.scene import size

# Half a million rows' worth of one story: what our database does with them is proven everywhere else.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
# The year, and 200 pairs, for a night (FIRE=full): a run of the suite has to end in time, and takes 200 days.
DAYS, PAIRED = size(200, 365), size(60, 200)
# Our own sweeps stand still on these days.
DARK = range(140, 146)
HAPPENED = [
    "pairs", "in touch", "met", "did not meet", "taken back", "meeting agreed", "meeting declined", "meeting cancelled",
    "no mentor, to the coordinator", "no mentor, to the council", "no mentee", "too much", "wish", "pulse: nothing",
    "pulse: other", "pause", "mentor away", "mentee away", "back early", "mentor left", "mentee left", "address gone",
    "address put right", "answered: here", "answered: touch", "answered: other", "answered: wait", "answered: new",
    "answered: stand_in", "first answer", "snoozed", "handed on", "staff left", "staff away", "staff address gone",
    "paired by hand", *(f"decided: {decision}" for decision in Decision if decision != "by_itself"),
]  # fmt: skip


def test_in_a_simulated_year_nobody_is_lost(settings, caplog):
    settings.EMAIL_BACKEND = "tests.council.year.Mail"
    caplog.set_level(logging.ERROR)
    year = Year(7, pairs=PAIRED)
    for number in range(DAYS):
        year.live()
        if number in DARK:
            continue
        if number in (DARK.start - 1, DARK.stop):
            checkins.beat(year.now)
        year.sweep()
        if number % 7 == 0 or number in (DARK.stop, DAYS - 1):
            lost = promise.lost(year.now)
            assert not lost, "\n".join([f"day {number}", *promise.sentences(lost)])
    # A sweep that stumbles over a row goes on, and says so to the log.
    assert [record.getMessage() for record in caplog.records] == []
    counts = counted(year)
    print("".join(f"\n{number:6} {what}" for what, number in sorted(counts.items())))
    missing = [what for what in wanted() if not counts[what]]
    # In a small year not everything happens.
    assert len(missing) <= size(len(wanted()) // 5, 0), missing
    assert Outage.objects.count() == 1
    one_hole_of_each_kind_is_found(year)


def wanted() -> list[str]:
    # Whatever is decided starts the clock anew, so that no pair gets as far as to be idle.
    kinds = [f"case: {kind}" for kind in Case.Kind.values if kind != Case.Kind.IDLE]
    others = ["case by itself", "case with the council", "case passed on", "bounced", "ready, then waiting"]
    return [*HAPPENED, *kinds, *others]


def counted(year) -> Counter:
    """What people did, and what came of it."""
    counts = Counter(year.counts)
    for case in Case.objects.all():
        counts[f"case: {case.kind}"] += 1
        counts["case with the council"] += case.at_council_since is not None
        counts["case by itself"] += case.decision == "by_itself"
    counts["case passed on"] = CaseLine.objects.filter(words__contains="answers for it from now on").count()
    counts |= Counter(f"step: {step}" for step in Step.objects.values_list("step", flat=True))
    listed = Letter.objects.filter(kind="matching.still_looking", body__contains="on the waiting list now")
    counts["ready, then waiting"] = listed.count()
    counts["bounced"] = User.objects.filter(address_bounced_at__isnull=False).count()
    return counts


def holes_in(year) -> dict:
    """In what the year left behind, one hole of each kind: what is changed about which row, and who is lost by it."""
    now, today = year.now, year.now.date()
    calm = PAIRS.filter(state="open", mentee__state="active", watch__standing="in_rhythm", cases=None)
    calm = calm.exclude(pk__in=Pause.objects.filter(ended_at=None).values("pairing"))
    calm = calm.exclude(mentee__in=Leave.objects.current().values("membership"))
    silent, resting, leaving, asking = calm.order_by("pk")[:4]
    cry = requests.no_mentor(asking, by=asking.mentee.user, now=now)
    pause = pausing.pause_pair(resting, until=today + 20 * DAY, by=resting.mentee.user, now=now)
    away = leaving.mentee
    leave = leaves.take_leave(away, starts_on=today + DAY, returns_on=today + 20 * DAY, by=away.user, now=now)
    waiting = people.move(year.join(asking.program, "mentee"), "waiting", by=None, now=now)
    year.now += DAY
    year.sweep()
    now, today = year.now, year.now.date()
    owner = Membership.objects.get(program=cry.program, role="coordinator", user=cry.owner)
    long_ago = now - 400 * DAY
    return {
        "no_owner": (cry.membership, cry, {"owner": None}),
        "owner_concerned": (cry.membership, cry, {"owner": cry.membership.user}),
        "owner_gone": (cry.membership, owner, {"state": "left"}),
        "case_overdue": (cry.membership, cry, {"due_at": now - 2 * DAY}),
        "case_far": (cry.membership, cry, {"due_at": now + 15 * DAY}),
        "unwatched": (silent.mentee, silent.watch, {"standing": "ended"}),
        "not_looked_at": (silent.mentee, silent.watch, {"look_at": now - 2 * DAY}),
        "overdue": (silent.mentee, silent, {"rhythm_days": 1}),
        "no_pair": (silent.mentee, silent, {"state": "ended", "ended_at": now}),
        "waiting_passed": (waiting, waiting, {"write_again_on": today - 2 * DAY}),
        "waiting_far": (waiting, waiting, {"write_again_on": today + 32 * DAY}),
        "ready": (waiting, waiting, {"state": "ready", "since": long_ago}),
        "no_leave": (away, leave, {"ended_at": now}),
        "leave_passed": (away, leave, {"starts_on": today - 9 * DAY, "returns_on": today - 2 * DAY}),
        "pause_far": (resting.mentee, pause, {"ends_on": pause.starts_on + 43 * DAY}),
    }


def forget_what_covered(pairing, now):
    """As if they had been in touch once, two months ago."""
    Pairing.objects.filter(pk=pairing.pk).update(began_at=now - 90 * DAY)
    for rows in (pairing.steps, pairing.restarts, pairing.meetings, pairing.pauses, pairing.mentee.leaves):
        rows.all().delete()
    pairing.contacts.exclude(pk=pairing.contacts.first().pk).delete()
    pairing.contacts.update(on=now.date() - 60 * DAY)


def one_hole_of_each_kind_is_found(year):
    for kind, (member, row, changed) in holes_in(year).items():
        with transaction.atomic():
            if kind == "overdue":
                forget_what_covered(row, year.now)
            type(row)._default_manager.filter(pk=row.pk).update(**changed)
            found = {(one.membership, one.hole.kind) for one in promise.lost(year.now)}
            assert (member, kind) in found, kind
            # An owner who is gone leaves whatever else they answered for, too.
            assert kind == "owner_gone" or len(found) == 1, (kind, found)
            transaction.set_rollback(True)
