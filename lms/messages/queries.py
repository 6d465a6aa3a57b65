"""Every question to the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from lms.extensions import db
from lms.jobs import Job, JobStatus
from lms.messages.models import MessageStatus, OutboxMessage


def searched(text: str, status: MessageStatus | None) -> Select[Any]:
    """Messages whose address holds `text`, in one status or all; the newest first."""
    found = select(OutboxMessage).order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc())
    if text:
        found = found.where(_contains(OutboxMessage.recipient, text))
    return found if status is None else found.where(OutboxMessage.status == status)


def counts() -> dict[MessageStatus, int]:
    """How many messages stand in each status."""
    rows = db.session.execute(
        select(OutboxMessage.status, func.count()).group_by(OutboxMessage.status)
    )
    return dict(rows.tuples().all())


def next_try(message: OutboxMessage) -> datetime | None:
    """When a queued message is tried next; None for any other."""
    return db.session.scalar(
        select(Job.run_at).where(
            Job.key == OutboxMessage.job_key(message.id), Job.status == JobStatus.QUEUED
        )
    )


def local_mail(text: str) -> Select[Any]:
    """The demonstration's mail: what still has its letter, by address or subject; newest first."""
    found = select(OutboxMessage).where(OutboxMessage.letter.is_not(None))
    if text:
        found = found.where(
            or_(_contains(OutboxMessage.recipient, text), _contains(OutboxMessage.subject, text))
        )
    return found.order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc())


def _contains(column: Any, text: str) -> Any:
    return func.lower(column).contains(text.lower(), autoescape=True)
