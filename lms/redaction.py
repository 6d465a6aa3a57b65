"""The one gate through which what is kept as it was written may lose a person's words.

Histories, evidence, seals and certificates are protected by triggers. Some of their columns may be
changed while a row stands in `redaction_gate`, and only then (migration 0016). The row points at
one that cannot exist, by a key that is checked at the commit: so the database itself refuses to
commit while the gate stands open, and no other transaction ever sees it open.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import CheckConstraint, ForeignKey, delete, insert
from sqlalchemy.orm import Mapped, mapped_column

from lms.database import Base
from lms.extensions import db


class RedactionGate(Base):
    """At most one row, never committed."""

    __tablename__ = "redaction_gate"
    __table_args__ = (
        CheckConstraint("id = 1", name="single_row"),
        CheckConstraint("missing = 0", name="never_there"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    missing: Mapped[int] = mapped_column(
        ForeignKey("redaction_gate.id", deferrable=True, initially="DEFERRED")
    )


@contextmanager
def open_gate() -> Iterator[None]:
    """Let the redactable columns be changed inside the block. A failure inside must roll back."""
    db.session.flush()
    db.session.execute(insert(RedactionGate).values(id=1, missing=0))
    yield
    db.session.flush()
    db.session.execute(delete(RedactionGate))
