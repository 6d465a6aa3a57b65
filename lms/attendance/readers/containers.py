"""From bytes to tables: a text is one, a workbook one for each sheet with something in it."""

from __future__ import annotations

from lms.attendance.readers.decoding import MAX_BYTES, MAX_MB, decode
from lms.attendance.readers.model import Notice, UnreadableReport
from lms.attendance.readers.table import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    Table,
    parse_table,
    table_of_cells,
)
from lms.workbooks import Limits, WorkbookError, is_workbook, sheets

_UNPACKED = 120 * 1024 * 1024
_CHARACTERS = 30_000_000
_SECONDS = 20.0
_LIKE_A_TABLE = frozenset(["too_many_rows", "too_many_columns", "too_many_cells"])
_TOO_MUCH = frozenset(["too_large", "too_slow", "too_many_sheets"])


def tables_of(
    data: bytes, filename: str, most_rows: int = MAX_ROWS
) -> tuple[tuple[Table, ...], tuple[Notice, ...]]:
    """Return the tables of a file, at least one, and what was odd about its bytes.

    Raises UnreadableReport: as `decode` and `parse_table` do; `bad_workbook`, `workbook_limit`.
    """
    if not is_workbook(data):
        text, notices = decode(data)
        return (parse_table(text, filename),), notices
    if len(data) > MAX_BYTES:
        raise UnreadableReport("too_large", size=len(data), limit=MAX_MB)
    return tuple(_sheets(data, filename, most_rows)), ()


def _sheets(data: bytes, filename: str, most_rows: int) -> list[Table]:
    limits = Limits(
        unpacked=_UNPACKED, sheets=50, rows=most_rows, columns=MAX_COLUMNS,
        cells=MAX_CELLS, characters=_CHARACTERS, seconds=_SECONDS,
    )  # fmt: skip
    found: list[Table] = []
    try:
        for sheet in sheets(data, limits):
            table = table_of_cells(sheet.rows, filename, sheet.name)
            if any(row.filled for row in table.rows):
                found.append(table)
    except WorkbookError as error:
        raise _refusal(error) from error
    if not found:
        raise UnreadableReport("empty")
    return found


def _refusal(error: WorkbookError) -> UnreadableReport:
    if error.code in _LIKE_A_TABLE:
        return UnreadableReport(error.code, **error.params)
    return UnreadableReport("workbook_limit" if error.code in _TOO_MUCH else "bad_workbook")
