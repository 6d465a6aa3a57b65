"""Tables of a report found by the shape of their cells alone, whatever the language of its words.

Headings are a line without values above lines with values; a report that lost them is read all the
same. What a column holds is what most of its cells look like.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lms.attendance.readers.columns import email_in, whole_minutes
from lms.attendance.readers.durations import looks_like_length
from lms.attendance.readers.stamps import parse_day, parse_hour, parse_stamp
from lms.attendance.readers.table import Row, Table
from lms.attendance.readers.vocabulary import yes_or_no

_SAMPLE = 60
_MOST = 0.6  # of a column's filled cells have one shape
_WIDEST = 60  # columns looked at; marks by the minute are read elsewhere
_VALUE = re.compile(r"@|\d[:.]\d\d")  # an address or a time: no heading holds one


@dataclass(slots=True, eq=False)
class Grid:
    """One table: the one-cell line above it, its headings (none in a copy that lost them), rows."""

    line: int
    title: str
    headings: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """A report cut into tables; `pairs` are «label, value» lines, `loose` the other lines."""

    grids: list[Grid] = field(default_factory=list)
    pairs: list[Row] = field(default_factory=list)
    loose: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shapes:
    """What the columns of a table look like; a cell such as 01:02:03 is an hour and a length."""

    stamps: tuple[int, ...]
    days: tuple[int, ...]
    hours: tuple[int, ...]
    lengths: tuple[int, ...]
    wholes: tuple[int, ...]
    emails: tuple[int, ...]
    flags: tuple[int, ...]
    texts: tuple[int, ...]


def cut(table: Table) -> Sheet:
    """Return the tables of a report and the lines between them."""
    sheet = Sheet()
    grid: Grid | None = None
    title = ""
    for at, row in enumerate(table.rows):
        if row.filled < 2:
            if row.filled:
                sheet.loose.append(row)
                title = next(filter(None, row.cells))
            grid = None
        elif _heads(table, at, grid):
            grid = Grid(row.line, title, row.cells)
            sheet.grids.append(grid)
            title = ""
        elif grid is not None:
            grid.rows.append(row)
        elif _holds_values(row) and row.filled > 2:
            last = sheet.grids[-1] if sheet.grids and not title else None
            grid = Grid(row.line, title, last.headings if last else (), [row])
            sheet.grids.append(grid)
            title = ""
        else:
            (sheet.pairs if row.filled == 2 else sheet.loose).append(row)
    return sheet


def _heads(table: Table, at: int, grid: Grid | None) -> bool:
    """Whether a row is headings: whole, without values, the next row not like it."""
    row = table.rows[at]
    if row.filled < 3 or any(_VALUE.search(cell) for cell in row.cells):
        return False
    if grid is not None and (
        row.filled < len(row.cells) or len(row.cells) < len(grid.headings) - 2
    ):
        return False
    below = next((each for each in table.rows[at + 1 : at + 3] if each.filled), None)
    return below is not None and _holds_values(below)


def _holds_values(row: Row) -> bool:
    return any(_VALUE.search(cell) for cell in row.cells)


def shapes(rows: Sequence[Row]) -> Shapes:
    """Return what the columns hold, by the opening and closing rows."""
    sample = [*rows[:_SAMPLE], *rows[_SAMPLE:][-_SAMPLE // 3 :]]
    width = min(max((len(row.cells) for row in sample), default=0), _WIDEST)

    def like(shape: Callable[[str], bool]) -> tuple[int, ...]:
        return tuple(i for i in range(width) if _mostly(sample, i, shape))

    found = {
        "stamps": like(lambda text: parse_stamp(text) is not None),
        "days": like(lambda text: parse_day(text) is not None),
        "hours": like(lambda text: parse_hour(text) is not None),
        "lengths": like(looks_like_length),
        "wholes": like(lambda text: whole_minutes(text) is not None),
        "emails": like(lambda text: email_in(text) is not None),
        "flags": like(lambda text: yes_or_no(text) is not None),
    }
    taken = {i for each in found.values() for i in each}
    free = (i for i in range(width) if i not in taken)
    return Shapes(**found, texts=tuple(i for i in free if any(row.cell(i) for row in sample)))


def _mostly(rows: Sequence[Row], at: int, shape: Callable[[str], bool]) -> bool:
    filled = [cell for row in rows if (cell := row.cell(at))]
    return bool(filled) and sum(map(shape, filled)) >= _MOST * len(filled)
