"""The countersignature of a sealed register: what it says, its hash, and who may give it.

    text = canonical JSON of {"format": 1, "number": n, "register": the seal's number, "seal": seal,
           "at": instant, "by": person id, "rectifications": {"last": id, "sha256": digest},
           "scans": [SHA-256, ...]}
    hash = SHA-256(hash of the countersignature before in hexadecimal + "\\n" + text)

The first one follows the empty hash, so countersignatures form a chain of their own beside the
seals': a seal never depends on whether somebody has countersigned yet.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms.attendance.sealing import canonical, instant

FORMAT = 1


class Obstacle(enum.StrEnum):
    """Why a register cannot be countersigned by somebody."""

    OPEN = "open"
    DONE = "done"
    OWN = "own"


def obstacle(
    *, closed: bool, countersigned: bool, closed_by_them: bool, own_allowed: bool
) -> Obstacle | None:
    """What stands in the way: two signatures are worth something if they are of two people."""
    if not closed:
        return Obstacle.OPEN
    if countersigned:
        return Obstacle.DONE
    return Obstacle.OWN if closed_by_them and not own_allowed else None


@dataclass(frozen=True, slots=True)
class Seen:
    """What lay before who countersigned, beside the sealed rows."""

    last_rectification: int
    rectifications: Sequence[Any]
    scans: Sequence[str]

    @property
    def digest(self) -> str:
        """SHA-256 of the rectifications until then."""
        return hashlib.sha256(canonical(list(self.rectifications)).encode()).hexdigest()


def text_of(
    number: int, seal_number: int, seal: str, at: datetime, by: int | None, seen: Seen
) -> str:
    """The text that is countersigned."""
    return canonical(
        {
            "format": FORMAT,
            "number": number,
            "register": seal_number,
            "seal": seal,
            "at": instant(at),
            "by": by,
            "rectifications": {"last": seen.last_rectification, "sha256": seen.digest},
            "scans": list(seen.scans),
        }
    )


def hash_of(previous: str, text: str) -> str:
    """The hash of `text` that follows the countersignature `previous`."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
