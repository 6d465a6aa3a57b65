"""Closing a register, which seals it, and the rectifications that may follow."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from lms import audit
from lms.attendance import queries, queries_sealing, queries_seals, sealing
from lms.attendance.models import AttendanceRegister, RegisterStatus, SealChain
from lms.attendance.queries import Head, RegisterRow
from lms.attendance.records import (
    add_evidence,
    lock_open_register,
    lock_register,
    write_outcomes,
)
from lms.attendance.rules import Cell, EvidenceKind, Mark, Outcome, RecordSource
from lms.catalogue.models import Lesson, LessonStatus
from lms.clock import now
from lms.enrolment.models import Enrolment
from lms.errors import UserError
from lms.extensions import db


def may_close(lesson: Lesson) -> str | None:
    """Why the register of `lesson` cannot be closed yet, in words; None when it can."""
    if lesson.status is LessonStatus.CANCELLED:
        return str(_("A cancelled lesson has no register to close."))
    if now() < lesson.ends_at:
        return str(_("The register can be closed once the lesson has ended."))
    return None


def expectation(head: Head) -> str:
    """What a page of confirmation was made on: who was marked how, and what waits in the queue."""
    return f"{head.people}-{head.present}-{head.absent}-{head.excused}-{head.waiting}"


def close_register(
    lesson: Lesson,
    *,
    absent: bool,
    leave_queue: bool,
    by: int | None,
    expected: str | None = None,
) -> AttendanceRegister:
    """Seal the register. `absent`: the unmarked become absent, else they stay as they are.

    `expected` (`expectation`) is what somebody agreed to. UserError when the lesson has not ended,
    was cancelled, the register is closed, numbers moved (409), or entries wait in the queue and
    `leave_queue` is false.
    """
    refusal = may_close(lesson)
    if refusal:
        raise UserError(refusal, 409)
    register = lock_open_register(lesson)
    head = queries.head(lesson)
    _check_ready(lesson, head, expected, leave_queue=leave_queue)
    if absent:
        _mark_absent(lesson, register, by)
    _seal(lesson, register, by)
    told = {"unmarked_made_absent": head.unmarked if absent else 0, "queue_left": head.waiting}
    seal = {"number": register.seal_number, "seal": register.seal}
    audit.record("register.closed", register, actor_id=by, detail={**seal, **told})
    return register


def _check_ready(lesson: Lesson, head: Head, expected: str | None, *, leave_queue: bool) -> None:
    """Raise UserError for what stands in the way of sealing."""
    if expected is not None and expected != expectation(head):
        raise UserError(
            _("Meanwhile somebody else wrote in the register: look at the numbers again."), 409
        )
    if head.longest > lesson.minutes:
        raise UserError(
            _("Somebody has more minutes than the lesson lasts now: count again, or correct them.")
        )
    if head.waiting and not leave_queue:
        raise UserError(_("Some rows of the reports are still to be matched with a person."))


def _mark_absent(lesson: Lesson, register: AttendanceRegister, by: int | None) -> None:
    rest = [row.enrolment_id for row in queries.rows(lesson, register.id) if row.cell.mark is None]
    add_evidence(
        [
            {
                "register_id": register.id,
                "enrolment_id": enrolment_id,
                "kind": EvidenceKind.CLOSING,
                "mark": Mark.ABSENT,
                "minutes": 0,
                "author_id": by,
                "at": now(),
            }
            for enrolment_id in rest
        ]
    )
    absence = Outcome(Mark.ABSENT, 0, RecordSource.TRAINER)
    write_outcomes(register, dict.fromkeys(rest, absence), by=by)


def _seal(lesson: Lesson, register: AttendanceRegister, by: int | None) -> None:
    chain = db.session.execute(
        select(SealChain).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()
    instant = now()
    heading = sealing.Heading(
        number=chain.number + 1,
        cycle=lesson.module.cycle.code,
        lesson={
            "uid": lesson.uid,
            "title": lesson.title,
            "starts_at": sealing.instant(lesson.starts_at),
            "ends_at": sealing.instant(lesson.ends_at),
            "zone": lesson.zone,
            **sealing.counting(lesson.breaks, lesson.module.cycle.grace_minutes),
        },
        closed_at=instant,
        closed_by=by,
        about=queries_sealing.about(lesson, register.id, by),
    )
    text = sealing.rows_text(heading, queries_seals.rows_to_seal(register, lesson.module.cycle_id))
    register.status = RegisterStatus.CLOSED
    register.closed_at, register.closed_by_id = instant, by
    register.seal_number, register.previous_seal = heading.number, chain.seal
    register.sealed_rows, register.seal = text, sealing.seal_of(chain.seal, text)
    chain.number, chain.seal = heading.number, register.seal
    db.session.flush()


def rectify(
    lesson: Lesson,
    enrolment: Enrolment,
    cell: Cell,
    reason: str,
    *,
    version: int,
    by: int,
) -> None:
    """Correct one person's mark in a closed register, visibly: who, when, why, from what to what.

    `version` is the record's version the correction was made on (0: no mark). UserError (409) when
    it moved, or the register is open; UserError when nothing would change.
    """
    register = lock_register(lesson)
    if register.status is not RegisterStatus.CLOSED or cell.mark is None:
        raise UserError(_("This register is still open: its marks can simply be changed."), 409)
    row = _as_seen(lesson, register, enrolment, version)
    if row.cell == cell:
        raise UserError(_("The register already says so: there is nothing to rectify."))
    add_evidence(
        [
            {
                "register_id": register.id,
                "enrolment_id": enrolment.id,
                "kind": EvidenceKind.RECTIFICATION,
                "mark": cell.mark,
                "minutes": cell.minutes,
                "reason": reason,
                "author_id": by,
                "at": now(),
            }
        ]
    )
    outcome = Outcome(cell.mark, cell.minutes, RecordSource.RECTIFICATION)
    write_outcomes(register, {enrolment.id: outcome}, by=by)
    change = {"from": [row.cell.mark, row.cell.minutes], "to": [cell.mark, cell.minutes]}
    detail = {"enrolment": enrolment.id, **change}
    audit.record("register.rectified", register, actor_id=by, detail=detail)


def _as_seen(
    lesson: Lesson, register: AttendanceRegister, enrolment: Enrolment, version: int
) -> RegisterRow:
    """The row of this person, if it still is the version somebody looked at."""
    (row,) = queries.rows_of(lesson, register.id, [enrolment.id])
    if row.version != version:
        raise UserError(
            _("Somebody else has rectified this mark in the meantime: look at it again."), 409
        )
    return row
