"""What self check-in asks of the tables: few columns, one query each, made once.

At the start of a lesson thousands ask at the same minute, so nothing here loads whole objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)

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


# Of tables, not of mapped classes: SQLAlchemy finds such a statement again in half the time.
_LESSON: Any = Lesson.__table__.c
_CYCLE: Any = Cycle.__table__.c
_MODULE: Any = Module.__table__.c
_OPENED: Any = SelfCheckIn.__table__.c
_REGISTER: Any = AttendanceRegister.__table__.c
_RECORD: Any = AttendanceRecord.__table__.c
_EVIDENCE: Any = Evidence.__table__.c
_ENROLMENT: Any = Enrolment.__table__.c

_DESK_COLUMNS = (
    _LESSON.id,
    _LESSON.title,
    _LESSON.starts_at,
    _LESSON.ends_at,
    _LESSON.zone,
    _LESSON.status,
    _CYCLE.id,
    _CYCLE.slug,
    _CYCLE.title,
    _CYCLE.status,
    _CYCLE.track_id,
    _OPENED.asks_check_out,
    _OPENED.closed_at,
    _REGISTER.status,
    _LESSON.breaks,
    _CYCLE.grace_minutes,
)


def desks(*, with_register: bool) -> Select[Any]:
    """Every lesson's desk; those without a register, too, unless it must be there."""
    return select(*_DESK_COLUMNS).select_from(
        Lesson.__table__.join(Module.__table__, _MODULE.id == _LESSON.module_id)
        .join(Cycle.__table__, _CYCLE.id == _MODULE.cycle_id)
        .outerjoin(SelfCheckIn.__table__, _OPENED.lesson_id == _LESSON.id)
        .join(
            AttendanceRegister.__table__,
            _REGISTER.lesson_id == _LESSON.id,
            isouter=not with_register,
        )
    )


OF_LESSON = _LESSON.id == bindparam("lesson_id", type_=Integer)
_DESK = desks(with_register=False)
_ONE_DESK = _DESK.where(OF_LESSON)


def desk(lesson_id: int) -> Desk | None:
    """The check-in of a lesson; None where there is no such lesson."""
    row = db.session.connection().execute(_ONE_DESK, {"lesson_id": lesson_id}).one_or_none()
    return Desk(*row) if row else None


def open_desks_of(person_id: int, since: datetime, until: datetime) -> list[Desk]:
    """The check-ins open to somebody for lessons that end after `since` and begin before `until`.

    They are in order of time; who has two lessons at once types the code of one of them.
    """
    query = (
        _DESK.join(Enrolment.__table__, _ENROLMENT.cycle_id == _CYCLE.id)
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


_OTHER: Any = Enrolment.__table__.alias()
_UNITED = _OTHER.c.united_into_id == _ENROLMENT.id
# Whether other enrolments are united into one's own. Few are: their evidence is asked for apart,
# because PostgreSQL would go through a whole register for it until it has counted the tables.
HAS_UNITED = exists().where(_UNITED).correlate(Enrolment.__table__)


def own_evidence(*, united: bool) -> ColumnElement[bool]:
    """Evidence of the outer query's register and enrolment, and of those united into it."""
    mine: ColumnElement[bool] = _EVIDENCE.enrolment_id == _ENROLMENT.id
    if united:
        others = select(_OTHER.c.id).where(_UNITED).correlate(Enrolment.__table__)
        mine = or_(mine, _EVIDENCE.enrolment_id.in_(others))
    return and_(_EVIDENCE.register_id == _REGISTER.id, mine)


def last_check(column: Any, *, united: bool) -> ScalarSelect[Any]:
    """This column of the outer query's last check-in or check-out."""
    checks = or_(_EVIDENCE.kind == EvidenceKind.CHECKIN, _EVIDENCE.kind == EvidenceKind.CHECKOUT)
    found = select(column).where(own_evidence(united=united), checks)
    return told_of_them(found.order_by(_EVIDENCE.id.desc()).limit(1))


def told_of_them(query: Select[Any]) -> ScalarSelect[Any]:
    """This query about the outer query's register and enrolment, as one of its columns."""
    return query.correlate(AttendanceRegister.__table__, Enrolment.__table__).scalar_subquery()


def _visit_statement(*, united: bool) -> Select[Any]:
    """The columns of a desk, then those of one person's own, which are NULL for a stranger's."""
    all_records = (
        select(func.coalesce(func.sum(_RECORD.minutes), 0))
        .where(_RECORD.enrolment_id == _ENROLMENT.id)
        .correlate(Enrolment.__table__)
        .scalar_subquery()
    )
    person = _ENROLMENT.person_id == bindparam("person_id", type_=Integer)
    record = and_(_RECORD.register_id == _REGISTER.id, _RECORD.enrolment_id == _ENROLMENT.id)
    return (
        _ONE_DESK.add_columns(
            _ENROLMENT.id,
            _ENROLMENT.status,
            last_check(_EVIDENCE.kind, united=united),
            last_check(_EVIDENCE.at, united=united),
            _RECORD.mark,
            _RECORD.minutes,
            all_records,
            HAS_UNITED,
        )
        .outerjoin(Enrolment.__table__, and_(_ENROLMENT.cycle_id == _CYCLE.id, person))
        .outerjoin(AttendanceRecord.__table__, record)
    )


_VISIT, _VISIT_UNITED = (_visit_statement(united=united) for united in (False, True))


class Visit(NamedTuple):
    """A lesson's check-in and how somebody stands towards it (None: never enrolled)."""

    desk: Desk
    own: OwnCheck | None


def visit(lesson_id: int, person_id: int) -> Visit | None:
    """Somebody's visit to a lesson's check-in, in one query; None where there is no such lesson."""
    row = asked(db.session.connection(), (_VISIT, _VISIT_UNITED), lesson_id, person_id)
    if row is None:
        return None
    number, status, kind, at, mark, minutes, hours, _united = row[-8:]
    enrolled = status is EnrolmentStatus.CONFIRMED
    own = OwnCheck(number, enrolled, kind, at, mark, minutes or 0, hours) if number else None
    return Visit(Desk(*row[:-8]), own)


def asked(
    connection: Connection, statements: tuple[Select[Any], Select[Any]], lesson: int, person: int
) -> Row[Any] | None:
    """The one row of the first statement; of the second where its last column says so."""
    about = {"lesson_id": lesson, "person_id": person}
    row = connection.execute(statements[0], about).one_or_none()
    return row if row is None or not row[-1] else connection.execute(statements[1], about).one()


def ready() -> None:
    """Let the statements be made before anybody asks; there is no lesson 0."""
    desk(0)
    visit(0, 0)
