"""What a seal covers, and whether every seal still tells the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import undefer

from lms.attendance import originals, sealing
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    Evidence,
    EvidenceKind,
    RegisterStatus,
    ReportEntry,
    ReportFile,
    SealChain,
)
from lms.attendance.queries_countersigning import countersignature_faults
from lms.attendance.queries_sealing import times_and_kinds
from lms.attendance.sealing import SealedRow
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db
from lms.secretbox import SealError


def rows_to_seal(register: AttendanceRegister, cycle_id: int) -> list[SealedRow]:
    """Every row of a register as its seal holds it: confirmed people and all who have a mark.

    An enrolment united into another has none, but its evidence is sealed, too.
    """
    digests = evidence_digests(register.id)
    times = times_and_kinds(register.id, register.lesson.ends_at)
    empty = sealing.digest([])
    query = (
        select(Enrolment, AttendanceRecord)
        .outerjoin(
            AttendanceRecord,
            (AttendanceRecord.enrolment_id == Enrolment.id)
            & (AttendanceRecord.register_id == register.id),
        )
        .where(
            Enrolment.cycle_id == cycle_id,
            or_(
                Enrolment.status == EnrolmentStatus.CONFIRMED,
                AttendanceRecord.id.is_not(None),
                Enrolment.id.in_(_united_with_evidence(register.id)),
            ),
        )
    )
    return [
        SealedRow(
            enrolment=person.id,
            name=person.sorted_name,
            organisation=person.organisation_name,
            mark=record.mark.value if record else None,
            minutes=record.minutes if record else 0,
            source=record.source.value if record else None,
            evidence=digests.get(person.id, empty),
            **times.get(person.id, {}),
        )
        for person, record in db.session.execute(query)
    ]


def _united_with_evidence(register_id: int) -> Select[Any]:
    return (
        select(Evidence.enrolment_id)
        .join(Enrolment, Enrolment.id == Evidence.enrolment_id)
        .where(Evidence.register_id == register_id, Enrolment.united_into_id.is_not(None))
    )


def evidence_digests(register_id: int) -> dict[int, str]:
    """The digest of each person's evidence, rectifications (which come after a seal) left out."""
    query = (
        select(
            Evidence,
            ReportEntry.id,
            ReportEntry.position,
            ReportEntry.name,
            ReportEntry.intervals,
            ReportEntry.source_lines,
            ReportFile.sha256,
        )
        .outerjoin(ReportEntry, ReportEntry.id == Evidence.report_entry_id)
        .outerjoin(ReportFile, ReportFile.id == ReportEntry.report_file_id)
        .where(Evidence.register_id == register_id)
        .where(Evidence.kind != EvidenceKind.RECTIFICATION)
        .order_by(Evidence.id)
        .execution_options(yield_per=1000)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    names = originals.names_before_erasures(register_id)
    for row in db.session.execute(query):
        found.setdefault(row.Evidence.enrolment_id, []).append(_plain(row, names))
    return {enrolment_id: sealing.digest(evidence) for enrolment_id, evidence in found.items()}


def _plain(row: Row[Any], names: dict[int, str]) -> dict[str, Any]:
    evidence, entry_id, position, name, intervals, lines, sha256 = row
    plain: dict[str, Any] = {
        "kind": evidence.kind.value,
        "mark": evidence.mark.value if evidence.mark else None,
        "minutes": evidence.minutes,
        "reason": evidence.reason,
        "author": evidence.author_id,
        "at": sealing.instant(evidence.at),
    }
    if sha256 is not None:
        plain["report"] = {
            "sha256": sha256,
            "position": position,
            "name": names.get(entry_id, name),
            "intervals": intervals,
            "lines": lines,
        }
    return plain


@dataclass(frozen=True, slots=True)
class SealFault:
    """Something a seal does not agree with. `number` is the seal's, None for the chain itself."""

    number: int | None
    lesson_id: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of checking seals and countersignatures: how many, the last seal, the faults."""

    checked: int
    last: str
    faults: tuple[SealFault, ...]
    countersigned: int = 0


def verify_seals() -> Verification:
    """Compute the whole chain again and compare every sealed row with the tables as they stand.

    A few queries for each closed register; reads only.
    """
    faults: list[SealFault] = []
    previous, number = "", 0
    for register in _closed():
        number += 1
        faults += [
            SealFault(register.seal_number, register.lesson_id, text)
            for text in (*_chain_faults(register, number, previous), *_row_faults(register))
        ]
        previous = register.seal or ""
        number = register.seal_number or number
        db.session.expunge(register)
    chain = db.session.get(SealChain, 1)
    if chain is None or (chain.number, chain.seal) != (number, previous):
        faults.append(SealFault(None, None, "the chain does not end with the last closed register"))
    countersigned, found = countersignature_faults(chain)
    faults += [SealFault(one.seal_number, one.lesson_id, one.text) for one in found]
    return Verification(number, previous, tuple(faults), countersigned)


def _closed() -> Iterator[AttendanceRegister]:
    numbers = db.session.scalars(
        select(AttendanceRegister.id)
        .where(AttendanceRegister.status == RegisterStatus.CLOSED)
        .order_by(AttendanceRegister.seal_number)
    ).all()
    for number in numbers:
        yield db.session.scalars(
            select(AttendanceRegister)
            .where(AttendanceRegister.id == number)
            .options(undefer(AttendanceRegister.sealed_rows))
            .execution_options(populate_existing=True)
        ).one()


def _chain_faults(register: AttendanceRegister, expected: int, previous: str) -> Iterator[str]:
    if register.seal_number != expected:
        yield f"a seal is missing: number {expected} was expected here"
    if register.previous_seal != previous:
        yield "it does not follow the seal before"
    try:
        text = originals.rows_before_erasures(register)
    except SealError:
        yield "its sealed rows were made anonymous, and no key opens the original"
        return
    if sealing.seal_of(register.previous_seal or "", text) != register.seal:
        yield "its sealed rows are not those that were sealed"
    elif not sealing.same_but_for_names(text, register.sealed_rows or ""):
        yield "its anonymous rows are not those that were sealed"


def _row_faults(register: AttendanceRegister) -> Iterator[str]:
    try:
        sealed = {row.enrolment: row for row in sealing.rows_of(register.sealed_rows or "")}
    except ValueError:
        yield "its sealed rows cannot be read"
        return
    corrected = _rectified(register.id)
    records = _records(register.id)
    digests, empty = evidence_digests(register.id), sealing.digest([])
    for enrolment_id in sorted(sealed.keys() | records.keys() | corrected.keys()):
        row = sealed.get(enrolment_id)
        before = (row.mark, row.minutes) if row else (None, 0)
        if records.get(enrolment_id, (None, 0)) != corrected.get(enrolment_id, before):
            yield f"the mark of enrolment {enrolment_id} is not the sealed or rectified one"
        if digests.get(enrolment_id, empty) != (row.evidence if row else empty):
            yield f"the evidence of enrolment {enrolment_id} is not the sealed one"


def _rectified(register_id: int) -> dict[int, tuple[str | None, int]]:
    """The last rectification of each person."""
    query = (
        select(Evidence.enrolment_id, Evidence.mark, Evidence.minutes)
        .where(Evidence.register_id == register_id, Evidence.kind == EvidenceKind.RECTIFICATION)
        .order_by(Evidence.id)
    )
    return {
        row.enrolment_id: (row.mark.value if row.mark else None, row.minutes or 0)
        for row in db.session.execute(query)
    }


def _records(register_id: int) -> dict[int, tuple[str | None, int]]:
    query = select(
        AttendanceRecord.enrolment_id, AttendanceRecord.mark, AttendanceRecord.minutes
    ).where(AttendanceRecord.register_id == register_id)
    return {row.enrolment_id: (row.mark.value, row.minutes) for row in db.session.execute(query)}
