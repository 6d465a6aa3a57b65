"""What this room holds about a person who contested a presence: what they said, and attached."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, update

from lms.attendance.models import AttendanceRegister
from lms.attendance.models_contests import (
    Contest,
    ContestAttachment,
    ContestEvent,
)
from lms.catalogue.models import Lesson, Module
from lms.enrolment.personal import enrolments_of
from lms.personal import Erase, Erasing, Export, Held, Left, Period, Whose, declare, keep_for, run

GONE = "—"  # there was a reason; this says so
YEAR = timedelta(days=365)


def _theirs(who: Whose) -> Select[tuple[int]]:
    return select(Contest.id).where(Contest.enrolment_id.in_(enrolments_of(who)))


def _of_lessons(*columns: Any) -> Select[Any]:
    return (
        select(Lesson.title.label("lesson"), Lesson.starts_at, *columns)
        .select_from(Contest)
        .join(AttendanceRegister, AttendanceRegister.id == Contest.register_id)
        .join(Lesson, Lesson.id == AttendanceRegister.lesson_id)
    )


def _contests(who: Whose) -> Select[Any]:
    row = Contest
    columns = (row.status, row.mark, row.minutes, row.opened_at, row.closed_at)
    return _of_lessons(*columns).where(row.id.in_(_theirs(who))).order_by(row.id)


def _events(who: Whose) -> Select[Any]:
    row = ContestEvent
    return (
        _of_lessons(row.kind, row.at, row.note)
        .join(row, row.contest_id == Contest.id)
        .where(Contest.id.in_(_theirs(who)))
        .order_by(row.id)
    )


def _attachments(who: Whose) -> Select[Any]:
    row = ContestAttachment
    return (
        _of_lessons(row.filename, row.kind, row.size, row.sha256)
        .join(row, row.contest_id == Contest.id)
        .where(Contest.id.in_(_theirs(who)))
        .order_by(row.id)
    )


def _erase_words(who: Erasing) -> int:
    row = ContestEvent
    said = row.contest_id.in_(_theirs(who)) & (row.note != "") & (row.note != GONE)
    return run(update(row).where(said).values(note=GONE))


def _erase_attachments(who: Erasing) -> int:
    return _emptied(ContestAttachment.contest_id.in_(_theirs(who)))


def _emptied(condition: Any) -> int:
    row = ContestAttachment
    readable = func.length(row.content) > 0
    return run(update(row).where(condition, readable).values(content=b"", filename=row.kind))


def forget_attachments(before: datetime, held: Held) -> int:
    """Empty what was attached to contests; its SHA-256 and what was answered stay."""
    protected = (
        select(AttendanceRegister.id)
        .join(Lesson, Lesson.id == AttendanceRegister.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.cycle_id.in_(held.cycle_ids))
    )
    old = select(Contest.id).where(
        Contest.closed_at < before, Contest.register_id.not_in(protected)
    )
    return _emptied(ContestAttachment.contest_id.in_(old))


declare(
    "contest",
    Export("contested_presences", _contests),
    Left("that a presence was contested, and how it ended, stays under the anonymous label"),
)
declare("contest_event", Export("contests_what_was_said", _events), Erase(_erase_words))
declare(
    "contest_attachment", Export("contests_attachments", _attachments), Erase(_erase_attachments)
)
keep_for(
    Period(
        "contest_attachments",
        5 * YEAR,
        "the answer",
        "documents attached to contested presences; their SHA-256 and the answer stay",
        forget_attachments,
    )
)
