"""What self check-in asks of the tables: few columns, one query each, made once.

At the start of a lesson thousands ask at the same minute, so nothing here loads whole objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from lms.attendance import window as counting
from lms.attendance.codes import Direction, Window, window
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    Evidence,
    EvidenceKind,
    RegisterStatus,
)
from lms.attendance.models_checking import SelfCheckIn
from lms.attendance.rules import Mark
from lms.catalogue.models import Cycle, CycleStatus, Lesson, LessonStatus, Module
from lms.database import TimeSpans
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db


class Desk(NamedTuple):
    """A lesson as its check-in sees it. `asks_check_out` None: nobody has opened it yet."""

    lesson_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    status: LessonStatus
    cycle_id: int
    cycle_slug: str
    cycle_title: str
    cycle_status: CycleStatus
    track_id: int
    asks_check_out: bool | None
    closed_at: datetime | None
    register_status: RegisterStatus | None
    breaks: TimeSpans
    grace: int

    @property
    def time(self) -> counting.Window:
        """The time of the lesson that counts."""
        return counting.Window(self.starts_at, self.ends_at, self.breaks, self.grace)

    @property
    def is_open(self) -> bool:
        """Whether it takes anybody at all: opened, not closed again, register not sealed."""
        return (
            self.asks_check_out is not None
            and self.closed_at is None
            and self.status is LessonStatus.SCHEDULED
            and self.register_status is not RegisterStatus.CLOSED
        )

    def window(self, direction: Direction) -> Window:
        """When one may check in, or out."""
        return window(direction, self.starts_at, self.ends_at)


_DESK = (
    select(
        Lesson.id,
        Lesson.title,
        Lesson.starts_at,
        Lesson.ends_at,
        Lesson.zone,
        Lesson.status,
        Cycle.id,
        Cycle.slug,
        Cycle.title,
        Cycle.status,
        Cycle.track_id,
        SelfCheckIn.asks_check_out,
        SelfCheckIn.closed_at,
        AttendanceRegister.status,
        Lesson.breaks,
        Cycle.grace_minutes,
    )
    .join(Module, Module.id == Lesson.module_id)
    .join(Cycle, Cycle.id == Module.cycle_id)
    .outerjoin(SelfCheckIn, SelfCheckIn.lesson_id == Lesson.id)
    .outerjoin(AttendanceRegister, AttendanceRegister.lesson_id == Lesson.id)
)
_ONE_DESK = _DESK.where(Lesson.id == bindparam("lesson_id", type_=Integer))


def desk(lesson_id: int) -> Desk | None:
    """The check-in of a lesson; None where there is no such lesson."""
    row = db.session.connection().execute(_ONE_DESK, {"lesson_id": lesson_id}).one_or_none()
    return Desk(*row) if row else None


def open_desks_of(person_id: int, since: datetime, until: datetime) -> list[Desk]:
    """The check-ins open to somebody for lessons that end after `since` and begin before `until`.

    They are in order of time; who has two lessons at once types the code of one of them.
    """
    query = (
        _DESK.join(Enrolment, Enrolment.cycle_id == Cycle.id)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.status == EnrolmentStatus.CONFIRMED,
            Cycle.status != CycleStatus.DRAFT,
            SelfCheckIn.closed_at.is_(None),
            SelfCheckIn.id.is_not(None),
            Lesson.ends_at > since,
            Lesson.starts_at < until,
        )
        .order_by(Lesson.starts_at, Lesson.id)
    )
    return [found for row in db.session.execute(query) if (found := Desk(*row)).is_open]


@dataclass(frozen=True, slots=True)
class OwnCheck:
    """How somebody stands towards a lesson's check-in. `last` None: never checked in.

    `hours` are the minutes credited in the whole cycle so far.
    """

    enrolment_id: int
    enrolled: bool
    last: EvidenceKind | None
    at: datetime | None
    mark: Mark | None
    minutes: int
    hours: int

    @property
    def inside(self) -> bool:
        """Whether they have come and not gone."""
        return self.last is EvidenceKind.CHECKIN


def _own_enrolments() -> Select[tuple[int]]:
    """The enrolment of the outer query, and those united into it: their evidence is its own."""
    united = aliased(Enrolment)
    mine = or_(united.id == Enrolment.id, united.united_into_id == Enrolment.id)
    return select(united.id).where(mine).correlate(Enrolment)


def _own_statement() -> Select[Any]:
    checks = (EvidenceKind.CHECKIN, EvidenceKind.CHECKOUT)
    last = (
        select(func.max(Evidence.id))
        .where(
            Evidence.register_id == AttendanceRegister.id,
            Evidence.enrolment_id.in_(_own_enrolments()),
            Evidence.kind.in_(checks),
        )
        .correlate(AttendanceRegister, Enrolment)
        .scalar_subquery()
    )
    all_records = (
        select(func.coalesce(func.sum(AttendanceRecord.minutes), 0))
        .where(AttendanceRecord.enrolment_id == Enrolment.id)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    record = and_(
        AttendanceRecord.register_id == AttendanceRegister.id,
        AttendanceRecord.enrolment_id == Enrolment.id,
    )
    lesson_id = bindparam("lesson_id", type_=Integer)
    return (
        select(
            Enrolment.id,
            Enrolment.status,
            Evidence.kind,
            Evidence.at,
            AttendanceRecord.mark,
            AttendanceRecord.minutes,
            all_records.label("hours"),
        )
        .select_from(Enrolment)
        .outerjoin(AttendanceRegister, AttendanceRegister.lesson_id == lesson_id)
        .outerjoin(Evidence, Evidence.id == last)
        .outerjoin(AttendanceRecord, record)
        .where(
            Enrolment.cycle_id == bindparam("cycle_id", type_=Integer),
            Enrolment.person_id == bindparam("person_id", type_=Integer),
        )
    )


_OWN = _own_statement()


def own_check(desk: Desk, person_id: int) -> OwnCheck | None:
    """How a person stands towards a check-in; None for who was never enrolled in its cycle."""
    row = (
        db.session.connection()
        .execute(
            _OWN, {"lesson_id": desk.lesson_id, "cycle_id": desk.cycle_id, "person_id": person_id}
        )
        .one_or_none()
    )
    if row is None:
        return None
    number, status, kind, at, mark, minutes, hours = row
    return OwnCheck(
        number, status is EnrolmentStatus.CONFIRMED, kind, at, mark, minutes or 0, hours
    )


class Place(NamedTuple):
    """One person's place in a lesson's check-in, as it is written from.

    `pieces`: how much evidence the register has of them already, of whatever kind.
    """

    desk: Desk
    enrolment_id: int
    last: EvidenceKind | None
    pieces: int


def _place_statement() -> Select[Any]:
    evidence: Any = Evidence.__table__
    theirs = and_(
        evidence.c.register_id == AttendanceRegister.id,
        evidence.c.enrolment_id.in_(_own_enrolments()),
    )
    checks = evidence.c.kind.in_((EvidenceKind.CHECKIN, EvidenceKind.CHECKOUT))
    last = (
        select(evidence.c.kind)
        .where(theirs, checks)
        .order_by(evidence.c.id.desc())
        .limit(1)
        .correlate(AttendanceRegister, Enrolment)
        .scalar_subquery()
    )
    pieces = (
        select(func.count(evidence.c.id))
        .where(theirs)
        .correlate(AttendanceRegister, Enrolment)
        .scalar_subquery()
    )
    return (
        _ONE_DESK.add_columns(Enrolment.id, last, pieces)
        .join(Enrolment, Enrolment.cycle_id == Cycle.id)
        .where(
            Enrolment.person_id == bindparam("person_id", type_=Integer),
            Enrolment.status == EnrolmentStatus.CONFIRMED,
        )
    )


_PLACE = _place_statement()


def place(lesson_id: int, person_id: int) -> Place | None:
    """Somebody's place in a lesson's check-in; None for who is not enrolled."""
    found = db.session.connection().execute(
        _PLACE, {"lesson_id": lesson_id, "person_id": person_id}
    )
    row = found.one_or_none()
    return Place(Desk(*row[:-3]), *row[-3:]) if row else None
