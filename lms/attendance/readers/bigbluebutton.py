"""BigBlueButton's learning dashboard, as its download of session data writes it.

One row for each person: whether they moderate (TRUE or FALSE), figures, then in this order when
they came first, when they left last and how long they were connected in between; then the answers
to polls. Headings are half translated and not looked at. Times are on the clock of who downloaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from lms.attendance.readers.durations import parse_length
from lms.attendance.readers.grid import NAME_LIMIT, Grid, grids, truth
from lms.attendance.readers.model import Notice
from lms.attendance.readers.raw import RawMeeting, RawReport, Reference, Visit
from lms.attendance.readers.stamps import ORDERS, Stamp, parse_stamp
from lms.attendance.readers.table import Row, Table

_FILE = re.compile(r"LearningDashboard_(?P<title>.*)_(?P<day>\d{4}-\d{2}-\d{2})", re.I)
_ANY_SHORTER = timedelta(days=31)  # who left and came back was connected for less; told apart below
_ROUNDED = timedelta(seconds=60)


class BigBlueButtonReader:
    """Reads what BigBlueButton's learning dashboard exports."""

    platform = "bigbluebutton"
    looked_for = "BigBlueButton"
    rounding = 60

    def read(self, table: Table) -> RawReport | None:
        """Return what a dashboard's download says, None for another table."""
        for grid in grids(table):
            found = _columns(grid)
            if found is not None:
                return _report(grid, *found, table.filename)
        return None


def _columns(grid: Grid) -> tuple[int, int] | None:
    """Where the moderators' column is and where the three of presence begin; None without both."""
    moderator = next(iter(grid.shaped(lambda text: truth(text) is not None)), None)
    if moderator != 1:
        return None
    for join in grid.stamps:
        told = [row for row in grid.rows[:100] if row.cell(join)]
        clocked = [row for row in told if _connected(row, join) is not None]
        if len(clocked) >= 0.8 * len(told) and all(_may_leave(row, join) for row in told):
            return moderator, join
    return None


def _connected(row: Row, join: int) -> timedelta | None:
    length = parse_length(row.cell(join + 2))
    return length.time if length and ":" in row.cell(join + 2) else None


def _may_leave(row: Row, join: int) -> bool:
    return not row.cell(join + 1) or parse_stamp(row.cell(join + 1)) is not None


def _report(grid: Grid, moderator: int, join: int, filename: str) -> RawReport:
    meeting = RawMeeting(grid.head.line)
    raw = RawReport([meeting])
    lines: dict[str, list[int]] = {
        code: [] for code in ("ignored_rows", "leave_from_duration", "away_inside")
    }
    for row in grid.rows:
        came = grid.stamp(row, join)
        if came is None or truth(row.cell(moderator)) is None:  # «Anonymous»: answers to polls
            lines["ignored_rows"].append(row.line)
            continue
        visit = _visit(row, came, grid.stamp(row, join + 1), _connected(row, join))
        if visit.leave is None and visit.stated is not None:
            lines["leave_from_duration"].append(row.line)
            visit = replace(visit, leave=came.later(int(visit.stated.total_seconds())))
        elif _away(visit):
            lines["away_inside"].append(row.line)
        meeting.visits.append(visit)
    raw.notices += [Notice(code, {"rows": tuple(rows)}) for code, rows in lines.items() if rows]
    named = _FILE.search(filename)
    if named:
        meeting.title = " ".join(named["title"].replace("-", " ").split()) or None
        raw.references += _day(named["day"], grid.head.line)
    return raw


def _visit(row: Row, came: Stamp, left: Stamp | None, connected: timedelta | None) -> Visit:
    name = row.cell(0)[:NAME_LIMIT]
    return Visit(row.line, name, None, came, left, connected, short=_ANY_SHORTER)


def _away(visit: Visit) -> bool:
    """Whether somebody was connected for less than from first entry to last exit."""
    if visit.join is None or visit.leave is None or visit.stated is None:
        return False
    spans = [
        end - start
        for order in ORDERS
        if (start := visit.join.on(order)) and (end := visit.leave.on(order))
    ]
    return bool(spans) and min(spans, key=abs) > visit.stated + _ROUNDED


def _day(text: str, line: int) -> Iterator[Reference]:
    """The day the file is named for: on it, or by a zone's width beside it, the meeting began."""
    stamp = parse_stamp(f"{text} 12:00")
    if stamp is not None:
        yield Reference(line, stamp, "day")
