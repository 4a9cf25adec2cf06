"""manage.py doctor: what is wrong is named with what to do, and the exit code tells a machine."""

import os
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from checkins.models import Heartbeat
from mentorship import doctor
from tests.world import add_member, make_person, make_program

pytestmark = pytest.mark.django_db


def lines(about):
    return [line for line in doctor.look(timezone.now()) if line.about == about]


def bad(about):
    return [line.words for line in lines(about) if not line.good]


@pytest.fixture
def production(settings):
    """An installation people rely on."""
    settings.EMBEDDED = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.PUBLIC_URL = "https://mentoring.example.org"
    return settings


def test_a_healthy_embedded_default_has_nothing_to_see_to(settings):
    settings.EMAIL_BACKEND = "outbox.mailbox.MailboxBackend"
    now = timezone.now()
    Heartbeat.objects.create(pk=1, at=now, delivered_at=now)
    out = StringIO()
    call_command("doctor", stdout=out)
    assert "BAD" not in out.getvalue() and "delivery: Emails go out." in out.getvalue()


def test_a_clock_that_ran_ahead_is_named():
    now = timezone.now()
    Heartbeat.objects.create(pk=1, at=now + timedelta(hours=2), delivered_at=now)
    (words,) = bad("clock")
    assert "still to come" in words


def test_without_a_worker_it_fails_and_says_why():
    out = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("doctor", stdout=out)
    assert raised.value.returncode == 1
    assert "BAD  delivery: No emails have gone out yet: the worker does not run." in out.getvalue()


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_database_that_locks_writers_out_is_named(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {"transaction_mode": "DEFERRED"})
    assert "Set journal_mode=WAL and transaction_mode=IMMEDIATE" in bad("database")[0]


def test_redis_that_is_away_or_forgets_is_named(settings, redis_url):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert "Redis does not answer" in bad("REDIS_URL")[0]
    settings.REDIS_URL = f"{redis_url}/0"
    assert lines("REDIS_URL")[0].good
    import redis

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        before = client.config_get("maxmemory-policy")["maxmemory-policy"]
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            assert bad("REDIS_URL") == ["Redis answers, maxmemory-policy allkeys-lru. Set it to noeviction."]
        finally:
            client.config_set("maxmemory-policy", before)


def test_mail_that_nobody_gets_is_named(production, smtp_sink):
    production.DEFAULT_FROM_EMAIL = "Mentoring <mentoring@example.org>"
    assert bad("mail") == []
    production.EMAIL_PORT = 1
    assert "The mail server does not take us" in bad("mail")[0]
    production.DEFAULT_FROM_EMAIL = "Mentoring <mentoring@localhost>"
    assert any("DEFAULT_FROM_EMAIL" in words for words in bad("mail"))


def test_weak_keys_and_plain_links_are_named(production):
    production.SECRET_KEY = "short"
    production.PUBLIC_URL = "http://mentoring.example.org"
    production.DEBUG = True
    assert len(bad("keys")) == 3


def test_staff_without_a_second_factor_are_named(production):
    program = make_program()
    add_member(program, "coordinator", make_person("Ifeoma Okafor"), state="active")
    add_member(program, "mentee", make_person("Bjarne Holm"))
    words = " ".join(bad("second factor"))
    assert "Ifeoma Okafor" in words and "Bjarne" not in words


def test_a_backup_that_stopped_is_named(production, tmp_path):
    assert "BACKUP_MARK" in bad("backups")[0]
    mark = tmp_path / "backup-done"
    production.BACKUP_MARK = str(mark)
    assert "no sign of a backup" in bad("backups")[0]
    mark.touch()
    assert bad("backups") == []
    old = (timezone.now() - timedelta(hours=30)).timestamp()
    os.utime(mark, (old, old))
    assert "See why the nightly one did not run." in bad("backups")[0]


def test_a_check_that_breaks_stops_no_other(monkeypatch):
    def broken(now):
        raise LookupError("a broken check")
        yield

    monkeypatch.setattr(doctor, "CHECKS", (broken, doctor.keys))
    found = list(doctor.look(timezone.now()))
    assert found[0].words == "This could not be looked at: a broken check" and found[1].about == "keys"
