"""Why a record says what it says: the evidence, for the rule, for the page "why?", for the seal."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from lms.accounts.models import Person
from lms.attendance.intervals import Interval
from lms.attendance.intervals import interval as utc_interval
from lms.attendance.models import Evidence, ReportEntry, ReportFile
from lms.attendance.rules import Cell, EvidenceKind, Proof
from lms.enrolment.models import Enrolment
from lms.extensions import db

# What a REPORT evidence says in `reason` when it takes its entry off the person again.
UNDONE = "undone"
# Evidence of an enrolment that was united into another counts for that one.
_CREDITED: Any = func.coalesce(Enrolment.united_into_id, Evidence.enrolment_id)


@dataclass(frozen=True, slots=True)
class Ground:
    """One piece of evidence, as "why?" shows it."""

    evidence: Evidence
    author: str
    entry: ReportEntry | None
    file: ReportFile | None
    stays: tuple[Interval, ...]

    @property
    def undone(self) -> bool:
        """Whether it takes an entry off the person again."""
        return self.evidence.kind is EvidenceKind.REPORT and self.evidence.reason == UNDONE

    @property
    def cell(self) -> Cell:
        """The mark it sets."""
        return Cell(self.evidence.mark, self.evidence.minutes or 0)


def proof(evidence: Any, intervals: list[list[str]]) -> Proof:
    """A row of `evidence` as the rule sees it."""
    if evidence.kind is not EvidenceKind.REPORT:
        return Proof(evidence.kind, evidence.mark, evidence.minutes, at=evidence.at)
    return Proof(
        evidence.kind,
        entry_id=evidence.report_entry_id,
        intervals=stays(intervals),
        undone=evidence.reason == UNDONE,
    )


def stays(stored: Iterable[Iterable[str]]) -> tuple[Interval, ...]:
    """The intervals of a `ReportEntry` as instants."""
    return tuple(
        utc_interval(datetime.fromisoformat(start), datetime.fromisoformat(end))
        for start, end in stored
    )


def grounds(register_id: int | None, enrolment_id: int) -> list[Ground]:
    """Everything behind one person's mark, oldest first."""
    query = (
        select(Evidence, Person.given_name, Person.family_name, ReportEntry, ReportFile)
        .outerjoin(Person, Person.id == Evidence.author_id)
        .outerjoin(ReportEntry, ReportEntry.id == Evidence.report_entry_id)
        .outerjoin(ReportFile, ReportFile.id == ReportEntry.report_file_id)
        .join(Enrolment, Enrolment.id == Evidence.enrolment_id)
        .where(Evidence.register_id == register_id, enrolment_id == _CREDITED)
        .order_by(Evidence.id)
    )
    return [
        Ground(
            evidence,
            f"{given} {family}" if family else "",
            entry,
            file,
            stays(entry.intervals) if entry else (),
        )
        for evidence, given, family, entry, file in db.session.execute(query)
    ]


def still_counting(found: Iterable[Ground]) -> list[Ground]:
    """Of everything behind a mark, what tells of time and was not taken off again."""
    counting: dict[int, Ground] = {}
    for ground in found:
        entry_id = ground.evidence.report_entry_id
        if entry_id is not None and ground.undone:
            counting.pop(entry_id, None)
        elif entry_id is not None:
            counting[entry_id] = ground
    return list(counting.values())


def proofs(
    register_id: int, enrolment_ids: Collection[int] | None = None
) -> dict[int, list[Proof]]:
    """The evidence of these people (None: of everybody in the register), oldest first."""
    query = (
        select(
            _CREDITED.label("credited"),
            Evidence.kind,
            Evidence.mark,
            Evidence.minutes,
            Evidence.report_entry_id,
            Evidence.reason,
            Evidence.at,
            ReportEntry.intervals,
        )
        .join(Enrolment, Enrolment.id == Evidence.enrolment_id)
        .outerjoin(ReportEntry, ReportEntry.id == Evidence.report_entry_id)
        .where(Evidence.register_id == register_id)
        .order_by(Evidence.id)
    )
    if enrolment_ids is not None and len(enrolment_ids) <= 500:
        query = query.where(_CREDITED.in_(enrolment_ids))
    found: dict[int, list[Proof]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.credited, []).append(proof(row, row.intervals or []))
    return found


def evidence_counts(register_id: int) -> dict[int, int]:
    """How much evidence each person of a register has."""
    query = (
        select(Evidence.enrolment_id, func.count())
        .where(Evidence.register_id == register_id)
        .group_by(Evidence.enrolment_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
