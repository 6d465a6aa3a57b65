"""Real servers for tests, on loopback only, ended with the test session."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest


def missing(what: str) -> None:
    """Skip with a reason on a user's machine; on CI a missing part is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have {what}")
    pytest.skip(f"this machine has no {what}")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: the user it then runs as, else None."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    return None


class PostgresServer:
    """A throw-away cluster; `url` names its maintenance database."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.folder, self.binaries, self.port = folder, binaries, free_port()
        self.user = _unprivileged()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.database_url("postgres")

    def database_url(self, name: str) -> str:
        return f"postgresql+psycopg://percorso@127.0.0.1:{self.port}/{name}"

    def _options(self) -> dict[str, object]:
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.user is not None:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        subprocess.run(
            [self.binaries / "initdb", "-D", self.folder / "data", "-U", "percorso", "-A", "trust",
             "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True, capture_output=True, cwd="/", **self._options(),
        )  # fmt: skip

    def start(self) -> None:
        settings = {
            "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off",
            "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "120",
        }  # fmt: skip
        arguments = [item for key, value in settings.items() for item in ("-c", f"{key}={value}")]
        self.process = subprocess.Popen(
            [self.binaries / "postgres", "-D", self.folder / "data", "-p", str(self.port),
             *arguments],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **self._options(),
        )  # fmt: skip
        self.wait()

    def wait(self) -> None:
        plain = self.url.replace("+psycopg", "")
        for _attempt in range(200):
            with suppress(psycopg.OperationalError), psycopg.connect(plain):
                return
            time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not start")

    def create_database(self, name: str) -> str:
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
        return self.database_url(name)

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(2)  # fast shutdown: sessions are ended, data is written
            self.process.wait(timeout=20)


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """A running server, or a skip with its reason."""
    binaries = _binaries()
    if binaries is None:
        missing("PostgreSQL server (apt-get install postgresql)")
        raise AssertionError  # not reached
    # Not under pytest's own folders: those are closed to the user PostgreSQL runs as.
    folder = Path(tempfile.mkdtemp(prefix="percorso-pg-"))
    folder.chmod(0o755)
    server = PostgresServer(folder / "cluster", binaries)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
