"""How far registers are: of a cycle's lessons, and of one lesson for who looks at its page."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import lazyload

from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    RegisterStatus,
    ReportEntry,
    ReportFile,
)
from lms.attendance.models_paper import Countersignature
from lms.attendance.rules import Cell, Mark
from lms.catalogue.models import Lesson, LessonStatus, Module
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db
from lms.lists import page_of
from lms.pages import Page


class Stage(enum.StrEnum):
    """How far a register is."""

    CANCELLED = "cancelled"
    TO_COME = "to_come"
    WAITING = "waiting"  # the lesson has begun and nobody is marked
    UNDER_WAY = "under_way"
    COMPLETE = "complete"  # everybody is marked, not closed yet
    CLOSED = "closed"
    COUNTERSIGNED = "countersigned"


@dataclass(frozen=True, slots=True)
class Progress:
    """A lesson's register in figures: `people` to mark, `waiting` entries in the queue."""

    lesson: Lesson
    people: int
    marked: int
    present: int
    waiting: int
    seal_number: int | None
    stage: Stage


@dataclass(frozen=True, slots=True)
class _Figures:
    marked: int = 0
    present: int = 0
    withdrawn: int = 0
    waiting: int = 0
    seal_number: int | None = None
    closed: bool = False
    countersigned: bool = False


def cycle_progress(cycle_id: int, text: str, instant: datetime) -> Page[Progress]:
    """The lessons of a cycle by date, each with its register's figures (three queries a page)."""
    query = (
        select(Lesson)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.cycle_id == cycle_id)
        .order_by(Lesson.starts_at, Lesson.id)
    )
    for word in text.split()[:8]:
        query = query.where(Lesson.title.icontains(word, autoescape=True))
    page = page_of(query)
    people, figures = _figures(cycle_id, [lesson.id for lesson in page.items])
    items = [
        _progress(lesson, people, figures.get(lesson.id, _Figures()), instant)
        for lesson in page.items
    ]
    return Page(items, page.number, page.size, page.total)


def lesson_progress(lesson: Lesson, instant: datetime) -> Progress:
    """One lesson's register in figures (one query)."""
    people, figures = _figures(lesson.module.cycle_id, [lesson.id])
    return _progress(lesson, people, figures.get(lesson.id, _Figures()), instant)


def _progress(lesson: Lesson, people: int, figures: _Figures, instant: datetime) -> Progress:
    everybody = people + figures.withdrawn
    return Progress(
        lesson,
        everybody,
        figures.marked,
        figures.present,
        figures.waiting,
        figures.seal_number,
        _stage(lesson, everybody, figures, instant),
    )


def _stage(lesson: Lesson, people: int, figures: _Figures, instant: datetime) -> Stage:
    if figures.closed:
        return Stage.COUNTERSIGNED if figures.countersigned else Stage.CLOSED
    if lesson.status is LessonStatus.CANCELLED:
        return Stage.CANCELLED
    if figures.marked == 0:
        return Stage.TO_COME if instant < lesson.starts_at else Stage.WAITING
    return Stage.COMPLETE if figures.marked >= people else Stage.UNDER_WAY


def _figures(cycle_id: int, lesson_ids: list[int]) -> tuple[int, dict[int, _Figures]]:
    """How many are confirmed in the cycle, and the figures of these lessons' registers."""
    people, found = 0, {}
    for row in db.session.execute(_figures_query(cycle_id, lesson_ids)):
        people = row.people
        found[row.id] = _Figures(
            row.marked,
            row.present,
            row.withdrawn,
            row.waiting or 0,
            row.seal_number,
            row.status is RegisterStatus.CLOSED,
            row.countersigned is not None,
        )
    return people, found


def _figures_query(cycle_id: int, lesson_ids: list[int]) -> Select[Any]:
    confirmed = (
        select(func.count(Enrolment.id))
        .where(Enrolment.cycle_id == cycle_id, Enrolment.status == EnrolmentStatus.CONFIRMED)
        .scalar_subquery()
    )
    marked = AttendanceRecord.id.is_not(None)
    left = and_(marked, Enrolment.status == EnrolmentStatus.WITHDRAWN)
    register = (
        AttendanceRegister.id, AttendanceRegister.seal_number, AttendanceRegister.status,
        Countersignature.id,
    )  # fmt: skip
    return (
        select(
            Lesson.id,
            confirmed.label("people"),
            AttendanceRegister.seal_number,
            AttendanceRegister.status,
            _how_many(marked).label("marked"),
            _how_many(AttendanceRecord.mark == Mark.PRESENT).label("present"),
            _how_many(left).label("withdrawn"),
            _waiting().label("waiting"),
            Countersignature.id.label("countersigned"),
        )
        .outerjoin(AttendanceRegister, AttendanceRegister.lesson_id == Lesson.id)
        .outerjoin(Countersignature, Countersignature.register_id == AttendanceRegister.id)
        .outerjoin(AttendanceRecord, AttendanceRecord.register_id == AttendanceRegister.id)
        .outerjoin(Enrolment, Enrolment.id == AttendanceRecord.enrolment_id)
        .where(Lesson.id.in_(lesson_ids))
        .group_by(Lesson.id, *register)
    )


def _how_many(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _waiting() -> Any:
    """Entries in the queue of a register of the outer query."""
    return (
        select(func.count(ReportEntry.id))
        .join(ReportFile, ReportFile.id == ReportEntry.report_file_id)
        .where(
            ReportFile.register_id == AttendanceRegister.id,
            ReportEntry.match.is_(None),
            ReportEntry.withdrawn_at.is_(None),
        )
        .correlate(AttendanceRegister)
        .scalar_subquery()
    )


@dataclass(frozen=True, slots=True)
class OwnPresence:
    """What a register says of the person who looks."""

    enrolment_id: int
    cell: Cell


def own_presence(lesson: Lesson, person_id: int) -> OwnPresence | None:
    """The presence of a person in a lesson; None for who is not enrolled in its cycle."""
    query = (
        select(Enrolment.id, AttendanceRecord.mark, AttendanceRecord.minutes)
        .select_from(Enrolment)
        .outerjoin(AttendanceRegister, AttendanceRegister.lesson_id == lesson.id)
        .outerjoin(
            AttendanceRecord,
            and_(
                AttendanceRecord.register_id == AttendanceRegister.id,
                AttendanceRecord.enrolment_id == Enrolment.id,
            ),
        )
        .where(
            Enrolment.cycle_id == lesson.module.cycle_id,
            Enrolment.person_id == person_id,
            (Enrolment.status == EnrolmentStatus.CONFIRMED) | AttendanceRecord.id.is_not(None),
        )
    )
    row = db.session.execute(query).one_or_none()
    return OwnPresence(row.id, Cell(row.mark, row.minutes or 0)) if row else None


def register_of(lesson: Lesson) -> AttendanceRegister | None:
    """The register of a lesson, if anybody has written in it."""
    return db.session.scalar(
        select(AttendanceRegister)
        .where(AttendanceRegister.lesson_id == lesson.id)
        .options(lazyload(AttendanceRegister.lesson))
    )
