"""The look: what is due is looked at once, what it finds is stored, and nobody who spoke meanwhile is overlooked."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from checkins import actions, watching
from checkins.actions import clock
from checkins.models import Meeting, Pause, Watch
from matching.actions import end_pairing
from outbox.sweeping import never
from programs.actions import end_program, open_program
from programs.errors import Refused
from programs.models import ProgramFigure
from tests import world as w
from tests.checkins.pairs import DAY, HOUR, a_pair, a_program, agreed, proposed
from tests.world import NOW, make_person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 16)


@pytest.fixture(autouse=True)
def listeners(monkeypatch):
    """Only what a test asks to be called is."""
    asked = []
    monkeypatch.setattr(watching, "_on_look", asked)
    return asked


def look(now) -> int:
    return actions.look(now, never)


def watch_of(pairing) -> Watch:
    return Watch.objects.get(pairing=pairing)


def said(pairing, on, now):
    return actions.add_contact(pairing, on=on, says="mentee", source="said", by=pairing.mentee.user, now=now)


def test_a_pair_is_watched_from_the_transaction_that_opens_it():
    pairing = a_pair()
    watch = watch_of(pairing)
    assert (watch.standing, watch.since, watch.due_on, watch.look_at) == ("new", TODAY, TODAY + 14 * DAY, NOW)


def test_a_look_stores_how_a_pair_stands_and_comes_back_when_that_can_change():
    pairing = a_pair()
    assert look(NOW) == 1
    assert look(NOW) == 0
    watch = watch_of(pairing)
    assert watch.look_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert look(watch.look_at - timedelta(seconds=1)) == 0
    assert look(watch.look_at) == 1
    watch = watch_of(pairing)
    assert (watch.standing, watch.since, watch.look_at) == ("never", date(2026, 12, 1), None)


def test_a_contact_is_in_the_next_look():
    pairing = a_pair()
    said(pairing, TODAY + 2 * DAY, NOW + 5 * DAY)
    look(NOW + 5 * DAY)
    watch = watch_of(pairing)
    assert (watch.standing, watch.since, watch.last_contact) == ("in_rhythm", TODAY + 2 * DAY, TODAY + 2 * DAY)
    assert (watch.sureness, watch.due_on) == ("one", TODAY + 32 * DAY)
    assert watch.look_at == datetime(2026, 12, 19, tzinfo=UTC)
    actions.take_back(pairing, on=TODAY + 2 * DAY, says="mentee", by=pairing.mentee.user, now=NOW + 6 * DAY)
    look(NOW + 6 * DAY)
    watch = watch_of(pairing)
    assert (watch.standing, watch.last_contact, watch.sureness) == ("new", None, "")


def test_how_sure_is_of_the_last_contact():
    pairing = a_pair()
    w.make_contact(pairing, TODAY, sureness="both")
    w.make_contact(pairing, TODAY + 3 * DAY)
    look(NOW + 4 * DAY)
    assert watch_of(pairing).sureness == "one"


def test_the_day_begins_where_the_program_is():
    pairing = a_pair()
    type(pairing.program).objects.update(time_zone="America/Sao_Paulo")
    look(NOW)
    assert watch_of(pairing).look_at == datetime(2026, 12, 1, 3, tzinfo=UTC)


def test_whoever_listens_is_told_after_it_is_stored_and_says_when_to_look_again(listeners):
    pairing = a_pair()
    seen = []

    def hear(one, facts, answer, now):
        seen.append((one, watch_of(one).standing, answer.standing, facts.today))
        return now + 3 * DAY

    listeners += [hear, lambda *_args: None, lambda *_args: NOW + 9 * DAY]
    Watch.objects.update(standing="quiet")
    look(NOW)
    assert seen == [(pairing, "new", "new", TODAY)]
    assert watch_of(pairing).look_at == NOW + 3 * DAY


def test_a_listener_in_a_hurry_does_not_hold_the_sweep(listeners):
    listeners.append(lambda pairing, facts, answer, now: now)
    a_pair()
    assert look(NOW) == 1
    assert look(NOW) == 0
    assert look(NOW + timedelta(seconds=1)) == 1


def test_a_contact_while_a_pair_is_looked_at_is_looked_at_next(listeners):
    pairing = a_pair()
    later = NOW + timedelta(seconds=1)
    listeners.append(lambda *_args: said(pairing, TODAY, later) and None)
    look(NOW)
    assert watch_of(pairing).look_at == later
    listeners.clear()
    assert look(later) == 1
    assert watch_of(pairing).standing == "in_rhythm"


def test_a_contact_after_the_facts_were_read_is_not_acted_against(listeners, monkeypatch):
    pairing, read = a_pair(), watching.facts_of

    def read_too_soon(pairings, now):
        found = read(pairings, now)
        said(pairing, TODAY, now)
        return found

    heard = []
    listeners.append(lambda pairing, facts, answer, now: heard.append(answer.standing))
    monkeypatch.setattr(watching, "facts_of", read_too_soon)
    now = NOW + 15 * DAY
    look(now)
    # The silence was never acted on: the same sweep came back to the pair with what it had been told meanwhile.
    assert heard == ["in_rhythm"] and watch_of(pairing).standing == "in_rhythm"


def test_facts_that_were_overtaken_hold_nothing():
    pairing = a_pair()
    facts = watching.facts_of([pairing], NOW)[pairing.pk]
    assert watching.hold(pairing, facts)
    said(pairing, TODAY, NOW)
    assert not watching.hold(pairing, facts)
    facts = watching.facts_of([pairing], NOW)[pairing.pk]
    assert watching.hold(pairing, facts)
    type(pairing).objects.update(state="ended", ended_at=NOW)
    assert not watching.hold(pairing, facts)


def test_rows_that_fail_stand_in_nobodys_way(listeners, monkeypatch, caplog):
    monkeypatch.setattr(clock, "BATCH", 2)
    program = a_program()
    pairs = [a_pair(program, mentor=w.add_member(program, "mentor", state="active"), mentee=w.add_member(
        program, "mentee", state="active")) for _each in range(7)]  # fmt: skip
    bad = {pairing.pk for pairing in pairs[:5]}

    def fail(pairing, facts, answer, now):
        if pairing.pk in bad:
            raise RuntimeError("No.")

    listeners.append(fail)
    assert look(NOW) == 2
    assert set(Watch.objects.filter(look_at=NOW).values_list("pairing", flat=True)) == bad
    assert caplog.text.count("RuntimeError: No.") == 5
    bad.clear()
    assert look(NOW) == 5


def test_a_look_ends_between_two_rows_when_it_is_told_to():
    program = a_program()
    for _each in range(3):
        members = {role: w.add_member(program, role, state="active") for role in ("mentor", "mentee")}
        a_pair(program, **members)
    answers = iter([False, True])
    assert actions.look(NOW, lambda: next(answers)) == 1
    assert look(NOW) == 2


def test_pairs_of_an_ended_program_rest_until_it_opens_again():
    safe, deputy = make_person(), make_person()
    program = a_program(safeguarding=safe, deputy=deputy)
    type(program).objects.update(starts_on=TODAY, ends_on=None)
    pairing = a_pair(program)
    end_program(program, by=None, now=NOW)
    assert look(NOW + 30 * DAY) == 0
    assert watch_of(pairing).standing == "new"
    for role, form in (("mentor", "mentor_questionnaire"), ("mentee", "mentee_questionnaire")):
        type(program).objects.update(**{form: w.make_questionnaire(role)})
    open_program(program, by=None, now=NOW + 30 * DAY)
    assert look(NOW + 30 * DAY) == 1
    assert watch_of(pairing).standing == "never"


def test_with_its_end_a_pair_is_looked_at_no_more_and_its_meetings_are_off():
    pairing = a_pair()
    coming, asked = agreed(pairing), proposed(pairing, NOW + 9 * DAY)
    actions.pause(pairing, until=TODAY + 7 * DAY, by=pairing.mentee.user, now=NOW)
    end_pairing(pairing, by=None, now=NOW + HOUR, why="They moved.")
    watch = watch_of(pairing)
    assert (watch.standing, watch.since, watch.due_on, watch.look_at) == ("ended", TODAY, None, None)
    assert set(Meeting.objects.filter(pk__in=[coming.pk, asked.pk]).values_list("state", flat=True)) == {"cancelled"}
    assert Pause.objects.get().ended_at == NOW + HOUR
    assert actions.look_again([pairing.pk], now=NOW + DAY) == 0


def test_a_pause_stops_the_clock_and_its_end_starts_it_again():
    pairing = a_pair()
    actions.pause(pairing, until=TODAY + 30 * DAY, by=pairing.mentee.user, now=NOW + 5 * DAY)
    look(NOW + 5 * DAY)
    assert (watch_of(pairing).standing, watch_of(pairing).due_on) == ("paused", TODAY + (14 + 25) * DAY)
    assert actions.end_pause(pairing, by=pairing.mentee.user, now=NOW + 10 * DAY)
    look(NOW + 10 * DAY)
    assert (watch_of(pairing).standing, watch_of(pairing).due_on) == ("new", TODAY + (14 + 5) * DAY)
    assert not actions.end_pause(pairing, by=pairing.mentee.user, now=NOW + 11 * DAY)
    # There may be another.
    actions.pause(pairing, until=TODAY + 20 * DAY, by=pairing.mentee.user, now=NOW + 11 * DAY)
    assert not look(NOW + 10 * DAY)


def test_a_pause_that_ends_on_its_first_day_rested_nobody():
    pairing = a_pair()
    actions.pause(pairing, until=TODAY + 7 * DAY, by=pairing.mentee.user, now=NOW)
    assert actions.end_pause(pairing, by=pairing.mentee.user, now=NOW + HOUR)
    assert not Pause.objects.exists()


def test_a_pause_has_bounds_and_is_one_at_a_time():
    pairing = a_pair()
    for until, words in ((TODAY, "after today"), (TODAY + 43 * DAY, "six weeks at most")):
        with pytest.raises(Refused, match=words):
            actions.pause(pairing, until=until, by=pairing.mentee.user, now=NOW)
    actions.pause(pairing, until=TODAY + 42 * DAY, by=pairing.mentee.user, now=NOW)
    with pytest.raises(Refused, match="paused already"):
        actions.pause(pairing, until=TODAY + 7 * DAY, by=pairing.mentee.user, now=NOW)
    # One whose day has passed is no longer one.
    assert actions.pause(pairing, until=TODAY + 50 * DAY, by=pairing.mentee.user, now=NOW + 42 * DAY)


def test_a_restart_moves_the_day_they_are_due_and_not_when_they_were_last_in_touch():
    pairing = a_pair()
    actions.restart(pairing, by=None, now=NOW + 20 * DAY)
    look(NOW + 20 * DAY)
    watch = watch_of(pairing)
    assert (watch.standing, watch.due_on, watch.last_contact) == ("never", TODAY + 34 * DAY, None)


def test_leaves_a_mentees_own_rests_and_a_mentors_does_not():
    pairing = a_pair()
    w.make_leave(pairing.mentee, starts_in=2, days=5)
    w.make_leave(pairing.mentor, starts_in=20, days=5)
    facts = watching.facts_of([pairing], NOW)[pairing.pk]
    own, other = ((TODAY + 2 * DAY, TODAY + 7 * DAY), (TODAY + 20 * DAY, TODAY + 25 * DAY))
    assert facts.rests == (own,) and set(facts.away) == {own, other} and facts.pauses == ()


def test_first_contact_days_are_the_programs_own():
    pairing, other = a_pair(), a_pair(a_program("Other"), mentor=None)
    for days, since in ((5, NOW), (9, NOW + HOUR)):
        ProgramFigure.objects.create(program=pairing.program, key="first_contact_days", value=days, since=since)
    facts = watching.facts_of([pairing, other], NOW)
    assert (facts[pairing.pk].first_contact_days, facts[other.pk].first_contact_days) == (9, 14)


def test_facts_of_thirty_pairs_take_as_many_queries_as_of_one(django_assert_num_queries):
    def some(count):
        for _each in range(count):
            program = a_program()
            pairing = a_pair(program, **{r: w.add_member(program, r, state="active") for r in ("mentor", "mentee")})
            w.make_contact(pairing, TODAY)
            w.make_leave(pairing.mentee)
            actions.restart(pairing, by=None, now=NOW)
        rows = type(pairing).objects.select_related("program", "mentor__user", "mentee__user")
        return list(rows)

    pairs = some(1)
    with django_assert_num_queries(6):
        watching.facts_of(pairs, NOW)
    pairs = some(29)
    with django_assert_num_queries(6):
        assert len(watching.facts_of(pairs, NOW)) == 30
    assert watching.facts_of([], NOW) == {}


def test_pairs_of_before_there_was_a_watch_are_watched_once():
    program = a_program()
    states = {}
    for state in ("open", "ended"):
        members = {role: w.add_member(program, role, state="active") for role in ("mentor", "mentee")}
        states[state] = w.make_pairing(**members, state=state)
    known = a_pair(program, **{role: w.add_member(program, role, state="active") for role in ("mentor", "mentee")})
    migrate = import_module("checkins.migrations.0002_watch_every_pair").watch
    migrate(apps, None)
    migrate(apps, None)
    assert Watch.objects.count() == 3
    assert (watch_of(states["open"]).standing, watch_of(states["ended"]).standing) == ("new", "ended")
    assert watch_of(states["ended"]).look_at is None
    # The one whose pair goes on is looked at by the next sweep, beside the one that was known.
    assert look(NOW + 20 * DAY) == 2
    assert watch_of(states["open"]).standing == watch_of(known).standing == "never"
