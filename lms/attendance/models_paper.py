"""Marks that waited on a device, scans of signed registers, countersignatures, register PDFs."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from lms.attendance.models import AttendanceRegister
from lms.attendance.rules import Mark
from lms.attendance.rules_device import DeviceOutcome, Refusal
from lms.catalogue.models import Cycle, Lesson
from lms.database import Base, Hash, UtcDateTime, choice


class DeviceMark(Base):
    """A mark that a device sent, under the id it gave it, and what was answered: once and for all.

    `version`, `mark` and `minutes` are the row as it stood when the mark had been dealt with. The
    enrolment is as it was sent: for a refused mark there may be none of that number.
    """

    __tablename__ = "device_mark"
    __table_args__ = (
        CheckConstraint("(outcome = 'refused') = (refusal IS NOT NULL)", name="refused_why"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    register_id: Mapped[int] = mapped_column(ForeignKey("attendance_register.id"), index=True)
    enrolment_number: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    outcome: Mapped[DeviceOutcome] = mapped_column(choice(DeviceOutcome, "outcome"))
    refusal: Mapped[Refusal | None] = mapped_column(choice(Refusal, "refusal"))
    version: Mapped[int]
    mark: Mapped[Mark | None] = mapped_column(choice(Mark, "mark"))
    minutes: Mapped[int] = mapped_column(default=0)


class ScanType(enum.StrEnum):
    """What a scan is, told by its bytes."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


class RegisterScan(Base):
    """A scan of the signed paper, kept byte for byte. One taken back stays, with the reason."""

    __tablename__ = "register_scan"
    __table_args__ = (
        UniqueConstraint("register_id", "sha256"),
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn_with_reason"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    register_id: Mapped[int] = mapped_column(ForeignKey("attendance_register.id"))
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(Hash)
    size: Mapped[int]
    media_type: Mapped[ScanType] = mapped_column(choice(ScanType, "media_type"))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")

    register: Mapped[AttendanceRegister] = relationship()


class Countersignature(Base):
    """An organiser's second look at a sealed register; never changed, chained like seals."""

    __tablename__ = "register_countersignature"

    id: Mapped[int] = mapped_column(primary_key=True)
    register_id: Mapped[int] = mapped_column(ForeignKey("attendance_register.id"), unique=True)
    number: Mapped[int] = mapped_column(unique=True)
    previous: Mapped[str] = mapped_column(Hash)
    text: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Hash, unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)


class DocumentKind(enum.StrEnum):
    """What a register's PDF is for."""

    SHEET = "sheet"  # to be signed on paper
    LESSON = "lesson"  # for funders, from the sealed rows
    CYCLE = "cycle"  # the same, of every sealed lesson: one PDF, or a ZIP of one for each lesson


class RegisterDocument(Base):
    """A PDF somebody asked for; a job makes it. It is derived: it may be dropped and made again.

    It tells registers as they were at `asked_at`. `bundle`: the bytes are a ZIP of several PDFs.
    """

    __tablename__ = "register_document"
    __table_args__ = (
        CheckConstraint("(kind = 'cycle') = (lesson_id IS NULL)", name="of_lesson_or_cycle"),
        CheckConstraint(
            "(pdf IS NULL) = (made_at IS NULL) AND (pdf IS NULL) = (sha256 IS NULL)", name="made"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DocumentKind] = mapped_column(choice(DocumentKind, "kind"))
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id", ondelete="CASCADE"), index=True)
    lesson_id: Mapped[int | None] = mapped_column(
        ForeignKey("lesson.id", ondelete="CASCADE"), index=True
    )
    language: Mapped[str] = mapped_column(String(2))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    pdf: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    sha256: Mapped[str | None] = mapped_column(Hash)
    size: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=0)
    bundle: Mapped[bool] = mapped_column(default=False, server_default=false())
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    cycle: Mapped[Cycle] = relationship()
    lesson: Mapped[Lesson | None] = relationship()


class RegisterDocumentPart(Base):
    """A stretch of a document that is being made: what nobody makes twice after a worker's end.

    Sections count pages from one: 0 is a cycle's summary, the others are registers. Once all parts
    of a section are there, one row that is `whole` stands for them; they go with the last.
    """

    __tablename__ = "register_document_part"
    __table_args__ = (
        UniqueConstraint("document_id", "section", "position"),
        CheckConstraint("position >= 0 AND section >= 0 AND parts > 0", name="counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("register_document.id", ondelete="CASCADE"))
    section: Mapped[int]
    position: Mapped[int]
    whole: Mapped[bool] = mapped_column(default=False)
    parts: Mapped[int] = mapped_column(default=1)
    pages: Mapped[int]
    pdf: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
