"""What a provider says is believed only when it proves itself: metadata, answers, tokens."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, text

from lms.accounts.models import Account
from lms.clock import now
from lms.config_oidc import read_providers
from lms.extensions import db
from lms.federation.rules import Failure
from tests.client import PercorsoClient
from tests.federation.providing import (
    ADA,
    LEVEL_2,
    NAME,
    TestProvider,
    Traveller,
    configured,
    failure,
    last_line,
    query_of,
)

# What is asked here is what the provider says: no row depends on the database.
pytestmark = pytest.mark.one_database


def test_what_the_provider_is_asked(ada: Traveller) -> None:
    """ASVS 10.1.2, 10.2.3: fresh secrets of 256 bits, PKCE with S256, the scopes needed only."""
    first, second = (query_of(ada.departs()) for _time in range(2))
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name]) >= 43
    assert first["code_challenge_method"] == "S256"
    assert first["response_type"] == "code"
    assert first["scope"] == "openid profile email eid"
    assert first["acr_values"] == LEVEL_2
    assert first["redirect_uri"] == f"http://localhost/identita/{NAME}/ritorno"


@pytest.mark.parametrize(
    ("how", "detail"),
    [
        ({"sign": "strange"}, "invalid_key_id"),
        ({"sign": "posing"}, "bad_signature"),
        ({"sign": "none"}, "unsupported_algorithm"),
        ({"sign": "secret"}, "unsupported_algorithm"),
        ({"alter": {"iss": "https://evil.example"}}, "iss"),
        ({"alter": {"aud": "somebody-else"}}, "aud"),
        ({"alter": {"aud": ["percorso", "somebody-else"]}}, "azp"),
        ({"alter": {"azp": "somebody-else"}}, "azp"),
        ({"alter": {"nonce": "x" * 43}}, "nonce"),
        ({"alter": {"nonce": None}}, "nonce"),
        ({"alter": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}}, "at_hash"),
        ({"alter": {"exp": 1}}, "expired_token"),
        ({"alter": {"exp": "tomorrow"}}, "exp"),
        ({"alter": {"iat": 4102444800}}, "iat"),
        ({"alter": {"iat": 1}}, "iat"),
        ({"alter": {"sub": None}}, "sub"),
        ({"alter": {"sub": "x" * 300}}, "sub"),
        ({"userinfo": {"sub": "somebody-else"}}, "userinfo"),
    ],
)
def test_a_token_that_does_not_prove_itself(
    ada: Traveller, spid: TestProvider, how: dict[str, object], detail: str
) -> None:
    """ASVS 9.1.1 9.2.2 10.5.1 10.5.4 6.8.2: signature, algorithm, issuer, audience, nonce, time."""
    spid.behave(person=ADA, **how)
    assert failure(ada.signs_in()) == "untrusted"
    assert detail in last_line().detail
    assert not ada.is_signed_in()
    assert db.session.scalars(select(Account)).all() == []


def test_a_little_skew_is_forgiven(ada: Traveller, spid: TestProvider) -> None:
    for offset, let_through in ((50, True), (-50, True), (75, False), (-75, False)):
        instant = int(now().timestamp()) + offset
        claim = {"iat": instant} if offset > 0 else {"exp": instant}
        spid.behave(person=ADA, alter=claim)
        assert (failure(ada.signs_in()) == "") is let_through, offset


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("issuer", "https://evil.example"),
        ("issuer", "http://127.0.0.1:1/"),
        ("token_endpoint", "http://169.254.169.254/latest/meta-data"),
        ("token_endpoint", "https://evil.example/token"),
        ("jwks_uri", "http://127.0.0.1:5432/"),
        ("jwks_uri", "file:///etc/passwd"),
        ("userinfo_endpoint", "http://localhost/me"),
        ("authorization_endpoint", "https://evil.example/auth"),
        ("authorization_endpoint", "javascript:alert(1)"),
        ("end_session_endpoint", "https://user@evil.example/"),
        ("token_endpoint", None),
        ("jwks_uri", 7),
    ],
)
def test_metadata_lead_to_the_providers_hosts_only(
    ada: Traveller, spid: TestProvider, name: str, address: object
) -> None:
    """ASVS 10.5.3, 1.3.6: another issuer's metadata, or addresses of others, are refused."""
    spid.behave(person=ADA, metadata={name: address})
    assert failure(ada.post(f"/identita/{NAME}/vai")) == "untrusted"
    assert name.removesuffix("r") in last_line().detail or "issuer" in last_line().detail


