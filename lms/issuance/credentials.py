"""The signed Open Badges credential of a certificate, made from its snapshot when it is asked for.

The same certificate gives the same bytes: nothing of it is stored, and nothing of today goes in.
"""

from __future__ import annotations

from flask_babel import gettext as _
from joserfc import jws
from sqlalchemy import select

from certificates import badge
from certificates.data import InvalidData
from lms.errors import UserError
from lms.extensions import db
from lms.issuance import issuer_keys, snapshots
from lms.issuance.models import Certificate, CertificateStatus
from lms.links import public_root, public_url

MEDIA_TYPE = "application/vc+jwt"


def addresses() -> badge.Addresses:
    """Where this site publishes what readers of credentials ask for."""
    return badge.Addresses(
        site=public_root() + "/",
        issuer=public_url("issuance.issuer_profile"),
        revocations=public_url("issuance.revoked_credentials"),
    )


def signed(certificate: Certificate) -> str:
    """The credential as a compact JWT. `UserError` (409) where it cannot be made."""
    try:
        data = snapshots.thaw(certificate.snapshot)
    except InvalidData as error:  # erased: only the record is kept
        raise UserError(
            _("The person's data were erased: of this certificate only the record is kept."), 409
        ) from error
    found = issuer_keys.signing_key()
    if found is None:
        raise UserError(_("The credential is being prepared: try again in a moment."), 409)
    kid, key = found
    header = {
        "alg": issuer_keys.ALGORITHM,
        "typ": "vc+jwt",
        "kid": public_url("issuance.issuer_key", kid=kid),
    }
    text = snapshots.canonical(badge.claims(data, addresses()))
    return jws.serialize_compact(header, text, key, algorithms=[issuer_keys.ALGORITHM])


def revoked() -> list[str]:
    """The names of the credentials that no longer hold."""
    codes = select(Certificate.code).where(Certificate.status != CertificateStatus.VALID)
    return sorted(badge.credential_id(code) for code in db.session.scalars(codes))
