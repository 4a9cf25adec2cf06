"""A backup that was put back holds its emails until a coordinator lets them go or cancels them."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from checkins.models import Heartbeat
from journal.models import Entry
from mentorship import heartbeat, restored
from outbox import actions
from outbox.delivery import deliver_due
from outbox.models import Letter, LetterState
from outbox.sweeping import never
from programs.fates import fate
from tests.world import NOW, add_member, make_letter, make_program, signed_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _a_process_that_just_began(time_machine):
    time_machine.move_to(NOW, tick=False)
    heartbeat.forget()
    yield
    heartbeat.forget()


@pytest.fixture
def letters():
    """Emails in every state, as a backup of an hour ago holds them."""
    program = make_program()
    person = add_member(program, "mentee").user
    states = ["waiting", "claimed", "sending", "sent", "dead", "dropped"]
    return {
        "program": program,
        "concern": make_letter(person, topic=program.slug, kind="council.follow_up_apart"),
        "no program": make_letter(person, kind="outbox.fresh_link"),
        **{state: make_letter(person, topic=program.slug, state=state) for state in states},
    }


def states(letters):
    return {name: Letter.objects.get(pk=one.pk).state for name, one in letters.items() if name != "program"}


def put_back():
    """As if this database had been written elsewhere, an hour ago."""
    Heartbeat.objects.create(pk=1, at=NOW - HOUR, place="cluster 1, database 2")


def test_the_first_worker_on_a_backup_holds_what_waited_and_nothing_else(letters):
    before = states(letters)
    put_back()
    heartbeat.alive(NOW)
    assert states(letters) == before | dict.fromkeys(["waiting", "claimed", "sending"], LetterState.HELD)
    held = Letter.objects.get(pk=letters["waiting"].pk)
    assert held.outcome.startswith("Held: the data came back from a backup of")
    assert Entry.objects.get(verb="restored").words == "The data came back from a backup."
    # Once: what is let go afterwards goes.
    heartbeat.forget()
    heartbeat.alive(NOW + HOUR)
    assert Entry.objects.filter(verb="restored").count() == 1


def test_the_same_database_holds_nothing(letters):
    before = states(letters)
    for hours in range(3):
        heartbeat.forget()
        heartbeat.alive(NOW + hours * HOUR)
    assert states(letters) == before
    assert Heartbeat.objects.get().place == restored.place() != ""


def test_nothing_held_leaves_and_the_coordinator_reads_of_it(letters):
    put_back()
    heartbeat.alive(NOW)
    coordinator = signed_in(add_member(letters["program"], "coordinator", state="active").user)
    deliver_due(NOW, never)
    assert Letter.objects.filter(state=LetterState.HELD).count() == 3
    assert "3 emails are held back" in coordinator.get(f"/admin/p/{letters['program'].slug}/").content.decode()
    held = Letter.objects.filter(state=LetterState.HELD).first()
    assert "may have gone out since. It stays here until somebody lets it go." in fate(held, False, NOW)


def test_what_went_with_an_email_that_is_held_is_held_by_itself(letters):
    coordinator = add_member(letters["program"], "coordinator", state="active").user
    first, other = letters["sending"], letters["waiting"]
    Letter.objects.filter(pk=other.pk).update(state=LetterState.JOINED, joined_into=first)
    put_back()
    heartbeat.alive(NOW)
    assert states(letters)["waiting"] == LetterState.HELD
    actions.cancel([first], by=coordinator, now=NOW)
    deliver_due(NOW, never)
    assert states(letters)["waiting"] == LetterState.HELD


def test_where_the_database_cannot_tell_somebody_says_so(letters):
    out = StringIO()
    call_command("restored", "--of", "2026-11-15T02:00+00:00", stdout=out)
    assert out.getvalue() == "Held: 3\n"
    assert "15 November 2026" in Letter.objects.get(pk=letters["waiting"].pk).outcome
