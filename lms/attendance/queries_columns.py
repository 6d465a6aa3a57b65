"""Tables whose columns somebody explained in a track."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from lms.attendance.models_columns import SavedColumns
from lms.attendance.readers import ColumnMapping
from lms.attendance.readers.mapping import signature
from lms.attendance.readers.table import Row
from lms.extensions import db
from lms.lists import MAXIMUM_WORDS


def saved(track_id: int, text: str = "") -> Select[tuple[SavedColumns]]:
    """A track's saved tables, latest first, with every word of `text` in the file's name."""
    named: InstrumentedAttribute[str] = SavedColumns.filename
    return (
        select(SavedColumns)
        .where(SavedColumns.track_id == track_id)
        .where(*(named.icontains(word, autoescape=True) for word in text.split()[:MAXIMUM_WORDS]))
        .order_by(SavedColumns.saved_at.desc(), SavedColumns.id.desc())
    )


def is_any_saved(track_id: int) -> bool:
    """Whether the track has a saved table."""
    row = select(SavedColumns.id).where(SavedColumns.track_id == track_id).limit(1)
    return db.session.scalar(row) is not None


def known(track_id: int, headings: Iterable[Row]) -> ColumnMapping | None:
    """What the columns of a table are, by the first of its possible headings that is saved."""
    names = list(dict.fromkeys(signature(row.cells) for row in headings))
    rows = db.session.scalars(
        select(SavedColumns).where(
            SavedColumns.track_id == track_id, SavedColumns.signature.in_(names)
        )
    )
    found = {row.signature: row for row in rows}
    first = next((found[name] for name in names if name in found), None)
    return ColumnMapping.of(first.mapping) if first else None


def by_signature(track_id: int, name: str) -> SavedColumns | None:
    """The track's saved table with this signature."""
    return db.session.scalar(
        select(SavedColumns).where(
            SavedColumns.track_id == track_id, SavedColumns.signature == name
        )
    )
