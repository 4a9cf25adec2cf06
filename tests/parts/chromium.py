"""Finds Chromium, or installs Debian's package where we are root."""

import fcntl
import os
import shutil
import subprocess
import tempfile

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# --no-sandbox: root has none to use. The rest keeps it from calling home.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoChromium(Exception):
    """There is no browser, and why."""


def find() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def find_or_install() -> str:
    """The browser's path; NoChromium says what to do about it."""
    if path := find():
        return path
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise NoChromium("No Chromium: install the package chromium to run the browser tests.")
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "capture_output": True, "text": True}
    # Several test processes may come here at once, and apt-get lets one of them in.
    with open(os.path.join(tempfile.gettempdir(), "mentorship-chromium.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path := find():
            return path
        subprocess.run(["apt-get", "update", "-q"], **quiet)
        done = subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"], **quiet)
    if path := find():
        return path
    raise NoChromium(f"apt-get could not install chromium: {done.stderr.strip()[-500:]}")
