"""Calendar programs that people use, each in a virtual environment of its own, made once and kept.

vdirsyncer subscribes and brings files; khal reads them and tells the time on the user's clock.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from lms.config import PROJECT_ROOT
from tests.servers import missing

HERE = Path(__file__).resolve().parent
KEPT = PROJECT_ROOT / ".venv-clients"


def program(name: str) -> Path:
    """The executable of `name` as pinned in its list; installed when the list changed."""
    pins = HERE / f"{name}.txt"
    folder, stamp = KEPT / name, hashlib.sha256(pins.read_bytes()).hexdigest()
    mark = folder / "installed"
    if not mark.exists() or mark.read_text() != stamp:
        _install(name, pins, folder)
        mark.write_text(stamp)
    return folder / "bin" / name


def _install(name: str, pins: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "pip", "install", "--quiet", "--require-hashes", "-r", pins]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(folder)
        missing(f"{name}: it could not be installed ({done.stderr.strip()[-300:]})")


VDIRSYNCER = """
[general]
status_path = "{home}/status"
[pair lessons]
a = "here"
b = "there"
collections = null
[storage here]
type = "filesystem"
path = "{home}/lessons"
fileext = ".ics"
[storage there]
type = "http"
url = "{url}"
"""
KHAL = """
[calendars]
[[lessons]]
path = {home}/lessons
type = calendar
[locale]
local_timezone = Europe/Rome
default_timezone = Europe/Rome
timeformat = %H:%M
dateformat = %d/%m/%Y
longdateformat = %d/%m/%Y
datetimeformat = %d/%m/%Y %H:%M
longdatetimeformat = %d/%m/%Y %H:%M
[sqlite]
path = {home}/khal.db
[default]
show_all_days = False
"""


@dataclass(frozen=True)
class Shown:
    """A lesson as khal shows it; times on Rome's clock."""

    start: str
    end: str
    title: str
    status: str


class Subscriber:
    """Somebody's computer, subscribed to `url` (folder `home`)."""

    def __init__(self, home: Path, url: str) -> None:
        self.home = home
        self.vdirsyncer, self.khal = program("vdirsyncer"), program("khal")
        (home / "lessons").mkdir(parents=True)
        for name, text in (("vdirsyncer.conf", VDIRSYNCER), ("khal.conf", KHAL)):
            (home / name).write_text(text.format(home=home, url=url))
        self._run(self.vdirsyncer, "discover", "lessons")

    def sync(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Fetch the address and take over what it says."""
        return self._run(self.vdirsyncer, "sync", *options, check=not options)

    def lessons(self) -> list[Shown]:
        """What the calendar shows for the next year and a half, in order of time."""
        row = "{start}\t{end}\t{title}\t{status}\n"
        done = self._run(
            self.khal, "list", "--once", "--day-format", "", "--format", row, "today", "550d"
        )
        rows = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
        return [Shown(*(cell.strip() for cell in cells)) for cells in rows]

    def _run(
        self, command: Path, *arguments: str, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        config = f"{self.home}/{command.name}.conf"
        environ = {"HOME": str(self.home), "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
        done = subprocess.run(
            [command, "-c", config, *arguments],
            capture_output=True, text=True, env=environ, timeout=60, check=False,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done
