"""./run, as somebody with a bare machine meets it."""

import ast
import importlib.machinery
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.parts.processes import answers, end, free_port, start, wait_until

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / "run"

pytestmark = [pytest.mark.parts, pytest.mark.once]


def environment(var: Path, **more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE_", "REDIS_", "EMAIL_", "DJANGO_", "MENTORSHIP_"))
    }
    return {**kept, "MENTORSHIP_VAR": str(var), **more}


def module():
    """The script as a module, to ask it things."""
    loader = importlib.machinery.SourceFileLoader("run_script", str(RUN))
    loaded = importlib.util.module_from_spec(importlib.util.spec_from_loader("run_script", loader))
    loader.exec_module(loaded)
    return loaded


class Running:
    """One ./run of this checkout, with a var/ of its own."""

    def __init__(self, var: Path, **more: str):
        self.var, self.log = var, var / "log"
        var.mkdir(exist_ok=True)
        self.process = start([sys.executable, RUN, "setup"], cwd=var, log=self.log, env=environment(var, **more))

    def words(self) -> str:
        return self.log.read_text(errors="replace")

    def up(self) -> int:
        """Waits for the address, and returns its port."""
        found = wait_until(
            lambda: re.search(r"Open http://127\.0\.0\.1:(\d+)/", self.words()),
            seconds=90,
            what="./run",
            process=self.process,
            log=self.log,
        )
        return int(found[1])

    def children(self) -> dict[str, int]:
        """The process ids of the web server and the worker."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().decode().split("\0")
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
            if parent == self.process.pid:
                found["worker" if "worker" in words else "web"] = int(folder.name)
        return found


@pytest.fixture
def run(tmp_path):
    """Starts ./run; whatever is left of it ends with the test."""
    started = []

    def start_one(name="var", **more):
        started.append(Running(tmp_path / name, **more))
        return started[-1]

    yield start_one
    for one in started:
        end(one.process)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_it_serves_says_where_and_stops_cleanly(run):
    wanted = free_port()
    first = run(PORT=str(wanted))
    port = first.up()
    assert port == wanted
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
        assert answer.status == 200
    assert json.loads((first.var / "run.json").read_text()) == {"port": port, "pid": first.process.pid}

    second = subprocess.run(
        [sys.executable, RUN], env=environment(first.var), capture_output=True, text=True, timeout=30
    )
    assert (second.returncode, second.stdout) == (
        0,
        f"Already running at http://127.0.0.1:{port}/ (process {first.process.pid}).\n",
    )

    children = first.children()
    assert set(children) == {"web", "worker"}
    began = time.monotonic()
    assert end(first.process, by=signal.SIGINT) == 0
    assert time.monotonic() - began < 15
    assert not any(alive(pid) for pid in children.values())
    assert not answers(port)
    assert "killing" not in first.words() and first.words().endswith("Stopped.\n")


def test_a_taken_port_moves_on_to_the_next_and_says_so(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = taken.getsockname()[1]
        one = run(PORT=str(wanted))
        port = one.up()
        assert port > wanted
        assert f"Port {wanted} is taken, so this is on port {port}." in one.words()
        # Links in its letters lead to where it really is.
        web = one.children()["web"]
        assert f"PUBLIC_URL=http://127.0.0.1:{port}\0" in Path(f"/proc/{web}/environ").read_text()


@pytest.mark.parametrize(("killed", "left", "name"), [("worker", "web", "worker"), ("web", "worker", "web server")])
def test_when_one_dies_it_says_so_and_stops_the_other(run, killed, left, name):
    one = run(PORT=str(free_port()))
    one.up()
    children = one.children()
    os.kill(children[killed], signal.SIGKILL)
    assert one.process.wait(20) == 1
    assert f"The {name} ended by itself" in one.words()
    assert not alive(children[left])


def test_killed_it_leaves_nothing_behind_and_starts_again(run):
    one = run(PORT=str(free_port()))
    one.up()
    children = one.children()
    one.process.kill()
    one.process.wait()
    wait_until(lambda: not any(map(alive, children.values())), what="the end of both processes")
    again = run(PORT=str(free_port()))
    again.up()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"DATABASE_URL": "postgres://somewhere/else"}, "DATABASE_URL is set"),
        ({"REDIS_URL": "redis://somewhere/0"}, "REDIS_URL is set"),
        ({"PORT": "http"}, "PORT is 'http'"),
    ],
)
def test_what_is_in_the_way_is_one_sentence(tmp_path, more, words):
    done = subprocess.run(
        [sys.executable, RUN], env=environment(tmp_path, **more), capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 1
    assert words in done.stderr and done.stderr.count("\n") == 1


def test_an_old_python_can_read_it_and_is_told():
    ast.parse(RUN.read_text(), feature_version=(3, 6))
    told = module().too_old((3, 6, 15))
    assert "Python 3.11 or newer" in told and "Python 3.6" in told
    assert module().too_old((3, 11)) == module().too_old((4, 0)) == ""


def old_pythons() -> list[str]:
    """Those on this machine that start; a version manager's shims may not."""
    names = [shutil.which(f"python3.{minor}") for minor in range(6, 11)]
    found = {str(path) for path in (*names, *Path.home().glob(".pyenv/versions/3.[6-9].*/bin/python")) if path}
    return [path for path in sorted(found) if subprocess.run([path, "-c", ""], capture_output=True).returncode == 0]


