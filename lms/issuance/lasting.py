"""What lets a seal be checked years from now (PAdES B-LT): certificates, revocation lists, answers.

They are fetched from where the certificates of the seal and of the timestamp say, kept for an hour,
and embedded in the revision the seal covers. Whoever was revoked seals nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

from certificates.seal import plain

KEPT = timedelta(hours=1)
TIMEOUT = 10  # seconds for each list or answer

# pyHanko tells the whole path, and each attempt; who seals says in one line that there was none.
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


class Evidence:
    """What was fetched for one seal and its timestamp authority."""

    def __init__(
        self, roots: Sequence[x509.Certificate], chain: Sequence[x509.Certificate]
    ) -> None:
        self._roots = [plain(one) for one in roots]
        self._chain = [plain(one) for one in chain]
        self._context: ValidationContext | None = None
        self._until: datetime | None = None

    def context(self, instant: datetime) -> ValidationContext:
        """What pyHanko validates with, and fetches into."""
        if self._context is None or self._until is None or instant >= self._until:
            self._context = ValidationContext(
                trust_roots=self._roots, other_certs=self._chain, allow_fetching=True,
                revocation_mode="require", fetcher_backend=RequestsFetcherBackend(TIMEOUT),
            )  # fmt: skip
            self._until = instant + KEPT
        return self._context

    def forget(self) -> None:
        """Fetch anew the next time: what is here did not do."""
        self._context = None
