"""A small closed-loop load generator on loopback: as many clients as threads, keep-alive."""

from __future__ import annotations

import http.client
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lms.cli.server import web_server

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = 4


@dataclass(frozen=True)
class Figure:
    """What one scenario did: answers a second, and times in milliseconds."""

    per_second: float
    median_ms: float
    p99_ms: float


@contextmanager
def served(application: str, port: int, environ: dict[str, str]) -> Iterator[int]:
    """`application` served as `lms serve` serves it; the master's process id."""
    command = web_server(application, f"127.0.0.1:{port}")
    process = subprocess.Popen([*command, "--log-level", "critical"], env=environ, cwd=ROOT)
    try:
        wait(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait(port: int) -> None:
    """Until something answers there."""
    for _attempt in range(1200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}")


Ask = Callable[[http.client.HTTPConnection], int]


def getting(path: str, headers: dict[str, str] | None = None, expect: int = 200) -> Ask:
    """Ask for `path` again and again; any other status than `expect` ends the run."""

    def ask(connection: http.client.HTTPConnection) -> int:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        response.read()
        if response.status != expect:
            raise RuntimeError(f"{path} answered {response.status}, not {expect}")
        return response.status

    return ask


def measure(port: int, ask: Ask, seconds: float, clients: int = CLIENTS) -> Figure:
    """Run `ask` from `clients` threads for `seconds`, after a short warm-up."""
    times: list[float] = []
    errors: list[BaseException] = []
    until = time.perf_counter() + seconds

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        mine = []
        try:
            ask(connection)
            while time.perf_counter() < until:
                start = time.perf_counter()
                ask(connection)
                mine.append(time.perf_counter() - start)
        except BaseException as error:
            errors.append(error)
        times.extend(mine)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    ordered = sorted(times)
    return Figure(
        len(times) / seconds,
        statistics.median(ordered) * 1000,
        ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1000,
    )