def test_the_old_pythons_of_this_machine_are_told():
    if not (pythons := old_pythons()):
        pytest.skip("No old Python on this machine.")
    for python in pythons:
        done = subprocess.run([python, RUN], capture_output=True, text=True)
        assert done.returncode == 1
        assert "Python 3.11 or newer" in done.stderr and done.stderr.count("\n") == 1


@pytest.fixture
def bare(tmp_path):
    """A folder with nothing but the script and its lists, and a PATH without uv."""
    for name in ("run", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def in_bare(bare: Path, **more: str) -> subprocess.CompletedProcess:
    # The real Python, not a shim that needs the rest of PATH.
    python = os.path.realpath(sys.executable)
    return subprocess.run(
        [python, bare / "run"],
        env={**environment(bare / "var"), "PATH": "/usr/bin:/bin", **more},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_without_the_venv_module_the_remedy_is_one_sentence(bare):
    # As Debian ships it: venv without ensurepip.
    (bare / "missing").mkdir()
    (bare / "missing" / "ensurepip.py").write_text("raise ImportError('not installed')")
    done = in_bare(bare, PYTHONPATH=str(bare / "missing"))
    assert done.returncode == 1
    assert "no venv module" in done.stderr and "-venv" in done.stderr and done.stderr.count("\n") == 1


def test_without_a_network_the_remedy_is_one_sentence_and_the_next_run_starts_over(bare):
    offline = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_CONFIG_FILE": os.devnull,
    }
    done = in_bare(bare, **offline)
    assert done.returncode == 1
    assert "package index" in done.stderr and done.stderr.count("\n") == 1
    assert "ERROR" in (bare / "var" / "install.log").read_text()
    assert not list((bare / ".venv").glob(".installed-*"))


def test_help_and_nonsense():
    for arguments, code in ((["--help"], 0), (["serve"], 2)):
        done = subprocess.run([sys.executable, RUN, *arguments], capture_output=True, text=True)
        assert done.returncode == code and "./run test" in done.stdout


def test_what_a_night_runs_is_there():
    steps = module().night_steps("")
    named = [word for _name, command, _more in steps for word in command if word.startswith(("tests/", "bench/"))]
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert [more for _name, command, more in steps if "pytest" in command] == [{"FIRE": "full"}] * 2


def test_ci_is_two_lines_that_call_it():
    script = ROOT / ".ci" / "run"
    lines = [line for line in script.read_text().splitlines() if not line.startswith("#!")]
    assert len(lines) == 2 and lines[1].endswith("exec python3 run test")
    assert os.access(script, os.X_OK) and os.access(RUN, os.X_OK)
