"""Presence as it comes in: of a lesson, of a cycle by module and by kind of organisation.

Counts are made by the database; the same number of queries for one person as for a thousand.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from lms.attendance.curve import Picture, moments, people_at, picture, steps_of
from lms.attendance.lesson_time import window_of
from lms.attendance.models import AttendanceRecord, AttendanceRegister, Evidence, Mark
from lms.attendance.queries import Head
from lms.attendance.queries_evidence import proofs
from lms.attendance.rules import stays_of
from lms.catalogue.models import Lesson, LessonStatus, Module
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db
from lms.organisations.models import Organisation, OrganisationKind


@dataclass(frozen=True, slots=True)
class Tally:
    """Marks of a group; `due` is how many marks there would be if everybody had one."""

    label: str
    due: int
    present: int
    absent: int
    excused: int
    minutes: int = 0

    @property
    def unmarked(self) -> int:
        """Marks still missing, which are no absences."""
        return max(0, self.due - self.present - self.absent - self.excused)

    @property
    def percent(self) -> int:
        """Present of due, rounded down."""
        return self.present * 100 // self.due if self.due else 0


def _having(mark: Mark) -> Any:
    return func.coalesce(func.sum(case((AttendanceRecord.mark == mark, 1), else_=0)), 0)


_MARKS = (_having(Mark.PRESENT), _having(Mark.ABSENT), _having(Mark.EXCUSED))
_MINUTES = func.coalesce(func.sum(AttendanceRecord.minutes), 0)


def revision(head: Head, lesson: Lesson) -> str:
    """A short name for what a page of `head` shows: while it stays, nothing has moved.

    Evidence is only ever added, so its number and its last row tell of every change (one query).
    """
    register_id = head.register.id if head.register else None
    told = select(func.count(Evidence.id), func.max(Evidence.id)).where(
        Evidence.register_id == register_id
    )
    count, last = db.session.execute(told).one()
    figures = (head.people, head.present, head.absent, head.excused, head.waiting, head.closed)
    facts = (register_id, count, last, *figures, lesson.version, lesson.module.cycle.version)
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:20]


def by_kind_of_lesson(lesson: Lesson, head: Head) -> list[Tally]:
    """A lesson's marks by the kind of the people's organisation, the largest group first."""
    register_id = head.register.id if head.register else None
    record = and_(
        AttendanceRecord.enrolment_id == Enrolment.id, AttendanceRecord.register_id == register_id
    )
    query = (
        select(Organisation.kind, func.count(Enrolment.id), *_MARKS, _MINUTES)
        .select_from(Enrolment)
        .outerjoin(AttendanceRecord, record)
        .outerjoin(Organisation, Organisation.id == Enrolment.organisation_id)
        .where(
            Enrolment.cycle_id == lesson.module.cycle_id,
            or_(Enrolment.status == EnrolmentStatus.CONFIRMED, AttendanceRecord.id.is_not(None)),
        )
        .group_by(Organisation.kind)
    )
    return _tallies(query)


def _tallies(query: Any) -> list[Tally]:
    found = [Tally(_kind(row[0]), *row[1:]) for row in db.session.execute(query)]
    return sorted(found, key=lambda tally: (-tally.due, tally.label))


def _kind(kind: OrganisationKind | None) -> str:
    return kind.value if kind else ""


def by_module(cycle_id: int, instant: datetime) -> list[Tally]:
    """A cycle's marks by module, of the lessons that have begun (one query)."""
    people = (
        select(func.count(Enrolment.id))
        .where(Enrolment.cycle_id == cycle_id, Enrolment.status == EnrolmentStatus.CONFIRMED)
        .scalar_subquery()
    )
    lessons = func.count(func.distinct(Lesson.id))
    query = (
        select(Module.title, lessons * people, *_MARKS, _MINUTES)
        .join(Lesson, Lesson.module_id == Module.id)
        .outerjoin(AttendanceRegister, AttendanceRegister.lesson_id == Lesson.id)
        .outerjoin(AttendanceRecord, AttendanceRecord.register_id == AttendanceRegister.id)
        .where(Module.cycle_id == cycle_id, *_begun(instant))
        .group_by(Module.id, Module.title, Module.position)
        .order_by(Module.position, Module.id)
    )
    return [Tally(*row) for row in db.session.execute(query)]


def _begun(instant: datetime) -> tuple[Any, ...]:
    return Lesson.status == LessonStatus.SCHEDULED, Lesson.starts_at <= instant


def by_kind_of_cycle(cycle_id: int, instant: datetime) -> list[Tally]:
    """A cycle's marks by the kind of the people's organisation, of the lessons that have begun."""
    begun = (
        select(func.count(Lesson.id))
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.cycle_id == cycle_id, *_begun(instant))
        .scalar_subquery()
    )
    registers = (
        select(AttendanceRegister.id)
        .join(Lesson, Lesson.id == AttendanceRegister.lesson_id)
        .where(*_begun(instant))
    )
    record = and_(
        AttendanceRecord.enrolment_id == Enrolment.id,
        AttendanceRecord.register_id.in_(registers),
    )
    people = func.count(func.distinct(Enrolment.id))
    query = (
        select(Organisation.kind, people * begun, *_MARKS, _MINUTES)
        .select_from(Enrolment)
        .outerjoin(AttendanceRecord, record)
        .outerjoin(Organisation, Organisation.id == Enrolment.organisation_id)
        .where(Enrolment.cycle_id == cycle_id, Enrolment.status == EnrolmentStatus.CONFIRMED)
        .group_by(Organisation.kind)
    )
    return _tallies(query)


@dataclass(frozen=True, slots=True)
class Presence:
    """A lesson's presence over time: the picture, its table, and whose time is not known."""

    picture: Picture
    rows: list[tuple[datetime, int]]
    known: int
    by_hand: int


def presence(lesson: Lesson, head: Head, instant: datetime) -> Presence:
    """How many people were there when, from the stays that evidence tells (one query)."""
    window = window_of(lesson)
    everybody = []
    for evidence in proofs(head.register.id).values() if head.register else ():
        stays = stays_of(evidence, lesson.ends_at)
        if stays:
            everybody.append(window.credited(stays))
    steps = steps_of(everybody, window)
    rows = [(at, people_at(steps, at)) for at in moments(window) if at <= instant]
    known = sum(1 for stays in everybody if stays)
    shown = picture(steps, window, head.people, instant)
    return Presence(shown, rows, known, max(0, head.present - known))
