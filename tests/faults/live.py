"""The real web server as its own processes, on loopback, to be killed."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from lms.config import PROJECT_ROOT, Settings
from tests.conftest import SECRET
from tests.servers import free_port


class LiveServer:
    """gunicorn with two workers on the database of `app`, as `lms serve` runs it."""

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.config["SETTINGS"]
        self.port = free_port()
        environ = {
            **os.environ, "LMS_ENV": "test", "LMS_DATA": str(settings.data),
            "LMS_SECRET_KEY": SECRET, "LMS_DATABASE_URL": settings.database_url,
            "LMS_ENCRYPTION_KEYS": " ".join(settings.encryption_keys),
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{self.port}",
             "--workers", "2", "--threads", "4", "--worker-class", "gthread", "--preload",
             "--log-level", "critical"],
            env=environ, cwd=PROJECT_ROOT,
        )  # fmt: skip

    def wait(self) -> None:
        for _attempt in range(1200):
            with contextlib.suppress(OSError):
                connection = self.connect()
                connection.request("GET", "/accedi")
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.05)
        raise RuntimeError("the server did not start")

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def kill_a_worker(self, which: int) -> bool:
        """Kill -9 one of the two workers; the master starts another."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        workers = [int(pid) for pid in path.read_text().split()]
        if len(workers) < 2:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(workers[which % len(workers)], signal.SIGKILL)
        return True


@contextmanager
def live(app: Flask) -> Iterator[LiveServer]:
    """The server, ended afterwards whatever happened."""
    server = LiveServer(app)
    try:
        server.wait()
        yield server
    finally:
        server.process.terminate()
        server.process.wait(timeout=60)


class Clerk:
    """A trainer at a browser that tries again when the connection breaks."""

    def __init__(self, server: LiveServer, cookie: str, path: str) -> None:
        self.server, self.cookie, self.path = server, cookie, path
        self.token, self.was = "", dict[int, str]()
        self.look()

    def _ask(self, method: str, body: str = "") -> tuple[int, str]:
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection = self.server.connect()
        try:
            connection.request(method, self.path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
            fresh = response.getheader("Set-Cookie")
            if fresh:
                self.cookie = fresh.split(";", 1)[0]
            return response.status, text
        finally:
            connection.close()

    def look(self) -> None:
        """Open the register; remembers the version every row was drawn with."""
        for _attempt in range(100):
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, page = self._ask("GET")
                if status == 200:
                    found = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', page)
                    assert found
                    self.token = found.group(1)
                    rows = re.findall(r'name="was-(\d+)"\s+value="([^"]*)"', page)
                    self.was = {int(number): was for number, was in rows}
                    return
            time.sleep(0.05)
        raise RuntimeError("the register cannot be opened")

    def mark(self, enrolment_id: int, minutes: int) -> bool:
        """Save one cell; True only when the server acknowledged it."""
        fields = {
            "csrf_token": self.token,
            f"was-{enrolment_id}": self.was[enrolment_id],
            f"mark-{enrolment_id}": "present",
            f"minutes-{enrolment_id}": str(minutes),
        }
        try:
            status, _page = self._ask("POST", urllib.parse.urlencode(fields))
        except (OSError, http.client.HTTPException):
            return False
        assert status in {303, 409}, status
        return status == 303
