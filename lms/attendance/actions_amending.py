"""What is put right in an open register: an import taken back, minutes counted again."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from lms import audit
from lms.attendance.intervals import Interval
from lms.attendance.lesson_time import window_of
from lms.attendance.models import AttendanceRegister, ReportEntry, ReportFile, ReportStatus
from lms.attendance.queries_evidence import UNDONE, proofs, stays
from lms.attendance.records import (
    add_evidence,
    changing,
    lock_open_register,
    recompute,
    report_evidence,
    write_outcomes,
)
from lms.attendance.rules import Proof, checked, derive, standing
from lms.catalogue.models import Lesson
from lms.catalogue.programme_actions import take_breaks
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db


def withdraw_report(lesson: Lesson, file: ReportFile, *, by: int | None) -> int:
    """Take an import back: nobody is credited by it any more, and it can be imported again.

    Its rows and evidence stay, with a second piece of evidence that takes each off. Returns how
    many records changed. UserError (409) for a report that is not imported, or a closed register.
    """
    register = lock_open_register(lesson)
    db.session.refresh(file, ["status"])
    if file.status is not ReportStatus.IMPORTED:
        raise UserError(_("This report is not imported yet."), 409)
    standing_rows = select(ReportEntry).where(
        ReportEntry.report_file_id == file.id, ReportEntry.withdrawn_at.is_(None)
    )
    entries = list(db.session.scalars(standing_rows.order_by(ReportEntry.position)))
    evidence = [
        report_evidence(
            lesson, register, each.id, each.enrolment_id, stays(each.intervals), by, UNDONE
        )
        for each in entries
        if each.enrolment_id is not None
    ]
    for each in entries:
        each.withdrawn_at = now()
    file.status, file.imported_at, file.imported_by_id = ReportStatus.STAGED, None, None
    db.session.flush()
    add_evidence(evidence)
    changed = recompute(lesson, register, {each["enrolment_id"] for each in evidence}, by)
    audit.record("report.withdrawn", file, actor_id=by, detail={"people": len(entries)})
    return changed


def count_again(lesson: Lesson, *, by: int | None) -> int:
    """Count minutes of reports and check-ins again, after times, breaks or grace were changed.

    Breaks that waited for it are those of the lesson from here on. Marks by hand stay. Returns how
    many records changed; what reports credit leaves evidence anew, a check-in is evidence of an
    instant that did not move.
    """
    take_breaks(lesson, by=by)  # locks the lesson, which everybody does before its register
    register = lock_open_register(lesson)
    window = window_of(lesson)
    if register.grace_minutes is not None:
        register.grace_minutes = lesson.module.cycle.grace_minutes
    known = {
        key: each
        for key, each in proofs(register.id).items()
        if standing(each) or checked(each, window.ends_at)
    }
    outcomes = {key: derive(each, window) for key, each in known.items()}
    changed = changing(register, outcomes)
    add_evidence(
        [
            report_evidence(lesson, register, entry_id, key, intervals, by)
            for key in changed
            for entry_id, intervals in _entries(known[key])
        ]
    )
    write_outcomes(register, {key: outcomes[key] for key in changed}, by=by)
    if changed:
        _note(register, by, len(changed))
    return len(changed)


def _entries(evidence: list[Proof]) -> list[tuple[int, tuple[Interval, ...]]]:
    return [
        (each.entry_id, each.intervals) for each in standing(evidence) if each.entry_id is not None
    ]


def _note(register: AttendanceRegister, by: int | None, people: int) -> None:
    audit.record("register.counted_again", register, actor_id=by, detail={"people": people})
