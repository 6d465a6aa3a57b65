"""The export of Moodle's attendance plugin, as text or workbook.

A column for each session, headed by its day and hour; in it, each participant's status with its
points, like «P (2/2)». A status with points is presence, one without is absence; of bare letters
only P, and A beside P, mean the same wherever they stand. Minutes are in none of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lms.attendance.readers.columns import email_in
from lms.attendance.readers.grid import Grid, full_name, names
from lms.attendance.readers.model import Notice
from lms.attendance.readers.raw import RawMeeting, RawReport, Visit
from lms.attendance.readers.stamps import parse_stamp
from lms.attendance.readers.table import Row, Table

_STATUS = re.compile(
    r"(?P<letters>[^\W\d_]{1,4}|\?|-)(?:\s*\((?P<points>\d+(?:[.,]\d+)?)\s*/\s*\d+[^)]*\))?"
)
_STATUSES_SHARE = 0.8
_PRESENT, _ABSENT = "P", "A"


class MoodleAttendanceReader:
    """Reads what Moodle's attendance plugin exports."""

    platform = "moodle"
    looked_for = "Moodle"
    rounding = 0

    def read(self, table: Table) -> RawReport | None:
        """Return who was marked as present in which session, None for another table."""
        for at, row in enumerate(table.rows):
            sessions = _sessions(row)
            if not sessions:
                continue
            below = tuple(each for each in table.rows[at + 1 :] if each.filled > 1)
            grid = Grid(row, below)
            if any(row.cell(i) for row in below for i in sessions) and all(
                _of_statuses(grid, i) for i in sessions
            ):
                return _report(grid, sessions, _course(table.rows[:at]))
        return None


def _sessions(row: Row) -> list[int]:
    """The columns headed by a day and an hour, perhaps with the group after them."""
    found = [i for i, heading in enumerate(row.cells) if _begins_with_a_time(heading)]
    plain = [i for i, heading in enumerate(row.cells) if heading and i not in found]
    return found if found and sum(1 for i in plain if i < found[0]) >= 2 else []


def _begins_with_a_time(heading: str) -> bool:
    words = heading.split()
    longest = min(7, len(words))
    return any(parse_stamp(" ".join(words[:n])) for n in range(longest, 1, -1))


def _of_statuses(grid: Grid, at: int) -> bool:
    """Whether a column's cells are statuses: letters in capitals, with points or without."""
    filled = [cell for row in grid.rows[:100] if at < len(row.cells) and (cell := row.cells[at])]
    found = [_STATUS.fullmatch(cell) for cell in filled]
    letters = [str(each["letters"]) for each in found if each is not None]
    matching = sum(each == each.upper() for each in letters)
    return matching >= _STATUSES_SHARE * len(filled)


def _course(above: Sequence[Row]) -> str:
    """The course, which the first line above names beside the word for it."""
    return next((row.cells[1] for row in above if len(row.cells) == 2), "")


def _report(grid: Grid, sessions: list[int], course: str) -> RawReport:
    raw = RawReport(presence_only=True)
    columns = names(grid, [i for i in grid.texts() if i < sessions[0]])
    email = next((i for i in grid.emails if i < sessions[0]), None)
    letters = {_letters(row, at) for row in grid.rows for at in sessions}
    unclear: dict[str, None] = {}
    came: set[int] = set()
    missed: dict[int, tuple[str, str | None]] = {}
    for at in sessions:
        title = " · ".join(part for part in (course, grid.heading(at)) if part)
        meeting = RawMeeting(grid.head.line, title=title)
        raw.meetings.append(meeting)
        for row in grid.rows:
            person = full_name(row, columns), email_in(row.cell(email))
            present = _present(row, at, letters)
            if not any(person) or not _letters(row, at).strip("?-"):
                continue
            if present is None:
                unclear[_letters(row, at)] = None
            elif present:
                came.add(row.line)
                meeting.visits.append(_visit(row, person, grid, at))
            else:
                missed[row.line] = (person[0] or person[1] or "", person[1])
    raw.not_attended = [who for line, who in missed.items() if line not in came]
    if unclear:
        raw.notices.append(Notice("unclear_statuses", {"names": tuple(unclear)}))
    return raw


def _visit(row: Row, person: tuple[str, str | None], grid: Grid, at: int) -> Visit:
    return Visit(
        row.line, person[0], person[1], None, None, None,
        section=row.cell(at), tax_code=grid.tax_code(row),
    )  # fmt: skip


def _letters(row: Row, at: int) -> str:
    found = _STATUS.fullmatch(row.cell(at))
    return found["letters"] if found else row.cell(at)


def _present(row: Row, at: int, letters: set[str]) -> bool | None:
    """Whether a status is presence; None where its letters alone do not tell."""
    found = _STATUS.fullmatch(row.cell(at))
    if found is None:
        return None
    if found["points"] is not None:
        return float(found["points"].replace(",", ".")) > 0
    if found["letters"] == _PRESENT:
        return True
    return False if found["letters"] == _ABSENT and _PRESENT in letters else None
