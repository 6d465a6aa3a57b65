"""What this room holds about a person: marks, evidence, what reports of platforms said of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, select, update

from lms.attendance import personal_paper as _personal_paper  # noqa: F401 - declares
from lms.attendance.erasing import erase_entries, erase_files, erase_registers
from lms.attendance.forgetting import forget_raw_reports, forget_staged_reports, forget_traces
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    Evidence,
    EvidenceKind,
    ReportEntry,
    ReportFile,
)
from lms.attendance.models_checking import CheckInTrace
from lms.catalogue.models import Lesson
from lms.enrolment.personal import enrolments_of
from lms.personal import (
    Erase,
    Erasing,
    Export,
    Left,
    Period,
    Whose,
    declare,
    declare_impersonal,
    keep_for,
    run,
)

NO_REASON = "—"  # a rectification has one; this says that there was
YEAR = timedelta(days=365)


def _records(who: Whose) -> Select[Any]:
    row = AttendanceRecord
    return (
        select(
            Lesson.title.label("lesson"),
            Lesson.starts_at,
            row.mark,
            row.minutes,
            row.source,
            row.updated_at,
        )
        .join(AttendanceRegister, AttendanceRegister.id == row.register_id)
        .join(Lesson, Lesson.id == AttendanceRegister.lesson_id)
        .where(row.enrolment_id.in_(enrolments_of(who)))
        .order_by(row.id)
    )


def _evidence(who: Whose) -> Select[Any]:
    row = Evidence
    return (
        select(
            Lesson.title.label("lesson"),
            Lesson.starts_at,
            row.kind,
            row.mark,
            row.minutes,
            row.reason,
            row.at,
        )
        .join(AttendanceRegister, AttendanceRegister.id == row.register_id)
        .join(Lesson, Lesson.id == AttendanceRegister.lesson_id)
        .where(row.enrolment_id.in_(enrolments_of(who)))
        .order_by(row.id)
    )


def _erase_reasons(who: Erasing) -> int:
    row = Evidence
    theirs = row.enrolment_id.in_(enrolments_of(who))
    words = (row.kind == EvidenceKind.RECTIFICATION) & (row.reason != NO_REASON)
    return run(update(row).where(theirs, words).values(reason=NO_REASON))


def _entries(who: Whose) -> Select[Any]:
    row = ReportEntry
    return (
        select(
            Lesson.title.label("lesson"),
            Lesson.starts_at,
            ReportFile.platform,
            row.name,
            row.email,
            row.intervals,
            row.stated_minutes,
        )
        .join(ReportFile, ReportFile.id == row.report_file_id)
        .join(AttendanceRegister, AttendanceRegister.id == ReportFile.register_id)
        .join(Lesson, Lesson.id == AttendanceRegister.lesson_id)
        .where(row.enrolment_id.in_(enrolments_of(who)))
        .order_by(row.id)
    )


def _traces(who: Whose) -> Select[Any]:
    row = CheckInTrace
    return (
        select(Lesson.title.label("lesson"), row.at)
        .join(Evidence, Evidence.id == row.evidence_id)
        .join(AttendanceRegister, AttendanceRegister.id == row.register_id)
        .join(Lesson, Lesson.id == AttendanceRegister.lesson_id)
        .where(Evidence.enrolment_id.in_(enrolments_of(who)))
        .order_by(row.id)
    )


def _erase_traces(who: Erasing) -> int:
    theirs = select(Evidence.id).where(Evidence.enrolment_id.in_(enrolments_of(who)))
    return run(delete(CheckInTrace).where(CheckInTrace.evidence_id.in_(theirs)))


declare(
    "attendance_record",
    Export("attendance", _records),
    Left("the mark and its minutes are the counts; they stay under the anonymous label"),
)
declare("evidence", Export("evidence_of_attendance", _evidence), Erase(_erase_reasons))
declare("report_entry", Export("reports_of_platforms", _entries), Erase(erase_entries))
declare(
    "report_file",
    Left("names everybody who was in the lesson; what it says of you is exported by entry"),
    Erase(erase_files),
)
declare(
    "attendance_register",
    Left("names everybody of the lesson; your own marks are exported by lesson"),
    Erase(erase_registers),
)
declare(
    "sealed_original",
    Left("encrypted, and opened only to verify the seal of a register"),
    Left("encrypted, and opened only to verify the seal of a register"),
)
declare(
    "saved_columns",
    Left("says who of the staff explained a table's columns, and when"),
    Left("a number of the staff's, and when"),
)
declare("check_in_trace", Export("devices_of_check_ins", _traces), Erase(_erase_traces))
declare(
    "self_check_in",
    Left("says who of the staff opened a lesson's check-in, as its own history does"),
    Left("a number of the staff's, and when"),
)
declare_impersonal(("seal_chain",))
keep_for(
    Period(
        "check_in_devices",
        timedelta(days=30),
        "the check-in",
        "keyed hashes of the browsers that check-ins came from; the check-ins stay",
        forget_traces,
    )
)
keep_for(
    Period(
        "staged_reports",
        timedelta(days=30),
        "the upload",
        "reports that were uploaded and never confirmed",
        forget_staged_reports,
    )
)
keep_for(
    Period(
        "raw_reports",
        10 * YEAR,
        "the import",
        "bytes of reports, readable or encrypted; what they said of each person stays",
        forget_raw_reports,
    )
)
