"""The ladder's sweeps stopped at any statement and run again: every step once and in order, every email, every case.

A killed process loses what its open transaction had written and does nothing more; what was committed stays.
"""

import random
from collections import Counter
from contextlib import nullcontext
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from checkins import actions as checkins
from council import actions as council
from council.actions import asking, climbing
from council.models import Ask, AskKind, Case, Step
from journal.models import Entry
from matching.models import Pairing
from outbox.models import Letter
from outbox.sweeping import never
from programs.models import Leave, ProgramFigure
from tests.fire.scene import size
from tests.world import COORDINATOR, COUNCIL, MENTEE, MENTOR, NOW, add_member, make_pairing, make_person, make_program

# Each stop is undone by savepoints, alike on both databases; twice would take CI past its time.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = timedelta(days=1)
RHYTHM = 14


class Killed(BaseException):
    """The process is gone: no code of ours may catch it."""


class Kill:
    """Ends the process at its n-th statement, those that open and end transactions included."""

    def __init__(self, at):
        self.at, self.seen, self.transactions = at, 0, []

    def __call__(self, execute, sql, params, many, context):
        self.seen += 1
        if self.seen == self.at:
            raise Killed
        done = execute(sql, params, many, context)
        verb, _blank, name = sql.rpartition(" ")
        if verb == "SAVEPOINT":
            self.transactions.append(name)
        elif verb == "RELEASE SAVEPOINT":
            # With one end those within it.
            del self.transactions[self.transactions.index(name) :]
        return done

    def lose(self):
        """Killed while it committed: the database undoes what was not."""
        # Where a block without a savepoint of its own was cut off, Django takes the test's own transaction for broken.
        transaction.set_rollback(False)
        if self.transactions:
            with connection.cursor() as cursor:
                cursor.execute(f"ROLLBACK TO SAVEPOINT {self.transactions[0]}")
                cursor.execute(f"RELEASE SAVEPOINT {self.transactions[0]}")


def sweep(now):
    """The sweeps that climb, once each."""
    checkins.look(now, never)
    council.ask_again(now, never)
    council.watch_cases(now, never)


def stopped(now, at) -> bool:
    """Runs the sweeps up to a statement; whether they were stopped there, or came to their end before."""
    kill = Kill(at)
    try:
        with connection.execute_wrapper(kill):
            sweep(now)
    except Killed:
        kill.lose()
        return True
    return False


def statements(now) -> int:
    """How many statements the sweeps take when nobody stops them."""
    kill = Kill(0)
    with connection.execute_wrapper(kill):
        sweep(now)
    return kill.seen


def outcome():
    """All that the sweeps leave behind, each with how often."""
    letters = Letter.objects.values_list("recipient", "kind", "body")
    cases = Case.objects.values_list("cause", "kind", "tier", "owner", "state", "due_at", "reminded_at", "pk")
    return {
        "steps": Counter(Step.objects.values_list("cause", "step", "at")),
        "letters": Counter(letters),
        "cases": Counter(row[:-1] for row in cases),
        "lines": Counter(Case.objects.values_list("cause", "lines__words")),
        "about": Counter(Case.objects.values_list("cause", "concerned")),
        "asks": Counter(Ask.objects.values_list("cause", "look_at")),
        "watches": Counter(Pairing.objects.values_list("pk", "watch__standing", "watch__look_at")),
        "history": Counter(Entry.objects.values_list("verb", "words")),
    }


def program_with_pairs(sizes, now=NOW):
    """A program that is run by two and has a council of two, and mentors with so many mentees each."""
    program = make_program(now=now)
    for role in (COORDINATOR, COORDINATOR, COUNCIL, COUNCIL):
        add_member(program, role, make_person(password=None), now=now)
    pairs = []
    for places in sizes:
        mentor = add_member(program, MENTOR, make_person(password=None), state="active", places=places, now=now)
        for _mentee in range(places):
            mentee = add_member(program, MENTEE, make_person(password=None), state="active", now=now)
            pairs.append(make_pairing(mentor, mentee, now=now))
    Pairing.objects.update(rhythm_days=RHYTHM)
    pairs = list(Pairing.objects.select_related("program", "mentor__user", "mentee__user").order_by("pk"))
    checkins.opened(pairs, now=now)
    return pairs


def never_in_touch(pairs):
    """Nothing happens after the match."""


def fell_quiet(pairs):
    for pairing in pairs:
        by = pairing.mentee.user
        checkins.add_contact(pairing, on=NOW.date(), says="mentee", source="said", by=by, now=NOW)


def mentees_silent(pairs):
    """Their mentors have asked for them; with days on which no step of the ladder is due."""
    for pairing in pairs:
        ProgramFigure.objects.get_or_create(program=pairing.program, key="mentee_silent_days", value=8, since=NOW)
        cause = f"no_mentee:{pairing.pk}:{NOW.date()}"
        asking.ask(AskKind.NO_MENTEE, pairing=pairing, cause=cause, by=pairing.mentor.user, now=NOW)


