"""A contested presence, its history and what was attached to it.

The contest itself says how it stands; what was said, and by whom, is in its append-only events.
"""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.attendance.contesting import REASON_LENGTH
from lms.attendance.contesting import AttachmentKind as AttachmentKind
from lms.attendance.contesting import ContestStatus as ContestStatus
from lms.attendance.models import AttendanceRegister, Mark
from lms.database import Base, Hash, UtcDateTime, choice
from lms.enrolment.models import Enrolment


class ContestEventKind(enum.StrEnum):
    """What happened to a contest."""

    OPENED = "opened"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Contest(Base):
    """What somebody holds against the mark of theirs in a register, which was `mark`, `minutes`.

    `evidence_id`: the mark or rectification that an accepted one led to.
    """

    __tablename__ = "contest"
    __table_args__ = (
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed"),
        CheckConstraint("(status = 'accepted') = (evidence_id IS NOT NULL)", name="accepted"),
        Index(
            "uq_contest_open", "register_id", "enrolment_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    register_id: Mapped[int] = mapped_column(ForeignKey("attendance_register.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    status: Mapped[ContestStatus] = mapped_column(
        choice(ContestStatus, "status"), default=ContestStatus.OPEN
    )
    mark: Mapped[Mark | None] = mapped_column(choice(Mark, "mark"))
    minutes: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))

    register: Mapped[AttendanceRegister] = relationship()
    enrolment: Mapped[Enrolment] = relationship()


class ContestEvent(Base):
    """Append-only: what was said when a contest was opened, answered, withdrawn."""

    __tablename__ = "contest_event"
    __table_args__ = (CheckConstraint("kind = 'withdrawn' OR length(note) > 0", name="has_reason"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"), index=True)
    kind: Mapped[ContestEventKind] = mapped_column(choice(ContestEventKind, "kind"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")


class ContestAttachment(Base):
    """A document that came with a contest: its bytes as they were uploaded, and their SHA-256."""

    __tablename__ = "contest_attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"), unique=True)
    filename: Mapped[str] = mapped_column(String(200))
    kind: Mapped[AttachmentKind] = mapped_column(choice(AttachmentKind, "kind"))
    sha256: Mapped[str] = mapped_column(Hash)
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
