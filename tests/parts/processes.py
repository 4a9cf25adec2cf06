"""Starts server processes that never outlive the tests."""

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _die_with_parent():
    # A test run killed with -9 leaves nothing behind. PR_SET_PDEATHSIG is 1; Linux only.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def unprivileged() -> pwd.struct_passwd | None:
    """Whom a server that refuses to run as root runs as; None where we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody", "daemon"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("Nobody to run PostgreSQL as: there is no user named postgres, nobody or daemon.")


def identity(person: pwd.struct_passwd | None) -> dict:
    """The arguments of subprocess that make a process somebody else's."""
    if person is None:
        return {}
    return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}


def start(arguments, *, log, env=None, cwd=None, person=None) -> subprocess.Popen:
    """A process in a group of its own, writing to the file `log`."""
    with open(log, "ab") as out:
        return subprocess.Popen(
            [str(argument) for argument in arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            **identity(person),
        )


def end(process: subprocess.Popen, *, by=signal.SIGTERM, seconds=15) -> int:
    """Asks a process to end, waits, and only then kills its group; its return code."""
    if process.poll() is None:
        process.send_signal(by)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(true, *, seconds=60.0, what="it", process=None, log=None):
    """Polls until the function is true; fails with the end of the log if time or the process ends first."""
    end_at = time.monotonic() + seconds
    while not (result := true()):
        died = process is not None and process.poll() is not None
        if died or time.monotonic() >= end_at:
            words = f"{what} {'died' if died else f'did not come within {seconds:g} s'}"
            if log is not None:
                with open(log, errors="replace") as file:
                    words += ":\n" + file.read()[-3000:]
            raise RuntimeError(words)
        time.sleep(0.05)
    return result
