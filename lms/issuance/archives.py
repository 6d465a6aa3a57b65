"""The archive of certificates: PDFs under readable names, and a list of what is in it.

Read in small batches, each in a transaction of its own, so that who downloads slowly holds up
nobody and thousands of certificates take no more memory than a few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from lms.clock import ROME
from lms.config_body import PublicBody
from lms.extensions import db
from lms.issuance import agid, queries_archive, words
from lms.issuance.models import CertificateStatus
from lms.issuance.queries_archive import Entry
from lms.links import public_url
from lms.spreadsheets import csv_bytes
from lms.text import slug
from lms.zips import ZipStream

BATCH = 20
NAME_LENGTH = 60
MANIFEST = "elenco.csv"
NO_LONGER_VALID = "non-piu-validi"  # folder of what was replaced or revoked


def file_name(entry: Entry) -> str:
    """Readable and safe on every system: ASCII, holder first; the number makes it distinct."""
    holder = slug(entry.holder)[:NAME_LENGTH].strip("-")
    name = "-".join(filter(None, (holder, slug(entry.serial)))) + ".pdf"
    return name if entry.status is CertificateStatus.VALID else f"{NO_LONGER_VALID}/{name}"


def archive(entries: Sequence[Entry]) -> Iterator[bytes]:
    """The pieces of the ZIP; the manifest comes last and lists what really is in it."""
    owner = agid.body()
    header = manifest_header() + ([str(_("Metadata"))] if owner else [])
    packed = ZipStream()
    rows: list[Sequence[object]] = []
    for start in range(0, len(entries), BATCH):
        batch = entries[start : start + BATCH]
        pdfs = queries_archive.pdfs([each.id for each in batch])
        sheets = _sheets(batch, owner) if owner else {}
        db.session.rollback()  # whoever reads slowly shall keep no transaction open
        for entry in batch:
            pdf = pdfs.get(entry.id)
            name = file_name(entry) if pdf else ""
            sheet = sheets.get(entry.id) if pdf else None
            beside = name.removesuffix(".pdf") + ".xml" if sheet else ""
            rows.append([*_row(entry, name), *([beside] if owner else [])])
            if pdf:
                yield packed.add(name, pdf)
            if sheet:
                yield packed.add(beside, sheet, packed=True)
    yield packed.add(MANIFEST, csv_bytes(header, rows), packed=True)
    yield packed.end()


def _sheets(batch: Sequence[Entry], owner: PublicBody) -> dict[int, bytes]:
    """The metadata of each document of the batch (AgID, annex 5)."""
    found = queries_archive.with_documents([each.id for each in batch])
    return {one.id: agid.metadata(one, document, owner) for one, document in found}


def manifest_header() -> list[str]:
    """The columns of the manifest."""
    return [
        str(name)
        for name in (
            _("Number"), _("Holder"), _("Organisation"), _("File"), _("SHA-256 of the PDF"),
            _("Status"), _("Minutes certified"), _("Completed on"), _("Issued on"),
            _("Verification"),
        )
    ]  # fmt: skip


def _row(entry: Entry, name: str) -> Sequence[object]:
    return (
        entry.serial, entry.holder, entry.organisation, name, entry.sha256 if name else "",
        words.status(entry.status)[0], entry.minutes, entry.completed_on.isoformat(),
        entry.issued_at.astimezone(ROME).date().isoformat(),
        public_url("issuance.verify", code=entry.code),
    )  # fmt: skip
