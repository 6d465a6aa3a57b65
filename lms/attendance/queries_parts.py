"""What of a register document is made already."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from lms.attendance.models_paper import RegisterDocumentPart
from lms.extensions import db

Part = RegisterDocumentPart


@dataclass(frozen=True, slots=True)
class Kept:
    """What there is of a section: pages of each of its parts, and whether it is whole."""

    pages: dict[int, int]
    whole: bool


def kept_of(document_id: int, section: int) -> Kept:
    """What there is of a section."""
    rows = db.session.execute(
        select(Part.position, Part.pages, Part.whole).where(
            Part.document_id == document_id, Part.section == section
        )
    ).all()
    return Kept({row.position: row.pages for row in rows}, any(row.whole for row in rows))


def parts_made(document_id: int) -> int:
    """How many parts of a document are made, those that were joined among them."""
    made = select(func.sum(Part.parts)).where(Part.document_id == document_id)
    return db.session.scalar(made) or 0


def part_ids(document_id: int, section: int) -> list[int]:
    """The parts of a section in their order."""
    query = select(Part.id).where(Part.document_id == document_id, Part.section == section)
    return list(db.session.scalars(query.order_by(Part.position)))


def whole_ids(document_id: int) -> list[int]:
    """The sections that are whole, in their order."""
    query = select(Part.id).where(Part.document_id == document_id, Part.whole)
    return list(db.session.scalars(query.order_by(Part.section)))


def pages_of(document_id: int) -> int:
    """How many pages the sections that are whole have together."""
    query = select(func.sum(Part.pages)).where(Part.document_id == document_id, Part.whole)
    return db.session.scalar(query) or 0


def part(part_id: int) -> RegisterDocumentPart:
    """A part with its bytes."""
    query = select(Part).where(Part.id == part_id).options(undefer(Part.pdf))
    return db.session.scalars(query).one()
