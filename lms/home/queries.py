"""What first pages ask: over everything, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from lms.accounts.scopes import Reach
from lms.attendance.models import AttendanceRegister, RegisterStatus, ReportEntry, ReportFile
from lms.catalogue.models import (
    Cycle,
    CycleStatus,
    CycleTrainer,
    EnrolmentMode,
    Lesson,
    LessonStatus,
    Module,
)
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db

CYCLES_SHOWN = 6
LESSONS_A_CYCLE = 3
REGISTERS_SHOWN = 8
TRAINER_LOOKS_AHEAD = timedelta(days=14)
_LESSONS_READ = 300


@dataclass(frozen=True)
class OpenCycle:
    """A cycle one can enrol in now; `first` is when its first lesson begins."""

    cycle: Cycle
    lessons: int
    first: datetime | None


def open_cycles(instant: datetime) -> list[OpenCycle]:
    """The cycles people can enrol in by themselves at `instant`, the first to begin first."""
    first = _of_lessons(func.min(Lesson.starts_at))
    rows = (
        select(Cycle, _of_lessons(func.count(Lesson.id)), first)
        .where(
            Cycle.status == CycleStatus.PUBLISHED,
            Cycle.enrolment_mode == EnrolmentMode.OPEN,
            or_(Cycle.enrolment_opens_at.is_(None), Cycle.enrolment_opens_at <= instant),
            or_(Cycle.enrolment_closes_at.is_(None), Cycle.enrolment_closes_at > instant),
        )
        .order_by(first.is_(None), first, Cycle.id)
        .limit(CYCLES_SHOWN)
    )
    return [OpenCycle(*row) for row in db.session.execute(rows)]


def _of_lessons(aggregate: Any) -> Any:
    """An aggregate over the lessons of the outer query's cycle that take place."""
    return (
        select(aggregate)
        .join(Module, Lesson.module_id == Module.id)
        .where(Module.cycle_id == Cycle.id, Lesson.status == LessonStatus.SCHEDULED)
        .correlate(Cycle)
        .scalar_subquery()
    )


@dataclass(frozen=True)
class LessonAndRegister:
    """A lesson and how its register stands; None when nobody has opened it."""

    lesson: Lesson
    register: RegisterStatus | None


@dataclass(frozen=True)
class OwnLessons:
    """The lessons of a person's own: `next_of` a cycle as participant, and those to teach."""

    next_of: dict[int, list[Lesson]]
    to_teach: list[LessonAndRegister]


def own_lessons(person_id: int, cycle_ids: Collection[int], instant: datetime) -> OwnLessons:
    """What lies before a person, as participant of `cycle_ids` and as trainer, in one query.

    To attend: the next lessons that are not over, cancelled ones too (people must know). To teach:
    lessons of one's cycles whose register is not closed, up to a fortnight ahead. Both in order.
    """
    trains = (
        select(CycleTrainer.id)
        .where(CycleTrainer.cycle_id == Module.cycle_id, CycleTrainer.person_id == person_id)
        .exists()
    )
    attends = Module.cycle_id.in_(cycle_ids) & (Lesson.ends_at > instant)
    teaches = (
        trains
        & (Lesson.status == LessonStatus.SCHEDULED)
        & (Lesson.starts_at <= instant + TRAINER_LOOKS_AHEAD)
        & _register_not_closed()
    )
    rows = (
        _with_register()
        .add_columns(attends, teaches)
        .where(attends | teaches)
        .order_by(Lesson.starts_at, Lesson.id)
        .limit(_LESSONS_READ)
    )
    next_of: dict[int, list[Lesson]] = defaultdict(list)
    to_teach = []
    for lesson, register, to_attend, taught in db.session.execute(rows):
        of_cycle = next_of[lesson.module.cycle_id]
        if to_attend and len(of_cycle) < LESSONS_A_CYCLE:
            of_cycle.append(lesson)
        if taught:
            to_teach.append(LessonAndRegister(lesson, register))
    return OwnLessons(next_of, to_teach)


