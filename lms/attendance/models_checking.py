"""Self check-in: whether a lesson takes it, and from which device each check-in came."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.database import Base, Hash, UtcDateTime


class SelfCheckIn(Base):
    """A lesson whose participants check in by themselves, since somebody opened that.

    `asks_check_out`: minutes count only up to a check-out; it is fixed once somebody is in.
    """

    __tablename__ = "self_check_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), unique=True)
    asks_check_out: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CheckInTrace(Base):
    """Which browser a check-in came from: a keyed hash of a random number kept in its cookie.

    Good only to tell that one device checked several people in; dropped after a month.
    """

    __tablename__ = "check_in_trace"
    __table_args__ = (Index("ix_check_in_trace_device", "register_id", "device"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), unique=True)
    register_id: Mapped[int] = mapped_column(ForeignKey("attendance_register.id"))
    device: Mapped[str] = mapped_column(Hash)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
