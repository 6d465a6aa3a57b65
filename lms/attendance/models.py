"""Register, records, evidence and the raw reports behind them.

A record is the current mark, derived from append-only evidence. *Unmarked is not absent*: it is the
lack of a record. Closing seals the register; what comes later is a rectification.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from lms.attendance.rules import EvidenceKind as EvidenceKind
from lms.attendance.rules import Mark as Mark
from lms.attendance.rules import RecordSource as RecordSource
from lms.catalogue.models import Lesson
from lms.database import Base, Hash, UtcDateTime, choice
from lms.enrolment.models import Enrolment


class RegisterStatus(enum.StrEnum):
    """An open register takes marks; a closed one is sealed."""

    OPEN = "open"
    CLOSED = "closed"


class AttendanceRegister(Base):
    """The register of one lesson. The seal is a hash over its rows, chained to the seal before.

    `grace_minutes`: by which grace minutes were counted from reports; None while none were.
    """

    __tablename__ = "attendance_register"
    __table_args__ = (
        CheckConstraint(
            "(status = 'closed') = (seal IS NOT NULL AND closed_at IS NOT NULL "
            "AND sealed_rows IS NOT NULL AND seal_number IS NOT NULL)",
            name="sealed_when_closed",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), unique=True)
    status: Mapped[RegisterStatus] = mapped_column(
        choice(RegisterStatus, "status"), default=RegisterStatus.OPEN
    )
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    seal_number: Mapped[int | None] = mapped_column(unique=True)
    seal: Mapped[str | None] = mapped_column(Hash, unique=True)
    previous_seal: Mapped[str | None] = mapped_column(Hash)
    sealed_rows: Mapped[str | None] = deferred(mapped_column(Text))
    grace_minutes: Mapped[int | None]

    lesson: Mapped[Lesson] = relationship(lazy="joined", innerjoin=True)


class SealChain(Base):
    """The single row that registers lock while they are sealed, so that the chain has no fork."""

    __tablename__ = "seal_chain"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    seal: Mapped[str] = mapped_column(Hash, default="")
    # The last countersignature: their chain runs beside the seals'.
    countersigned: Mapped[int] = mapped_column(default=0, server_default="0")
    countersignature: Mapped[str] = mapped_column(Hash, default="", server_default="")


class AttendanceRecord(Base):
    """The current mark of one person in one register. `minutes` is credited time, 0 unless present.

    `version` grows with every change: saving a mark names the version it was made on.
    """

    __tablename__ = "attendance_record"
    __table_args__ = (
        UniqueConstraint("register_id", "enrolment_id"),
        CheckConstraint("minutes >= 0 AND minutes <= 1440", name="minutes_in_a_day"),
        CheckConstraint("mark = 'present' OR minutes = 0", name="minutes_of_present_only"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    register_id: Mapped[int] = mapped_column(ForeignKey("attendance_register.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    mark: Mapped[Mark] = mapped_column(choice(Mark, "mark"))
    minutes: Mapped[int] = mapped_column(default=0)
    source: Mapped[RecordSource] = mapped_column(choice(RecordSource, "source"))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)

    register: Mapped[AttendanceRegister] = relationship()
    enrolment: Mapped[Enrolment] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ReportStatus(enum.StrEnum):
    """Staged: uploaded, being looked at, nothing credited. Imported: its evidence counts."""

    STAGED = "staged"
    IMPORTED = "imported"


class ReportFile(Base):
    """A platform's report as it was uploaded: raw bytes and SHA-256, once a register."""

    __tablename__ = "report_file"
    __table_args__ = (UniqueConstraint("register_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    register_id: Mapped[int] = mapped_column(ForeignKey("attendance_register.id"))
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(Hash)
    size: Mapped[int]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    platform: Mapped[str] = mapped_column(String(40))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    status: Mapped[ReportStatus] = mapped_column(
        choice(ReportStatus, "status"), default=ReportStatus.STAGED
    )
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    imported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    register: Mapped[AttendanceRegister] = relationship()


class MatchMethod(enum.StrEnum):
    """How a person of a report came to be known as an enrolled one."""

    EMAIL = "email"
    TAX_CODE = "tax_code"
    NAME = "name"
    HUMAN = "human"
    DISMISSED = "dismissed"


class ReportEntry(Base):
    """One person of an imported report. Without a `match` it waits in the queue for a human.

    `withdrawn_at`: the import was taken back; the row stays, because evidence points at it.
    """

    __tablename__ = "report_entry"
    __table_args__ = (
        UniqueConstraint("report_file_id", "position"),
        CheckConstraint(
            "(match IS NULL AND enrolment_id IS NULL) "
            "OR (match = 'dismissed' AND enrolment_id IS NULL) "
            "OR (match IN ('email', 'tax_code', 'name', 'human') AND enrolment_id IS NOT NULL)",
            name="match_names_enrolment",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_file_id: Mapped[int] = mapped_column(ForeignKey("report_file.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
    email: Mapped[str] = mapped_column(String(254), default="")
    intervals: Mapped[list[list[str]]] = mapped_column(JSON)
    source_lines: Mapped[list[int]] = mapped_column(JSON)
    stated_minutes: Mapped[int | None]
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    match: Mapped[MatchMethod | None] = mapped_column(choice(MatchMethod, "method"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    report_file: Mapped[ReportFile] = relationship()


class Evidence(Base):
    """Append-only: why a record says what it says. The database forbids change and deletion.

    REPORT evidence points at a `ReportEntry` (intervals, source lines, file hash); the other kinds
    carry the mark and minutes somebody set.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_record", "register_id", "enrolment_id"),
        CheckConstraint(
            "kind <> 'rectification' OR (reason <> '' AND author_id IS NOT NULL)",
            name="rectification_has_reason",
        ),
        CheckConstraint("kind <> 'report' OR report_entry_id IS NOT NULL", name="report_entry"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    register_id: Mapped[int] = mapped_column(ForeignKey("attendance_register.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    kind: Mapped[EvidenceKind] = mapped_column(choice(EvidenceKind, "kind"))
    mark: Mapped[Mark | None] = mapped_column(choice(Mark, "mark"))
    minutes: Mapped[int | None]
    report_entry_id: Mapped[int | None] = mapped_column(ForeignKey("report_entry.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SealedOriginal(Base):
    """What a seal was computed over, encrypted, where a person's erasure emptied the readable text.

    Of a register its sealed rows, of a report's entry the name, of a report file its bytes: so that
    seals still verify, and nobody reads a name. Only `lms register verify` opens it (ADR 0016).
    """

    __tablename__ = "sealed_original"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN register_id IS NULL THEN 0 ELSE 1 END) "
            "+ (CASE WHEN report_entry_id IS NULL THEN 0 ELSE 1 END) "
            "+ (CASE WHEN report_file_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="of_one",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    register_id: Mapped[int | None] = mapped_column(
        ForeignKey("attendance_register.id"), unique=True
    )
    report_entry_id: Mapped[int | None] = mapped_column(ForeignKey("report_entry.id"), unique=True)
    report_file_id: Mapped[int | None] = mapped_column(ForeignKey("report_file.id"), unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
