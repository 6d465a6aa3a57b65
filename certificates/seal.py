"""A seal on a PDF: PAdES by pyHanko, with a key behind `Signer`; PDF bytes in, PDF bytes out.

The seal is an incremental update with an invisible signature field: what was rendered stays byte
for byte, and the file stays PDF/A and PDF/UA. With a timestamp authority it is PAdES B-T.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certificates.keys import Signer

FIELD = "Seal"
DIGEST = "sha256"
# Room for the signature, so that nothing is signed twice to learn its size; a certificate has some
# 2 KB, a timestamp with its own certificates some 6.
_ROOM = 4 * 1024
_ROOM_FOR_TIMESTAMP = 12 * 1024


def seal(pdf: bytes, signer: Signer, timestamper: TimeStamper | None = None) -> bytes:
    """The same document with a seal. What `signer` or `timestamper` raise is passed on."""
    chain = sum(len(one.public_bytes(Encoding.DER)) for one in (signer.certificate, *signer.chain))
    room = _ROOM + chain + (_ROOM_FOR_TIMESTAMP if timestamper else 0)
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES
    )
    sealed = io.BytesIO()
    maker = signers.PdfSigner(metadata, _Adapter(signer), timestamper=timestamper)
    document = IncrementalPdfFileWriter(io.BytesIO(pdf))
    apart(lambda: maker.sign_pdf(document, bytes_reserved=2 * room, output=sealed))
    return sealed.getvalue()


def apart(work: Callable[[], Any]) -> Any:
    """Do it in a thread of its own: pyHanko starts an event loop, and this one may have one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def plain(certificate: x509.Certificate) -> asn1.Certificate:
    """A certificate as pyHanko's libraries hold it."""
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))


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
