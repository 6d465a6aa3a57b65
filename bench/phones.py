"""People with phones: each opens the scanned address, presses the button, reads their hours.

One asyncio loop plays them all, over plain sockets, so that the client costs the machine little.
When a connection breaks because a worker was killed, the phone tries again, as people do.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

TRIES = 40
AGAIN_AFTER = 0.05
THINKING = (0.3, 1.2)
GONE = 410
_TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Told:
    """What the phones saw: times of answers and of whole steps, retries, who was acknowledged."""

    answers: list[float] = field(default_factory=list)  # of each answer that came
    steps: list[float] = field(default_factory=list)  # of each step, tries and waits included
    retries: int = 0
    acknowledged: set[int] = field(default_factory=set)
    saw_hours: int = 0


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: bytes) -> bytes:
        """The value of a header, empty without it."""
        return next((value for key, value in self.headers if key == name), b"")


class Phone:
    """One person's browser: a connection kept open, and cookies."""

    def __init__(self, port: int, cookies: dict[bytes, bytes], told: Told) -> None:
        self._port, self._cookies, self._told = port, cookies, told
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def step(self, method: str, path: str, body: bytes = b"") -> Answer:
        """Ask until an answer comes."""
        began = time.perf_counter()
        for attempt in range(TRIES):
            start = time.perf_counter()
            try:
                answer = await asyncio.wait_for(self._ask(method, path, body), 20)
            except (OSError, asyncio.IncompleteReadError, TimeoutError, asyncio.LimitOverrunError):
                self.hang_up()
            else:
                if answer.status < 500:
                    self._told.answers.append(time.perf_counter() - start)
                    self._told.steps.append(time.perf_counter() - began)
                    return answer
            self._told.retries += 1
            if attempt:  # the first try only finds a connection that the server had closed
                await asyncio.sleep(AGAIN_AFTER)
        raise RuntimeError(f"{method} {path}: no answer after {TRIES} tries")

    async def _ask(self, method: str, path: str, body: bytes) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        cookies = b"; ".join(b"=".join(pair) for pair in self._cookies.items())
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: it\r\n".encode()
        head += b"Cookie: " + cookies + b"\r\n"
        if body:
            head += b"Content-Type: application/x-www-form-urlencoded\r\n"
            head += b"Content-Length: " + str(len(body)).encode() + b"\r\n"
        writer.write(head + b"\r\n" + body)
        await writer.drain()
        return self._keep(await _read(reader))

    def _keep(self, answer: Answer) -> Answer:
        for name, value in answer.headers:
            if name == b"set-cookie":
                key, _equals, cookie = value.partition(b";")[0].partition(b"=")
                self._cookies[key] = cookie
        if answer.header(b"connection").lower() == b"close":
            self.hang_up()
        return answer

    def hang_up(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            with contextlib.suppress(OSError):
                self._streams[1].close()
            self._streams = None


async def _read(reader: asyncio.StreamReader) -> Answer:
    raw = await reader.readuntil(b"\r\n\r\n")
    first, *lines = raw[:-4].split(b"\r\n")
    pairs = [line.split(b":", 1) for line in lines]
    headers = [(name.strip().lower(), value.strip()) for name, value in pairs]
    length = int(next((value for name, value in headers if name == b"content-length"), b"0"))
    return Answer(int(first.split()[1]), headers, await reader.readexactly(length))


async def check_in(phone: Phone, who: int, scan: Callable[[], str], told: Told) -> None:
    """Scan, press the button, look at one's hours."""
    scanned = await phone.step("GET", scan())
    while scanned.status == GONE:  # it took longer than a code lasts: one scans the next
        told.retries += 1
        scanned = await phone.step("GET", scan())
    page = scanned.header(b"location").decode()
    shown = await phone.step("GET", page)
    found = _TOKEN.search(shown.body)
    if scanned.status != 303 or found is None or b"ci-button" not in shown.body:
        raise RuntimeError(f"person {who}: scan {scanned.status}, page {shown.status}")
    await asyncio.sleep(random.uniform(*THINKING))  # noqa: S311 - how long somebody hesitates
    pressed = await phone.step("POST", page, b"csrf_token=" + found.group(1))
    if pressed.status != 303:
        raise RuntimeError(f"person {who}: the button answered {pressed.status}")
    told.acknowledged.add(who)
    hours = await phone.step("GET", page)
    told.saw_hours += b"ci-hours" in hours.body
    phone.hang_up()


async def everybody(
    port: int,
    cookies: dict[int, dict[bytes, bytes]],
    scan: Callable[[], str],
    seconds: float,
) -> Told:
    """Let all these people (by id, with their cookies) come in evenly within `seconds`."""
    told = Told()
    start = time.perf_counter()

    async def come(number: int, who: int, mine: dict[bytes, bytes]) -> None:
        due = start + seconds * number / len(cookies)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await check_in(Phone(port, dict(mine), told), who, scan, told)

    async with asyncio.TaskGroup() as group:
        for number, (who, mine) in enumerate(cookies.items()):
            group.create_task(come(number, who, mine))
    return told
