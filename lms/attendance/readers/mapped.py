"""Any table, read by what somebody said its columns are."""

from __future__ import annotations

import re
from datetime import timedelta

from lms.accounts.tax_code_rules import looks_like_one, normalise
from lms.attendance.readers.columns import email_in
from lms.attendance.readers.durations import parse_length
from lms.attendance.readers.grid import NAME_LIMIT
from lms.attendance.readers.mapping import ColumnMapping, Role, under
from lms.attendance.readers.model import Notice, UnreadableReport
from lms.attendance.readers.raw import RawMeeting, RawReport, Visit
from lms.attendance.readers.stamps import (
    UNDATED,
    Day,
    Stamp,
    parse_day,
    parse_hour,
    parse_stamp,
    zone_mark,
)
from lms.attendance.readers.table import Row, Table

PLATFORM = "table"
_NUMBER = re.compile(r"(\d{1,5})(?:[.,](\d{1,6}))?")
_HOURS = re.compile(r"(\d{1,2}):([0-5]\d)")
_ON_NO_DAY = Day(UNDATED, UNDATED)
_MINUTE = timedelta(minutes=1)
_LINES = ("ignored_rows", "unnamed_rows", "leave_from_duration")


class MappedReader:
    """Reads the tables that have the mapping's headings."""

    platform = PLATFORM
    looked_for = "table"
    rounding = 60

    def __init__(self, mapping: ColumnMapping) -> None:
        self.mapping = mapping

    def read(self, table: Table) -> RawReport | None:
        """Return what the table says, None where it has other headings.

        Raises UnreadableReport `unreadable_times` where no cell of the column of joins is a time.
        """
        rows = under(table, self.mapping.headings)
        return _Reading(self.mapping, rows).report() if rows else None


class _Reading:
    """The rows of one table on their way into a RawReport."""

    def __init__(self, mapping: ColumnMapping, rows: list[Row]) -> None:
        self.mapping = mapping
        self.rows = rows
        self.lines: dict[str, list[int]] = {code: [] for code in _LINES}
        self.raw = RawReport([RawMeeting(rows[0].line)])
        self.unreadable: Row | None = None
        self.dated = any(self._dated(row) for row in rows)

    def report(self) -> RawReport:
        meeting = self.raw.meetings[0]
        for row in self.rows:
            visit = self._visit(row)
            if visit is not None:
                meeting.visits.append(visit)
        timed = self.mapping.column("joined") is not None
        told = self.mapping.column("minutes") is not None
        if timed and not any(visit.join for visit in meeting.visits) and self.unreadable:
            raise self._unreadable_times(self.unreadable)
        self.raw.undated = timed and not self.dated
        self.raw.totals_only = told and not timed
        self.raw.presence_only = not told and not timed
        self.raw.notices += [
            Notice(code, {"rows": tuple(lines)}) for code, lines in self.lines.items() if lines
        ]
        return self.raw

    def _visit(self, row: Row) -> Visit | None:
        """The row as somebody's presence; None when it is not one, which is remembered."""
        name, email, code = self._name(row), email_in(self._cell(row, "email")), self._code(row)
        join, leave, stated = self._times(row)
        told = join is not None or leave is not None or bool(stated)
        silent = not (self._cell(row, "joined") or self._cell(row, "minutes"))
        asked = {"joined", "minutes"} & dict(self.mapping.columns).keys()
        if not (name or email or code):
            self.lines["unnamed_rows" if told else "ignored_rows"].append(row.line)
            return None
        if asked and not told and (silent or stated == timedelta()):
            self.raw.not_attended.append((name or email or "", email))
            return None
        if join is not None and leave is None and stated and not self._cell(row, "left"):
            leave = join.later(round(stated.total_seconds()))
            self.lines["leave_from_duration"].append(row.line)
        return Visit(
            row.line, name or email or code or "", email, join, leave, stated,
            tax_code=code, short=_MINUTE,
        )  # fmt: skip

    def _cell(self, row: Row, role: Role) -> str:
        return row.cell(self.mapping.column(role))

    def _name(self, row: Row) -> str:
        parts = f"{self._cell(row, 'given_name')} {self._cell(row, 'family_name')}".strip()
        return (self._cell(row, "name") or parts)[:NAME_LIMIT]

    def _code(self, row: Row) -> str | None:
        text = self._cell(row, "tax_code")
        return normalise(text) if looks_like_one(text) else None

    def _times(self, row: Row) -> tuple[Stamp | None, Stamp | None, timedelta | None]:
        join = self._stamp(row, "joined", None)
        leave = self._stamp(row, "left", join)
        if join is None and self._cell(row, "joined") and self.unreadable is None:
            self.unreadable = row
        return join, leave, minutes_in(self._cell(row, "minutes"))

    def _stamp(self, row: Row, role: Role, after: Stamp | None) -> Stamp | None:
        """When somebody came or left; an hour earlier than `after` is of the next day."""
        at, text = self.mapping.column(role), self._cell(row, role)
        headings = self.mapping.headings
        heading = headings[at] if at is not None and at < len(headings) else ""
        stamp = parse_stamp(text, zone_mark(heading))
        if stamp is not None:
            return stamp
        hour = parse_hour(text)
        day = self._day(row, after)
        if hour is None or day is None:
            return None
        same_day = hour.on(day)
        return hour.on(day, later=1) if after and _earlier(same_day, after) else same_day

    def _day(self, row: Row, after: Stamp | None) -> Day | None:
        """The day of an hour: the row's own, that of the entry, or none that is told yet."""
        told = parse_day(self._cell(row, "day"))
        if told is None and after is not None:
            told = Day(after.dmy and after.dmy.date(), after.mdy and after.mdy.date())
        return told or (None if self.dated else _ON_NO_DAY)

    def _dated(self, row: Row) -> bool:
        """Whether something in the row tells its day."""
        cells = (self._cell(row, "joined"), self._cell(row, "left"))
        return any(map(parse_stamp, cells)) or parse_day(self._cell(row, "day")) is not None

    def _unreadable_times(self, row: Row) -> UnreadableReport:
        at = self.mapping.column("joined")
        headings = self.mapping.headings
        heading = headings[at] if at is not None and at < len(headings) else ""
        return UnreadableReport(
            "unreadable_times", row=row.line, column=heading, text=self._cell(row, "joined")
        )


def _earlier(one: Stamp, other: Stamp) -> bool:
    pairs = ((one.dmy, other.dmy), (one.mdy, other.mdy))
    return next((a < b for a, b in pairs if a and b), False)


def minutes_in(text: str) -> timedelta | None:
    """A time in a column of minutes: a number, «1:30» (an hour and a half), or words."""
    number = _NUMBER.fullmatch(text)
    if number is not None:
        return timedelta(minutes=float(f"{number[1]}.{number[2] or 0}"))
    clock = _HOURS.fullmatch(text)
    if clock is not None:
        return timedelta(hours=int(clock[1]), minutes=int(clock[2]))
    length = parse_length(text) if text else None
    return length.time if length else None
