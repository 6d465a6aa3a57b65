"""What a certificate gives as a download that a browser neither runs nor frames."""

from __future__ import annotations

from flask import Response

from lms.config_body import PublicBody
from lms.issuance import agid, credentials
from lms.issuance.models import Certificate, CertificateDocument
from lms.text import slug


def pdf_response(shown: Certificate, document: CertificateDocument) -> Response:
    """The PDF, named for its number and holder."""
    name = slug(f"attestato {shown.serial} {shown.holder_name}")
    return Response(
        document.pdf,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )


def metadata_response(
    shown: Certificate, document: CertificateDocument, owner: PublicBody
) -> Response:
    """The metadata of the document, named like the PDF."""
    name = slug(f"attestato {shown.serial} {shown.holder_name}")
    return Response(
        agid.metadata(shown, document, owner),
        mimetype="application/xml",
        headers={"Content-Disposition": f'attachment; filename="{name}.xml"'},
    )


def credential_response(shown: Certificate) -> Response:
    """The signed credential, named like the PDF."""
    name = slug(f"attestato {shown.serial} {shown.holder_name}")
    return Response(
        credentials.signed(shown),
        mimetype=credentials.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}.jwt"'},
    )
