"""Marks that waited on a device: taken in order, each once, whatever is sent again.

A device gives every mark an id and the version of the row it was made on. What was answered is kept
under that id, so sending again gives the same answer and writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from lms.attendance import queries
from lms.attendance.actions import write_marks
from lms.attendance.models import AttendanceRegister, RegisterStatus
from lms.attendance.models_paper import DeviceMark
from lms.attendance.queries import RegisterRow
from lms.attendance.records import lock_register
from lms.attendance.rules import UNMARKED, Cell, Typed, Verdict, judge, too_early
from lms.attendance.rules_device import Answered, DeviceOutcome, Refusal, Sent
from lms.catalogue.models import Lesson, LessonStatus
from lms.clock import now
from lms.extensions import db

MOST_AT_ONCE = 200


def take_marks(lesson: Lesson, sent: Sequence[Sent], *, by: int) -> list[Answered]:
    """Take marks in the order they were made; one that cannot be taken holds up no other."""
    register = lock_register(lesson)
    known = _known(sent)
    found = []
    for each in sent:
        earlier = known.get(each.client_id)
        if earlier is None:
            earlier = known[each.client_id] = _take(lesson, register, each, known, by)
        found.append(_answer(each, earlier, register, by))
    return found


def _known(sent: Sequence[Sent]) -> dict[str, DeviceMark]:
    ids = {each.client_id for each in sent} | {each.after for each in sent if each.after}
    rows = db.session.scalars(select(DeviceMark).where(DeviceMark.client_id.in_(ids)))
    return {row.client_id: row for row in rows}


def _answer(sent: Sent, row: DeviceMark, register: AttendanceRegister, by: int) -> Answered:
    outcome, refusal = row.outcome, row.refusal
    if (row.register_id, row.author_id) != (register.id, by):  # somebody else's id
        outcome, refusal = DeviceOutcome.REFUSED, Refusal.NOT_YOURS
        return Answered(sent.client_id, sent.enrolment_id, outcome, refusal, 0, UNMARKED)
    cell = Cell(row.mark, row.minutes)
    return Answered(row.client_id, row.enrolment_number, outcome, refusal, row.version, cell)


def _take(
    lesson: Lesson,
    register: AttendanceRegister,
    sent: Sent,
    known: dict[str, DeviceMark],
    by: int,
) -> DeviceMark:
    rows = queries.rows_of(lesson, register.id, [sent.enrolment_id])
    row = rows[0] if rows else None
    refusal = _refusal(lesson, register, sent, row)
    outcome = DeviceOutcome.REFUSED
    if refusal is None and row is not None and sent.cell is not None:
        outcome = _outcome(sent, row, _base(sent, register, known, by))
        if outcome is DeviceOutcome.SAVED:
            write_marks(lesson, register, {sent.enrolment_id: sent.cell}, by=by)
            (row,) = queries.rows_of(lesson, register.id, [sent.enrolment_id])
    kept = DeviceMark(
        client_id=sent.client_id,
        register_id=register.id,
        enrolment_number=sent.enrolment_id,
        author_id=by,
        marked_at=sent.marked_at,
        received_at=now(),
        outcome=outcome,
        refusal=refusal,
        version=row.version if row else 0,
        mark=row.cell.mark if row else None,
        minutes=row.cell.minutes if row else 0,
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def _refusal(
    lesson: Lesson, register: AttendanceRegister, sent: Sent, row: RegisterRow | None
) -> Refusal | None:
    """What keeps a mark from being taken at all."""
    if lesson.status is LessonStatus.CANCELLED:
        return Refusal.CANCELLED
    if register.status is RegisterStatus.CLOSED:
        return Refusal.CLOSED
    if row is None:
        return Refusal.NOT_ENROLLED
    if sent.cell is None:
        return Refusal.BAD_MARK
    return Refusal.TOO_EARLY if too_early(sent.cell.mark, lesson.starts_at, now()) else None


def _base(
    sent: Sent, register: AttendanceRegister, known: dict[str, DeviceMark], by: int
) -> tuple[int, Cell | None]:
    """The row a mark was made on: as it was shown, or as this device's own mark before left it."""
    before = known.get(sent.after or "")
    own = before is not None and (
        (before.register_id, before.author_id, before.enrolment_number)
        == (register.id, by, sent.enrolment_id)
    )
    if before and own and before.outcome in {DeviceOutcome.SAVED, DeviceOutcome.UNCHANGED}:
        return before.version, Cell(before.mark, before.minutes)
    return sent.version, sent.shown


def _outcome(sent: Sent, row: RegisterRow, base: tuple[int, Cell | None]) -> DeviceOutcome:
    version, shown = base
    cell = sent.cell or UNMARKED
    verdict = judge(Typed(sent.enrolment_id, cell, version, shown), row.cell, row.version)
    return {
        Verdict.SAVE: DeviceOutcome.SAVED,
        Verdict.LEAVE: DeviceOutcome.UNCHANGED,
        Verdict.CONFLICT: DeviceOutcome.CONFLICT,
    }[verdict]