@pytest.mark.parametrize(
    ("error", "description", "kind"),
    [
        ("access_denied", "", "cancelled"),
        ("access_denied", "ErrorCode nr19", "attempts"),
        ("access_denied", "ErrorCode nr20", "level"),
        ("access_denied", "ErrorCode nr21", "timeout"),
        ("access_denied", "ErrorCode nr22", "consent"),
        ("access_denied", "ErrorCode nr23", "blocked"),
        ("access_denied", "errorcode nr25 annullato", "cancelled"),
        ("server_error", "", "down"),
        ("invalid_scope", "<script>alert(1)</script>", "refused"),
    ],
)
def test_the_provider_refuses(
    ada: Traveller, spid: TestProvider, error: str, description: str, kind: str
) -> None:
    """Each of SPID's reasons is told in words; the provider's own text is never shown."""
    spid.behave(person={"error": error, "error_description": description})
    response = ada.signs_in()
    assert failure(response) == kind
    page = ada.client.get(response.location).text
    assert "alert(1)" not in page
    assert last_line().failure is Failure(kind)


def test_every_failure_has_its_page_in_both_languages(
    silent_provider: None, client: PercorsoClient
) -> None:
    for language in ("it", "en"):
        client.post("/lingua", {"language": language, "next": "/"})
        for kind in Failure:
            page = client.get(f"/identita/{NAME}/non-riuscito/{kind}?reference=0a1b2c3d")
            assert page.status_code == 200
            assert "0a1b2c3d" in page.text
    assert client.get(f"/identita/{NAME}/non-riuscito/other").status_code == 404
    assert client.get("/identita/unknown/non-riuscito/down").status_code == 404
    odd = client.get(f"/identita/{NAME}/non-riuscito/down?reference=Chiama+il+900")
    assert "<code>" not in odd.text


def test_the_answer_names_its_issuer(ada: Traveller) -> None:
    """ASVS 10.2.2: an answer of another provider (mix-up) is refused, and so is one of nobody."""
    answer = ada.travels(ada.departs())
    assert failure(ada.comes_back({**answer, "iss": "https://evil.example"})) == "untrusted"
    answer = ada.travels(ada.departs())
    answer.pop("iss")
    assert failure(ada.comes_back(answer)) == "untrusted"
    assert last_line().detail == "iss of the answer"


def test_a_provider_that_wants_the_secret_in_the_body(app: Flask, provider: TestProvider) -> None:
    with configured(app, provider):
        provider.behave(
            person=ADA,
            metadata={"token_endpoint_auth_methods_supported": ["client_secret_post"]},
        )
        assert Traveller(app).signs_in().location == "/identita/primo-accesso"


def test_a_wrong_secret_is_the_technicians_business(app: Flask, provider: TestProvider) -> None:
    with configured(app, provider, CLIENT_SECRET="wrong"):
        assert failure(Traveller(app).signs_in()) == "down"
        assert "invalid_client" in last_line().detail


def test_the_secret_is_told_to_nobody(provider: TestProvider) -> None:
    (made,) = provider.settings()
    assert made.client_secret not in repr(made)
    assert urlsplit(made.issuer).netloc in made.hosts
    faults: list[str] = []
    read_providers({"LMS_OIDC_X_CLIENT_SECRET": "hush-hush"}, faults, production=True)
    assert "hush-hush" not in str(faults)


def test_asking_inside_a_transaction_is_an_error(app: Flask, spid: TestProvider) -> None:
    from lms.federation.metadata import metadata_of
    from lms.federation.queries import provider_named

    shown = provider_named(NAME)
    assert shown
    db.session.execute(text("SELECT 1"))
    with pytest.raises(RuntimeError, match="transaction"):
        metadata_of(shown)
    db.session.rollback()
    assert metadata_of(shown).token_endpoint.endswith("/token")
