"""How addresses of registers are loaded, for `lms.access`: every part belongs to its lesson."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_login import current_user
from sqlalchemy import select

from lms.access import Subject, loader
from lms.attendance import joining_links, queries_checking, queries_joining
from lms.attendance.models import AttendanceRecord, AttendanceRegister, ReportEntry, ReportFile
from lms.attendance.models_columns import SavedColumns
from lms.attendance.models_paper import RegisterDocument, RegisterScan
from lms.catalogue.loading import subject_of
from lms.catalogue.models import CycleStatus, Lesson
from lms.enrolment.models import TOOK_PART, Enrolment
from lms.extensions import db
from lms.secretbox import signing_keys


@dataclass(frozen=True, slots=True)
class Presence:
    """One person in the register of one lesson."""

    lesson: Lesson
    enrolment: Enrolment


@dataclass(frozen=True, slots=True)
class LessonReport:
    """A report of a platform, under its lesson."""

    lesson: Lesson
    file: ReportFile


@dataclass(frozen=True, slots=True)
class LessonEntry:
    """A person of an imported report, under its lesson."""

    lesson: Lesson
    entry: ReportEntry


@dataclass(frozen=True, slots=True)
class LessonColumns:
    """A table explained in the track of a lesson."""

    lesson: Lesson
    row: SavedColumns


@loader("presence")
def _presence(lesson_id: int, enrolment_id: int, **_rest: Any) -> Subject | None:
    lesson = db.session.get(Lesson, lesson_id)
    enrolment = db.session.get(Enrolment, enrolment_id)
    if lesson is None or enrolment is None or enrolment.cycle_id != lesson.module.cycle_id:
        return None
    if enrolment.status not in TOOK_PART and not _is_marked(lesson, enrolment):
        return None  # only nominated: no register knows them
    cycle = lesson.module.cycle
    return Subject(
        Presence(lesson, enrolment), cycle_id=cycle.id, person_id=enrolment.person_id,
        track_id=cycle.track_id,
    )  # fmt: skip


def _is_marked(lesson: Lesson, enrolment: Enrolment) -> bool:
    marked = (
        select(AttendanceRecord.id)
        .join(AttendanceRegister, AttendanceRegister.id == AttendanceRecord.register_id)
        .where(
            AttendanceRegister.lesson_id == lesson.id,
            AttendanceRecord.enrolment_id == enrolment.id,
        )
    )
    return db.session.scalar(marked) is not None


@loader("report")
def _report(lesson_id: int, report_id: int, **_rest: Any) -> Subject | None:
    file = db.session.get(ReportFile, report_id)
    lesson = _lesson_of(file, lesson_id)
    if file is None or lesson is None:
        return None
    return subject_of(LessonReport(lesson, file), lesson.module.cycle)


@loader("saved_columns")
def _saved_columns(lesson_id: int, saved_id: int, **_rest: Any) -> Subject | None:
    lesson, row = db.session.get(Lesson, lesson_id), db.session.get(SavedColumns, saved_id)
    if lesson is None or row is None or row.track_id != lesson.module.cycle.track_id:
        return None
    return subject_of(LessonColumns(lesson, row), lesson.module.cycle)


@loader("report_entry")
def _report_entry(lesson_id: int, entry_id: int, **_rest: Any) -> Subject | None:
    entry = db.session.get(ReportEntry, entry_id)
    lesson = _lesson_of(entry.report_file if entry else None, lesson_id)
    if entry is None or lesson is None:
        return None
    return subject_of(LessonEntry(lesson, entry), lesson.module.cycle)


@loader("register_scan")
def _register_scan(lesson_id: int, scan_id: int, **_rest: Any) -> Subject | None:
    scan = db.session.get(RegisterScan, scan_id)
    register = db.session.get(AttendanceRegister, scan.register_id) if scan else None
    if scan is None or register is None or register.lesson_id != lesson_id:
        return None
    return subject_of(scan, register.lesson.module.cycle)


@loader("register_document")
def _register_document(document_id: int, **_rest: Any) -> Subject | None:
    document = db.session.get(RegisterDocument, document_id)
    return subject_of(document, document.cycle) if document else None


def _lesson_of(file: ReportFile | None, lesson_id: int) -> Lesson | None:
    """The lesson, if the report is one of its register."""
    register = db.session.get(AttendanceRegister, file.register_id) if file else None
    return register.lesson if register and register.lesson_id == lesson_id else None


@loader("check_in")
def _check_in(lesson_id: int, **_rest: Any) -> Subject | None:
    """With how who asks stands towards it, in one query: every one of its pages says so."""
    visit = queries_checking.visit(lesson_id, current_user.person_id)
    if visit is None:
        return None
    desk = visit.desk
    public = desk.cycle_status is not CycleStatus.DRAFT
    return Subject(visit, cycle_id=desk.cycle_id, track_id=desk.track_id, public=public)


@loader("joining_link")
def _joining_link(join_token: str, **_rest: Any) -> Subject | None:
    """The token is the credential; what it opened once it may not open now."""
    found = joining_links.read_token(signing_keys(joining_links.PURPOSE), join_token)
    joining = queries_joining.joining(*found) if found else None
    return Subject(joining, person_id=found[1]) if found and joining else None
