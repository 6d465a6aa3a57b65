"""What the seal on a PDF says, told offline: nothing is fetched, nobody is asked."""

from __future__ import annotations

import enum
import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import parser
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates.keys import name_of
from certificates.seal import apart, plain

# That somebody is not vouched for is an answer here, no event to be logged.
logging.getLogger("pyhanko.sign.validation.generic_cms").setLevel(logging.CRITICAL)


class SealState(enum.StrEnum):
    """What can be said of a seal."""

    NONE = "none"
    INTACT = "intact"  # covers the whole file, and nothing was changed since
    BROKEN = "broken"  # changed since, or it does not cover the whole file


@dataclass(frozen=True)
class Seal:
    """`trusted`: whether the certificates given vouch for who sealed; None where none were given.

    `stamped_at`: the instant a timestamp authority vouches for, where there is one. `lasting`:
    whether what a check in years to come needs (revocation lists or answers) is in the file.
    """

    state: SealState
    signer: str = ""
    trusted: bool | None = None
    stamped_at: datetime | None = None
    lasting: bool = False


def examine(pdf: bytes, roots: Sequence[x509.Certificate] = ()) -> Seal:
    """Judge the last seal of a file. Never raises, whatever the bytes."""
    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        if not found:
            return Seal(SealState.NONE)
        return _judged(found[-1], roots)
    except Exception:  # noqa: BLE001 - whatever a parser meets in a stranger's file is an answer
        return Seal(SealState.BROKEN if b"/ByteRange" in pdf else SealState.NONE)


def _judged(signature: EmbeddedPdfSignature, roots: Sequence[x509.Certificate]) -> Seal:
    trust = ValidationContext(
        trust_roots=[plain(one) for one in roots] or [signature.signer_cert],
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    status: PdfSignatureStatus = apart(
        lambda: validate_pdf_signature(signature, signer_validation_context=trust, skip_diff=True)
    )
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    good = status.intact and status.valid and whole and _fills(signature.pkcs7_content)
    stamp = status.timestamp_validity
    return Seal(
        SealState.INTACT if good else SealState.BROKEN,
        signer=name_of(x509.load_der_x509_certificate(status.signing_cert.dump()).subject),
        trusted=bool(good and status.trusted) if roots else None,
        stamped_at=stamp.timestamp if stamp and stamp.intact and stamp.valid else None,
        lasting=good and _lasts(signature),
    )


def _lasts(signature: EmbeddedPdfSignature) -> bool:
    root = signature.reader.root
    if "/DSS" not in root:
        return False
    kept = root["/DSS"]  # not get: that gives the reference
    return "/CRLs" in kept or "/OCSPs" in kept


def _fills(contents: bytes) -> bool:
    """Whether nothing but zeros follows the signature in its place, which no signature covers."""
    return not any(contents[parser.peek(contents) :])
