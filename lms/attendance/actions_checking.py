"""Checking in and out, by the person; opening and closing that, by who teaches.

A check writes when it changes something, once: whoever sends it again finds it done. It locks the
register against being closed, but not against other check-ins, and the enrolment against itself.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import exists, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import lazyload

from lms import audit
from lms.attendance import queries_checking
from lms.attendance.codes import Direction, Moment
from lms.attendance.intervals import clip, interval, minutes
from lms.attendance.models import (
    AttendanceRegister,
    Evidence,
    EvidenceKind,
    Mark,
    RegisterStatus,
)
from lms.attendance.models_checking import CheckInTrace, SelfCheckIn
from lms.attendance.queries_checking import Desk
from lms.attendance.queries_evidence import proofs
from lms.attendance.records import lock_open_register, write_outcomes
from lms.attendance.rules import Proof, derive
from lms.catalogue.models import Lesson
from lms.clock import now
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.errors import UserError
from lms.extensions import db


def check(lesson_id: int, person_id: int, direction: Direction, device: str) -> bool:
    """Check somebody in or out now; whether that changed anything.

    UserError (409) where there is nothing to check in to.
    """
    instant = now()
    register = shared_register(lesson_id)
    desk = queries_checking.desk(lesson_id)
    if desk is None or not desk.is_open or desk.window(direction).at(instant) is not Moment.OPEN:
        raise UserError(_("Check-in is not open at this moment."), 409)
    enrolment_id = _own_enrolment(desk.cycle_id, person_id)
    known = proofs(register.id, {enrolment_id}).get(enrolment_id, [])
    kind = EvidenceKind.CHECKIN if direction is Direction.IN else EvidenceKind.CHECKOUT
    last = next((each.kind for each in reversed(known) if each.kind in _CHECKS), None)
    if last is kind:
        return False
    if last is None and direction is Direction.OUT:
        raise UserError(_("You have not checked in to this lesson: tell the trainer."), 409)
    credited = None
    if direction is Direction.IN and not desk.asks_check_out:
        credited = minutes(clip([interval(instant, max(instant, desk.ends_at))], *_span(desk)))
    proof = Proof(kind, minutes=credited, at=instant)
    _append(register, enrolment_id, proof, person_id, device)
    outcome = derive([*known, proof], desk.starts_at, desk.ends_at)
    counts = {enrolment_id: len(known) + 1}
    write_outcomes(register, {enrolment_id: outcome}, by=person_id, counts=counts)
    return True


_CHECKS = frozenset({EvidenceKind.CHECKIN, EvidenceKind.CHECKOUT})


def _span(desk: Desk) -> tuple[datetime, datetime]:
    return desk.starts_at, desk.ends_at


def shared_register(lesson_id: int) -> AttendanceRegister:
    """The lesson's register, held so that nobody closes it; others may check in meanwhile."""
    query = (
        select(AttendanceRegister)
        .where(AttendanceRegister.lesson_id == lesson_id)
        .options(lazyload(AttendanceRegister.lesson))
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    register = db.session.scalar(query)
    if register is None:
        kind = postgresql if db.engine.dialect.name == "postgresql" else sqlite
        values = {"lesson_id": lesson_id, "status": RegisterStatus.OPEN}
        db.session.execute(
            kind.insert(AttendanceRegister).values(**values).on_conflict_do_nothing()
        )
        register = db.session.execute(query).scalar_one()
    if register.status is RegisterStatus.CLOSED:
        raise UserError(_("The register of this lesson is closed."), 409)
    return register


def _own_enrolment(cycle_id: int, person_id: int) -> int:
    """The person's enrolment, held: two checks of one person come one after the other."""
    enrolment_id = db.session.scalar(
        select(Enrolment.id)
        .where(
            Enrolment.cycle_id == cycle_id,
            Enrolment.person_id == person_id,
            Enrolment.status == EnrolmentStatus.CONFIRMED,
        )
        .with_for_update(key_share=True)
    )
    if enrolment_id is None:
        raise UserError(_("You are not enrolled in this cycle."), 409)
    return enrolment_id


def _append(
    register: AttendanceRegister, enrolment_id: int, proof: Proof, person_id: int, device: str
) -> None:
    evidence_id = db.session.scalars(
        insert(Evidence).returning(Evidence.id),
        [
            {
                "register_id": register.id,
                "enrolment_id": enrolment_id,
                "kind": proof.kind,
                "mark": Mark.PRESENT if proof.kind is EvidenceKind.CHECKIN else None,
                "minutes": proof.minutes,
                "author_id": person_id,
                "at": proof.at,
            }
        ],
    ).one()
    trace = {"evidence_id": evidence_id, "register_id": register.id, "device": device}
    db.session.execute(insert(CheckInTrace), [{**trace, "at": proof.at}])


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
