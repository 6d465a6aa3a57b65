"""One writer at a time at the door of an SQLite database, in the order they came, more or less.

SQLite lets waiting writers ask again after ever longer pauses, so that under a burst the unlucky
one waits for seconds. Here writers queue before they ask: threads of one process at a lock, the
first of each process at a file. Whoever holds the file `-next` is the only one to ask for `-turn`,
so a process that has just left cannot slip in again before it. A killed process leaves both: the
kernel lets go of its files. Who waits too long goes on, and SQLite's own waiting decides.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
import time
from pathlib import Path

PAUSE_SECONDS = 0.0005


class Turnstile:
    """The door of one database file, for every thread and process that writes to it."""

    def __init__(self, database: str | Path, patience: float) -> None:
        self._next, self._turn = f"{database}-next", f"{database}-turn"
        self._patience = patience
        self._threads = threading.Lock()

    def enter(self) -> int | None:
        """Wait for one's turn; what to hand to `leave`, or None when patience ended."""
        until = time.monotonic() + self._patience
        if not self._threads.acquire(timeout=self._patience):
            return None
        turn = None
        try:
            first = _held(self._next, until)
            if first is not None:
                try:
                    turn = _held(self._turn, until)
                finally:
                    os.close(first)
        finally:
            if turn is None:
                self._threads.release()
        return turn

    def leave(self, turn: int) -> None:
        """Let the next one in."""
        os.close(turn)
        self._threads.release()


def _held(path: str, until: float) -> int | None:
    """The file, opened and locked; None when that did not come in time.

    Opened anew each time: a file that a process inherits would share its parent's lock.
    """
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        if time.monotonic() >= until:
            os.close(file)
            return None
        time.sleep(PAUSE_SECONDS)
