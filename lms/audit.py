"""Who did what, when: an append-only table, written in the same transaction as the deed.

The database forbids changing or deleting a row (triggers of the first migration).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.clock import now
from lms.database import Base, UtcDateTime
from lms.extensions import db


class AuditEvent(Base):
    """One deed. `actor_id` is a person's id, or None for the command line and the worker."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_object", "object_type", "object_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(60))
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


Follower = Callable[[str, Any], None]
_followers: list[Follower] = []


def follower(function: Follower) -> Follower:
    """Have `function(action, subject)` called for every deed, within the deed's transaction.

    For rooms further up that something done below concerns.
    """
    _followers.append(function)
    return function


def record(
    action: str,
    subject: Any,
    *,
    actor_id: int | None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Note that `actor_id` did `action` to `subject` (a mapped row that already has its id).

    `detail` holds plain JSON values; no passwords, no tokens.
    """
    db.session.add(
        AuditEvent(
            at=now(),
            actor_id=actor_id,
            action=action,
            object_type=subject.__tablename__,
            object_id=subject.id,
            detail=detail or {},
        )
    )
    for told in _followers:
        told(action, subject)
