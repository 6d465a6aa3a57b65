"""A report of a platform: kept aside, answered, imported, thrown away; who its people are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PureWindowsPath
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, exists, func, insert, select

from lms import audit, jobs
from lms.attendance import queries_reports
from lms.attendance.crediting import Assessment, How, Line
from lms.attendance.given import Given, read
from lms.attendance.models import (
    AttendanceRegister,
    MatchMethod,
    ReportEntry,
    ReportFile,
    ReportStatus,
)
from lms.attendance.preview import look
from lms.attendance.queries_evidence import stays
from lms.attendance.queries_reports import Decision
from lms.attendance.readers import ColumnMapping
from lms.attendance.records import (
    add_evidence,
    lock_open_register,
    recompute,
    report_evidence,
)
from lms.catalogue.models import Lesson
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.text import clean_line

STAGED_FOR = timedelta(hours=24)
SWEEP = "attendance.sweep_staged"
FILENAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Staged:
    """A report kept aside; `new` is false where the register knew these bytes already."""

    file: ReportFile
    new: bool


def platform_of(content: bytes, filename: str) -> str:
    """The platform of a report that can be read. Raises UnreadableReport. No database in it."""
    return read(content, filename, Given()).platform


def stage_report(
    lesson: Lesson,
    filename: str,
    content: bytes,
    *,
    by: int | None,
    platform: str | None = None,
    columns: ColumnMapping | None = None,
) -> Staged:
    """Keep an uploaded report aside until somebody confirms or discards it.

    `platform`: as `platform_of` said, where it was asked already; `columns`: of a table of none.
    Raises UnreadableReport, and then nothing is kept; UserError for a register that is closed.
    """
    platform = platform or platform_of(content, filename)
    register = lock_open_register(lesson)
    _sweep(queries_reports.staged_before(register.id, now() - STAGED_FOR))
    sha256 = hashlib.sha256(content).hexdigest()
    known = queries_reports.known_report(register.id, sha256)
    if known is not None:
        return Staged(known, new=False)
    file = ReportFile(
        register_id=register.id,
        filename=_clean_filename(filename),
        sha256=sha256,
        size=len(content),
        content=content,
        platform=platform,
        answers=Given(columns=columns).stored() if columns else {},
        status=ReportStatus.STAGED,
        uploaded_at=now(),
        uploaded_by_id=by,
    )
    db.session.add(file)
    db.session.flush()
    jobs.enqueue(
        SWEEP, f"{SWEEP}:{file.id}:{sha256[:12]}", {"report": file.id}, run_at=now() + STAGED_FOR
    )
    return Staged(file, new=True)


def _clean_filename(filename: str) -> str:
    """The name alone, whichever system's path a browser sent."""
    name = clean_line(PureWindowsPath(filename).name)
    return name[-FILENAME_LENGTH:] or "report.csv"


@jobs.handler(SWEEP)
def sweep_staged(job: jobs.Job) -> None:
    """Throw a staged report away that nobody confirmed within a day (idempotent)."""
    file = db.session.get(ReportFile, job.payload["report"])
    if file is not None and file.uploaded_at <= now() - STAGED_FOR:
        _sweep([file])


def _sweep(files: Iterable[ReportFile]) -> None:
    for file in files:
        db.session.execute(
            delete(ReportFile).where(
                ReportFile.id == file.id,
                ReportFile.status == ReportStatus.STAGED,
                ~exists().where(ReportEntry.report_file_id == file.id),  # taken back: evidence
            )
        )


def answer(lesson: Lesson, file: ReportFile, given: Given) -> None:
    """Keep the answers to a staged report's questions. UserError once it is imported."""
    lock_open_register(lesson)
    still_staged(file)
    file.answers = given.stored()


def discard(lesson: Lesson, file: ReportFile) -> None:
    """Throw a staged report away. UserError (409) once it is imported: then it is evidence."""
    lock_open_register(lesson)
    still_staged(file)
    _sweep([file])
    if db.session.scalar(select(ReportFile.id).where(ReportFile.id == file.id)):
        raise UserError(_("This report was imported once and taken back: it stays."), 409)


def still_staged(file: ReportFile) -> None:
    """Demand that nobody imported a report meanwhile. UserError (409)."""
    db.session.refresh(file, ["status"])
    if file.status is not ReportStatus.STAGED:
        raise UserError(_("This report was imported already: it is evidence now."), 409)


