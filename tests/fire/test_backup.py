"""A real backup put back: the first worker on it holds what waited, and lets nothing out."""

import shutil
import subprocess
import sys

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
            command = "import sqlite3; sqlite3.connect(sys.argv[1]).execute('PRAGMA wal_checkpoint(TRUNCATE)')"
            subprocess.run(
                [sys.executable, "-c", "import sys; " + command, tmp_path / "mentorship.sqlite3"], check=True
            )
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
