"""Indico's list of registrations with check-ins.

A numbered list of people with address, where an instant stands exactly in the rows that say yes. A
check-in is one instant: it proves that somebody came, and credits no minutes.
"""

from __future__ import annotations

from lms.attendance.readers.columns import email_in
from lms.attendance.readers.grid import NAME_LIMIT, Grid, grids
from lms.attendance.readers.model import Notice
from lms.attendance.readers.raw import RawMeeting, RawReport, Reference, Visit
from lms.attendance.readers.table import Table
from lms.attendance.readers.vocabulary import folded, yes_or_no


class IndicoReader:
    """Reads what Indico exports of an event's registrations."""

    platform = "indico"
    looked_for = "Indico"
    rounding = 0

    def read(self, table: Table) -> RawReport | None:
        """Return who was checked in, None for another table."""
        for grid in grids(table):
            if grid.numbers[:1] == [0] and grid.emails and not grid.lengths:
                found = _check_in(grid)
                if found is not None:
                    return _report(grid, *found)
        return None


def _check_in(grid: Grid) -> tuple[int, int | None] | None:
    """The column that says whether somebody was checked in, and the one that says when."""
    flags = [i for i in range(grid.width) if _two_answers(grid, i)]
    for flag in reversed(flags):
        for at in reversed(grid.stamps):
            if at > flag and _stands_exactly_with_yes(grid, flag, at):
                return flag, at
    by_words = [i for i in flags if "check" in folded(grid.heading(i)) and i in grid.flags]
    return (by_words[-1], None) if by_words else None


def _two_answers(grid: Grid, at: int) -> bool:
    cells = {row.cell(at) for row in grid.rows}
    return len(cells) <= 2 and "" not in cells


def _stands_exactly_with_yes(grid: Grid, flag: int, at: int) -> bool:
    """Whether an instant stands where one answer is given and nowhere else."""
    filled = {row.cell(flag) for row in grid.rows if row.cell(at)}
    empty = {row.cell(flag) for row in grid.rows if not row.cell(at)}
    if filled & empty or len(filled) > 1 or not (empty or flag in grid.flags):
        return False
    return not any(yes_or_no(answer) is False for answer in filled)


def _report(grid: Grid, flag: int, at: int | None) -> RawReport:
    meeting = RawMeeting(grid.head.line)
    raw = RawReport([meeting], presence_only=True)
    whole = next(iter(grid.texts()), None)  # the whole name comes first, parts of it beside it
    unnamed: list[int] = []
    for row in grid.rows:
        name, email = row.cell(whole)[:NAME_LIMIT], email_in(row.cell(grid.emails[0]))
        seen = grid.stamp(row, at)
        came = seen is not None or (at is None and yes_or_no(row.cell(flag)) is True)
        if not name and not email:
            unnamed.append(row.line)
        elif not came:
            raw.not_attended.append((name or email or "", email))
        else:
            meeting.visits.append(
                Visit(
                    row.line, name, email, None, None, None,
                    tax_code=grid.tax_code(row), seen=seen,
                )
            )  # fmt: skip
    if unnamed:
        raw.notices.append(Notice("unnamed_rows", {"rows": tuple(unnamed)}))
    for row in grid.rows:
        stamps = (grid.stamp(row, i) for i in grid.stamps if i != at)
        raw.references += [Reference(row.line, stamp) for stamp in stamps if stamp]
    return raw
