"""Moodle's log of a course or an activity.

A line for each thing somebody did, with when, from which address, and a description that Moodle
writes in English whatever the language of the page. Where the log has people entering and leaving a
BigBlueButton room they are paired into stays; without, a line proves that somebody was there at
that instant, and credits no minutes. Times are on the clock of who downloaded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address

from lms.attendance.readers.grid import NAME_LIMIT, Grid, grids
from lms.attendance.readers.model import Notice
from lms.attendance.readers.raw import RawMeeting, RawReport, Visit
from lms.attendance.readers.stamps import Stamp
from lms.attendance.readers.table import Row, Table

_DONE_BY = re.compile(r"The user with id '(\d+)'")
_ENTERED = re.compile(r"The user with id '\d+' has joined .*meeting")
_LEFT = re.compile(r"The user with id '\d+' has left .*meeting")
_EARLIEST = datetime.min  # noqa: DTZ901 - compared with wall clocks


class MoodleLogReader:
    """Reads what Moodle exports of its logs."""

    platform = "moodle"
    looked_for = "Moodle"
    rounding = 0

    def read(self, table: Table) -> RawReport | None:
        """Return who was there, None for another table."""
        for grid in grids(table):
            described = grid.shaped(lambda text: _DONE_BY.match(text) is not None)
            addresses = grid.shaped(_is_address)
            if grid.stamps and described and addresses and described[0] > grid.stamps[0] + 1:
                return _report(grid, grid.stamps[0], described[0])
        return None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _report(grid: Grid, at: int, described: int) -> RawReport:
    meeting = RawMeeting(grid.head.line)
    raw = RawReport([meeting])
    lines = _by_person(grid, at, described)
    room = [row for rows in lines.values() for row in rows if _in_room(row, described)]
    raw.presence_only = not room
    left_out: list[int] = []
    for rows in lines.values():
        if not room:
            first = rows[0]
            meeting.visits.append(
                Visit(
                    first.line, _name(first, at), None, None, None, None, seen=grid.stamp(first, at)
                )
            )
            continue
        meeting.visits += _stays(
            [row for row in rows if _in_room(row, described)], grid, at, described
        )
        left_out += [row.line for row in rows if not _in_room(row, described)]
    meeting.visits.sort(key=lambda visit: visit.line)
    if left_out:
        raw.notices.append(Notice("ignored_rows", {"rows": tuple(sorted(left_out))}))
    return raw


def _by_person(grid: Grid, at: int, described: int) -> dict[str, list[Row]]:
    """Each person's lines in the order of time; a log stands newest first, or oldest first."""
    found: dict[str, list[Row]] = {}
    for row in grid.rows:
        who = _DONE_BY.match(row.cell(described))
        if who is not None and _name(row, at) and grid.stamp(row, at) is not None:
            found.setdefault(who[1], []).append(row)
    times = [_wall(grid.stamp(row, at)) for row in grid.rows if grid.stamp(row, at)]
    if times and times[0] > times[-1]:
        return {key: rows[::-1] for key, rows in found.items()}
    return found


def _wall(stamp: Stamp | None) -> datetime:
    return (stamp and (stamp.dmy or stamp.mdy)) or _EARLIEST


def _name(row: Row, at: int) -> str:
    """Who did it: the column beside the time."""
    return row.cell(at + 1)[:NAME_LIMIT]


def _in_room(row: Row, described: int) -> bool:
    return bool(_ENTERED.match(row.cell(described)) or _LEFT.match(row.cell(described)))


def _stays(rows: Sequence[Row], grid: Grid, at: int, described: int) -> list[Visit]:
    """Entries and exits of one person in their order; an entry before any exit begins anew."""
    found: list[Visit] = []
    entered: Row | None = None
    for row in rows:
        if _ENTERED.match(row.cell(described)):
            if entered is not None:
                found.append(_stay(entered, None, grid, at))
            entered = row
        else:
            found.append(_stay(entered, row, grid, at))
            entered = None
    if entered is not None:
        found.append(_stay(entered, None, grid, at))
    return found


def _stay(entered: Row | None, left: Row | None, grid: Grid, at: int) -> Visit:
    row = entered or left
    assert row is not None  # noqa: S101 # nosec B101 # one of the two is there
    came = grid.stamp(entered, at) if entered else None
    return Visit(row.line, _name(row, at), None, came, grid.stamp(left, at) if left else None, None)
