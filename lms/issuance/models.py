"""Certificate: an immutable snapshot, its document, and the history of its status."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from lms.catalogue.models import Cycle
from lms.database import Base, Hash, UtcDateTime, choice
from lms.enrolment.models import Enrolment


class CertificateStatus(enum.StrEnum):
    """What verification answers (beside "unknown", for what was never issued)."""

    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"


class Certificate(Base):
    """Issued once: at most one valid per enrolment, serial numbers without gaps in a cycle.

    `snapshot` is the canonical JSON that `certificates.CertificateData` reads; the database forbids
    changing it. `code` is the secret-enough public key of verification (128 random bits).
    """

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("cycle_id", "number"),
        Index(
            "uq_certificate_valid",
            "enrolment_id",
            unique=True,
            sqlite_where=text("status = 'valid'"),
            postgresql_where=text("status = 'valid'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    number: Mapped[int]
    serial: Mapped[str] = mapped_column(String(40), unique=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    status: Mapped[CertificateStatus] = mapped_column(
        choice(CertificateStatus, "status"), default=CertificateStatus.VALID
    )
    snapshot: Mapped[str] = deferred(mapped_column(Text))
    holder_name: Mapped[str] = mapped_column(String(250))
    holder_family_name: Mapped[str] = mapped_column(String(120))
    minutes: Mapped[int]
    completed_on: Mapped[date] = mapped_column(Date)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)

    cycle: Mapped[Cycle] = relationship(lazy="joined", innerjoin=True)
    enrolment: Mapped[Enrolment] = relationship(lazy="joined", innerjoin=True)


class CertificateDocument(Base):
    """The PDF as it was rendered, with its SHA-256. Missing while the worker has not come to it."""

    __tablename__ = "certificate_document"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    pdf: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    sha256: Mapped[str] = mapped_column(Hash, unique=True)
    size: Mapped[int]
    rendered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed_by: Mapped[str | None] = mapped_column(String(200))
    stamped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # as a timestamp vouches


class CertificateEventKind(enum.StrEnum):
    """What happened to a certificate."""

    ISSUED = "issued"
    REPLACED = "replaced"
    REVOKED = "revoked"
    RESTORED = "restored"  # a revocation taken back


class CertificateEvent(Base):
    """Append-only status history: public in kind and date, private in reason and author."""

    __tablename__ = "certificate_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    kind: Mapped[CertificateEventKind] = mapped_column(choice(CertificateEventKind, "kind"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
