"""What a platform's reader hands over: rows and stamps, nothing decided yet.

A reader for another platform is one module with a `Reader` and one line in `registry.READERS`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from lms.attendance.readers.model import Notice
from lms.attendance.readers.stamps import Day, Stamp
from lms.attendance.readers.table import Table

ReferenceKind = Literal["generated", "created", "day", "other"]


@dataclass(frozen=True, slots=True)
class Visit:
    """One counted row: somebody came in, perhaps left, perhaps with a time the platform states.

    `short`: how much less than the difference the platform may state, because it cuts off.
    `seen`: somebody was there at that instant, and nothing says for how long (a check-in, a click).
    """

    line: int
    name: str
    email: str | None
    join: Stamp | None
    leave: Stamp | None
    stated: timedelta | None
    registered_name: str | None = None
    section: str | None = None
    short: timedelta = timedelta()
    tax_code: str | None = None
    seen: Stamp | None = None


@dataclass(slots=True)
class RawMeeting:
    """A meeting of the file. `minutes` is its stated length, for an end the file does not give."""

    line: int
    title: str | None = None
    start: Stamp | None = None
    end: Stamp | None = None
    minutes: int | None = None
    visits: list[Visit] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reference:
    """A stamp that is no presence but tells about dates: when the report was generated, ….

    `day`: the file is named for the day of this stamp.
    """

    line: int
    stamp: Stamp
    kind: ReferenceKind = "other"


@dataclass(slots=True)
class RawReport:
    """Everything a reader found.

    `undated`: the file has hours without any day; its stamps stand on `stamps.UNDATED` until a
    person says the day. `suggested`: the day that its name tells, offered and never taken.
    """

    meetings: list[RawMeeting] = field(default_factory=list)
    not_attended: list[tuple[str, str | None]] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    zone: ZoneInfo | None = None  # named by the file itself
    totals_only: bool = False  # minutes per person, without join and leave
    presence_only: bool = False  # who was there, without join, leave and minutes
    undated: bool = False
    suggested: Day | None = None


class Reader(Protocol):
    """One platform."""

    platform: str
    looked_for: str  # what makes a table this platform's, for the refusal of unknown tables
    rounding: int  # seconds by which its stated minutes may exceed leave minus join

    def read(self, table: Table) -> RawReport | None:
        """Return what the table says, None if it is not this platform's.

        Raises UnreadableReport if it is, but cannot be read.
        """
        ...
