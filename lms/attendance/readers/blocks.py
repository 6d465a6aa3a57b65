"""A report's rows cut into tables: each with its title, headings and rows; the rest is loose."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lms.attendance.readers import shapes
from lms.attendance.readers.columns import Columns, by_words
from lms.attendance.readers.table import Row, Table
from lms.attendance.readers.vocabulary import meanings

_SAMPLE = 60
_SHAPES_TRIED = 40  # rows looked at as headings in an unknown language
_VALUE = re.compile(r"@|\d[:.]\d\d")  # an address or a time: no heading holds one
_MEETING_ID = re.compile(r"\d{3}[ -]?\d{3,4}[ -]?\d{3,5}")


@dataclass(slots=True, eq=False)
class Block:
    """One table of a report."""

    line: int
    title: str
    columns: Columns
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Layout:
    """The tables of a report in their order, and the rows outside them."""

    blocks: list[Block] = field(default_factory=list)
    loose: list[Row] = field(default_factory=list)


def lay_out(table: Table) -> Layout:
    """Return the tables of a report.

    A line of one cell is the title of the table that follows, else loose; so are the lines before
    the first table and «label, value» lines that tell when the report was generated.
    """
    layout = Layout()
    block: Block | None = None
    title: Row | None = None
    apart = True  # nothing, a blank row or a title stands before: only here unknown headings begin
    tried = 0
    for at, row in enumerate(table.rows):
        filled = row.filled
        if filled < 2:
            apart = True
            if filled:
                layout.loose.append(row)
                title = row
            continue
        if block is not None and row.cells == block.columns.headings:  # a section, or a page break
            if title:
                block = Block(row.line, _text(title), block.columns)
                layout.blocks.append(block)
            apart, title = False, None
            continue
        columns = _headings_by_words(table, at)
        if columns is None and apart and tried < _SHAPES_TRIED:
            tried += 1
            columns = _headings_by_shape(table, at)
        if columns is not None:
            block = Block(row.line, _text(title), columns)
            layout.blocks.append(block)
        elif block is None or (filled == 2 and "generated" in meanings(row.cells[0])):
            layout.loose.append(row)
        else:
            block.rows.append(row)
        apart, title = False, None
    for block in layout.blocks:
        if block.columns.of_people and block.columns.waiting is None:
            found = shapes.waiting(block.columns, block.rows)
            block.columns = replace(block.columns, waiting=found)
    return layout


def _text(title: Row | None) -> str:
    return next(filter(None, title.cells)) if title else ""


def _may_head(row: Row) -> bool:
    return not any(_VALUE.search(cell) for cell in row.cells)


def _headings_by_words(table: Table, at: int) -> Columns | None:
    row = table.rows[at]
    words = (
        frozenset[str]().union(*map(meanings, row.cells[:60])) if _may_head(row) else frozenset()
    )
    if not words & {"join", "original", "total", "topic"}:
        return None
    below = [each for each in table.rows[at + 1 : at + 1 + _SAMPLE] if each.filled > 1]
    columns = shapes.completed(by_words(row.cells, below), below)
    return columns if columns.of_people or columns.of_meetings else None


def _headings_by_shape(table: Table, at: int) -> Columns | None:
    row = table.rows[at]
    if row.filled < 3 or not _may_head(row):
        return None
    below: list[Row] = []
    for each in table.rows[at + 1 : at + 1 + _SAMPLE]:
        if each.filled < 2:
            break
        below.append(each)
    if not below:
        return None
    if len(below) == 1 and any(map(_MEETING_ID.fullmatch, below[0].cells)):
        return shapes.meeting(row.cells, below[0])
    presence = shapes.presence(row.cells, below)
    return presence or (shapes.meeting(row.cells, below[0]) if len(below) == 1 else None)
