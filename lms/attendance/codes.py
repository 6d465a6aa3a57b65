"""The code on the trainer's screen: what it says, when it holds, and when check-in is open. Pure.

A code belongs to one lesson, one direction and one step of time. The long form stands in the
address that the QR code carries and says all of this, with a keyed digest; so a code that is over
is told from one that never was. The short form, six digits to be typed, is such a digest alone.
"""

from __future__ import annotations

import base64
import enum
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

STEP = timedelta(seconds=15)
STEPS_ACCEPTED = 2  # the one shown now and the one before
TYPED_DIGITS = 6
# Longer than these digits no number of ours is; nothing else is even looked at.
_LONG = re.compile(r"([0-9]{1,10})-(entrata|uscita)-([0-9]{1,12})-([A-Z2-7]{12})")

CHECK_IN_BEFORE = timedelta(minutes=30)
CHECK_OUT_AFTER = timedelta(minutes=30)
# How long a valid scan is good for: a sign-in, a second factor, a hesitation.
PERMIT_LASTS = timedelta(minutes=10)


class Direction(enum.StrEnum):
    """Coming or going; the words stand in addresses."""

    IN = "entrata"
    OUT = "uscita"


class Scanned(enum.StrEnum):
    """What a code turned out to be."""

    VALID = "valid"
    OVER = "over"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it is shown, and how many seconds are left of its step."""

    long: str
    typed: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Scan:
    """A code as it was read. `lesson_id` and `direction` mean nothing where it is UNKNOWN."""

    standing: Scanned
    lesson_id: int = 0
    direction: Direction = Direction.IN


def code_of(key: bytes, lesson_id: int, direction: Direction, instant: datetime) -> Code:
    """The code to show at `instant`."""
    step = _step(instant)
    left = (step + 1) * STEP.total_seconds() - instant.timestamp()
    long = f"{lesson_id}-{direction}-{step}"
    return Code(
        f"{long}-{_mark(key, long)}", _typed(key, lesson_id, direction, step), max(1, round(left))
    )


def read_long(key: bytes, text: str, instant: datetime) -> Scan:
    """What the address of a QR code says. Asks nobody."""
    found = _LONG.fullmatch(text)
    if found is None:
        return Scan(Scanned.UNKNOWN)
    lesson, direction, step, mark = found.groups()
    if not hmac.compare_digest(mark, _mark(key, f"{lesson}-{direction}-{step}")):
        return Scan(Scanned.UNKNOWN)
    fresh = int(step) in _accepted(instant)
    standing = Scanned.VALID if fresh else Scanned.OVER
    return Scan(standing, int(lesson), Direction(direction))


def is_typed(
    key: bytes, text: str, lesson_id: int, direction: Direction, instant: datetime
) -> bool:
    """Whether these digits are a code of this lesson now."""
    return any(
        hmac.compare_digest(text.encode(), _typed(key, lesson_id, direction, step).encode())
        for step in _accepted(instant)
    )


def only_digits(text: str) -> str:
    """What somebody typed, without the blanks that the screen shows."""
    return "".join(text.split())


def _step(instant: datetime) -> int:
    return int(instant.timestamp() // STEP.total_seconds())


def _accepted(instant: datetime) -> range:
    now = _step(instant)
    return range(now - STEPS_ACCEPTED + 1, now + 1)


def _mark(key: bytes, text: str) -> str:
    digest = hmac.new(key, f"long {text}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:12]


def _typed(key: bytes, lesson_id: int, direction: Direction, step: int) -> str:
    digest = hmac.new(
        key, f"typed {lesson_id} {direction} {step}".encode(), hashlib.sha256
    ).digest()
    return str(int.from_bytes(digest[:8], "big") % 10**TYPED_DIGITS).zfill(TYPED_DIGITS)


class Moment(enum.StrEnum):
    """Where the clock stands towards a window."""

    EARLY = "early"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Window:
    """When one may check in, or out; the end not included."""

    opens_at: datetime
    closes_at: datetime

    def at(self, instant: datetime) -> Moment:
        """Where `instant` stands."""
        if instant < self.opens_at:
            return Moment.EARLY
        return Moment.OPEN if instant < self.closes_at else Moment.OVER


def window(direction: Direction, starts_at: datetime, ends_at: datetime) -> Window:
    """When a lesson takes check-ins, or check-outs."""
    if direction is Direction.IN:
        return Window(starts_at - CHECK_IN_BEFORE, ends_at)
    return Window(starts_at, ends_at + CHECK_OUT_AFTER)


def permit_until(opens: Window, instant: datetime) -> datetime:
    """Until when a scan made at `instant` is good: who scans early keeps it until it opens."""
    return max(instant, opens.opens_at).astimezone(UTC) + PERMIT_LASTS