@dataclass(frozen=True)
class OpenRegisters:
    """The oldest lessons that are over without a closed register, and how many there are."""

    lessons: list[LessonAndRegister]
    total: int


def open_registers(instant: datetime, tracks: Reach) -> OpenRegisters:
    """Registers to close, in the published cycles of these tracks."""
    rows = (
        _with_register()
        .add_columns(func.count().over())
        .join(Cycle, Module.cycle_id == Cycle.id)
        .where(
            tracks.holds(Cycle.track_id),
            Cycle.status == CycleStatus.PUBLISHED,
            Lesson.status == LessonStatus.SCHEDULED,
            Lesson.ends_at <= instant,
            _register_not_closed(),
        )
        .order_by(Lesson.starts_at, Lesson.id)
        .limit(REGISTERS_SHOWN)
    )
    found = db.session.execute(rows).all()
    lessons = [LessonAndRegister(lesson, status) for lesson, status, _total in found]
    return OpenRegisters(lessons, found[0][2] if found else 0)


def _with_register() -> Select[Any]:
    return (
        select(Lesson, AttendanceRegister.status)
        .join(Module, Lesson.module_id == Module.id)
        .outerjoin(AttendanceRegister, AttendanceRegister.lesson_id == Lesson.id)
    )


def _register_not_closed() -> ColumnElement[bool]:
    closed = AttendanceRegister.status == RegisterStatus.CLOSED
    return or_(AttendanceRegister.id.is_(None), ~closed)


@dataclass(frozen=True)
class CycleAtAGlance:
    """A cycle as its organisers see it first."""

    cycle: Cycle
    participants: int
    lessons: int
    held: int
    closed: int
    people_to_match: int
    nominated: int


def cycles_at_a_glance(instant: datetime, tracks: Reach) -> list[CycleAtAGlance]:
    """Published cycles and drafts of these tracks with their counts, in one query; latest first."""
    held = func.count(Lesson.id).filter(Lesson.ends_at <= instant)
    rows = (
        select(
            Cycle,
            _people(EnrolmentStatus.CONFIRMED),
            _of_lessons(func.count(Lesson.id)),
            _of_lessons(held),
            _closed_registers(),
            _people_to_match(),
            _people(EnrolmentStatus.REQUESTED),
        )
        .where(
            tracks.holds(Cycle.track_id),
            Cycle.status.in_([CycleStatus.PUBLISHED, CycleStatus.DRAFT]),
        )
        .order_by(Cycle.status.desc(), Cycle.id.desc())
        .limit(2 * CYCLES_SHOWN)
    )
    return [CycleAtAGlance(*row) for row in db.session.execute(rows)]


def _people(status: EnrolmentStatus) -> Any:
    return (
        select(func.count(Enrolment.id))
        .where(Enrolment.cycle_id == Cycle.id, Enrolment.status == status)
        .correlate(Cycle)
        .scalar_subquery()
    )


def _closed_registers() -> Any:
    return (
        select(func.count(AttendanceRegister.id))
        .join(Lesson, AttendanceRegister.lesson_id == Lesson.id)
        .join(Module, Lesson.module_id == Module.id)
        .where(Module.cycle_id == Cycle.id, AttendanceRegister.status == RegisterStatus.CLOSED)
        .correlate(Cycle)
        .scalar_subquery()
    )


def _people_to_match() -> Any:
    """People of imported reports whom nobody has recognised yet."""
    return (
        select(func.count(ReportEntry.id))
        .join(ReportFile, ReportEntry.report_file_id == ReportFile.id)
        .join(AttendanceRegister, ReportFile.register_id == AttendanceRegister.id)
        .join(Lesson, AttendanceRegister.lesson_id == Lesson.id)
        .join(Module, Lesson.module_id == Module.id)
        .where(Module.cycle_id == Cycle.id, ReportEntry.match.is_(None))
        .correlate(Cycle)
        .scalar_subquery()
    )
