"""Documents made part by part: each is kept, so that a worker's end costs one part and no more.

Whoever makes parts holds no lock meanwhile. Two workers at one document make the same parts: what
is there first stays.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pikepdf
from sqlalchemy import delete

from lms import jobs
from lms.attendance import queries_parts
from lms.attendance.models_paper import RegisterDocumentPart
from lms.attendance.pdf import Printed
from lms.attendance.pdf_joining import Joiner
from lms.attendance.printing import Layout, Tell, lay_out
from lms.database import insert_new
from lms.extensions import db
from lms.text import slug

SUMMARY = 0  # the section that opens a cycle's document
# More pages make a ZIP of one PDF for each section: joining holds the tags of all in memory, and
# nobody reads on in a PDF of thousands of pages.
LARGEST_SINGLE = 400


def make_section(document_id: int, section: int, layout: Layout[Any], tell: Tell) -> None:
    """Lay out what is missing of a section and make it whole; `tell` commits each part."""
    kept = queries_parts.kept_of(document_id, section)
    if kept.whole:
        return
    pages = dict(kept.pages)
    for position, (start, rows) in enumerate(layout.parts):
        if position in pages:
            continue
        first = 1 + sum(pages[before] for before in range(position))
        printed = lay_out(layout.html(start, rows, first), layout.pictures)
        pages[position] = printed.pages
        _keep(document_id, section, position, printed)
        tell()
    _make_whole(document_id, section, len(layout.parts))
    db.session.commit()


def _make_whole(document_id: int, section: int, parts: int) -> None:
    ids = queries_parts.part_ids(document_id, section)
    if queries_parts.kept_of(document_id, section).whole:
        return  # another worker was quicker
    if len(ids) != parts:
        raise jobs.TryAgain(timedelta(0), "another worker is at the same document")
    printed = _take(ids[0]) if parts == 1 else _join_parts(ids)
    db.session.rollback()  # joining takes long: nobody shall wait for a lock meanwhile
    db.session.execute(delete(RegisterDocumentPart).where(RegisterDocumentPart.id.in_(ids)))
    _keep(document_id, section, 0, printed, whole=True, parts=parts)


def _join_parts(ids: list[int]) -> Printed:
    joiner = Joiner()
    for each in ids:
        joiner.add(_take(each).pdf)
    return Printed(joiner.finish(), joiner.pages)


def _keep(document_id: int, section: int, position: int, printed: Printed, **more: Any) -> None:
    values = {"whole": False, "parts": 1, **more}
    db.session.execute(
        insert_new(RegisterDocumentPart, db.engine).values(
            document_id=document_id, section=section, position=position, pdf=printed.pdf,
            pages=printed.pages, **values,
        )
    )  # fmt: skip


def _take(part_id: int) -> Printed:
    part = queries_parts.part(part_id)
    printed = Printed(part.pdf, part.pages)
    db.session.expunge(part)  # one at a time: they may be large
    return printed


def only_section(document_id: int) -> Printed:
    """The document of a single section."""
    (only,) = queries_parts.whole_ids(document_id)
    return _take(only)


def joined(document_id: int, opening: str) -> Printed:
    """All sections as one PDF, each under its title; the first under `opening`."""
    joiner = Joiner()
    for number, (title, printed) in enumerate(_sections(document_id)):
        joiner.add(printed.pdf, title if number else opening)
    return Printed(joiner.finish(), joiner.pages)


def bundled(document_id: int, at: datetime) -> Printed:
    """All sections as a ZIP of PDFs, with their hashes as `sha256sum -c` reads them."""
    found, pages, sums = io.BytesIO(), 0, ""
    day = at.timetuple()[:6]
    with zipfile.ZipFile(found, "w") as archive:
        for number, (title, printed) in enumerate(_sections(document_id)):
            name = f"{number:03} {slug(title)}.pdf".replace(" ", "-")
            archive.writestr(zipfile.ZipInfo(name, day), printed.pdf)  # stored: PDFs are dense
            sums += f"{hashlib.sha256(printed.pdf).hexdigest()}  {name}\n"
            pages += printed.pages
        archive.writestr(zipfile.ZipInfo("SHA256SUMS", day), sums)
    return Printed(found.getvalue(), pages)


def _sections(document_id: int) -> Iterator[tuple[str, Printed]]:
    for each in queries_parts.whole_ids(document_id):
        printed = _take(each)
        with pikepdf.open(io.BytesIO(printed.pdf)) as pdf:
            title = str(pdf.docinfo["/Title"])
        yield title, printed


def drop_parts(document_id: int) -> None:
    """Let the parts go, once the document is there."""
    theirs = RegisterDocumentPart.document_id == document_id
    db.session.execute(delete(RegisterDocumentPart).where(theirs))
