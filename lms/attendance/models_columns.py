"""What the columns of a table are that no platform writes, remembered for the next such file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.database import Base, Hash, UtcDateTime


class SavedColumns(Base):
    """A table known by its headings (`signature`) in one track.

    A report read by it carries its own copy in `ReportFile.answers`: deleting this row, or saving
    it anew, changes nothing that was read before.
    """

    __tablename__ = "saved_columns"
    __table_args__ = (UniqueConstraint("track_id", "signature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    signature: Mapped[str] = mapped_column(Hash)
    filename: Mapped[str] = mapped_column(String(200))
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
