"""Legal holds, requests to be erased, and the certificates' records that outlive a person."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.catalogue.models import Cycle
from lms.database import Base, UtcDateTime, choice
from lms.issuance.models import Certificate
from lms.privacy.rules import REASON_LENGTH


class LegalHold(Base):
    """While it stands, nothing of the person (or of those in the cycle) is erased or forgotten."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (cycle_id IS NULL)", name="of_one"),
        CheckConstraint("length(reason) > 0", name="has_reason"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name="lifted_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("cycle.id"), index=True)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="", server_default="")

    person: Mapped[Person | None] = relationship(foreign_keys=person_id, lazy="joined")
    cycle: Mapped[Cycle | None] = relationship(lazy="joined")
    set_by: Mapped[Person] = relationship(foreign_keys=set_by_id, lazy="joined")


class RequestStatus(enum.StrEnum):
    """Where a request to be erased stands."""

    OPEN = "open"
    ERASED = "erased"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


class ErasureRequest(Base):
    """Somebody wishes to be erased (or staff wrote it down for them); one open at a time."""

    __tablename__ = "erasure_request"
    __table_args__ = (
        Index(
            "uq_erasure_request_open",
            "person_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        CheckConstraint("(status = 'open') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("status <> 'refused' OR length(reason) > 0", name="refused_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(REASON_LENGTH))
    status: Mapped[RequestStatus] = mapped_column(
        choice(RequestStatus, "status"), default=RequestStatus.OPEN
    )
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="", server_default="")

    person: Mapped[Person] = relationship(foreign_keys=person_id, lazy="joined", innerjoin=True)


class RetainedCertificate(Base):
    """A certificate whose holder was erased: why its record stays, and until which day."""

    __tablename__ = "retained_certificate"

    certificate_id: Mapped[int] = mapped_column(
        ForeignKey("certificate.id"), primary_key=True, autoincrement=False
    )
    legal_basis: Mapped[str] = mapped_column(String(300))
    kept_until: Mapped[date] = mapped_column(Date)
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    certificate: Mapped[Certificate] = relationship()
