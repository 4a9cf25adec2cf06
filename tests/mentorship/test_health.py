"""Does it run? The health addresses, the banner and the ping say the same thing."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO

import pytest
from django.core.management import call_command

from checkins.actions import beat
from checkins.models import Heartbeat
from mentorship import health, heartbeat, ping
from mentorship.sweeps import SWEEPS
from mentorship.tasks import sweep
from mentorship.watchdog import Watchdog
from outbox.models import Letter, LetterState
from outbox.sweeping import never
from programs.models import OtherWay
from tests.world import NOW, add_member, make_letter, make_person, make_program, signed_in

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _a_process_that_just_began(time_machine):
    time_machine.move_to(NOW, tick=False)
    heartbeat.forget()
    yield
    heartbeat.forget()


def it_ran(ago=timedelta(0)):
    Heartbeat.objects.update_or_create(pk=1, defaults={"at": NOW - ago, "delivered_at": NOW - ago})


def codes(client, path="/deliveryz"):
    answer = client.get(path)
    found = answer.json()
    assert (answer.status_code == 200) == (found["status"] == "ok") == (not found["troubles"])
    return [one["code"] for one in found["troubles"]]


def test_the_web_answers_and_is_ready(client, django_assert_max_num_queries):
    assert codes(client, "/readyz") == []
    with django_assert_max_num_queries(0):
        assert codes(client, "/healthz") == []
    with django_assert_max_num_queries(1):
        assert codes(client, "/readyz") == []
    assert client.post("/healthz").status_code == 405


def test_who_opens_a_page_in_the_moment_after_a_long_break_is_not_alarmed():
    it_ran(10 * 60 * MINUTE)
    make_letter(make_person(), due_at=NOW - 60 * MINUTE)
    assert health.banner(NOW).code == "no-delivery-run"
    beat(NOW)
    assert health.banner(NOW + MINUTE) is None
    assert health.silence(NOW + MINUTE).code == "no-delivery-run"
    # It began, and sends nothing all the same.
    assert health.banner(NOW + 6 * MINUTE).code == "no-delivery-run"


def test_the_web_is_not_ready_on_a_database_that_is_behind(client, monkeypatch):
    health._is_current.cache_clear()
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: ["something"])
    assert codes(client, "/readyz") == ["migrations-missing"]
    monkeypatch.undo()
    assert codes(client, "/readyz") == []


def test_delivery_is_in_trouble_where_no_run_has_ended_for_five_minutes(client):
    assert codes(client) == ["no-delivery-run"]
    it_ran(5 * MINUTE)
    assert codes(client) == []
    it_ran(6 * MINUTE)
    assert codes(client) == ["no-delivery-run"]
    call_command("tick", stdout=StringIO())
    assert codes(client) == []


@pytest.mark.parametrize("state", [LetterState.WAITING, LetterState.CLAIMED, LetterState.SENDING])
def test_delivery_is_in_trouble_where_something_due_waits(client, state):
    it_ran()
    letter = make_letter(make_person(), state=state, due_at=NOW - 16 * MINUTE)
    assert codes(client) == ["letters-late"]
    Letter.objects.filter(pk=letter.pk).update(due_at=NOW - 14 * MINUTE)
    assert codes(client) == []


def test_delivery_is_in_trouble_where_what_failed_lies_for_a_day(client):
    it_ran()
    letter = make_letter(make_person(), state="dead", due_at=NOW - timedelta(hours=25))
    assert codes(client) == ["dead-letters"]
    Letter.objects.filter(pk=letter.pk).update(due_at=NOW - timedelta(hours=23))
    assert codes(client) == []


def test_what_fails_for_somebody_with_another_way_is_seen_to(client):
    it_ran()
    member = add_member(make_program(), "mentee")
    make_letter(member.user, topic=member.program.slug, state="dead", due_at=NOW - timedelta(days=2))
    assert codes(client) == ["dead-letters"]
    OtherWay.objects.create(membership=member, words="By telephone", since=NOW)
    assert codes(client) == []


def test_delivery_is_in_trouble_where_the_server_refuses_everything(client):
    it_ran()
    sent = make_letter(make_person(), state="sent", due_at=NOW, sent_at=NOW - 40 * MINUTE)
    people = [make_person() for _ in range(3)]
    for person, state in zip(people, ["waiting", "dead", "waiting"], strict=True):
        make_letter(person, state=state, tries=3, due_at=NOW - MINUTE)
    assert codes(client) == ["letters-refused"]
    coordinator = signed_in(add_member(make_program(), "coordinator", state="active").user)
    assert "No emails have gone out since 09:20: the mail server refuses" in coordinator.get("/home/").content.decode()
    # Of two readers it may be their own mailboxes; and what left just now shows that it takes others.
    Letter.objects.filter(recipient=people[0]).update(tries=2)
    assert codes(client) == []
    Letter.objects.filter(recipient=people[0]).update(tries=3)
    Letter.objects.filter(pk=sent.pk).update(sent_at=NOW - MINUTE)
    assert codes(client) == []


def test_delivery_is_in_trouble_on_a_full_disk(client, monkeypatch):
    it_ran()
    full = type("Room", (), {"total": 1000, "free": 49})
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: full)
    assert codes(client) == ["disk-full"]


def test_asking_costs_as_much_with_many_emails(client, django_assert_num_queries):
    it_ran()
    person = make_person()
    for _ in range(30):
        make_letter(person, due_at=NOW - 20 * MINUTE)
    with django_assert_num_queries(5):
        codes(client)


def test_whoever_runs_a_program_reads_that_emails_do_not_go_out():
    it_ran(20 * MINUTE)
    program = make_program()
    coordinator = signed_in(add_member(program, "coordinator", state="active").user)
    mentee = signed_in(add_member(program, "mentee").user)
    words = "No emails have gone out since 09:40"
    assert words in coordinator.get("/home/").content.decode()
    assert words in coordinator.get("/admin/").content.decode()
    assert words not in mentee.get("/home/").content.decode()
    it_ran()
    assert words not in coordinator.get("/home/").content.decode()
    make_letter(make_person(), due_at=NOW - 20 * MINUTE)
    assert "one has waited since 09:40" in coordinator.get("/home/").content.decode()
    sent = make_letter(make_person(), state="sent", due_at=NOW)
    assert "they go out one after the other" in coordinator.get("/home/").content.decode()
    Letter.objects.filter(pk=sent.pk).delete()
    # Where no worker ever ran, the mail server is not to blame.
    Heartbeat.objects.all().delete()
    assert "No emails have gone out yet: the worker does not run" in coordinator.get("/home/").content.decode()


class Listener(BaseHTTPRequestHandler):
    asked = []

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture
def outside(settings):
    """A service that waits to be told."""
    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.PING_URL = f"http://127.0.0.1:{server.server_port}/all-is-well"
    Listener.asked = []
    yield Listener.asked
    server.shutdown()
    server.server_close()


def test_the_outside_hears_from_us_only_while_emails_go_out(outside, settings):
    it_ran(20 * MINUTE)
    assert ping.ping(NOW, never) == 0 and outside == []
    it_ran()
    assert ping.ping(NOW, never) == 1 and outside == ["/all-is-well"]
    settings.PING_URL = "http://127.0.0.1:1/nobody"
    assert ping.ping(NOW, never) == 0
    settings.PING_URL = ""
    assert ping.ping(NOW, never) == 0 and len(outside) == 1


def test_a_worker_bites_where_nothing_moves_or_nothing_wakes_it():
    moved, clock, whole = [0], [0.0], [True]
    dog = Watchdog(lambda: moved[0], lambda: whole[0], patience=180, clock=lambda: clock[0])
    assert dog.trouble() == ""
    clock[0] = 170.0
    moved[0] += 1
    assert dog.trouble() == ""
    clock[0] = 350.0
    assert dog.trouble() == ""
    clock[0] = 351.0
    assert dog.trouble() == "no sweep has run for 181 seconds"
    moved[0] += 1
    assert dog.trouble() == ""
    whole[0] = False
    assert "gone" in dog.trouble()


def test_a_run_that_hangs_is_not_taken_for_one_that_came_to_its_end():
    with SWEEPS["deliver"].busy:
        sweep("deliver")
    assert Heartbeat.objects.get().delivered_at is None
    sweep("deliver")
    assert Heartbeat.objects.get().delivered_at == NOW


def test_a_run_is_written_down_three_times_a_minute():
    Heartbeat.objects.create(pk=1, at=NOW)
    heartbeat.ended("deliver", NOW)
    heartbeat.ended("deliver", NOW + timedelta(seconds=19))
    heartbeat.ended("look", NOW + timedelta(seconds=40))
    assert Heartbeat.objects.get().delivered_at == NOW
    heartbeat.ended("deliver", NOW + timedelta(seconds=20))
    assert Heartbeat.objects.get().delivered_at == NOW + timedelta(seconds=20)
