"""Checking in and out, by the person; opening and closing that, by who teaches.

A check writes when it changes something, once: whoever sends it again finds it done. It locks the
register against being closed, but not against other check-ins, and the enrolment against itself.
"""

from __future__ import annotations

from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import Connection, Integer, Table, bindparam, exists, insert, select

from lms import audit
from lms.attendance import queries_checking
from lms.attendance.codes import Direction, Moment
from lms.attendance.intervals import interval
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    Evidence,
    EvidenceKind,
    Mark,
    RegisterStatus,
)
from lms.attendance.models_checking import CheckInTrace, SelfCheckIn
from lms.attendance.queries_checking import Place
from lms.attendance.queries_evidence import proofs
from lms.attendance.records import lock_open_register, write_outcomes
from lms.attendance.rules import Outcome, Proof, derive
from lms.catalogue.models import Lesson, Module
from lms.clock import now
from lms.database import insert_new
from lms.enrolment.models import Enrolment
from lms.errors import UserError
from lms.extensions import db


def check(lesson_id: int, person_id: int, direction: Direction, device: str) -> bool:
    """Check somebody in or out now; whether that changed anything.

    UserError (409) where there is nothing to check in to.
    """
    instant = now()
    connection = db.session.connection()
    register_id = shared_register(connection, lesson_id)
    hold_enrolment(connection, lesson_id, person_id)
    place = queries_checking.place(connection, lesson_id, person_id)
    if place is None:
        raise UserError(_("You are not enrolled in this cycle."), 409)
    desk = place.desk
    if not desk.is_open or desk.window(direction).at(instant) is not Moment.OPEN:
        raise UserError(_("Check-in is not open at this moment."), 409)
    kind = EvidenceKind.CHECKIN if direction is Direction.IN else EvidenceKind.CHECKOUT
    if place.last is kind:
        return False
    if place.last is None and direction is Direction.OUT:
        raise UserError(_("You have not checked in to this lesson: tell the trainer."), 409)
    credited = None
    if direction is Direction.IN and not desk.asks_check_out:
        stay = interval(instant, max(instant, desk.ends_at))
        credited = desk.time.credit([stay])
    proof = Proof(kind, minutes=credited, at=instant)
    known = proofs(register_id, {place.enrolment_id}) if place.pieces else {}
    _append(connection, register_id, place.enrolment_id, proof, person_id, device)
    outcome = derive([*known.get(place.enrolment_id, ()), proof], desk.time)
    _count(connection, register_id, place, outcome, person_id)
    return True


def _count(
    connection: Connection, register_id: int, place: Place, outcome: Outcome | None, by: int
) -> None:
    """Bring the record to what the evidence amounts to now."""
    if place.pieces or outcome is None:
        outcomes, counts = {place.enrolment_id: outcome}, {place.enrolment_id: place.pieces + 1}
        write_outcomes(register_id, outcomes, by=by, counts=counts)
        return
    row = {
        "register_id": register_id,
        "enrolment_id": place.enrolment_id,
        "mark": outcome.mark,
        "minutes": outcome.minutes,
        "source": outcome.source,
        "updated_at": now(),
        "updated_by_id": by,
        "version": 1,
    }
    connection.execute(_NEW_RECORD, row)


_CHECKS = frozenset({EvidenceKind.CHECKIN, EvidenceKind.CHECKOUT})
_TABLES: Any = (
    AttendanceRegister.__table__, Enrolment.__table__, Module.__table__, Lesson.__table__
)  # fmt: skip
_REGISTERS, _ENROLMENTS, _MODULES, _LESSONS = _TABLES
# Made once, and of tables: what a burst repeats.
_REGISTER = (
    select(_REGISTERS.c.id, _REGISTERS.c.status)
    .where(_REGISTERS.c.lesson_id == bindparam("lesson_id", type_=Integer))
    .with_for_update(read=True)
)
_HOLD = (
    select(_ENROLMENTS.c.id)
    .join(_MODULES, _MODULES.c.cycle_id == _ENROLMENTS.c.cycle_id)
    .join(_LESSONS, _LESSONS.c.module_id == _MODULES.c.id)
    .where(
        _LESSONS.c.id == bindparam("lesson_id", type_=Integer),
        _ENROLMENTS.c.person_id == bindparam("person_id", type_=Integer),
    )
    .with_for_update(key_share=True, of=_ENROLMENTS)
)
_NEW_RECORD = insert(cast("Table", AttendanceRecord.__table__))
_NEW_EVIDENCE = insert(cast("Table", Evidence.__table__)).returning(Evidence.__table__.c.id)
_NEW_TRACE = insert(cast("Table", CheckInTrace.__table__))


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


def hold_enrolment(connection: Connection, lesson_id: int, person_id: int) -> None:
    """Let two checks of one person come one after the other; SQLite has one writer anyway."""
    if connection.dialect.name != "sqlite":
        connection.execute(_HOLD, {"lesson_id": lesson_id, "person_id": person_id})


def _append(
    connection: Connection,
    register_id: int,
    enrolment_id: int,
    proof: Proof,
    person_id: int,
    device: str,
) -> None:
    evidence = {
        "register_id": register_id,
        "enrolment_id": enrolment_id,
        "kind": proof.kind,
        "mark": Mark.PRESENT if proof.kind is EvidenceKind.CHECKIN else None,
        "minutes": proof.minutes,
        "reason": "",
        "author_id": person_id,
        "at": proof.at,
    }
    evidence_id = connection.execute(_NEW_EVIDENCE, evidence).scalar_one()
    trace = {"evidence_id": evidence_id, "register_id": register_id, "device": device}
    connection.execute(_NEW_TRACE, {**trace, "at": proof.at})


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
