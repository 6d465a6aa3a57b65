"""A register as CSV: who, from where, which mark, how many minutes, from when to when."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from lms.attendance import queries, queries_evidence, words
from lms.attendance.lesson_time import window_of
from lms.attendance.queries import RegisterRow
from lms.attendance.rules import Proof, stays_of
from lms.catalogue.models import Lesson
from lms.pages import local_date, local_time
from lms.spreadsheets import csv_response
from lms.text import slug


def register_csv(lesson: Lesson) -> Response:
    """The whole register; entry and exit are those of reports and check-ins, inside the lesson."""
    head = queries.head(lesson)
    register_id = head.register.id if head.register else None
    proofs = queries_evidence.proofs(register_id) if register_id else {}
    header = [
        _("Family and given name"), _("Organisation"), _("Mark"), _("Minutes"), _("Entry"),
        _("Exit"), _("Source"), _("Lesson"), _("Date"),
    ]  # fmt: skip
    day = local_date(lesson.starts_at, lesson.zone, "short")
    rows = [
        [*_cells(lesson, row, proofs.get(row.enrolment_id, [])), lesson.title, day]
        for row in queries.rows(lesson, register_id)
    ]
    return csv_response(f"registro-{lesson.id}-{slug(lesson.title)[:40]}.csv", header, rows)


def _cells(lesson: Lesson, row: RegisterRow, proofs: list[Proof]) -> list[object]:
    inside = window_of(lesson).inside(stays_of(proofs, lesson.ends_at))
    return [
        row.name,
        row.organisation,
        words.mark_word(row.cell.mark),
        row.cell.minutes if row.cell.mark else "",
        local_time(inside[0].start, lesson.zone) if inside else "",
        local_time(inside[-1].end, lesson.zone) if inside else "",
        words.source_word(row.source),
    ]
