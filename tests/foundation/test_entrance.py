"""One request at a time in a process, and nobody kept out by a slow one."""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lms.entrance import SMALL_BYTES, Entrance

LONG = 20.0


def ask(app: Entrance, body: bytes = b"", **more: Any) -> list[bytes]:
    environ = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), **more}
    return list(app(environ, lambda *_said: lambda _data: None))


class Room:
    """An application that counts who is inside, and lets nobody out until told."""

    def __init__(self) -> None:
        self.inside, self.most, self.entered = 0, 0, threading.Semaphore(0)
        self.out = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.entered.release()
        if "quick" not in environ:
            assert self.out.wait(LONG)
        with self._lock:
            self.inside -= 1
        return [b"done"]


def test_one_is_worked_on_at_a_time() -> None:
    room = Room()
    app = Entrance(room, patience=LONG)
    with ThreadPoolExecutor(4) as people:
        asked = [people.submit(ask, app) for _each in range(4)]
        assert room.entered.acquire(timeout=LONG)
        assert not room.entered.acquire(timeout=0.2)  # the others are at the door
        room.out.set()
        assert [each.result(LONG) for each in asked] == [[b"done"]] * 4
    assert room.most == 1


def test_nobody_waits_long_for_a_slow_one() -> None:
    room = Room()
    app = Entrance(room, patience=0.01)
    with ThreadPoolExecutor(2) as people:
        slow = people.submit(ask, app)
        assert room.entered.acquire(timeout=LONG)
        assert ask(app, quick=True) == [b"done"]
        assert not slow.done()
        room.out.set()
        slow.result(LONG)
        # whoever went in beside has not opened the door for good
        assert ask(app) == [b"done"]


def test_a_large_or_unending_upload_waits_at_no_door() -> None:
    room = Room()
    app = Entrance(room, patience=LONG)
    with ThreadPoolExecutor(1) as people:
        first = people.submit(ask, app)
        assert room.entered.acquire(timeout=LONG)
        assert ask(app, b"x" * (SMALL_BYTES + 1), quick=True) == [b"done"]
        assert ask(app, HTTP_TRANSFER_ENCODING="chunked", quick=True) == [b"done"]
        assert ask(app, CONTENT_LENGTH="nonsense", quick=True) == [b"done"]
        room.out.set()
        first.result(LONG)


def test_a_small_body_is_read_before_the_door() -> None:
    room, line = Room(), threading.Event()
    app = Entrance(room, patience=LONG)

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert line.wait(LONG)
            return super().read(size)

    with ThreadPoolExecutor(1) as people:
        late = people.submit(ask, app, b"", **{"wsgi.input": Slow(b"abc"), "CONTENT_LENGTH": "3"})
        assert ask(app, quick=True) == [b"done"]  # whose body trickles in keeps nobody out
        line.set()
        room.out.set()
        assert late.result(LONG) == [b"done"]


def test_an_answer_is_streamed_outside_and_a_fault_leaves_the_door_open() -> None:
    def streams(environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        if "fault" in environ:
            raise ZeroDivisionError
        return (b"part" for _number in range(2))

    app = Entrance(streams, patience=LONG)
    environ = {"wsgi.input": io.BytesIO(), "CONTENT_LENGTH": ""}
    body = app(environ, lambda *_said: lambda _data: None)
    with contextlib.suppress(ZeroDivisionError):
        ask(app, fault=True)
    assert ask(app) == [b"part"] * 2  # while the first answer is not yet sent
    assert list(body) == [b"part"] * 2
