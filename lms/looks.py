"""Who looked at other people's data: an append-only table, and how a look is noted while reading.

A request that only reads gets a transaction in which the database refuses to write, and that stays
so. Its looks are kept aside and written down when the page is made and before it leaves, in a
transaction of their own that holds nothing else (`lms.transaction` is the only caller). If they
cannot be written the page is not shown: nobody looks unseen. ADR 0013.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g, request
from sqlalchemy import String, insert
from sqlalchemy.orm import Mapped, mapped_column

from lms.clock import now
from lms.database import Base, UtcDateTime, may_write
from lms.extensions import db


class AccessLook(Base):
    """One look: by whom, by which page, at what; `person_id` where it is one person's data."""

    __tablename__ = "access_look"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int] = mapped_column(index=True)
    endpoint: Mapped[str] = mapped_column(String(60))
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(index=True)
    purpose: Mapped[str] = mapped_column(String(300), default="", server_default="")


def record_look(
    seen: Any, *, actor_id: int, person_id: int | None = None, purpose: str = ""
) -> None:
    """Note that `actor_id` looks at `seen` (a mapped row) by this request's page.

    `person_id`: whose data it is, where it is one person's. A look at oneself is none.
    """
    if person_id == actor_id:
        return
    look = {
        "at": now(),
        "actor_id": actor_id,
        "endpoint": (request.endpoint or "")[:60],
        "object_type": seen.__tablename__,
        "object_id": seen.id,
        "person_id": person_id,
        "purpose": purpose,
    }
    if may_write.get():
        db.session.add(AccessLook(**look))
    else:
        g.setdefault("looks", []).append(look)


def write_down() -> None:
    """Write the looks of a request that only read, in a transaction of their own."""
    looks = g.pop("looks", None)
    if not looks:
        return
    allowed = may_write.set(True)
    try:
        with db.engine.begin() as connection:
            connection.execute(insert(AccessLook), looks)
    finally:
        may_write.reset(allowed)
