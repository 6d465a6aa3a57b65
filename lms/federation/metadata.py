"""What a provider says of itself: its addresses and keys, asked seldom and kept in this process.

Kept for an hour; when the provider is then silent, what was known serves for a day. A key nobody
knows is looked for at once, but at most once a minute: forged tokens cannot make us ask all day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from flask import Flask, current_app
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from lms.clock import now
from lms.config_oidc import OidcProvider
from lms.federation.outgoing import fetch_json
from lms.federation.rules import ProviderDown, Untrusted, may_ask

FRESH = timedelta(hours=1)
USABLE = timedelta(days=1)
IN_VAIN_AT_MOST_EVERY = timedelta(seconds=10)
KEYS_AT_MOST_EVERY = timedelta(minutes=1)
LARGEST_KEY_SET = 100
_EXTENSION = "lms.federation"


@dataclass(frozen=True)
class Metadata:
    """The addresses of a provider, each one of its own."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    end_session_endpoint: str
    secret_in_body: bool
    names_itself: bool  # its answers carry `iss` (RFC 9207)


@dataclass
class _Known:
    """What this process knows of one provider."""

    metadata: Metadata
    asked_at: datetime
    keys: KeySet | None = None
    keys_at: datetime | None = None


class _Memory:
    """One entry a configured provider, so it cannot grow."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.known: dict[str, _Known] = {}
        self.in_vain: dict[str, datetime] = {}


def init_app(app: Flask) -> None:
    """Begin knowing nothing."""
    app.extensions[_EXTENSION] = _Memory()


def _memory() -> _Memory:
    memory: _Memory = current_app.extensions[_EXTENSION]
    return memory


def metadata_of(provider: OidcProvider) -> Metadata:
    """The provider's addresses, asked when unknown or old. Raises `ProviderDown`, `Untrusted`."""
    return _known(provider).metadata


def keys_of(provider: OidcProvider, *, again: bool = False) -> KeySet:
    """The provider's signing keys; `again` when a token names one that is not among them."""
    known = _known(provider)
    age = now() - known.keys_at if known.keys_at else None
    fresh = age is not None and age < (KEYS_AT_MOST_EVERY if again else FRESH)
    if known.keys is None or not fresh:
        try:
            known.keys = _key_set(fetch_json(provider, known.metadata.jwks_uri, "keys"))
        except ProviderDown:
            if known.keys is None or age is None or age > USABLE:
                raise
        known.keys_at = now()
    return known.keys


def _known(provider: OidcProvider) -> _Known:
    memory = _memory()
    known = memory.known.get(provider.name)
    age = now() - known.asked_at if known else USABLE
    if known is not None and age < FRESH:
        return known
    try:
        asked = _ask(memory, provider)
    except ProviderDown:
        if known is None or age >= USABLE:
            raise
        return known
    with memory.lock:
        memory.known[provider.name] = asked
    return asked


def _ask(memory: _Memory, provider: OidcProvider) -> _Known:
    """Asked in vain a moment ago, a provider is left alone: the threads that wait are few."""
    last = memory.in_vain.get(provider.name)
    if last is not None and now() - last < IN_VAIN_AT_MOST_EVERY:
        raise ProviderDown("discovery: in vain a moment ago")
    try:
        return _Known(_asked(provider), now())
    except ProviderDown:
        memory.in_vain[provider.name] = now()
        raise


def _asked(provider: OidcProvider) -> Metadata:
    address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    told = fetch_json(provider, address, "discovery")
    if told.get("issuer") != provider.issuer:
        raise Untrusted("the metadata name another issuer")
    methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Metadata(
        authorization_endpoint=_own(provider, told, "authorization_endpoint"),
        token_endpoint=_own(provider, told, "token_endpoint"),
        jwks_uri=_own(provider, told, "jwks_uri"),
        userinfo_endpoint=_own(provider, told, "userinfo_endpoint", optional=True),
        end_session_endpoint=_own(provider, told, "end_session_endpoint", optional=True),
        secret_in_body="client_secret_basic" not in methods,
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
    )


def _own(provider: OidcProvider, told: dict[str, Any], name: str, *, optional: bool = False) -> str:
    address = told.get(name)
    if address is None and optional:
        return ""
    if not may_ask(address, provider.hosts, allow_loopback=provider.allow_loopback):
        raise Untrusted(f"{name} is not on the provider's hosts")
    return str(address)


def _key_set(told: dict[str, Any]) -> KeySet:
    keys = told.get("keys")
    if not isinstance(keys, list) or not 0 < len(keys) <= LARGEST_KEY_SET:
        raise ProviderDown("keys: none, or too many")
    signing = [key for key in keys if isinstance(key, dict) and _may_sign(key)]
    try:
        return KeySet.import_key_set({"keys": signing})
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ProviderDown("keys: cannot be read") from error


def _may_sign(key: dict[str, Any]) -> bool:
    return key.get("kty") in {"RSA", "EC"} and key.get("use", "sig") == "sig"
