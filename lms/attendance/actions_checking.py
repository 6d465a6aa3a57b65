"""Checking in and out, by the person; opening and closing that, by who teaches.

A check writes when it changes something, once: whoever sends it again finds it done. It locks the
register against being closed, but not against other check-ins. A person's first piece of evidence
is written only if it still is the first; before any other the enrolment is locked, too.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Connection, Integer, bindparam, exists, select

from lms import audit
from lms.attendance import queries_place
from lms.attendance.codes import Direction, Moment
from lms.attendance.intervals import interval
from lms.attendance.models import AttendanceRegister, Evidence, EvidenceKind, RegisterStatus
from lms.attendance.models_checking import SelfCheckIn
from lms.attendance.queries_place import Place
from lms.attendance.records import lock_open_register
from lms.attendance.rules import Proof
from lms.attendance.writing_checks import write_another, written_first
from lms.catalogue.models import Lesson
from lms.clock import now
from lms.database import insert_new
from lms.enrolment.models import Enrolment
from lms.errors import UserError
from lms.extensions import db


def check(lesson_id: int, person_id: int, direction: Direction, device: str) -> bool:
    """Check somebody in or out now; whether that changed anything.

    UserError (409) where there is nothing to check in to.
    """
    connection = db.session.connection()
    place = _placed(connection, lesson_id, person_id)
    if not place.pieces:
        asked = _asked(place, direction)
        if asked is None or written_first(connection, place, asked, person_id, device):
            return asked is not None
    if hold_enrolment(connection, place.enrolment_id):
        place = _placed(connection, lesson_id, person_id)
    asked = _asked(place, direction)
    if asked is not None:
        write_another(connection, place, asked, person_id, device)
    return asked is not None


def _placed(connection: Connection, lesson_id: int, person_id: int) -> Place:
    """Somebody's place, held open; the register is made where nobody has written in it yet."""
    place = queries_place.place(connection, lesson_id, person_id)
    if place is None:
        shared_register(connection, lesson_id)
        place = queries_place.place(connection, lesson_id, person_id)
    if place is None:
        raise UserError(_("You are not enrolled in this cycle."), 409)
    if place.desk.register_status is RegisterStatus.CLOSED:
        raise UserError(_("The register of this lesson is closed."), 409)
    return place


def _asked(place: Place, direction: Direction) -> Proof | None:
    """What a check now would be written as; None where it is written already."""
    desk, instant = place.desk, now()
    if not desk.is_open or desk.window(direction).at(instant) is not Moment.OPEN:
        raise UserError(_("Check-in is not open at this moment."), 409)
    kind = EvidenceKind.CHECKIN if direction is Direction.IN else EvidenceKind.CHECKOUT
    if place.last is kind:
        return None
    if place.last is None and direction is Direction.OUT:
        raise UserError(_("You have not checked in to this lesson: tell the trainer."), 409)
    credited = None
    if direction is Direction.IN and not desk.asks_check_out:
        stay = interval(instant, max(instant, desk.ends_at))
        credited = desk.time.credit([stay])
    return Proof(kind, minutes=credited, at=instant)


_CHECKS = frozenset({EvidenceKind.CHECKIN, EvidenceKind.CHECKOUT})
_REGISTERS: Any = AttendanceRegister.__table__
_ENROLMENTS: Any = Enrolment.__table__
# Made once, and of tables: what a burst repeats.
_REGISTER = (
    select(_REGISTERS.c.id, _REGISTERS.c.status)
    .where(_REGISTERS.c.lesson_id == bindparam("lesson_id", type_=Integer))
    .with_for_update(read=True)
)
_HOLD = (
    select(_ENROLMENTS.c.id)
    .where(_ENROLMENTS.c.id == bindparam("enrolment_id", type_=Integer))
    .with_for_update(key_share=True)
)


def shared_register(connection: Connection, lesson_id: int) -> int:
    """The lesson's register, held so that nobody closes it; others may check in meanwhile.

    UserError (409) where it is closed.
    """
    row = connection.execute(_REGISTER, {"lesson_id": lesson_id}).one_or_none()
    if row is None:
        new = insert_new(_REGISTERS, connection)
        connection.execute(new.values(lesson_id=lesson_id, status=RegisterStatus.OPEN))
        row = connection.execute(_REGISTER, {"lesson_id": lesson_id}).one()
    if row.status is RegisterStatus.CLOSED:
        raise UserError(_("The register of this lesson is closed."), 409)
    return int(row.id)


def hold_enrolment(connection: Connection, enrolment_id: int) -> bool:
    """Let what one person does come one after the other; whether what was read is to be read again.

    It is not on SQLite, which has one writer anyway.
    """
    if connection.dialect.name == "sqlite":
        return False
    connection.execute(_HOLD, {"enrolment_id": enrolment_id})
    return True


def open_check_in(lesson: Lesson, *, asks_check_out: bool, by: int) -> None:
    """Let people check in to a lesson by themselves, or again after it was closed.

    Whether a check-out is asked cannot change any more once somebody has checked in.
    """
    register = lock_open_register(lesson)
    known = db.session.scalar(select(SelfCheckIn).where(SelfCheckIn.lesson_id == lesson.id))
    if known is None:
        known = SelfCheckIn(lesson_id=lesson.id, asks_check_out=asks_check_out)
        db.session.add(known)
    elif known.asks_check_out != asks_check_out:
        used = exists().where(Evidence.register_id == register.id, Evidence.kind.in_(_CHECKS))
        if db.session.scalar(select(used)):
            raise UserError(
                _("People have checked in already: whether they check out cannot change now."), 409
            )
        known.asks_check_out = asks_check_out
    known.opened_at, known.opened_by_id, known.closed_at = now(), by, None
    detail = {"lesson": lesson.id, "asks_check_out": asks_check_out}
    audit.record("check_in.opened", register, actor_id=by, detail=detail)


def close_check_in(lesson: Lesson, *, by: int) -> None:
    """Take no more check-ins for a lesson; harmless when it takes none."""
    known = db.session.scalar(select(SelfCheckIn).where(SelfCheckIn.lesson_id == lesson.id))
    if known is not None and known.closed_at is None:
        known.closed_at = now()
        audit.record("check_in.closed", known, actor_id=by, detail={"lesson": lesson.id})
