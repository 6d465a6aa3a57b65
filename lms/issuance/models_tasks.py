"""What asks a person to look at a certificate: the facts behind it changed after its issue."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.database import Base, UtcDateTime, choice


class Change(enum.StrEnum):
    """What is no longer as the certificate says."""

    HOURS = "hours"
    NAME = "name"
    ENTITLEMENT = "entitlement"  # by today's facts the certificate would not be due


class Outcome(enum.StrEnum):
    """How a task ended."""

    REPLACED = "replaced"
    REVOKED = "revoked"
    KEPT = "kept"  # somebody decided to leave the certificate as it is, and said why
    MOOT = "moot"  # the facts came back to what the certificate says


class CertificateTask(Base):
    """One change after issue. `fact` is what holds now (minutes, a name), empty where none does.

    Nothing is ever done to a certificate because of it but by a person; what somebody decided to
    leave is not raised again for the same fact.
    """

    __tablename__ = "certificate_task"
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (settled_at IS NULL)", name="settled"),
        CheckConstraint("outcome IS NULL OR outcome <> 'kept' OR length(note) > 0", name="why"),
        Index(
            "uq_certificate_task_open",
            "certificate_id",
            "change",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    change: Mapped[Change] = mapped_column(choice(Change, "change"))
    fact: Mapped[str] = mapped_column(String(250))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome, "outcome"))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
