"""What was united, with all that is needed to part it again; and who is certainly not the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from lms.accounts.models import Person
from lms.database import Base, UtcDateTime


class PersonMerge(Base):
    """`other` was found to be the same person as `kept`. A person stands in one that holds.

    `changes`: every row as it was before and after, and the evidence written (`journal`).
    """

    __tablename__ = "person_merge"
    __table_args__ = (
        CheckConstraint("kept_id <> other_id", name="two_people"),
        Index(
            "uq_person_merge_standing",
            "other_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changes: Mapped[dict[str, Any]] = deferred(mapped_column(JSON, nullable=False))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    kept: Mapped[Person] = relationship(foreign_keys=kept_id)
    other: Mapped[Person] = relationship(foreign_keys=other_id)
    by: Mapped[Person] = relationship(foreign_keys=by_id)


class NotDuplicate(Base):
    """Two people of whom somebody said: not the same. Such a pair is proposed no more."""

    __tablename__ = "not_duplicate"
    __table_args__ = (CheckConstraint("first_id < second_id", name="in_order"),)

    first_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    second_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person] = relationship(foreign_keys=by_id)
