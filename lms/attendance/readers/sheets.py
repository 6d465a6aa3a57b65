"""A reader asked about every table of a file: one of a text, several of a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from lms.attendance.readers.model import Notice, UnreadableReport
from lms.attendance.readers.raw import RawReport, Reader
from lms.attendance.readers.registry import READERS
from lms.attendance.readers.table import Table


def read_sheets(reader: Reader, tables: Sequence[Table]) -> RawReport | None:
    """Return what a reader finds in the tables that are its platform's, None where none is.

    Raises UnreadableReport where one is but cannot be read, and no other can.
    """
    found: list[tuple[Table, RawReport]] = []
    refused: UnreadableReport | None = None
    for table in tables:
        try:
            raw = reader.read(table)
        except UnreadableReport as error:
            refused = refused or error
            continue
        if raw is not None:
            found.append((table, raw))
    if not found and refused is not None:
        raise refused
    alike = [each for each in found if each[1].undated == found[0][1].undated]
    return _together(alike, tables) if found else None


def _together(found: list[tuple[Table, RawReport]], tables: Sequence[Table]) -> RawReport:
    """One report of several sheets; which ones were read is said."""
    _table, whole = found[0]
    read = {table.sheet for table, _raw in found}
    for table, raw in found[1:]:
        for meeting in raw.meetings:
            meeting.title = meeting.title or table.sheet
        whole.meetings += raw.meetings
        whole.not_attended += raw.not_attended
        whole.references += raw.references
        whole.notices += raw.notices
        whole.zone = whole.zone or raw.zone
        whole.totals_only = whole.totals_only and raw.totals_only
        whole.presence_only = whole.presence_only and raw.presence_only
    left = tuple(table.sheet for table in tables if table.sheet not in read)
    if len(found) > 1:
        whole.notices.insert(0, Notice("sheets_read", {"names": tuple(t.sheet for t, _r in found)}))
    if left:
        whole.notices.insert(0, Notice("sheets_left", {"names": left}))
    return whole


def unknown(table: Table) -> UnreadableReport:
    """The refusal of a table that no reader knows: where it begins and what it has."""
    first = next((row for row in table.rows if row.filled > 1), None) or next(
        row for row in table.rows if row.filled
    )
    return UnreadableReport(
        "unknown_table",
        row=first.line,
        headings=", ".join(first.cells),
        looked_for="; ".join(dict.fromkeys(reader.looked_for for reader in READERS)),
    )
