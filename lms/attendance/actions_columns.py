"""Tables of no platform: recognised by what was saved, explained, saved, forgotten."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete

from lms import audit
from lms.attendance import queries_columns
from lms.attendance.actions_reports import platform_of, still_staged
from lms.attendance.given import Given, read
from lms.attendance.models import ReportFile
from lms.attendance.models_columns import SavedColumns
from lms.attendance.readers import ColumnMapping, Report, UnreadableReport
from lms.attendance.readers.containers import tables_of
from lms.attendance.readers.mapped import PLATFORM
from lms.attendance.readers.mapping import heading_rows, likeliest, signature
from lms.attendance.readers.sheets import unknown
from lms.attendance.readers.table import Table
from lms.attendance.records import lock_open_register
from lms.catalogue.models import Lesson
from lms.clock import now
from lms.extensions import db


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file's platform; of a table of none, what its columns are (None: nobody said yet)."""

    platform: str
    columns: ColumnMapping | None = None


def recognise(content: bytes, filename: str) -> Recognised | None:
    """The platform of a file; None for a table of none whose columns can be explained.

    Raises UnreadableReport. No database in it.
    """
    try:
        return Recognised(platform_of(content, filename))
    except UnreadableReport as error:
        if error.code != "unknown_table" or table_to_explain(content, filename) is None:
            raise
    return None


def remembered(lesson: Lesson, content: bytes, filename: str) -> Recognised:
    """A table of no platform, with what its track remembers of such tables."""
    tables, _notices = tables_of(content, filename)
    rows = (row for table in tables for row in heading_rows(table))
    columns = queries_columns.known(lesson.module.cycle.track_id, rows)
    if columns is not None:
        try:
            read(content, filename, Given(columns=columns))
        except UnreadableReport:  # the same headings over something else: to be explained anew
            columns = None
    return Recognised(PLATFORM, columns)


def recognised(lesson: Lesson, content: bytes, filename: str) -> Recognised:
    """The platform of a file, or what its track remembers of such tables, with nobody to ask.

    Raises UnreadableReport.
    """
    found = recognise(content, filename) or remembered(lesson, content, filename)
    if found.platform == PLATFORM and found.columns is None:
        raise unknown(tables_of(content, filename)[0][0])
    return found


def table_to_explain(content: bytes, filename: str) -> Table | None:
    """The table of a file that has the most rows, None where none has two columns and two rows."""
    tables, _notices = tables_of(content, filename)
    fit = [table for table in tables if sum(row.filled > 1 for row in table.rows) > 1]
    return max(fit, key=lambda table: sum(row.filled > 1 for row in table.rows), default=None)


def explain(
    lesson: Lesson, file: ReportFile, columns: ColumnMapping, *, by: int, remember: bool
) -> Report:
    """Say what the columns of a staged table are, and keep it for the track's next one.

    UserError (409) once the report is imported. Raises UnreadableReport where the table cannot be
    read so; then nothing has changed.
    """
    report = read(file.content, file.filename, Given(columns=columns))
    lock_open_register(lesson)
    still_staged(file)
    file.answers = Given(columns=columns).stored()
    file.platform = PLATFORM
    if remember and columns.headings:
        _save(lesson.module.cycle.track_id, file.filename, columns, by)
    return report


def _save(track_id: int, filename: str, columns: ColumnMapping, by: int) -> None:
    name = signature(columns.headings)
    row = queries_columns.by_signature(track_id, name)
    if row is None:
        row = SavedColumns(track_id=track_id, signature=name)
        db.session.add(row)
    row.filename, row.mapping = filename, columns.stored()
    row.saved_at, row.saved_by_id = now(), by
    db.session.flush()
    audit.record("columns.saved", row, actor_id=by)


def forget(row: SavedColumns, *, by: int) -> None:
    """Forget what was saved of a table; what was read by it stays as it is."""
    audit.record("columns.forgotten", row, actor_id=by)
    db.session.execute(delete(SavedColumns).where(SavedColumns.id == row.id))


def headings_line(table: Table) -> int:
    """The row that most likely holds the headings; 0 where none can."""
    row = likeliest(heading_rows(table))
    return row.line if row else 0
