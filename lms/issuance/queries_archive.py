"""Certificates to be taken away together: of a cycle, or of one organisation's people in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased, joinedload, undefer

from lms.catalogue.models import Cycle
from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.issuance.models import Certificate, CertificateDocument, CertificateStatus
from lms.lists import has_words
from lms.organisations.models import Organisation
from lms.pages import PAGE_SIZE, Page, page_number


@dataclass(frozen=True, slots=True)
class Entry:
    """One certificate of an archive, without its bytes; no `sha256` where there is no PDF."""

    id: int
    serial: str
    code: str
    holder: str
    organisation: str
    status: CertificateStatus
    minutes: int
    completed_on: date
    issued_at: datetime
    sha256: str | None
    size: int | None


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation with people who hold certificates of a cycle, and how many are valid."""

    id: int
    name: str
    valid: int


def entries(cycle_id: int, organisation_id: int | None) -> list[Entry]:
    """Every certificate of a cycle (of one organisation's people in it), by number."""
    document = CertificateDocument
    found = (
        select(
            Certificate.id, Certificate.serial, Certificate.code, Certificate.holder_name,
            Enrolment.organisation_name, Certificate.status, Certificate.minutes,
            Certificate.completed_on, Certificate.issued_at, document.sha256, document.size,
        )
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .outerjoin(document, document.certificate_id == Certificate.id)
        .where(Certificate.cycle_id == cycle_id)
        .order_by(Certificate.number)
    )  # fmt: skip
    if organisation_id is not None:
        found = found.where(Enrolment.organisation_id == organisation_id)
    return [Entry(*row) for row in db.session.execute(found)]


def pdfs(certificate_ids: Collection[int]) -> dict[int, bytes]:
    """The stored bytes of these certificates."""
    document = CertificateDocument
    rows = select(document.certificate_id, document.pdf).where(
        document.certificate_id.in_(certificate_ids)
    )
    return dict(db.session.execute(rows).tuples().all())


def with_documents(
    certificate_ids: Collection[int],
) -> list[tuple[Certificate, CertificateDocument]]:
    """These certificates with what is known of their PDFs, cycle and track loaded too."""
    found = (
        select(Certificate, CertificateDocument)
        .join(CertificateDocument, CertificateDocument.certificate_id == Certificate.id)
        .options(
            joinedload(Certificate.cycle).joinedload(Cycle.track), undefer(Certificate.snapshot)
        )
        .where(Certificate.id.in_(certificate_ids))
    )
    return [(one, document) for one, document in db.session.execute(found)]


def bodies(cycle_id: int, text: str) -> Page[Body]:
    """The page asked for of a cycle's organisations, by name; two queries."""
    valid = aliased(Certificate)
    counts = and_(valid.id == Certificate.id, valid.status == CertificateStatus.VALID)
    found = (
        select(Organisation.id, Organisation.name, func.count(valid.id))
        .join(Enrolment, Enrolment.organisation_id == Organisation.id)
        .join(Certificate, Certificate.enrolment_id == Enrolment.id)
        .outerjoin(valid, counts)
        .where(Certificate.cycle_id == cycle_id, has_words(Organisation.search_key, text))
        .group_by(Organisation.id, Organisation.name)
        .order_by(Organisation.name, Organisation.id)
    )
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    number = min(page_number(), max(1, -(-total // PAGE_SIZE)))
    rows = db.session.execute(found.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return Page([Body(*row) for row in rows], number, PAGE_SIZE, total)


def body_of(cycle_id: int, organisation_id: int) -> Organisation | None:
    """An organisation, if its people hold certificates of the cycle."""
    theirs = (
        select(Certificate.id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(Certificate.cycle_id == cycle_id, Enrolment.organisation_id == Organisation.id)
    )
    return db.session.scalar(
        select(Organisation).where(Organisation.id == organisation_id, theirs.exists())
    )


def counts(cycle_id: int) -> tuple[int, int, int]:
    """How many certificates a cycle has, how many of them with a PDF, and the bytes of these."""
    row = db.session.execute(
        select(
            func.count(Certificate.id),
            func.count(CertificateDocument.certificate_id),
            func.coalesce(func.sum(CertificateDocument.size), 0),
        )
        .outerjoin(CertificateDocument, CertificateDocument.certificate_id == Certificate.id)
        .where(Certificate.cycle_id == cycle_id)
    ).one()
    return row[0], row[1], row[2]
