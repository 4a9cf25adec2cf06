"""Many at once: nobody is told "database is locked"."""

import threading
from datetime import UTC, datetime

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, transaction

pytestmark = pytest.mark.django_db(transaction=True)


def read_then_write(threads: int, times: int, *, deferred: bool = False) -> tuple[int, int]:
    """Counts one row up in many threads, reading before writing; the row's count, and how many were locked out."""
    Session.objects.create(session_key="counter", session_data="0", expire_date=datetime(2027, 1, 1, tzinfo=UTC))
    locked_out = []
    together = threading.Barrier(threads)

    def work():
        try:
            connection.ensure_connection()
            if deferred:
                connection.transaction_mode = None
            together.wait()
            for _ in range(times):
                try:
                    with transaction.atomic():
                        row = Session.objects.select_for_update().get(session_key="counter")
                        Session.objects.filter(pk=row.pk).update(session_data=str(int(row.session_data) + 1))
                except OperationalError as error:
                    locked_out.append(str(error))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return int(Session.objects.get(session_key="counter").session_data), len(locked_out)


def test_a_thousand_concurrent_writes_all_happen():
    assert read_then_write(20, 50) == (1000, 0)


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_control_without_the_immediate_lock_writers_are_locked_out():
    counted, locked_out = read_then_write(10, 20, deferred=True)
    assert locked_out > 0
    assert counted + locked_out == 200


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_sqlite_is_a_file_with_a_write_ahead_log():
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA database_list").fetchone()[2].endswith("/test.sqlite3")
    assert connection.transaction_mode == "IMMEDIATE"


def test_the_cache_is_shared_by_processes(settings):
    from django.core.cache import cache

    assert "DatabaseCache" in settings.CACHES["default"]["BACKEND"]
    cache.set("seen", 1)
    assert cache.incr("seen") == 2
