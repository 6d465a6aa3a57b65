"""A seal on a PDF: PAdES by pyHanko, with a key behind `Signer`; PDF bytes in, PDF bytes out.

The seal is an incremental update with an invisible signature field: what was rendered stays byte
for byte, and the file stays PDF/A and PDF/UA. With a timestamp authority it is PAdES B-T. `press`
makes the same bytes a hundred times as fast where it can; what stands here is what they must equal.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certificates.keys import Signer, signature_room

FIELD = "Seal"
DIGEST = "sha256"
_ROOM = 512  # what the signature's container has beside certificates, names and the signature
# What is embedded for later stands under the seal too: one revision, wholly covered.
_TOGETHER = DSSContentSettings(
    include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
)
_ROOM_FOR_TIMESTAMP = 12 * 1024  # a timestamp with its own certificates has some 6 KB


def seal(
    pdf: bytes,
    signer: Signer,
    timestamper: TimeStamper | None = None,
    at: datetime | None = None,
    lasting: ValidationContext | None = None,
) -> bytes:
    """The same document with a seal. What `signer` or `timestamper` raise is passed on.

    `at`: the time the seal claims, now unless given. With it the same document gives the same bytes
    wherever the key gives the same signature (RSA). `lasting`: where to get what is embedded for
    checks in years to come (PAdES B-LT); `SigningError` when that cannot be had.
    """  # fmt: skip
    room = room_for(signer) + (_ROOM_FOR_TIMESTAMP if timestamper else 0)
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES,
        validation_context=lasting, embed_validation_info=lasting is not None,
        dss_settings=_TOGETHER,
    )  # fmt: skip
    sealed = io.BytesIO()
    maker = _Sealer(metadata, _Adapter(signer), timestamper=timestamper)
    maker.at = at.astimezone(UTC) if at else None
    document = _AsItIs(io.BytesIO(pdf))
    apart(lambda: maker.sign_pdf(document, bytes_reserved=2 * room, output=sealed))
    return sealed.getvalue()


def room_for(signer: Signer) -> int:
    """Bytes kept free for a signature, so that nothing is signed twice to learn its size."""
    known = (signer.certificate, *signer.chain)
    certificates = sum(len(one.public_bytes(Encoding.DER)) for one in known)
    issuer = len(signer.certificate.issuer.public_bytes())
    return _ROOM + certificates + 2 * issuer + signature_room(signer.certificate)


def claimed_time(issued_at: datetime, signer: Signer) -> datetime:
    """The time a certificate's seal claims: when it was issued, or since when the key may seal."""
    return max(issued_at, signer.certificate.not_valid_before_utc)


def apart(work: Callable[[], Any]) -> Any:
    """Do it in a thread of its own: pyHanko starts an event loop, and this one may have one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def plain(certificate: x509.Certificate) -> asn1.Certificate:
    """A certificate as pyHanko's libraries hold it."""
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))


class _AsItIs(IncrementalPdfFileWriter):
    """Adds the seal and nothing else: what the file says of itself and of a person stays."""

    @classmethod
    def _handle_id(cls, prev: Any) -> Any:
        """The file's first name stays; the second is derived from it, where pyHanko draws lots."""
        both = super()._handle_id(prev)  # type: ignore[no-untyped-call]
        both[1] = generic.ByteStringObject(second_id(both[0].original_bytes))
        return both

    def _update_meta(self) -> None:
        """No other title, author or date: the document was not edited."""


def second_id(first: bytes) -> bytes:
    """The name of the sealed revision of a file."""
    return blake2b(first, digest_size=16, person=FIELD.encode()).digest()


class _Sealer(signers.PdfSigner):
    """pyHanko's sealer, at a time of ours."""

    at: datetime | None = None

    def init_signing_session(self, *args: Any, **options: Any) -> Any:
        session = super().init_signing_session(*args, **options)
        session.system_time = self.at or session.system_time
        return session


class _Adapter(signers.Signer):
    """pyHanko's idea of a signer, over ours."""

    def __init__(self, signer: Signer) -> None:
        known = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        known.register_multiple(plain(one) for one in signer.chain)
        super().__init__(signing_cert=plain(signer.certificate), cert_registry=known)
        self._key = signer

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        """The signature; sizes are never asked for, as room is reserved."""
        if digest_algorithm != DIGEST or dry_run:
            raise NotImplementedError(digest_algorithm)
        return self._key.sign(data)
