"""What the page of a register shows: its head with the counts, and its rows.

Each function is one query, whatever the number of people, unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import lazyload

from lms.accounts.models import Person
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    RegisterStatus,
    ReportEntry,
    ReportFile,
)
from lms.attendance.rules import Cell, Mark, RecordSource
from lms.catalogue.models import Lesson
from lms.enrolment.models import TOOK_PART, Enrolment, EnrolmentStatus
from lms.extensions import db
from lms.lists import has_words


@dataclass(frozen=True, slots=True)
class Head:
    """A register at a glance. `register` is None while nobody has written in it."""

    register: AttendanceRegister | None
    people: int
    present: int
    absent: int
    excused: int
    waiting: int  # entries of reports that nobody has matched yet
    longest: int  # the most minutes anybody is credited with

    @property
    def marked(self) -> int:
        """People with a mark."""
        return self.present + self.absent + self.excused

    @property
    def unmarked(self) -> int:
        """People without one, which is not absence."""
        return self.people - self.marked

    @property
    def closed(self) -> bool:
        """Whether the register is sealed."""
        return self.register is not None and self.register.status is RegisterStatus.CLOSED


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One person of a register, as pages list them."""

    enrolment_id: int
    name: str
    organisation: str
    withdrawn: bool
    cell: Cell
    version: int
    source: RecordSource | None

    @property
    def was(self) -> str:
        """What a form carries of the row it was made on: version, mark, minutes."""
        return f"{self.version}:{self.cell.mark or ''}:{self.cell.minutes}"


def head(lesson: Lesson) -> Head:
    """The register of `lesson` with its counts."""
    register_id = (
        select(AttendanceRegister.id)
        .where(AttendanceRegister.lesson_id == lesson.id)
        .scalar_subquery()
    )
    counted = _counted(lesson, register_id).subquery()
    waiting = (
        select(func.count(ReportEntry.id))
        .join(ReportFile, ReportFile.id == ReportEntry.report_file_id)
        .where(
            ReportFile.register_id == register_id,
            ReportEntry.match.is_(None),
            ReportEntry.withdrawn_at.is_(None),
        )
        .scalar_subquery()
    )
    row = db.session.execute(
        select(AttendanceRegister, counted, waiting)
        .select_from(counted)
        .outerjoin(AttendanceRegister, AttendanceRegister.lesson_id == lesson.id)
        .options(lazyload(AttendanceRegister.lesson))
    ).one()
    register, people, present, absent, excused, longest, queued = row
    return Head(register, people, present or 0, absent or 0, excused or 0, queued, longest or 0)


def _counted(lesson: Lesson, register_id: Any) -> Select[Any]:
    def having(mark: Mark) -> Any:
        return func.sum(case((AttendanceRecord.mark == mark, 1), else_=0))

    return (
        select(
            func.count(Enrolment.id).label("people"),
            *(having(mark).label(mark.value) for mark in Mark),
            func.max(AttendanceRecord.minutes).label("longest"),
        )
        .select_from(Enrolment)
        .outerjoin(AttendanceRecord, _record_in(register_id))
        .where(_listed(lesson))
    )


def _record_in(register_id: Any) -> Any:
    return and_(
        AttendanceRecord.enrolment_id == Enrolment.id,
        AttendanceRecord.register_id == register_id,
    )


def _listed(lesson: Lesson) -> Any:
    """Confirmed people, and those who withdrew but have a mark in this register."""
    return and_(
        Enrolment.cycle_id == lesson.module.cycle_id,
        or_(Enrolment.status == EnrolmentStatus.CONFIRMED, AttendanceRecord.id.is_not(None)),
    )


def _rows_query(lesson: Lesson, register_id: int | None) -> Select[Any]:
    return (
        select(
            Enrolment.id,
            Enrolment.family_name,
            Enrolment.given_name,
            Enrolment.organisation_name,
            Enrolment.status,
            AttendanceRecord.mark,
            AttendanceRecord.minutes,
            AttendanceRecord.version,
            AttendanceRecord.source,
        )
        .select_from(Enrolment)
        .outerjoin(AttendanceRecord, _record_in(register_id))
        .where(Enrolment.cycle_id == lesson.module.cycle_id)
        .order_by(Enrolment.search_key, Enrolment.family_name, Enrolment.given_name, Enrolment.id)
    )


def _register_row(row: Row[Any]) -> RegisterRow:
    number, family, given, organisation, status, mark, minutes, version, source = row
    return RegisterRow(
        number,
        f"{family} {given}",
        organisation,
        status is EnrolmentStatus.WITHDRAWN,
        Cell(mark, minutes or 0),
        version or 0,
        source,
    )


def rows(
    lesson: Lesson,
    register_id: int | None,
    *,
    text: str = "",
    page: int = 1,
    size: int | None = None,
) -> list[RegisterRow]:
    """The people of a register by name; with `text`, those whose name or body has its words."""
    query = _rows_query(lesson, register_id).where(
        _listed(lesson), has_words(Enrolment.search_key, text)
    )
    if size is not None:
        query = query.limit(size).offset((page - 1) * size)
    return [_register_row(row) for row in db.session.execute(query)]


def count_rows(lesson: Lesson, register_id: int | None, text: str) -> int:
    """How many people `rows` would give without pages."""
    found = _rows_query(lesson, register_id).where(
        _listed(lesson), has_words(Enrolment.search_key, text)
    )
    counted = select(func.count()).select_from(found.order_by(None).subquery())
    return db.session.scalar(counted) or 0


def rows_of(
    lesson: Lesson, register_id: int | None, enrolment_ids: Collection[int]
) -> list[RegisterRow]:
    """The rows of these enrolments of the lesson's cycle: who takes part, did, or is marked."""
    every = _rows_query(lesson, register_id).where(
        or_(Enrolment.status.in_(TOOK_PART), AttendanceRecord.id.is_not(None))
    )
    if len(enrolment_ids) <= 500:
        every = every.where(Enrolment.id.in_(enrolment_ids))
    wanted = frozenset(enrolment_ids)
    return [_register_row(row) for row in db.session.execute(every) if row[0] in wanted]


def people_named(person_ids: Iterable[int | None]) -> dict[int, str]:
    """Names of persons by id; None among the ids is passed over."""
    ids = {number for number in person_ids if number is not None}
    if not ids:
        return {}
    query = select(Person.id, Person.given_name, Person.family_name).where(Person.id.in_(ids))
    return {number: f"{given} {family}" for number, given, family in db.session.execute(query)}


def last_touches(
    register_id: int, enrolment_ids: Collection[int]
) -> dict[int, tuple[str, datetime]]:
    """Who last changed these people's records, and when (name empty: nobody signed in)."""
    query = (
        select(
            AttendanceRecord.enrolment_id,
            Person.given_name,
            Person.family_name,
            AttendanceRecord.updated_at,
        )
        .outerjoin(Person, Person.id == AttendanceRecord.updated_by_id)
        .where(
            AttendanceRecord.register_id == register_id,
            AttendanceRecord.enrolment_id.in_(enrolment_ids),
        )
    )
    return {
        number: (f"{given} {family}" if family else "", at)
        for number, given, family, at in db.session.execute(query)
    }
