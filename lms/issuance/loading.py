"""How certificates are loaded for `lms.access`, whatever became of their cycle."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import joinedload

from lms.access import Subject, loader
from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.issuance.models import Certificate
from lms.issuance.models_looks import CertificateLogo
from lms.issuance.queries_certificates import holder_of


@loader("certificate_logo")
def _certificate_logo(cycle_slug: str, logo_id: int, **_rest: Any) -> Subject | None:
    logo = db.session.get(CertificateLogo, logo_id, options=[joinedload(CertificateLogo.cycle)])
    if logo is None or logo.cycle.slug != cycle_slug:
        return None
    return Subject(logo, cycle_id=logo.cycle_id, track_id=logo.cycle.track_id)


@loader("certificate")
def _certificate(certificate_id: int, **_rest: Any) -> Subject | None:
    with_holder = joinedload(Certificate.enrolment).joinedload(Enrolment.person)
    certificate = db.session.get(Certificate, certificate_id, options=[with_holder])
    if certificate is None:
        return None
    return Subject(
        certificate, cycle_id=certificate.cycle_id, person_id=holder_of(certificate),
        track_id=certificate.cycle.track_id,
    )  # fmt: skip
