"""A revocation taken back; a change after issue that somebody decides to leave as it is."""

from __future__ import annotations

from flask_babel import gettext as _

from lms import audit
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.issuance import queries, queries_certificates, queries_tasks, reviewing
from lms.issuance.corrections import as_seen, to_be_looked_at
from lms.issuance.making import hold
from lms.issuance.models import (
    Certificate,
    CertificateEvent,
    CertificateEventKind,
    CertificateStatus,
)
from lms.issuance.models_tasks import Outcome
from lms.text import clean_text


def restore(certificate: Certificate, reason: str, *, by: int | None) -> None:
    """Make a revoked certificate valid again; verification says so from now on.

    `UserError` (409) when it is not revoked, another has taken its place, or the person has
    another valid one for the same enrolment.
    """
    hold(certificate.cycle_id)
    db.session.refresh(certificate)
    if refusal := against_restoring(certificate):
        raise UserError(refusal, 409)
    certificate.status = CertificateStatus.VALID
    event = CertificateEvent(
        certificate_id=certificate.id, kind=CertificateEventKind.RESTORED, at=now(), actor_id=by,
        reason=clean_text(reason),
    )  # fmt: skip
    db.session.add(event)
    db.session.flush()
    audit.record("certificate.restored", certificate, actor_id=by)


def against_restoring(certificate: Certificate) -> str | None:
    """Why a certificate cannot be made valid again, in words; None when it can."""
    if certificate.status is not CertificateStatus.REVOKED:
        return str(_("This certificate is not revoked: somebody was quicker."))
    if queries_certificates.replacement_of(certificate.id) is not None:
        return str(_("Another certificate has already taken the place of this one."))
    if queries_certificates.valid_one_beside(certificate) is not None:
        return str(_("This person has another valid certificate for the same enrolment."))
    return None


def keep(certificate: Certificate, reason: str, *, seen: str, by: int | None) -> None:
    """Decide that a certificate stays as it is, though the facts changed; its tasks end.

    `seen` are the differences on which the decision was taken. `UserError` (409) when they are
    others by now, or there are none.
    """
    cycle = hold(certificate.cycle_id)
    db.session.refresh(certificate)
    candidate = queries.candidate_of(certificate.enrolment)
    newest = candidate.certificate is not None and candidate.certificate.id == certificate.id
    found = to_be_looked_at(candidate, queries_tasks.kept_in(cycle.id)) if newest else {}
    if not found or as_seen(found) != seen:
        raise UserError(_("Meanwhile something else changed: look at the certificate again."), 409)
    # The job that raises tasks may not have come by yet.
    reviewing.raise_tasks(certificate.id, found, queries_tasks.open_in(cycle.id))
    db.session.flush()
    reviewing.settle_all(certificate.id, Outcome.KEPT, by=by, note=clean_text(reason))
    detail = {"changes": sorted(found)}
    audit.record("certificate.left_as_it_is", certificate, actor_id=by, detail=detail)
