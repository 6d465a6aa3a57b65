"""Reports of platforms, their people, the queue, what was decided before, and rectifications."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager, lazyload

from lms.accounts.models import Person, PersonEmail
from lms.accounts.tax_codes import people_by_tax_codes
from lms.attendance import matching, sealing
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    Evidence,
    EvidenceKind,
    MatchMethod,
    ReportEntry,
    ReportFile,
    ReportStatus,
)
from lms.attendance.rules import Cell, Mark
from lms.catalogue.models import Lesson, Module
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report of a register, as lists show it; `by` imported or uploaded it."""

    file: ReportFile
    people: int
    waiting: int
    by: str


def reports(register_id: int) -> list[ReportLine]:
    """The reports of a register, oldest first, without their bytes."""
    people = (
        select(func.count(ReportEntry.id))
        .where(ReportEntry.report_file_id == ReportFile.id, ReportEntry.withdrawn_at.is_(None))
        .correlate(ReportFile)
    )
    query = (
        select(
            ReportFile,
            people.scalar_subquery(),
            people.where(ReportEntry.match.is_(None)).scalar_subquery(),
            Person.given_name,
            Person.family_name,
        )
        .outerjoin(Person, Person.id == ReportFile.uploaded_by_id)
        .where(ReportFile.register_id == register_id)
        .order_by(ReportFile.id)
        .options(lazyload(ReportFile.register))
    )
    return [
        ReportLine(file, count, waiting, f"{given} {family}" if family else "")
        for file, count, waiting, given, family in db.session.execute(query)
    ]


def known_report(register_id: int, sha256: str) -> ReportFile | None:
    """The report with these bytes, if this register has it already."""
    return db.session.scalar(
        select(ReportFile).where(ReportFile.register_id == register_id, ReportFile.sha256 == sha256)
    )


def roster(
    lesson: Lesson, register_id: int | None, tax_codes: Collection[str] = ()
) -> list[matching.Candidate]:
    """Whom people of a report may be: the confirmed of the cycle, and who has a mark here.

    `tax_codes`: those that the report names; each candidate has what is theirs of them, on
    somebody else's word than their own (ADR 0014).
    """
    marked = select(AttendanceRecord.enrolment_id).where(
        AttendanceRecord.register_id == register_id
    )
    query = (
        select(
            Enrolment.id,
            Enrolment.given_name,
            Enrolment.family_name,
            Enrolment.organisation_name,
            PersonEmail.address,
            Enrolment.person_id,
        )
        .outerjoin(PersonEmail, PersonEmail.person_id == Enrolment.person_id)
        .where(
            Enrolment.cycle_id == lesson.module.cycle_id,
            (Enrolment.status == EnrolmentStatus.CONFIRMED) | Enrolment.id.in_(marked),
        )
        .order_by(Enrolment.search_key, Enrolment.id, PersonEmail.id)
    )
    people: dict[int, tuple[str, str, str]] = {}
    emails: dict[int, tuple[str, ...]] = {}
    codes: dict[int, tuple[str, ...]] = {}
    owners = {person.id: code for code, person in people_by_tax_codes(tax_codes).items()}
    for key, given, family, organisation, address, person_id in db.session.execute(query):
        codes[key] = (owners[person_id],) if person_id in owners else ()
        people[key] = (given, family, organisation)
        emails[key] = (*emails.get(key, ()), address) if address else emails.get(key, ())
    return [
        matching.Candidate(key, given, family, emails[key], organisation, codes[key])
        for key, (given, family, organisation) in people.items()
    ]


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody once said of a person of a report; without an enrolment: not one of ours."""

    enrolment_id: int | None
    by: int | None
    at: datetime | None


def remembered(cycle_id: int) -> dict[str, Decision]:
    """The latest human decision about each person of the cycle's reports, by `memory_key`."""
    query = (
        select(
            ReportEntry.name,
            ReportEntry.email,
            ReportEntry.enrolment_id,
            ReportEntry.decided_by_id,
            ReportEntry.decided_at,
        )
        .join(ReportFile, ReportFile.id == ReportEntry.report_file_id)
        .join(AttendanceRegister, AttendanceRegister.id == ReportFile.register_id)
        .join(Lesson, Lesson.id == AttendanceRegister.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.cycle_id == cycle_id)
        .where(ReportEntry.match.in_((MatchMethod.HUMAN, MatchMethod.DISMISSED)))
        .where(ReportEntry.withdrawn_at.is_(None))
        .order_by(ReportEntry.decided_at, ReportEntry.id)
    )
    return {
        matching.memory_key(matching.Person(name, email or None)): Decision(enrolment_id, by, at)
        for name, email, enrolment_id, by, at in db.session.execute(query)
    }