def mentors_away(pairs):
    for pairing in pairs:
        leave, _new = Leave.objects.get_or_create(
            membership=pairing.mentor,
            defaults={"starts_on": NOW.date(), "returns_on": NOW.date() + 60 * DAY, "said_at": NOW},
        )
        asking.ask(AskKind.AWAY, pairing=pairing, leave=leave, cause=f"away:{leave.pk}:{pairing.pk}", by=None, now=NOW)


# What happened, the day to be stopped on, and what that day brings: a step of so many, or so many cases by then.
DAYS = [
    pytest.param(never_in_touch, 4, {"nudge": 6}, 0, id="never-nudge"),
    pytest.param(never_in_touch, 9, {"nudge": 6, "nudge-2": 6}, 0, id="never-second-nudge"),
    pytest.param(never_in_touch, 14, {"nudge": 6, "nudge-2": 6, "case": 6}, 6, id="never-case"),
    pytest.param(never_in_touch, 28, {"nudge": 6, "nudge-2": 6, "case": 6}, 6, id="never-council"),
    pytest.param(never_in_touch, 42, {"nudge": 6, "nudge-2": 6, "case": 6}, 6, id="never-overdue"),
    pytest.param(fell_quiet, 21, {"nudge": 6}, 0, id="quiet-nudge"),
    pytest.param(fell_quiet, 28, {"nudge": 6, "case": 6}, 6, id="quiet-case"),
    pytest.param(mentees_silent, 7, {"nudge": 6}, 0, id="mentee-asked-again"),
    pytest.param(mentees_silent, 8, {"nudge": 6}, 6, id="mentee-silent-case"),
    pytest.param(mentors_away, 7, {"nudge": 6}, 6, id="mentor-away-case"),
]


def up_to(day):
    """Every day's sweeps before it, undisturbed."""
    for n in range(day):
        sweep(NOW + n * DAY)


@pytest.mark.parametrize(("happens", "day", "steps", "cases"), DAYS)
def test_stopped_at_every_statement(happens, day, steps, cases):
    pairs = program_with_pairs([1, 1, 1, 1, 2])
    happens(pairs)
    up_to(day)
    now = NOW + day * DAY
    whole, before = transaction.savepoint(), outcome()
    count = statements(now)
    expected = outcome()
    assert expected != before
    assert Counter(Step.objects.values_list("step", flat=True)) == steps
    assert Case.objects.count() == cases
    left = []
    # A run of the suite stops at every third one: a night (FIRE=full) at each.
    for at in range(1, count + 1, size(3, 1)):
        transaction.savepoint_rollback(whole)
        assert stopped(now, at)
        # What was left like this before has been taken to its end: between two writes every stop leaves the same.
        if (half := outcome()) in left:
            continue
        left.append(half)
        sweep(now)
        assert outcome() == expected, f"stopped at statement {at} of {count}"
    print(f"stopped at each of {count} statements, which left {len(left)} different states")


@pytest.mark.parametrize("day", [4, 14])
def test_without_a_transaction_a_stop_loses_something(day, monkeypatch):
    """The control: steps written down one statement at a time."""
    program_with_pairs([1, 1, 1, 1, 2])
    up_to(day)
    now = NOW + day * DAY
    whole = transaction.savepoint()
    monkeypatch.setattr(climbing, "transaction", SimpleNamespace(atomic=nullcontext))
    count = statements(now)
    expected, different = outcome(), 0
    # One pair is enough to see it.
    for at in range(1, count // 3):
        transaction.savepoint_rollback(whole)
        stopped(now, at)
        sweep(now)
        different += outcome() != expected
    print(f"{different} of {count // 3} stops lost something")
    assert different


def test_stopped_at_200_random_statements_over_200_pairs():
    chance = random.Random(7)
    pairs = program_with_pairs([1] * 80 + [2] * 30 + [3] * 20)
    assert len(pairs) == 200
    stops = 0
    for day in (4, 9, 14, 28):
        while stopped(NOW + day * DAY, chance.randint(1, 220)):
            stops += 1
        # As many again undisturbed find nothing more to do.
        after = outcome()
        sweep(NOW + day * DAY)
        assert outcome() == after
    taken = Step.objects.order_by("pk").values_list("pairing", "step")
    of_pair = {pairing.pk: [step for pk, step in taken if pk == pairing.pk] for pairing in pairs}
    assert set(map(tuple, of_pair.values())) == {("nudge", "nudge-2", "case")}
    assert Case.objects.count() == Case.objects.filter(kind="never", tier="council").count() == 200
    letters = Counter(Letter.objects.values_list("kind", flat=True))
    print(f"{stops} stops; {Step.objects.count()} steps; {Case.objects.count()} cases; letters: {dict(letters)}")
    assert stops >= 200
    # Two to every mentee, two to every mentor with all of theirs; what waits stands in the morning emails.
    assert letters["council.nudge_mentee"] == 400
    assert letters["council.nudge_mentor"] == 260
    assert "council.follow_up" not in letters
