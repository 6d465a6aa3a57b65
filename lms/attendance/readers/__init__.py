"""Reports of webinar platforms, read into values: `read_report(bytes, filename, …) -> Report`.

Bytes become text (`decoding`) or sheets (`containers`), these rows (`table`); a platform's reader
finds people and meetings in them (`zoom`; the others stand in `registry`), `finishing` settles
dates and zone or asks. What
the file does not say stays unknown: nothing is guessed.
"""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - the parameter is called date
from typing import Literal
from zoneinfo import ZoneInfo

from lms.attendance.readers.containers import tables_of
from lms.attendance.readers.finishing import finish
from lms.attendance.readers.mapped import MappedReader
from lms.attendance.readers.mapping import ColumnMapping
from lms.attendance.readers.messages import sentence
from lms.attendance.readers.model import (
    Answers,
    Meeting,
    Notice,
    Order,
    PreviewRow,
    Question,
    Report,
    ReportedPerson,
    UnreadableReport,
)
from lms.attendance.readers.registry import READERS
from lms.attendance.readers.sheets import read_sheets, unknown
from lms.attendance.readers.table import MAX_ROWS

__all__ = [
    "Answers",
    "ColumnMapping",
    "Meeting",
    "Notice",
    "Order",
    "PreviewRow",
    "Question",
    "Report",
    "ReportedPerson",
    "UnreadableReport",
    "read_report",
    "sentence",
]


def read_report(
    data: bytes,
    filename: str,
    *,
    date: Date | None = None,
    zone: ZoneInfo | None = None,
    date_order: Order | None = None,
    fold: Literal[0, 1] | None = None,
    most_rows: int = MAX_ROWS,
    columns: ColumnMapping | None = None,
) -> Report:
    """Return what a platform's report says, with the questions only a person can answer.

    `date` is the lesson's day: it decides day/month or month/day when it fits one of them only.
    `zone` is the clock of the report and the zone instants are given in; a mark in the file wins
    over it. `date_order` and `fold` (first or second of the two hours when clocks go back) are a
    person's answers, used only where the file leaves the choice. `columns` says which column is
    which: then the file is no platform's, and is read by that alone.

    Raises UnreadableReport, with a code and what and where, for bytes that are no readable report.
    """
    tables, notices = tables_of(data, filename, most_rows)
    answers = Answers(date, zone, date_order, fold)
    for reader in READERS if columns is None else (MappedReader(columns),):
        raw = read_sheets(reader, tables)
        if raw is not None:
            raw.notices[:0] = notices
            return finish(reader, raw, answers)
    raise unknown(tables[0])
