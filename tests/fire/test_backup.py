"""A real backup put back: the first worker on it holds what waited, and lets nothing out."""

import contextlib
import shutil
import sqlite3
from datetime import UTC, datetime

from tests.fire import scene
from tests.fire.scene import SlowSink
from tests.parts import postgres

LETTERS = 30


def copied(env, tmp_path, postgres_server):
    """The environment on a copy of this database, as a backup is put back."""
    folder = tmp_path / "restored"
    folder.mkdir()
    if url := env.get("DATABASE_URL"):
        name = postgres.copy_database(postgres_server, url.rpartition("/")[2])
        return env | {"MENTORSHIP_VAR": str(folder), "DATABASE_URL": name}
    shutil.copy(tmp_path / "mentorship.sqlite3", folder)
    return env | {"MENTORSHIP_VAR": str(folder)}


def in_one_file(path) -> None:
    """Merges what stands beside the file into it."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def tick(env) -> str:
    return scene.run(env, "manage.py", "tick", "--seconds", "20")


def test_a_backup_put_back_sends_nothing_until_somebody_decides(request, database, tmp_path):
    server = request.getfixturevalue("postgres_server") if "DATABASE_URL" in database else ""
    with SlowSink() as sink:
        env = database | sink.environment()
        # Something runs in real time, so that the database knows where it is.
        tick(env)
        scene.hand(env, "seed", LETTERS)
        if not server:
            in_one_file(tmp_path / "mentorship.sqlite3")
        restored = copied(env, tmp_path, server)
        tick(env)
        assert len(sink.received) == LETTERS
        assert scene.states(restored) == {"waiting": LETTERS}
        tick(restored)
        assert scene.states(restored) == {"held": LETTERS}
        scene.hand(restored, "let_go")
        tick(restored)
        assert scene.states(restored) == {"sent": LETTERS}
    assert len(sink.received) == 2 * LETTERS


def test_put_back_over_itself_letters_go_out_again_unless_somebody_says_so(empty_file, tmp_path):
    file, backup = tmp_path / "mentorship.sqlite3", tmp_path / "backup"
    shutil.copy(empty_file, tmp_path)

    def put_back():
        in_one_file(file)
        shutil.copy(backup, file)

    with SlowSink() as sink:
        env = scene.environment(tmp_path) | sink.environment()
        tick(env)
        scene.hand(env, "seed", LETTERS)
        in_one_file(file)
        shutil.copy(file, backup)
        taken_at = datetime.now(UTC).isoformat(timespec="seconds")
        tick(env)
        put_back()
        tick(env)
        # The control: nothing about the place tells that this is a backup.
        assert len(sink.received) == 2 * LETTERS
        put_back()
        scene.run(env, "manage.py", "restored", "--of", taken_at)
        tick(env)
        assert scene.states(env) == {"held": LETTERS}
    assert len(sink.received) == 2 * LETTERS
