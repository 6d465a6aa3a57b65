"""OpenID Connect's authorization code flow with PKCE: where to go, and what came back."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from typing import Any

from authlib.common.urls import add_params_to_uri

from lms.config_oidc import OidcProvider
from lms.federation.metadata import keys_of, metadata_of
from lms.federation.outgoing import Asking, fetch_json, redeemed
from lms.federation.rules import Received, Stopped, Untrusted, failure_of, received
from lms.federation.tokens import verified

SECRET_BYTES = 32  # 43 characters of state, nonce and verifier


@dataclass(frozen=True)
class Journey:
    """The secrets of one sign-in; only `state` and `nonce` leave us, and the verifier's hash."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Journey:
        """Fresh random values."""
        state, nonce, verifier = (secrets.token_urlsafe(SECRET_BYTES) for _each in range(3))
        return cls(state, nonce, verifier)


@dataclass(frozen=True)
class Answer:
    """What the browser brings back from the provider; nothing of it is believed yet."""

    state: str
    code: str
    issuer: str
    error: str
    error_description: str


@dataclass(frozen=True)
class Proof:
    """Who somebody is, on a provider's word that has been checked."""

    received: Received
    id_token: str
    end_session_endpoint: str

    def to_json(self) -> str:
        """For keeping, sealed."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Proof:
        """As it was kept."""
        kept = json.loads(text)
        return cls(**{**kept, "received": Received(**kept["received"])})


def departure(provider: OidcProvider, journey: Journey, redirect_uri: str, language: str) -> str:
    """The provider's address to send the browser to. Asks the provider when it is unknown."""
    endpoint = metadata_of(provider).authorization_endpoint
    wanted = {"nonce": journey.nonce, "ui_locales": language}
    if provider.acr_values:
        wanted["acr_values"] = provider.acr_values
    asking = Asking(
        provider,
        scope=provider.scopes,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
    )
    address, _state = asking.create_authorization_url(
        endpoint, state=journey.state, code_verifier=journey.verifier, **wanted
    )
    return str(address)


def proof(provider: OidcProvider, journey: Journey, answer: Answer, redirect_uri: str) -> Proof:
    """Who came back. Raises `Stopped`; asks the provider, so no transaction may be open."""
    metadata = metadata_of(provider)
    if (answer.issuer or metadata.names_itself) and answer.issuer != provider.issuer:
        raise Untrusted("iss of the answer")
    if answer.error:
        raise Stopped(failure_of(answer.error, answer.error_description), "error of the provider")
    if not answer.code:
        raise Untrusted("no code")
    tokens = redeemed(
        provider,
        metadata.token_endpoint,
        secret_in_body=metadata.secret_in_body,
        code=answer.code,
        redirect_uri=redirect_uri,
        code_verifier=journey.verifier,
    )
    claims = verified(provider, tokens, journey.nonce, lambda again: keys_of(provider, again=again))
    known = received(claims, provider.claims)
    if metadata.userinfo_endpoint and _lacks_something(known):
        more = _userinfo(provider, metadata.userinfo_endpoint, tokens, claims)
        known = received({**more, **claims}, provider.claims)
    return Proof(known, str(tokens["id_token"]), metadata.end_session_endpoint)


def _lacks_something(known: Received) -> bool:
    return not (known.given_name and known.family_name and known.email and known.tax_code)


def _userinfo(
    provider: OidcProvider, endpoint: str, tokens: dict[str, Any], claims: dict[str, Any]
) -> dict[str, Any]:
    """What else the provider tells of the same person: it may add claims, but change none."""
    access_token = tokens.get("access_token")
    if not isinstance(access_token, str):
        return {}
    more = fetch_json(provider, endpoint, "userinfo", bearer=access_token)
    if more.get("sub") != claims["sub"]:
        raise Untrusted("userinfo of somebody else")
    more.pop("acr", None)  # how strongly somebody proved who they are stands in what is signed
    if claims.get("email", more.get("email")) != more.get("email"):
        more.pop("email_verified", None)  # it is said of another address
    return more


def farewell(provider: OidcProvider, endpoint: str, id_token: str, home: str, language: str) -> str:
    """The provider's address to sign out at, from where it comes back to `home`."""
    wanted = {
        "id_token_hint": id_token,
        "client_id": provider.client_id,
        "post_logout_redirect_uri": home,
        "ui_locales": language,
    }
    return str(add_params_to_uri(endpoint, list(wanted.items())))
