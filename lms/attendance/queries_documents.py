"""The PDFs of registers: which there are, and how far those are that are being made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select
from sqlalchemy.orm import lazyload

from lms.attendance.models import AttendanceRegister, RegisterStatus
from lms.attendance.models_paper import DocumentKind, RegisterDocument
from lms.attendance.printing import ROWS_OF_A_PART
from lms.catalogue.models import Lesson, LessonStatus, Module
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db
from lms.jobs import Job, JobStatus

KEY_START = "register_document:"
SHOWN = 20


def job_key(document_id: int) -> str:
    """The key of the job that makes a document."""
    return f"{KEY_START}{document_id}"


@dataclass(frozen=True, slots=True)
class Made:
    """A document and how far it is."""

    document: RegisterDocument
    job: Job | None

    @property
    def ready(self) -> bool:
        """Whether it can be downloaded."""
        return self.document.made_at is not None

    @property
    def failed(self) -> bool:
        """Whether it was tried in vain."""
        return not self.ready and (self.job is None or self.job.status is JobStatus.FAILED)

    @property
    def running(self) -> bool:
        """Whether it is still being made."""
        return not self.ready and not self.failed

    @property
    def done(self) -> int:
        """Parts made."""
        return self.job.done if self.job else 0

    @property
    def total(self) -> int:
        """Parts to make."""
        return max(1, self.job.total if self.job else 1)


def _made(*conditions: ColumnElement[bool]) -> list[Made]:
    key = KEY_START + cast(RegisterDocument.id, String)
    query: Select[Any] = (
        select(RegisterDocument, Job)
        .outerjoin(Job, Job.key == key)
        .where(*conditions)
        .order_by(RegisterDocument.id.desc())
        .limit(SHOWN)
        .options(lazyload("*"))
    )
    return [Made(document, job) for document, job in db.session.execute(query)]


def of_lesson(lesson_id: int) -> list[Made]:
    """The latest documents of a lesson, the newest first."""
    return _made(RegisterDocument.lesson_id == lesson_id)


def of_cycle(cycle_id: int) -> list[Made]:
    """The latest documents of a whole cycle, the newest first."""
    return _made(RegisterDocument.cycle_id == cycle_id, RegisterDocument.kind == DocumentKind.CYCLE)


def of_document(document_id: int) -> Made:
    """One document."""
    (found,) = _made(RegisterDocument.id == document_id)
    return found


def under_way(wanted: RegisterDocument) -> RegisterDocument | None:
    """The document of the same kind, of the same, that is being made already."""
    made = _made(
        RegisterDocument.kind == wanted.kind,
        RegisterDocument.cycle_id == wanted.cycle_id,
        RegisterDocument.lesson_id.is_not_distinct_from(wanted.lesson_id),
        RegisterDocument.language == wanted.language,
        RegisterDocument.made_at.is_(None),
    )
    return next((each.document for each in made if each.running), None)


def sealed_of_lesson(lesson_id: int) -> list[Made]:
    """The latest documents from the sealed rows of a lesson, the newest first."""
    return _made(
        RegisterDocument.lesson_id == lesson_id, RegisterDocument.kind == DocumentKind.LESSON
    )


def pdf_of(document_id: int) -> bytes:
    """The bytes of a document; empty while there are none."""
    found = db.session.scalar(
        select(RegisterDocument.pdf).where(RegisterDocument.id == document_id)
    )
    return found or b""


def count_people(cycle_id: int) -> int:
    """How many are confirmed in a cycle."""
    query = select(func.count(Enrolment.id)).where(
        Enrolment.cycle_id == cycle_id, Enrolment.status == EnrolmentStatus.CONFIRMED
    )
    return db.session.scalar(query) or 0


def unsealed_lessons(cycle_id: int, at: datetime | None = None) -> int:
    """How many lessons of a cycle, not cancelled, have no register sealed by then."""
    sealed = AttendanceRegister.status == RegisterStatus.CLOSED
    if at is not None:
        sealed &= AttendanceRegister.closed_at <= at
    query = (
        select(func.count(Lesson.id))
        .join(Module, Module.id == Lesson.module_id)
        .outerjoin(AttendanceRegister, AttendanceRegister.lesson_id == Lesson.id)
        .where(
            Module.cycle_id == cycle_id,
            Lesson.status != LessonStatus.CANCELLED,
            or_(AttendanceRegister.id.is_(None), ~sealed),
        )
    )
    return db.session.scalar(query) or 0


def expected_parts(people: int, lessons: int = 1) -> int:
    """How many parts a document of so many rows a lesson has."""
    return max(1, -(-people // ROWS_OF_A_PART)) * max(1, lessons)
