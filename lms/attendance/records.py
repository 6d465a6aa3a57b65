"""Writing a register: its lock, evidence, and records in bulk. Only this room's actions call this.

Every writer takes the lock of the register's row first, so what it reads is what it overwrites, on
both databases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import lazyload

from lms.attendance.intervals import Interval
from lms.attendance.lesson_time import window_of
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    Evidence,
    EvidenceKind,
    RegisterStatus,
)
from lms.attendance.queries_evidence import evidence_counts, proofs
from lms.attendance.rules import Outcome, derive, mark_for
from lms.catalogue.models import Lesson, LessonStatus
from lms.clock import now
from lms.database import insert_new
from lms.errors import UserError
from lms.extensions import db

_RECORDS: Any = AttendanceRecord.__table__


def lock_register(lesson: Lesson) -> AttendanceRegister:
    """The register of `lesson`, made if nobody had written in it, locked until the commit."""
    db.session.execute(
        insert_new(AttendanceRegister, db.engine).values(
            lesson_id=lesson.id, status=RegisterStatus.OPEN
        )
    )
    return db.session.execute(
        select(AttendanceRegister)
        .where(AttendanceRegister.lesson_id == lesson.id)
        .options(lazyload(AttendanceRegister.lesson))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def lock_open_register(lesson: Lesson) -> AttendanceRegister:
    """As `lock_register`; UserError (409) where nothing may be written any more."""
    if lesson.status is LessonStatus.CANCELLED:
        raise UserError(_("This lesson was cancelled: its register takes no marks."), 409)
    register = lock_register(lesson)
    if register.status is RegisterStatus.CLOSED:
        raise UserError(
            _("The register is closed. What is wrong in it can be corrected by a rectification."),
            409,
        )
    return register


def write_outcomes(
    register: AttendanceRegister | int,
    outcomes: Mapping[int, Outcome | None],
    *,
    by: int | None,
    counts: Mapping[int, int] | None = None,
) -> int:
    """Bring records to these outcomes (None: unmarked), by enrolment id; returns how many changed.

    To be called under the register's lock, after the evidence was written (`register` may be its
    id). A new record's version is the number of its pieces of evidence, so a version never comes
    back with another content; `counts` has these numbers where they are known already.
    """
    register_id = register if isinstance(register, int) else register.id
    current = _current(register_id, outcomes)
    changed = _changed(current, outcomes)
    new: list[dict[str, Any]] = []
    moved: list[dict[str, Any]] = []
    gone: list[int] = []
    if counts is None:
        counts = evidence_counts(register_id) if any(changed.values()) else {}
    for enrolment_id, outcome in changed.items():
        known: Any = current.get(enrolment_id)
        if outcome is None:
            gone.append(known.id)
            continue
        values = {"mark": outcome.mark, "minutes": outcome.minutes, "source": outcome.source}
        if known:
            moved.append({"record": known.id, "next_version": known.version + 1, **values})
        else:
            version = max(1, counts.get(enrolment_id, 1))
            new.append({"enrolment_id": enrolment_id, "version": version, **values})
    _store(register_id, new, moved, gone, by)
    return len(changed)


def changing(register: AttendanceRegister, outcomes: Mapping[int, Outcome | None]) -> list[int]:
    """Whose records `write_outcomes` would change."""
    return list(_changed(_current(register.id, outcomes), outcomes))


def _changed(
    current: Mapping[int, Any], outcomes: Mapping[int, Outcome | None]
) -> dict[int, Outcome | None]:
    return {key: value for key, value in outcomes.items() if _differs(current.get(key), value)}


def _current(register_id: int, outcomes: Mapping[int, Outcome | None]) -> dict[int, Any]:
    query = select(
        _RECORDS.c.enrolment_id,
        _RECORDS.c.id,
        _RECORDS.c.mark,
        _RECORDS.c.minutes,
        _RECORDS.c.source,
        _RECORDS.c.version,
    ).where(_RECORDS.c.register_id == register_id)
    if len(outcomes) <= 500:
        query = query.where(_RECORDS.c.enrolment_id.in_(list(outcomes)))
    return {row.enrolment_id: row for row in db.session.execute(query)}


def _differs(known: Any, outcome: Outcome | None) -> bool:
    if known is None or outcome is None:
        return (known is None) != (outcome is None)
    return (known.mark, known.minutes, known.source) != (
        outcome.mark,
        outcome.minutes,
        outcome.source,
    )


def _store(
    register_id: int,
    new: list[dict[str, Any]],
    moved: list[dict[str, Any]],
    gone: list[int],
    by: int | None,
) -> None:
    touched = {"updated_at": now(), "updated_by_id": by}
    if new:
        db.session.execute(
            insert(_RECORDS), [{"register_id": register_id, **row, **touched} for row in new]
        )
    if moved:
        db.session.execute(
            update(_RECORDS)
            .where(_RECORDS.c.id == bindparam("record"))
            .values(
                mark=bindparam("mark"),
                minutes=bindparam("minutes"),
                source=bindparam("source"),
                version=bindparam("next_version"),
                **touched,
            ),
            moved,
        )
    if gone:
        db.session.execute(delete(_RECORDS).where(_RECORDS.c.id.in_(gone)))


def add_evidence(evidence: list[dict[str, Any]]) -> None:
    """Append pieces of evidence, in order."""
    if evidence:
        db.session.execute(insert(Evidence), evidence)


def report_evidence(
    lesson: Lesson,
    register: AttendanceRegister,
    entry_id: int,
    enrolment_id: int,
    found: Sequence[Interval],
    by: int | None,
    reason: str = "",
) -> dict[str, Any]:
    """The evidence that an entry of a report is this person (or, with a reason, no longer)."""
    alone = window_of(lesson).credit(found)
    says = bool(found) and not reason
    return {
        "register_id": register.id,
        "enrolment_id": enrolment_id,
        "kind": EvidenceKind.REPORT,
        "mark": mark_for(alone) if says else None,
        "minutes": alone if says else None,
        "report_entry_id": entry_id,
        "reason": reason,
        "author_id": by,
        "at": now(),
    }


def recompute(
    lesson: Lesson, register: AttendanceRegister, enrolment_ids: set[int], by: int | None
) -> int:
    """Derive these people's records from all their evidence; returns how many changed.

    The register remembers the grace it was first counted by, until all of it is counted again.
    """
    if register.grace_minutes is None:
        register.grace_minutes = lesson.module.cycle.grace_minutes
    known, window = proofs(register.id, enrolment_ids), window_of(lesson)
    outcomes = {key: derive(known.get(key, ()), window) for key in enrolment_ids}
    return write_outcomes(register, outcomes, by=by)
