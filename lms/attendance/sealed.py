"""A sealed register read back from its own text: what PDFs for funders are made of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from lms.attendance import queries_countersigning, queries_reports, queries_sealing, sealing
from lms.attendance.models import AttendanceRegister, RegisterStatus
from lms.attendance.models_paper import Countersignature
from lms.attendance.queries_reports import Correction
from lms.attendance.queries_scans import scans
from lms.attendance.sealing import SealedRow
from lms.catalogue.models import Lesson, Module
from lms.extensions import db


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed register, and what came after its seal.

    `old`: the seal is of the first format, and what it does not say is told as it is today.
    """

    lesson_id: int
    number: int
    seal: str
    previous: str
    closed_at: datetime
    closer: str
    lesson: Mapping[str, Any]
    cycle_code: str
    about: Mapping[str, Any]
    rows: Sequence[SealedRow]
    corrections: Sequence[Correction]
    countersignature: tuple[Countersignature, str] | None
    later_scans: Sequence[Mapping[str, Any]]
    old: bool

    @property
    def starts_at(self) -> datetime:
        """When the lesson began."""
        return datetime.fromisoformat(self.lesson["starts_at"])

    @property
    def ends_at(self) -> datetime:
        """When it ended."""
        return datetime.fromisoformat(self.lesson["ends_at"])

    @property
    def minutes(self) -> int:
        """How long it was."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def track(self) -> Mapping[str, Any]:
        """The track as the seal tells it."""
        found: Mapping[str, Any] = self.about["track"]
        return found

    @property
    def funding(self) -> Mapping[str, Any]:
        """Statement and emblems, in order."""
        found: Mapping[str, Any] = self.about["funding"]
        return found


def closed_registers(cycle_id: int, until: datetime | None = None) -> list[int]:
    """The ids of a cycle's registers sealed by `until`, by the lessons' dates."""
    query = (
        select(AttendanceRegister.id)
        .join(Lesson, Lesson.id == AttendanceRegister.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.cycle_id == cycle_id, AttendanceRegister.status == RegisterStatus.CLOSED)
        .order_by(Lesson.starts_at, Lesson.id)
    )
    if until:
        query = query.where(AttendanceRegister.closed_at <= until)
    return list(db.session.scalars(query))


def read_sealed(register_id: int, until: datetime | None = None) -> Sealed:
    """A sealed register as its text and what came by `until` tell it (None: until now)."""
    register = db.session.scalars(
        select(AttendanceRegister)
        .where(AttendanceRegister.id == register_id)
        .options(undefer(AttendanceRegister.sealed_rows))
        .execution_options(populate_existing=True)
    ).one()
    plain = json.loads(register.sealed_rows or "{}")
    old = plain["format"] == 1
    about = (
        queries_sealing.about(register.lesson, register.id, register.closed_by_id) if old else plain
    )
    sealed_files = {file["sha256"] for file in about["files"]}
    signed = queries_countersigning.countersignature_of(register.id)
    return Sealed(
        lesson_id=register.lesson_id,
        number=register.seal_number or 0,
        seal=register.seal or "",
        previous=register.previous_seal or "",
        closed_at=datetime.fromisoformat(plain["closed_at"]),
        closer=about["closed_by_name"],
        lesson=plain["lesson"],
        cycle_code=plain["cycle"],
        about=about,
        rows=sorted(sealing.rows_of(register.sealed_rows or ""), key=_by_name),
        corrections=[
            each for each in queries_reports.corrections(register) if by_then(each.at, until)
        ],
        countersignature=signed if signed and by_then(signed[0].at, until) else None,
        later_scans=[
            {"kind": "scan", "type": each.scan.media_type.value, "sha256": each.scan.sha256,
             "size": each.scan.size}
            for each in scans(register.id)
            if each.scan.sha256 not in sealed_files
            and by_then(each.scan.uploaded_at, until)
            and not (each.scan.withdrawn_at and by_then(each.scan.withdrawn_at, until))
        ],
        old=old,
    )  # fmt: skip


def by_then(at: datetime, until: datetime | None) -> bool:
    """Whether something of `at` is told by who tells what there was at `until`."""
    return until is None or at <= until


def _by_name(row: SealedRow) -> tuple[str, int]:
    return row.name.casefold(), row.enrolment
