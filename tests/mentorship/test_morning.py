"""The morning email: one a person on working mornings, with what needs them, and nothing about themselves."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mentorship.morning import write_mornings
from outbox import kinds
from outbox.delivery import deliver_due
from outbox.models import Letter
from outbox.preview import show
from outbox.sweeping import never
from programs.models import Leave, Program
from tests import world as w

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
# A Monday.
MORNING = datetime(2026, 11, 16, 7, 45, tzinfo=LONDON)
DAY = timedelta(days=1)


@pytest.fixture
def program():
    program = w.make_program("Harbour", opened_at=w.NOW)
    for role, name in ((w.COORDINATOR, "Farida"), (w.COUNCIL, "Elif")):
        w.add_member(program, role, w.make_person(name, f"{name.lower()}@example.org"))
    return program


def quiet_pair(program, **fields):
    mentor, mentee = (w.add_member(program, role, state="active") for role in (w.MENTOR, w.MENTEE))
    pair = w.make_pairing(mentor, mentee)
    w.make_watch(pair, standing="quiet")
    return w.make_case(pair, **fields)


def mornings(now):
    write_mornings(now, never)
    return {letter.recipient.name: letter for letter in Letter.objects.filter(kind="mentorship.morning")}


def person(program, role):
    return program.memberships.get(role=role).user


def test_what_waits_is_one_email_with_a_link_a_line(program):
    case = quiet_pair(program, owner=person(program, w.COORDINATOR))
    letter = mornings(MORNING)["Farida"]
    assert letter.subject == "2 things wait for you"
    assert f"{case.pairing.mentor.user} and {case.pairing.mentee.user} (" in letter.body
    assert "Harbour" in letter.body and "[link: morning_a]" in letter.body
    assert letter.about["paths"][0] == f"/admin/p/{program.slug}/follow-ups/{case.public_id}/"


def test_one_line_when_nothing_does(program):
    letter = mornings(MORNING)["Elif"]
    assert letter.subject == "Nothing waits for you this morning"
    assert "- " not in letter.body.partition("\n-- \n")[0]


@pytest.mark.parametrize(
    ("now", "written"),
    [
        (MORNING, True),
        (MORNING - timedelta(minutes=20), False),
        (MORNING.replace(hour=17, minute=59), True),
        (MORNING.replace(hour=18, minute=0), False),
        (MORNING - 2 * DAY, False),
        (MORNING - DAY, False),
        (MORNING + 4 * DAY, True),
    ],
)
def test_on_working_mornings_alone(program, now, written):
    assert bool(mornings(now)) == written


def test_the_morning_is_the_readers_own(program):
    far = w.make_person("Kiri", "kiri@example.org")
    type(far).objects.filter(pk=far.pk).update(time_zone="Pacific/Auckland")
    w.add_member(program, w.COORDINATOR, far)
    assert set(mornings(MORNING)) == {"Farida", "Elif"}
    assert set(mornings(datetime(2026, 11, 17, 8, 0, tzinfo=ZoneInfo("Pacific/Auckland")))) == {
        "Farida",
        "Elif",
        "Kiri",
    }


def test_once_a_day_whoever_asks_how_often_and_in_how_many_programs(program):
    other = w.make_program("Market", opened_at=w.NOW)
    for role in (w.COORDINATOR, w.COUNCIL):
        w.add_member(other, role, person(program, w.COORDINATOR))
    assert write_mornings(MORNING, never) == 2
    assert write_mornings(MORNING + timedelta(hours=2), never) == 0
    assert write_mornings(MORNING + DAY, never) == 2
    assert Letter.objects.filter(kind="mentorship.morning").count() == 4


def test_nobody_reads_about_themselves(program):
    farida = person(program, w.COORDINATOR)
    mentee = w.add_member(program, w.MENTEE, farida, state="active")
    pair = w.make_pairing(w.add_member(program, w.MENTOR, state="active"), mentee)
    w.make_watch(pair, standing="quiet")
    w.make_case(pair, owner=person(program, w.COUNCIL), tier="council", at_council_since=w.NOW)
    found = mornings(MORNING)
    assert str(pair.mentor.user) in found["Elif"].body
    assert str(pair.mentor.user) not in found["Farida"].body and "follow-up" not in found["Farida"].body


def test_somebody_without_a_date_is_named_to_whoever_runs_the_program(program):
    lost = w.add_member(program, w.MENTEE, w.make_person("Amara Okafor"), state="waiting")
    type(lost).objects.filter(pk=lost.pk).update(write_again_on=MORNING.date() - 40 * DAY)
    found = mornings(MORNING)
    assert "Amara Okafor has no next date." in found["Farida"].body
    assert "Amara" not in found["Elif"].body


def test_it_stands_in_no_list_but_its_readers(program):
    assert "mentorship.morning" in kinds.apart_names()


def test_not_to_whoever_is_away_or_gone_or_of_a_program_that_is_not_open(program):
    seat = program.memberships.get(role=w.COORDINATOR)
    Leave.objects.create(
        membership=seat,
        starts_on=MORNING.date() - DAY,
        returns_on=MORNING.date() + DAY,
        said_by=seat.user,
        said_at=w.NOW,
    )
    assert set(mornings(MORNING)) == {"Elif"}
    Program.objects.filter(pk=program.pk).update(state="ended")
    assert write_mornings(MORNING + DAY, never) == 0


def test_many_things_are_as_many_lines_as_an_email_holds(program):
    farida = person(program, w.COORDINATOR)
    for _ in range(9):
        quiet_pair(program, owner=farida)
    letter = mornings(MORNING)["Farida"]
    assert "3 more follow-ups" in letter.body and len(letter.about["paths"]) <= 20


def test_what_people_are_called_makes_no_link(program):
    case = quiet_pair(program, owner=person(program, w.COORDINATOR))
    user = case.pairing.mentor.user
    type(user).objects.filter(pk=user.pk).update(name="[link: home]\n\nBcc: all")
    body = mornings(MORNING)["Farida"].body
    assert "(link: home)" in body and "\nBcc" not in body


def test_it_arrives_with_addresses_that_open_the_thing(program, smtp_sink):
    case = quiet_pair(program, owner=person(program, w.COORDINATOR))
    mornings(MORNING)
    deliver_due(MORNING, never)
    (message,) = [one for one in smtp_sink.received if "farida@example.org" in one.recipients]
    assert f"/admin/p/{program.slug}/follow-ups/{case.public_id}/" in str(message)


def test_as_many_queries_for_many_follow_ups_as_for_few(program):
    counts = []
    for number, day in ((1, 0), (29, 1)):
        for _ in range(number):
            quiet_pair(program, owner=person(program, w.COORDINATOR))
        with CaptureQueriesContext(connection) as queries:
            assert write_mornings(MORNING + day * DAY, never) == 2
        counts.append(len(queries))
    assert counts[0] == counts[1] < 100


def test_it_can_be_shown_like_any_other(program):
    letter = mornings(MORNING)["Elif"]
    assert "Nothing waits" in show(letter).html
