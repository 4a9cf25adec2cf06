"""Real processes of ours, started against the test's own database."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.parts.processes import end, start

ROOT = Path(settings.BASE_DIR)


def database_environment(folder: Path) -> dict[str, str]:
    """The environment in which another process opens the database this test uses."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "mentorship.settings",
        "MENTORSHIP_VAR": str(folder),
        "MENTORSHIP_EMBEDDED": "1",
        "DJANGO_SECRET_KEY": settings.SECRET_KEY,
        "PUBLIC_URL": settings.PUBLIC_URL,
    }
    database = connection.settings_dict
    if connection.vendor == "postgresql":
        environment["DATABASE_URL"] = (
            f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
            f"/{database['NAME']}"
        )
    else:
        # SQLite names its side files after the file a link leads to, so both see one log.
        link = folder / "mentorship.sqlite3"
        if not link.is_symlink():
            link.symlink_to(Path(database["NAME"]).resolve())
    return environment


class LiveWorkers:
    """Starts `manage.py` commands on the test's database, and ends whatever is left of them."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.processes: list[subprocess.Popen] = []
        self.log = folder / "workers.log"
        self.environment: dict[str, str] = {}

    def start(self, *command: str, **environment: str) -> subprocess.Popen:
        """One `manage.py` process; without a command, `manage.py worker`."""
        return self.python("manage.py", *(command or ("worker",)), **environment)

    def python(self, *arguments: str, **environment: str) -> subprocess.Popen:
        """One Python process in the environment of ours."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DATABASE_", "REDIS_", "EMAIL_", "DJANGO_", "MENTORSHIP_"))
        }
        process = start(
            [sys.executable, *arguments],
            cwd=ROOT,
            log=self.log,
            env={**inherited, **database_environment(self.folder), **self.environment, **environment},
        )
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen) -> None:
        """As a power cut would: no warning, no tidying up."""
        process.kill()
        process.wait()

    def words(self) -> str:
        """What the processes wrote."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def end(self) -> None:
        for process in self.processes:
            end(process, seconds=12)
