"""Asking an identity provider: its own hosts only, for a bounded time, a bounded answer.

Nobody waits behind it: asking while a transaction is open is an error, because on SQLite everybody
who writes would queue until the provider has answered.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from requests.adapters import HTTPAdapter

from lms.config_oidc import OidcProvider
from lms.extensions import db
from lms.federation.rules import ProviderDown, Untrusted, may_ask

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 3.05, 5.0, 8.0
LARGEST_ANSWER = 256 * 1024
log = logging.getLogger(__name__)


class _Bounded(HTTPAdapter):
    """What goes out goes to the provider's hosts; what comes in has limits of size and time."""

    def __init__(self, provider: OidcProvider) -> None:
        self.provider = provider
        super().__init__(max_retries=0)

    def send(self, request: Any, *_arguments: Any, **options: Any) -> Any:
        if db.session().in_transaction():
            raise RuntimeError("a provider is not asked while a transaction is open")
        hosts, loopback = self.provider.hosts, self.provider.allow_loopback
        if not may_ask(request.url, hosts, allow_loopback=loopback):
            raise Untrusted("an address beyond the provider's hosts")
        options |= {"stream": True, "timeout": (CONNECT_SECONDS, READ_SECONDS)}
        begun = time.monotonic()
        response = super().send(request, **options)
        response._content = _whole(response, begun + WHOLE_SECONDS)
        return response


class Asking(OAuth2Session):  # type: ignore[misc]
    """Authlib's client towards one provider, over nothing but the bounded connection."""

    def __init__(self, provider: OidcProvider, **options: Any) -> None:
        super().__init__(
            client_id=provider.client_id, client_secret=provider.client_secret, **options
        )
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Bounded(provider))

    def get_redirect_target(self, resp: Any) -> None:
        """No redirect is followed, wherever it leads."""


def fetch_json(
    provider: OidcProvider, address: str, what: str, *, bearer: str = ""
) -> dict[str, Any]:
    """A JSON object from one of the provider's addresses; `what` names it in a log."""
    headers = {"Accept": "application/json"}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    with _problems_told(provider, what), Asking(provider) as asking:
        # `auth` does nothing: without it a .netrc file of the server would be looked into.
        response = asking.get(
            address, headers=headers, withhold_token=True, auth=lambda request: request
        )
        response.raise_for_status()
        found = response.json()
        if not isinstance(found, dict):
            raise ValueError
        return found


def redeemed(
    provider: OidcProvider, endpoint: str, *, secret_in_body: bool, **grant: str
) -> dict[str, Any]:
    """The tokens a code is good for. Raises `Untrusted` when the provider refuses the code."""
    method = "client_secret_post" if secret_in_body else "client_secret_basic"
    try:
        with (
            _problems_told(provider, "token endpoint"),
            Asking(provider, token_endpoint_auth_method=method) as asking,
        ):
            return dict(asking.fetch_token(endpoint, grant_type="authorization_code", **grant))
    except OAuthError as error:
        word = str(error.error)[:40]
        log.warning("the provider refuses", extra={"provider": provider.name, "error": word})
        # A wrong secret or redirect address is the technician's business, not the person's.
        if error.error in {"invalid_client", "unauthorized_client"}:
            raise ProviderDown(f"token endpoint: {word}") from error
        raise Untrusted(f"token endpoint: {word}") from error


@contextmanager
def _problems_told(provider: OidcProvider, what: str) -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, ValueError) as error:
        kind = type(error).__name__
        log.warning(
            "the provider does not answer as it should",
            extra={"provider": provider.name, "asked": what, "error": kind},
        )
        raise ProviderDown(f"{what}: {kind}") from error


def _whole(response: Any, deadline: float) -> bytes:
    """The body, unpacked, as long as it is neither too large nor too slow."""
    parts, size = [], 0
    for part in response.iter_content(8192):
        size += len(part)
        if size > LARGEST_ANSWER or time.monotonic() > deadline:
            response.close()
            raise requests.exceptions.ContentDecodingError("too large or too slow")
        parts.append(part)
    return b"".join(parts)
