"""Reports of webinar platforms, read into values: `read_report(bytes, filename, …) -> Report`.

Bytes become text (`decoding`), text rows (`table`), a platform's reader finds people and meetings
in them (`zoom`; the others stand in `registry`), `finishing` settles dates and zone or asks. What
the file does not say stays unknown: nothing is guessed.
"""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 - the parameter is called date
from typing import Literal
from zoneinfo import ZoneInfo

from lms.attendance.readers.decoding import decode
from lms.attendance.readers.finishing import finish
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
from lms.attendance.readers.table import parse_table

__all__ = [
    "Answers",
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
) -> Report:
    """Return what a platform's report says, with the questions only a person can answer.

    `date` is the lesson's day: it decides day/month or month/day when it fits one of them only.
    `zone` is the clock of the report and the zone instants are given in; a mark in the file wins
    over it. `date_order` and `fold` (first or second of the two hours when clocks go back) are a
    person's answers, used only where the file leaves the choice.

    Raises UnreadableReport, with a code and what and where, for bytes that are no readable report.
    """
    text, notices = decode(data)
    table = parse_table(text, filename)
    answers = Answers(date, zone, date_order, fold)
    for reader in READERS:
        raw = reader.read(table)
        if raw is not None:
            raw.notices[:0] = notices
            return finish(reader, raw, answers)
    first = next((row for row in table.rows if row.filled > 1), None) or next(
        row for row in table.rows if row.filled
    )
    raise UnreadableReport(
        "unknown_table",
        row=first.line,
        headings=", ".join(first.cells),
        looked_for="; ".join(reader.looked_for for reader in READERS),
    )
