"""One certificate, found by its code or its bytes; its history; a person's own list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, undefer

from lms.accounts.models import Person
from lms.catalogue.models import Cycle
from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.issuance.models import (
    Certificate,
    CertificateDocument,
    CertificateEvent,
    CertificateEventKind,
    CertificateStatus,
)

ENDS = (CertificateEventKind.REPLACED, CertificateEventKind.REVOKED)


def document_of(certificate_id: int) -> CertificateDocument | None:
    """The stored PDF, bytes included."""
    return db.session.scalar(
        select(CertificateDocument)
        .options(undefer(CertificateDocument.pdf))
        .where(CertificateDocument.certificate_id == certificate_id)
    )


def document_facts(certificate_id: int) -> CertificateDocument | None:
    """Hash, size and date of the stored PDF; the bytes are not read."""
    return db.session.get(CertificateDocument, certificate_id)


def certificate_by_code(code: str) -> Certificate | None:
    """The certificate with this code, in its canonical form."""
    return db.session.scalar(select(Certificate).where(Certificate.code == code))


def certificate_by_sha256(sha256: str) -> Certificate | None:
    """The certificate whose stored PDF has this hash."""
    return db.session.scalar(
        select(Certificate)
        .join(CertificateDocument, CertificateDocument.certificate_id == Certificate.id)
        .where(CertificateDocument.sha256 == sha256)
    )


def events_of(certificate_id: int) -> Sequence[tuple[CertificateEvent, str]]:
    """The history of a certificate, oldest first, each event with its author's name (or "")."""
    rows = db.session.execute(
        select(CertificateEvent, Person.given_name, Person.family_name)
        .outerjoin(Person, CertificateEvent.actor_id == Person.id)
        .where(CertificateEvent.certificate_id == certificate_id)
        .order_by(CertificateEvent.at, CertificateEvent.id)
    )
    return [(event, f"{given or ''} {family or ''}".strip()) for event, given, family in rows]


def ended_by(certificate: Certificate) -> CertificateEvent | None:
    """The event that ended a certificate's validity; None while it is valid."""
    if certificate.status is CertificateStatus.VALID:
        return None
    return db.session.scalar(
        select(CertificateEvent)
        .where(
            CertificateEvent.certificate_id == certificate.id,
            CertificateEvent.kind.in_(ENDS),
        )
        .order_by(CertificateEvent.id.desc())
        .limit(1)
    )


def public_history(certificate_id: int) -> list[tuple[CertificateEventKind, datetime]]:
    """What happened to a certificate and when, oldest first: what everybody may know of it."""
    rows = db.session.execute(
        select(CertificateEvent.kind, CertificateEvent.at)
        .where(CertificateEvent.certificate_id == certificate_id)
        .order_by(CertificateEvent.at, CertificateEvent.id)
    )
    return [(kind, at) for kind, at in rows]


def valid_one_beside(certificate: Certificate) -> int | None:
    """The id of another valid certificate of the same enrolment, or of one united with it."""
    enrolment = certificate.enrolment
    into = enrolment.united_into_id or enrolment.id
    united = select(Enrolment.id).where(or_(Enrolment.id == into, Enrolment.united_into_id == into))
    return db.session.scalar(
        select(Certificate.id)
        .where(
            Certificate.enrolment_id.in_(united),
            Certificate.id != certificate.id,
            Certificate.status == CertificateStatus.VALID,
        )
        .limit(1)
    )


def replacement_of(certificate_id: int) -> Certificate | None:
    """The certificate that took the place of this one."""
    return db.session.scalar(select(Certificate).where(Certificate.replaces_id == certificate_id))


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """A certificate in its holder's list. `ready`: the PDF is there."""

    certificate: Certificate
    ready: bool
    ended_at: datetime | None
    reason: str


def certificates_of_person(person_id: int, text: str) -> Select[Any]:
    """A person's certificates, newest first; `text` is sought in cycle titles and serials."""
    found = (
        select(Certificate)
        .join(Enrolment, Certificate.enrolment_id == Enrolment.id)
        .join(Cycle, Certificate.cycle_id == Cycle.id)
        .where(Enrolment.id.in_(_enrolments_of(person_id)))
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    )
    for word in text.split():
        found = found.where(
            or_(
                Cycle.title.icontains(word, autoescape=True),
                Certificate.serial.icontains(word, autoescape=True),
            )
        )
    return found


def _enrolments_of(person_id: int) -> Select[Any]:
    """Ids of a person's enrolments, and of those that were united into them."""
    united = aliased(Enrolment)
    return (
        select(Enrolment.id)
        .outerjoin(united, Enrolment.united_into_id == united.id)
        .where(func.coalesce(united.person_id, Enrolment.person_id) == person_id)
    )


def holder_of(certificate: Certificate) -> int:
    """Whose certificate it is: of an enrolment united into another, that one's person's."""
    enrolment = certificate.enrolment
    if enrolment.united_into_id is not None:
        enrolment = db.session.get_one(Enrolment, enrolment.united_into_id)
    return enrolment.person_id


def own_certificates(certificates: Sequence[Certificate]) -> list[OwnCertificate]:
    """What a list tells of each of these certificates; two queries."""
    ids = [each.id for each in certificates]
    ready = set(
        db.session.scalars(
            select(CertificateDocument.certificate_id).where(
                CertificateDocument.certificate_id.in_(ids)
            )
        )
    )
    ended = [each.id for each in certificates if each.status is not CertificateStatus.VALID]
    ends = {
        event.certificate_id: event
        for event in db.session.scalars(
            select(CertificateEvent)
            .where(
                CertificateEvent.certificate_id.in_(ended),
                CertificateEvent.kind.in_(ENDS),
            )
            .order_by(CertificateEvent.id)
        )
    }
    return [
        OwnCertificate(
            each, each.id in ready,
            ends[each.id].at if each.id in ends else None,
            ends[each.id].reason if each.id in ends else "",
        )
        for each in certificates
    ]  # fmt: skip


# --- a person's own ------------------------------------------------------------------------------


def valid_certificates(enrolment_ids: Sequence[int]) -> dict[int, OwnCertificate]:
    """The valid certificates of these enrolments, by enrolment id; whether the PDF is there too."""
    rows = db.session.execute(
        select(Certificate, CertificateDocument.certificate_id)
        .outerjoin(CertificateDocument, CertificateDocument.certificate_id == Certificate.id)
        .where(
            Certificate.enrolment_id.in_(enrolment_ids),
            Certificate.status == CertificateStatus.VALID,
        )
    )
    return {
        certificate.enrolment_id: OwnCertificate(certificate, document is not None, None, "")
        for certificate, document in rows
    }
