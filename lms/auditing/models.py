"""The sitting of an auditor: for one track, with its purpose, for some hours."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.database import Base, UtcDateTime


class AuditSession(Base):
    """While one is open its auditor may look at the track; every look carries its purpose."""

    __tablename__ = "audit_session"
    __table_args__ = (Index("ix_audit_session_person", "person_id", "track_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    purpose: Mapped[str] = mapped_column(String(300))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
