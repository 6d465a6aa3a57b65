"""The presences of two enrolments of one person become one, and two again.

An open register is counted anew from the evidence of both. A sealed one is not edited: it gets
rectifications, with the reason. What was written as evidence stays; taking a union back adds to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select, update

from lms import audit
from lms.attendance.actions_contests import unite_contests
from lms.attendance.lesson_time import window_of
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    Evidence,
    EvidenceKind,
    RegisterStatus,
    ReportEntry,
)
from lms.attendance.queries_evidence import proofs
from lms.attendance.records import write_outcomes
from lms.attendance.rules import SEEN, Cell, Outcome, RecordSource, derive, stays_of
from lms.attendance.uniting import Side, United, Why, unite
from lms.catalogue.models import Lesson, Module
from lms.clock import now
from lms.enrolment.models import Enrolment
from lms.extensions import db


@dataclass(frozen=True, slots=True)
class _Pair:
    """One register with what it says of both, and the one outcome of the two."""

    register: AttendanceRegister
    kept: Side
    other: Side
    united: United

    @property
    def sealed(self) -> bool:
        return self.register.status is RegisterStatus.CLOSED


def hold_registers(cycle_id: int) -> list[AttendanceRegister]:
    """Every register of the cycle, locked until the commit; nobody begins a new one meanwhile."""
    lessons = select(Lesson.id).join(Module).where(Module.cycle_id == cycle_id).order_by(Lesson.id)
    ids = db.session.scalars(lessons.with_for_update(of=Lesson)).all()
    held = (
        select(AttendanceRegister)
        .where(AttendanceRegister.lesson_id.in_(ids))
        .order_by(AttendanceRegister.id)
        .with_for_update(of=AttendanceRegister)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(held))


def unite_presences(kept: Enrolment, other: Enrolment, *, by: int) -> list[int]:
    """Let all that registers say of `other` count for `kept`; `other` is marked as united into it.

    To be called with both people held. Returns the ids of the evidence it had to write.
    """
    pairs = [_pair(register, kept, other) for register in hold_registers(kept.cycle_id)]
    other.united_into_id = kept.id
    db.session.flush()
    db.session.execute(
        update(ReportEntry).where(ReportEntry.enrolment_id == other.id).values(enrolment_id=kept.id)
    )
    unite_contests(kept, other, by=by)
    written: list[Evidence] = []
    for pair in pairs:
        change = _rectify if pair.sealed else _count_anew
        written += change(pair, kept, other, by)
    return [evidence.id for evidence in written]


def _pair(register: AttendanceRegister, kept: Enrolment, other: Enrolment) -> _Pair:
    known = proofs(register.id, {kept.id, other.id})
    records = _records(register.id, kept.id, other.id)
    lesson = register.lesson
    one, two = (
        Side(records.get(each.id), stays_of(known.get(each.id, []), lesson.ends_at))
        for each in (kept, other)
    )
    return _Pair(register, one, two, unite(one, two, window_of(lesson)))


def _records(register_id: int, *enrolment_ids: int) -> dict[int, Outcome]:
    rows = db.session.scalars(
        select(AttendanceRecord).where(
            AttendanceRecord.register_id == register_id,
            AttendanceRecord.enrolment_id.in_(enrolment_ids),
        )
    )
    return {row.enrolment_id: Outcome(row.mark, row.minutes, row.source) for row in rows}


def _count_anew(pair: _Pair, kept: Enrolment, other: Enrolment, by: int) -> list[Evidence]:
    """An open register: derived from all evidence; where that says less than the union, a word."""
    outcome = pair.united.outcome
    evidence = proofs(pair.register.id, {kept.id}).get(kept.id, [])
    derived = derive(evidence, window_of(pair.register.lesson))
    written = []
    if _cell(derived) != _cell(outcome):
        kind = EvidenceKind.TRAINER_MARK
        written.append(_write(pair.register, kept, kind, _cell(outcome), _reason(pair), by))
        derived = outcome and Outcome(outcome.mark, outcome.minutes, RecordSource.TRAINER)
    write_outcomes(pair.register, {kept.id: derived, other.id: None}, by=by)
    return written


def _rectify(pair: _Pair, kept: Enrolment, other: Enrolment, by: int) -> list[Evidence]:
    """A sealed register: the second record's mark is taken off, the kept one's made the union."""
    kind, written = EvidenceKind.RECTIFICATION, []
    outcomes: dict[int, Outcome | None] = {}
    if pair.other.outcome is not None:
        reason = _("A second record of the same person: its mark counts in the other one.")
        written.append(_write(pair.register, other, kind, Cell(), reason, by))
        outcomes[other.id] = None
    outcome = pair.united.outcome
    if outcome is not None and _cell(outcome) != _cell(pair.kept.outcome):
        written.append(_write(pair.register, kept, kind, _cell(outcome), _reason(pair), by))
        outcomes[kept.id] = Outcome(outcome.mark, outcome.minutes, RecordSource.RECTIFICATION)
    write_outcomes(pair.register, outcomes, by=by)
    if written:
        detail = {"enrolments": [kept.id, other.id], "rule": pair.united.why.value}
        audit.record("register.rectified", pair.register, actor_id=by, detail=detail)
    return written


def part_presences(
    written: Sequence[int], before: Mapping[tuple[int, int], Cell], by: int
) -> list[int]:
    """Add to each piece of evidence that a union wrote another that takes it back; their ids.

    `before`: the cell of each (register, enrolment) before the union. Records are put back by who
    calls; the evidence then says the same.
    """
    added = []
    rows = select(Evidence).where(Evidence.id.in_(written)).order_by(Evidence.id)
    for row in db.session.scalars(rows).all():
        register = db.session.get_one(AttendanceRegister, row.register_id)
        enrolment = db.session.get_one(Enrolment, row.enrolment_id)
        if row.kind is EvidenceKind.RECTIFICATION:
            cell = before.get((row.register_id, row.enrolment_id), Cell())
        else:
            cell = _word_before(row)
        reason = _("The union of two records was undone: this is what stood before.")
        added.append(_write(register, enrolment, row.kind, cell, reason, by).id)
    return added


def _word_before(row: Evidence) -> Cell:
    """The last thing a person said of this mark before `row`; nothing is no word."""
    word = db.session.scalar(
        select(Evidence)
        .where(
            Evidence.register_id == row.register_id,
            Evidence.enrolment_id == row.enrolment_id,
            Evidence.kind.not_in(SEEN),
            Evidence.id < row.id,
        )
        .order_by(Evidence.id.desc())
        .limit(1)
    )
    return Cell(word.mark, word.minutes or 0) if word else Cell()


def _write(
    register: AttendanceRegister,
    enrolment: Enrolment,
    kind: EvidenceKind,
    cell: Cell,
    reason: str,
    by: int,
) -> Evidence:
    evidence = Evidence(
        register_id=register.id,
        enrolment_id=enrolment.id,
        kind=kind,
        mark=cell.mark,
        minutes=cell.minutes if cell.mark else None,
        reason=reason,
        author_id=by,
        at=now(),
    )
    db.session.add(evidence)
    db.session.flush()
    return evidence


def _cell(outcome: Outcome | None) -> Cell:
    return Cell(outcome.mark, outcome.minutes) if outcome else Cell()


def _reason(pair: _Pair) -> str:
    words = {
        Why.UNMARKED: _("Two records of the same person: neither has a mark."),
        Why.ONLY_ONE: _("Two records of the same person: only one has a mark."),
        Why.STAYS: _("Two records of the same person: their stays together, counted once."),
        Why.STRONGER: _("Two records of the same person: who was seen under one name was there."),
        Why.LONGER: _("Two records of the same person: the longer presence counts."),
    }
    return str(words[pair.united.why])
