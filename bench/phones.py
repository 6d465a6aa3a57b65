"""People with phones: each opens the scanned address, presses the button there, reads their hours.

One asyncio loop plays them all, with as little work as an answer needs, so that the crowd costs the
machine less than the server does (`python -m bench.burst` says how much).
When a connection breaks because a worker was killed, the phone tries again, as people do.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

TRIES = 40
AGAIN_AFTER = 0.05
THINKING = (0.3, 1.2)
GONE = 410
PATIENCE = 20.0
ALWAYS_SENT = (
    b"Host: 127.0.0.1\r\nAccept-Language: it-IT,it;q=0.9,en;q=0.8\r\n"
    b"Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n"
    b"User-Agent: Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile\r\n"
)
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nSet-Cookie: ([^=]+)=([^;\r]*)")
_FORM = re.compile(
    rb'action="([^"]+)" class="ci-.*?name="csrf_token"[^>]*value="([^"]+)"', re.DOTALL
)


@dataclass
class Told:
    """What the phones saw: times of answers and of whole steps, retries, who was acknowledged."""

    answers: list[float] = field(default_factory=list)  # of each answer that came
    steps: list[float] = field(default_factory=list)  # of each step, tries and waits included
    retries: int = 0
    acknowledged: set[int] = field(default_factory=set)
    saw_hours: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; `head` is its status line and headers as they came."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: bytes) -> bytes:
        """The value of a header ("Location"), empty without it."""
        _before, found, rest = self.head.partition(b"\r\n" + name + b": ")
        return rest.partition(b"\r\n")[0] if found else b""


class Line(asyncio.Protocol):
    """A connection: bytes out, one answer in. Nothing cheaper is worth its words."""

    def __init__(self) -> None:
        self._received = b""
        self._awaited: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what to write to."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, _why: Exception | None) -> None:
        """A worker died, or hung up: whoever waits is told."""
        self.lost = True
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_exception(ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        """Collect an answer; hand it over when it is whole."""
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or self._awaited is None or self._awaited.done():
            return
        length = _LENGTH.search(head)
        if len(body) >= (int(length.group(1)) if length else 0):
            self._received = b""
            self._awaited.set_result(Answer(int(head[9:12]), head, body))

    def ask(self, request: bytes) -> asyncio.Future[Answer]:
        """Send a request; its answer to come."""
        loop = asyncio.get_running_loop()
        awaited = self._awaited = loop.create_future()
        if self.lost or self._transport is None:
            awaited.set_exception(ConnectionResetError())
        else:
            self._transport.write(request)
            loop.call_later(PATIENCE, self._give_up, awaited)
        return awaited

    def _give_up(self, awaited: asyncio.Future[Answer]) -> None:
        if not awaited.done():
            awaited.set_exception(TimeoutError())

    def hang_up(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()


class Phone:
    """One person's browser: a connection kept open, and cookies."""

    def __init__(self, port: int, cookies: dict[bytes, bytes], told: Told) -> None:
        self._port, self._cookies, self._told = port, cookies, told
        self._line: Line | None = None

    async def step(self, method: bytes, path: bytes, body: bytes = b"") -> Answer:
        """Ask until an answer comes."""
        began = time.perf_counter()
        for attempt in range(TRIES):
            start = time.perf_counter()
            try:
                answer = await self._ask(method, path, body)
            except OSError:  # TimeoutError is one
                self.hang_up()
            else:
                if answer.status < 500:
                    self._told.answers.append(time.perf_counter() - start)
                    self._told.steps.append(time.perf_counter() - began)
                    return answer
            self._told.retries += 1
            if attempt:  # the first try only finds a connection that the server had closed
                await asyncio.sleep(AGAIN_AFTER)
        raise RuntimeError(f"{method!r} {path!r}: no answer after {TRIES} tries")

    async def _ask(self, method: bytes, path: bytes, body: bytes) -> Answer:
        if self._line is None or self._line.lost:
            loop = asyncio.get_running_loop()
            _transport, self._line = await loop.create_connection(Line, "127.0.0.1", self._port)
        cookies = b"; ".join(b"=".join(pair) for pair in self._cookies.items())
        head = b"%b %b HTTP/1.1\r\n%bCookie: %b\r\n" % (method, path, ALWAYS_SENT, cookies)
        if body:
            head += b"Content-Type: application/x-www-form-urlencoded\r\n"
            head += b"Content-Length: %d\r\n" % len(body)
        return self._keep(await self._line.ask(head + b"\r\n" + body))

    def _keep(self, answer: Answer) -> Answer:
        for name, value in _COOKIE.findall(answer.head):
            self._cookies[name] = value
        if answer.header(b"Connection").lower() == b"close":
            self.hang_up()
        return answer

    def hang_up(self) -> None:
        """Close the connection."""
        if self._line is not None:
            self._line.hang_up()
            self._line = None


async def check_in(phone: Phone, who: int, scan: Callable[[], str], told: Told) -> None:
    """Scan, which shows the button; press it; look at one's hours."""
    shown = await phone.step(b"GET", scan().encode())
    while shown.status == GONE:  # it took longer than a code lasts: one scans the next
        told.retries += 1
        shown = await phone.step(b"GET", scan().encode())
    found = _FORM.search(shown.body)
    if found is None or b"ci-button" not in shown.body:
        raise RuntimeError(f"person {who}: the scan answered {shown.status}")
    page, token = found.groups()
    await asyncio.sleep(random.uniform(*THINKING))  # noqa: S311 - how long somebody hesitates
    pressed = await phone.step(b"POST", page, b"csrf_token=" + token)
    if pressed.status != 303:
        raise RuntimeError(f"person {who}: the button answered {pressed.status}")
    told.acknowledged.add(who)
    hours = await phone.step(b"GET", page)
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