def staged_before(register_id: int, instant: datetime) -> list[ReportFile]:
    """Reports of a register nobody confirmed since `instant`."""
    return list(
        db.session.scalars(
            select(ReportFile).where(
                ReportFile.register_id == register_id,
                ReportFile.status == ReportStatus.STAGED,
                ReportFile.uploaded_at < instant,
            )
        )
    )


def entries(register_id: int, *, waiting: bool, text: str = "") -> Select[Any]:
    """People of a register's reports: those in the queue, or those matched and dismissed."""
    condition: ColumnElement[bool] = (
        ReportEntry.match.is_(None) if waiting else ReportEntry.match.is_not(None)
    )
    query = (
        select(ReportEntry)
        .join(ReportEntry.report_file)
        .options(contains_eager(ReportEntry.report_file).lazyload(ReportFile.register))
        .where(ReportFile.register_id == register_id, condition)
        .where(ReportEntry.withdrawn_at.is_(None))
        .order_by(ReportEntry.name, ReportEntry.id)
    )
    for word in text.split()[:8]:
        query = query.where(
            ReportEntry.name.icontains(word, autoescape=True)
            | ReportEntry.email.icontains(word, autoescape=True)
        )
    return query


def entries_of(report_file_id: int) -> list[tuple[ReportEntry, Enrolment | None]]:
    """The people of one imported report, each with whom it was matched to."""
    query = (
        select(ReportEntry, Enrolment)
        .outerjoin(Enrolment, Enrolment.id == ReportEntry.enrolment_id)
        .where(ReportEntry.report_file_id == report_file_id)
        .where(ReportEntry.withdrawn_at.is_(None))
        .order_by(ReportEntry.position)
    )
    return [(entry, enrolment) for entry, enrolment in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Correction:
    """A rectification: whose mark, from what, to what, why and by whom."""

    enrolment_id: int
    name: str
    before: Cell
    after: Cell
    reason: str
    author: str
    at: datetime


def corrections(register: AttendanceRegister) -> list[Correction]:
    """The rectifications of a closed register, oldest first (two queries)."""
    query = (
        select(Evidence, Enrolment, Person.given_name, Person.family_name)
        .join(Enrolment, Enrolment.id == Evidence.enrolment_id)
        .join(Person, Person.id == Evidence.author_id)
        .where(Evidence.register_id == register.id, Evidence.kind == EvidenceKind.RECTIFICATION)
        .order_by(Evidence.id)
    )
    found: list[Correction] = []
    rows = db.session.execute(query).all()
    before: dict[int, Cell] = _sealed_cells(register) if rows else {}
    for evidence, enrolment, given, family in rows:
        after = Cell(evidence.mark, evidence.minutes or 0)
        found.append(
            Correction(
                enrolment.id,
                enrolment.sorted_name,
                before.get(enrolment.id, Cell()),
                after,
                evidence.reason,
                f"{given} {family}",
                evidence.at,
            )
        )
        before[enrolment.id] = after
    return found


def _sealed_cells(register: AttendanceRegister) -> dict[int, Cell]:
    rows = sealing.rows_of(register.sealed_rows or "")
    return {row.enrolment: Cell(Mark(row.mark) if row.mark else None, row.minutes) for row in rows}
