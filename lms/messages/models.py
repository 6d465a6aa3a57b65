"""The outbox: one row a message. It holds an address, no key to a person: every room can post."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.database import Base, UtcDateTime, choice

JOB_KIND = "send_message"
KEY_LENGTH = 200
ADDRESS_LENGTH = 320


class MessageStatus(enum.StrEnum):
    """Where a message stands. UNCERTAIN: handed over, and our worker died before the answer."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


ENDED = frozenset({MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.UNCERTAIN})


class OutboxMessage(Base):
    """One message to one address. `key` is unique: asked twice, sent once.

    `letter` may hold a secret link: it is dropped as soon as a mail server has the message.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_status", "status", "created_at"),
        Index("ix_outbox_message_created_at", "created_at"),
        CheckConstraint(
            "letter IS NOT NULL OR status IN ('sent', 'failed', 'uncertain')", name="letter_kept"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(KEY_LENGTH), unique=True)
    recipient: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    language: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(200))
    letter: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    status: Mapped[MessageStatus] = mapped_column(
        choice(MessageStatus, "status"), default=MessageStatus.QUEUED
    )
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)  # or last asked for again
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(Text)  # what was said last, by the server or by us

    @staticmethod
    def job_key(message_id: int) -> str:
        """The key of the job that sends it."""
        return f"message:{message_id}"
