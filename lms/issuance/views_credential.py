"""What other programs read of a certificate: its Open Badge, its metadata, the issuer's keys."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, jsonify
from flask_babel import gettext as _

from certificates.badge import CONTEXT
from lms import access
from lms.errors import UserError
from lms.issuance import agid, credentials, issuer_keys, queries_certificates
from lms.issuance.blueprint import blueprint
from lms.issuance.models import Certificate
from lms.issuance.serving import credential_response, metadata_response

blueprint.add_app_template_global(agid.body, "issuing_body")


@blueprint.get("/attestati/<int:certificate_id>.jwt")
def credential(**_address: int) -> Response:
    """The signed Open Badges credential, beside the PDF."""
    return credential_response(access.subject(Certificate))


@blueprint.get("/attestati/<int:certificate_id>.xml")
def document_metadata(**_address: int) -> Response:
    """What protocol and conservation want to know of the document, where the settings name us."""
    shown, owner = access.subject(Certificate), agid.body()
    document = queries_certificates.document_of(shown.id)
    if owner is None:
        raise UserError(_("Metadata are not set up on this site."), 409)
    if document is None:
        raise UserError(_("The document is being prepared: try again in a moment."), 409)
    if not document.pdf:
        raise UserError(
            _("The person's data were erased: of this certificate only the record is kept."), 404
        )
    return metadata_response(shown, document, owner)


@blueprint.get("/credenziali/emittente.json")
def issuer_profile() -> Response:
    """Who issues the credentials, as an Open Badges profile."""
    here, settings = credentials.addresses(), current_app.config["SETTINGS"]
    profile: dict[str, Any] = {
        "@context": list(CONTEXT),
        "id": here.issuer,
        "type": ["Profile"],
        "name": settings.administration,
        "url": here.site,
    }
    return jsonify(profile)


@blueprint.get("/credenziali/chiavi.json")
def issuer_keys_set() -> Response:
    """The issuer's public keys (JWKS)."""
    return jsonify(keys=issuer_keys.public_keys())


@blueprint.get("/credenziali/chiavi/<kid>.json")
def issuer_key(kid: str) -> Response:
    """One public key (JWK): the address stands in each credential."""
    found = issuer_keys.public_key(kid)
    if found is None:
        abort(404)
    return jsonify(found)


@blueprint.get("/credenziali/revoche.json")
def revoked_credentials() -> Response:
    """The credentials that no longer hold, by names that tell nothing else."""
    here = credentials.addresses()
    listed = [{"id": name, "revoked": True} for name in credentials.revoked()]
    return jsonify(id=here.revocations, issuer=here.issuer, revokedCredential=listed)