def import_report(
    lesson: Lesson,
    file: ReportFile,
    *,
    by: int | None,
    fingerprint: str | None = None,
    elsewhere: bool = False,
) -> Assessment:
    """Credit a staged report: its people, evidence and records, all or nothing.

    `fingerprint` is of the preview somebody agreed to; UserError (409) if anything it showed has
    moved. `elsewhere`: somebody confirmed a report in which nobody was there during the lesson.
    UserError while questions are open. Raises UnreadableReport.
    """
    register = lock_open_register(lesson)
    still_staged(file)
    assessment = _agreed(lesson, file, fingerprint, elsewhere=elsewhere)
    _write_entries(lesson, file, assessment)
    _credit(lesson, register, file, by)
    file.status, file.imported_at = ReportStatus.IMPORTED, now()
    file.imported_by_id = by
    counts = {"people": len(assessment.lines), "inside": assessment.inside}
    detail = {"sha256": file.sha256, "queue": len(assessment.queue), **counts}
    audit.record("report.imported", file, actor_id=by, detail=detail)
    db.session.flush()
    return assessment


def _agreed(
    lesson: Lesson, file: ReportFile, fingerprint: str | None, *, elsewhere: bool
) -> Assessment:
    """What the report means now, if that is what somebody agreed to. Raises UserError."""
    assessment = look(file, lesson).assessment
    if assessment is None:
        raise UserError(_("First answer the questions about this report."))
    if fingerprint is not None and fingerprint != assessment.fingerprint:
        raise UserError(
            _("Something has changed since you saw the preview: look at it again."), 409
        )
    if assessment.elsewhere and not elsewhere:
        raise UserError(
            _("Nobody of this report was there during the lesson: is it of another lesson?")
        )
    return assessment


def _write_entries(lesson: Lesson, file: ReportFile, assessment: Assessment) -> None:
    decisions = queries_reports.remembered(lesson.module.cycle_id)
    last = select(func.max(ReportEntry.position)).where(ReportEntry.report_file_id == file.id)
    before = db.session.scalar(last) or 0  # rows of an import that was taken back
    rows = [_entry(file, line, before, decisions.get(line.memory)) for line in assessment.lines]
    if rows:
        db.session.execute(insert(ReportEntry), rows)


def _entry(file: ReportFile, line: Line, before: int, decision: Decision | None) -> dict[str, Any]:
    human = line.how in {How.REMEMBERED, How.DISMISSED}
    return {
        "report_file_id": file.id,
        "position": before + line.position,
        "name": line.name,
        "email": line.email,
        "intervals": [
            [stay.start.isoformat(), stay.end.isoformat()] for stay in line.person.intervals or ()
        ],
        "source_lines": list(line.person.lines),
        "stated_minutes": line.person.stated_minutes,
        "enrolment_id": line.enrolment_id,
        "match": _METHODS.get(line.how),
        "decided_by_id": decision.by if decision and human else None,
        "decided_at": decision.at if decision and human else None,
    }


_METHODS = {
    How.EMAIL: MatchMethod.EMAIL,
    How.TAX_CODE: MatchMethod.TAX_CODE,
    How.NAME: MatchMethod.NAME,
    How.PART_OF_NAME: MatchMethod.NAME,
    How.INITIALS: MatchMethod.NAME,
    How.REMEMBERED: MatchMethod.HUMAN,
    How.DISMISSED: MatchMethod.DISMISSED,
}


def _credit(lesson: Lesson, register: AttendanceRegister, file: ReportFile, by: int | None) -> None:
    matched = db.session.execute(
        select(ReportEntry.id, ReportEntry.enrolment_id, ReportEntry.intervals)
        .where(ReportEntry.report_file_id == file.id, ReportEntry.enrolment_id.is_not(None))
        .where(ReportEntry.withdrawn_at.is_(None))
        .order_by(ReportEntry.position)
    ).all()
    add_evidence(
        [
            report_evidence(lesson, register, entry_id, enrolment_id, stays(intervals), by)
            for entry_id, enrolment_id, intervals in matched
        ]
    )
    recompute(lesson, register, {row.enrolment_id for row in matched}, by)
