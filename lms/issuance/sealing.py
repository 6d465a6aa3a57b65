"""Sealing documents with the key and the timestamp authority of the settings.

Without a timestamp, or with a certificate out of its time, nothing is sealed: the documents wait,
for a seal that means less than people believe would be worse.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import requests
from asn1crypto import tsp
from cryptography import x509
from flask import current_app
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from certificates.data import CertificateData
from certificates.keys import NoSignatureError, is_in_force, name_of
from certificates.plate.sealing import SealError
from certificates.press import Press
from certificates.seal import seal
from certificates.seal_check import examine
from lms.clock import now
from lms.config_seal import SealSettings, TimestampAuthority
from lms.issuance.lasting import Evidence
from lms.jobs import TryAgain

TIMEOUT = (5, 15)  # seconds to be connected, and between two bytes of the answer
LARGEST_ANSWER = 64 * 1024
RETRY = timedelta(minutes=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sealed:
    """A document, who sealed it, and the instant a timestamp authority vouches for."""

    pdf: bytes
    by: str
    stamped_at: datetime | None = None


def sealed(press: Press, data: CertificateData) -> Sealed:
    """A certificate's document with its seal. Raises `TryAgain` while no seal can be made."""
    settings: SealSettings = current_app.config["SETTINGS"].seal
    if not is_in_force(settings.signer.certificate, now()):
        log.error("the certificate of the seal is not in force")
        raise TryAgain(RETRY, "the certificate of the seal is not in force")
    by = name_of(settings.signer.certificate.subject)
    try:
        if settings.authority is None:
            return Sealed(press.sealed(data, settings.signer), by)
        pdf = _stamped(press.render(data), settings, settings.authority)
    except (NoSignatureError, SealError) as error:
        log.error("no signature", extra={"reason": str(error)})
        raise TryAgain(RETRY, f"the key of the seal gives no signature: {error}") from error
    except SigningError as error:
        log.error("no evidence", extra={"reason": type(error).__name__})
        words = "revoked, or nobody says that the certificates of seal and timestamp are not"
        raise TryAgain(RETRY, words) from error
    except (OSError, TimestampRequestError) as error:
        log.error("no timestamp", extra={"reason": type(error).__name__})
        raise TryAgain(RETRY, "the timestamp authority gives no timestamp") from error
    return Sealed(pdf, by, examine(pdf).stamped_at)


def _stamped(pdf: bytes, settings: SealSettings, authority: TimestampAuthority) -> bytes:
    stamper = _stamper(authority)
    if not settings.roots:
        return seal(pdf, settings.signer, stamper)
    evidence = _evidence(settings.roots, tuple(settings.signer.chain))
    try:
        return seal(pdf, settings.signer, stamper, lasting=evidence.context(now()))
    except SigningError:
        evidence.forget()
        raise


@lru_cache(maxsize=1)
def _evidence(roots: tuple[x509.Certificate, ...], chain: tuple[x509.Certificate, ...]) -> Evidence:
    return Evidence(roots, chain)


@lru_cache(maxsize=1)
def _stamper(authority: TimestampAuthority) -> HttpTimeStamper:
    """One for all seals: it asks for a stamp to learn the authority's certificates once only."""
    return HttpTimeStamper(authority)


class HttpTimeStamper(TimeStamper):
    """Asks an authority by RFC 3161 over HTTP; pyHanko compares nonce and digest of its answer."""

    def __init__(self, authority: TimestampAuthority) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._authority = authority

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The authority's answer. `OSError` when there is none, or none that can be read."""
        with requests.post(
            self._authority.url,
            data=req.dump(),
            headers={"Content-Type": "application/timestamp-query"},
            auth=self._authority.auth,
            timeout=TIMEOUT,
            stream=True,
            allow_redirects=False,
        ) as answer:
            answer.raise_for_status()
            if answer.headers.get("Content-Type") != "application/timestamp-reply":
                raise OSError("no timestamp reply")
            content = bytearray()
            for part in answer.iter_content(4096):
                content += part
                if len(content) > LARGEST_ANSWER:
                    raise OSError("too long a reply")
        try:
            return tsp.TimeStampResp.load(bytes(content), strict=True)
        except ValueError as error:
            raise OSError("no timestamp reply") from error
