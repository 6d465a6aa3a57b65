"""Workers and a dispatcher as processes of their own, started again when they die."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from flask import Flask

from lms.config import PROJECT_ROOT, Settings
from lms.database import may_write
from lms.extensions import db
from tests.conftest import SECRET

RESEND_SECONDS = 1.5


class Hatchery:
    """Where the processes come from; one serves many tests."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.hatchery", str(RESEND_SECONDS)],
            cwd=PROJECT_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def hatch(self, words: list[str], environ: dict[str, str], errors: Path) -> int:
        """Start `lms` with these words; the process's number."""
        assert self.process.stdin
        assert self.process.stdout
        asked = {"words": words, "environ": environ, "errors": str(errors)}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(timeout=60)


class Crew:
    """`lms worker --only mail`, some `--only rest`, and with a broker `lms dispatch`."""

    def __init__(
        self, hatchery: Hatchery, app: Flask, folder: Path, broker_url: str = "", **more: str
    ) -> None:
        settings: Settings = app.config["SETTINGS"]
        self.environ = {
            **os.environ, "LMS_ENV": "test", "LMS_DATA": str(settings.data),
            "LMS_SECRET_KEY": SECRET, "LMS_DATABASE_URL": settings.database_url,
            "LMS_ENCRYPTION_KEYS": " ".join(settings.encryption_keys),
            "LMS_JOBS_URL": broker_url, **more,
        }  # fmt: skip
        self.commands = [["worker", "--only", "mail"], *[["worker", "--only", "rest"]] * 2]
        if broker_url:
            self.commands.append(["dispatch"])
        self.hatchery, self.errors = hatchery, folder / "errors"
        self.running: dict[int, int] = {}
        self.killed = 0

    def __enter__(self) -> Self:
        db.session.rollback()
        self.tend()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None
    ) -> None:
        for process in filter(_lives, self.running.values()):
            os.kill(process, signal.SIGTERM)
        wait_until(lambda: not any(map(_lives, self.running.values())), 60, fail=False)
        for process in filter(_lives, self.running.values()):
            os.kill(process, signal.SIGKILL)

    def tend(self) -> None:
        """Start what is not running."""
        for which, words in enumerate(self.commands):
            if which not in self.running or not _lives(self.running[which]):
                self.running[which] = self.hatchery.hatch(words, self.environ, self.errors)

    def kill(self, which: int) -> None:
        """Kill -9 one of them, and start another in its place."""
        process = self.running[which]
        if _lives(process):
            os.kill(process, signal.SIGKILL)
            self.killed += 1
            wait_until(lambda: not _lives(process), 10)
        self.tend()


def _lives(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def wait_until(
    condition: Callable[[], bool], seconds: float, crew: Crew | None = None, *, fail: bool = True
) -> bool:
    """Look again and again, tending the crew meanwhile; no transaction stays open in between."""
    deadline = time.monotonic() + seconds
    while True:
        reading = may_write.set(False)  # who only looks takes no writer's turn on SQLite
        try:
            met = condition()
        finally:
            db.session.rollback()
            may_write.reset(reading)
        if met:
            return True
        if time.monotonic() > deadline:
            assert not fail, f"not within {seconds} seconds"
            return False
        if crew is not None:
            crew.tend()
        time.sleep(0.03)
