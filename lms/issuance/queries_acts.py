"""What became of one act of issue, for those who are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.issuance.models import Certificate, CertificateDocument, CertificateStatus
from lms.issuance.queries import job_key_start
from lms.jobs import OPEN, Job


class Ready(NamedTuple):
    """A certificate that its holder can download."""

    id: int
    number: int
    serial: str
    person_id: int


def ready(cycle_id: int, first: int, end: int, limit: int) -> Sequence[Ready]:
    """Valid certificates with their document, numbers from `first` to below `end`, in order."""
    found = (
        select(Certificate.id, Certificate.number, Certificate.serial, Enrolment.person_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(CertificateDocument, CertificateDocument.certificate_id == Certificate.id)
        .where(Certificate.cycle_id == cycle_id, Certificate.status == CertificateStatus.VALID)
        .where(Certificate.number >= first, Certificate.number < end)
        .order_by(Certificate.number)
        .limit(limit)
    )
    return [Ready(*row) for row in db.session.execute(found)]


def others_at_it(job: Job) -> bool:
    """Whether another job is at documents of the same act, or will be."""
    act = Job.key.startswith(job_key_start(job.payload["cycle_id"]), autoescape=True)
    rows = select(Job.payload).where(act, Job.id != job.id, Job.status.in_(OPEN))
    return any(one.get("first") == job.payload["first"] for one in db.session.scalars(rows))


def outcome(cycle_id: int, first: int, end: int) -> tuple[int | None, int]:
    """Who issued the certificates from `first` to below `end`, and how many have a document."""
    mine = (Certificate.cycle_id == cycle_id, Certificate.number >= first, Certificate.number < end)
    found = (
        select(func.min(Certificate.issued_by_id), func.count(CertificateDocument.certificate_id))
        .outerjoin(CertificateDocument, CertificateDocument.certificate_id == Certificate.id)
        .where(*mine)
    )
    who, made = db.session.execute(found).one()
    return who, made
