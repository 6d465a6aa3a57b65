"""Whether an ID token is genuine, meant for us, and the answer to what we asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from lms.clock import now
from lms.config_oidc import OidcProvider
from lms.federation.rules import Untrusted

# Signatures made with a key that only the provider has: neither `none` nor a shared secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY_SECONDS = 60
OLDEST_SECONDS = 600
LONGEST_TOKEN = 32_768


def verified(
    provider: OidcProvider,
    tokens: dict[str, Any],
    nonce: str,
    keys: Callable[[bool], KeySet],
) -> dict[str, Any]:
    """The ID token's claims. Raises `Untrusted` naming the check it did not pass.

    `keys(again)` gives the provider's keys; `again` asks for them anew.
    """
    written = tokens.get("id_token")
    if not isinstance(written, str) or not 0 < len(written) <= LONGEST_TOKEN:
        raise Untrusted("id_token is missing")
    try:
        try:
            token = _decoded(written, keys(False))
        except InvalidKeyIdError:
            token = _decoded(written, keys(True))
        _check(provider, token, nonce, tokens.get("access_token"))
    except JoseError as error:
        # Authlib's words name the claim or the check, never its value.
        raise Untrusted(f"id_token: {error.error} {getattr(error, 'claim', '')}".strip()) from error
    except (ValueError, TypeError, KeyError) as error:
        raise Untrusted("id_token cannot be read") from error
    return dict(token.claims)


def _decoded(written: str, keys: KeySet) -> jwt.Token:
    registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    return jwt.decode(written, keys, registry=registry)


def _check(provider: OidcProvider, token: jwt.Token, nonce: str, access_token: Any) -> None:
    instant = int(now().timestamp())
    claims = CodeIDToken(
        token.claims,
        token.header,
        {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
        },
        {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token},
    )
    claims.validate(now=instant, leeway=LEEWAY_SECONDS)
    if claims.get("at_hash") is not None and not isinstance(access_token, str):
        raise Untrusted("id_token: at_hash without an access token")
    if instant - int(token.claims["iat"]) > OLDEST_SECONDS + LEEWAY_SECONDS:
        raise Untrusted("id_token: iat is long ago")
