"""Signing in with a real provider, and everything that may go wrong on the way there and back."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, text

from lms.accounts.models import Account, Person, PersonEmail
from lms.clock import frozen, now
from lms.config_oidc import read_providers
from lms.extensions import db
from lms.federation import outgoing
from lms.federation.models import FederatedIdentity, FederationTransaction, Outcome
from lms.federation.rules import Failure
from tests import factories
from tests.client import PercorsoClient
from tests.federation.providing import (
    ADA,
    LEVEL_2,
    NAME,
    TestProvider,
    Traveller,
    configured,
    failure,
    query_of,
)


def last_line() -> FederationTransaction:
    newest = select(FederationTransaction).order_by(FederationTransaction.id.desc()).limit(1)
    return db.session.scalars(newest).one()


def registered(ada: Traveller) -> Account:
    ada.signs_in()
    assert ada.post("/identita/primo-accesso", {"accept": "y", "notice": "y"}).status_code == 303
    account = db.session.scalars(select(Account)).one()
    ada.post("/esci")
    return account


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


def test_the_secrets_stay_on_the_server(ada: Traveller) -> None:
    """ASVS 10.1.1, 10.1.2: the readable cookie holds a token that is no secret of the flow."""
    asked = query_of(ada.departs())
    with ada.client.http.session_transaction() as session:
        kept = str(dict(session))
    assert asked["state"] not in kept
    assert asked["nonce"] not in kept
    answer = ada.travels(ada.departs())
    ada.comes_back(answer)
    with ada.client.http.session_transaction() as session:
        assert answer["code"] not in str(dict(session))


def test_somebody_new_says_yes_and_is_in(ada: Traveller) -> None:
    """ASVS 10.5.2, 6.8.1: the account is found by issuer and `sub`, and by nothing else."""
    response = ada.signs_in()
    assert response.location == "/identita/primo-accesso"
    page = ada.client.get("/identita/primo-accesso").text
    for told in ("Ada", "Prova", "PRV************A"):
        assert told in page
    assert "1980" not in page
    assert not ada.is_signed_in()
    refused = ada.post("/identita/primo-accesso", {})
    assert refused.status_code == 422
    response = ada.post("/identita/primo-accesso", {"accept": "y", "notice": "y"})
    assert response.status_code == 303
    assert ada.is_signed_in()
    account = db.session.scalars(select(Account)).one()
    assert account.person.full_name == "Ada Prova"
    assert (account.login, account.password_hash) == (None, None)
    identity = db.session.scalars(select(FederatedIdentity)).one()
    assert (identity.issuer, identity.subject) == (last_issuer(), "ada")
    assert db.session.scalars(select(PersonEmail)).all() == []
    ada.post("/esci")
    assert ada.signs_in().location == "/"
    assert ada.is_signed_in()
    assert len(db.session.scalars(select(Person)).all()) == 1


def last_issuer() -> str:
    return db.session.scalars(select(FederatedIdentity.issuer)).one()


def test_an_answer_is_good_once(ada: Traveller) -> None:
    """ASVS 10.1.2, 10.5.1: neither the state nor the code can be used again."""
    registered(ada)
    answer = ada.travels(ada.departs())
    assert ada.comes_back(answer).location == "/"
    ada.post("/esci")
    assert failure(ada.comes_back(answer)) == "expired"
    fresh = ada.travels(ada.departs())
    assert failure(ada.comes_back({**fresh, "code": answer["code"]})) == "untrusted"
    assert not ada.is_signed_in()


def test_another_browsers_answer_is_refused(app: Flask, ada: Traveller) -> None:
    """ASVS 10.2.1: sign-in forged into somebody else's browser; wrong or missing state."""
    answer = ada.travels(ada.departs())
    victim = Traveller(app)
    assert failure(victim.comes_back(answer)) == "expired"
    victim.departs()
    assert failure(victim.comes_back(answer)) == "expired"
    assert failure(ada.comes_back({**answer, "state": "x" * 43})) == "expired"
    assert failure(ada.comes_back({"code": answer["code"]})) == "expired"
    # None of that spent the true answer.
    assert ada.comes_back(answer).location == "/identita/primo-accesso"


def test_an_answer_comes_in_time(ada: Traveller) -> None:
    answer = ada.travels(ada.departs())
    with frozen(now() + timedelta(minutes=16)):
        assert failure(ada.comes_back(answer)) == "expired"


def test_the_answer_names_its_issuer(ada: Traveller) -> None:
    """ASVS 10.2.2: an answer of another provider (mix-up) is refused, and so is one of nobody."""
    answer = ada.travels(ada.departs())
    assert failure(ada.comes_back({**answer, "iss": "https://evil.example"})) == "untrusted"
    answer = ada.travels(ada.departs())
    answer.pop("iss")
    assert failure(ada.comes_back(answer)) == "untrusted"
    assert last_line().detail == "iss of the answer"


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


def test_a_new_key_is_looked_for_at_once_but_not_all_day(
    ada: Traveller, spid: TestProvider
) -> None:
    registered(ada)
    spid.behave(person=ADA, sign="added")
    assert failure(ada.signs_in()) == "untrusted", "asked for keys a moment ago"
    with frozen(now() + timedelta(seconds=61)):
        assert ada.signs_in().location == "/"
        ada.post("/esci")
        spid.behave(person=ADA, sign="strange")
        for _time in range(3):
            assert ada.signs_in().location == "/", "the key is known by now"
            ada.post("/esci")
        asked = spid.behave()
    assert "/jwks" not in asked
    assert "/.well-known/openid-configuration" not in asked
    assert asked["/token"] == 3


@pytest.mark.parametrize("address", ["/.well-known/openid-configuration", "/token", "/jwks", "/me"])
def test_the_provider_is_out_of_order(ada: Traveller, spid: TestProvider, address: str) -> None:
    """At every step: a page that says so, another try, and the local way in."""
    spid.behave(person=ADA, down=address)
    if address.startswith("/.well"):
        response = ada.post(f"/identita/{NAME}/vai?next=/calendario")
    else:
        response = ada.signs_in(f"/identita/{NAME}/vai?next=/calendario")
    assert failure(response) == "down"
    page = ada.client.get(response.location).text
    assert "non risponde" in page
    assert f'action="/identita/{NAME}/vai?next=/calendario"' in page
    assert 'href="/accedi?next=/calendario"' in page
    spid.behave(person=ADA)
    assert ada.signs_in().location == "/identita/primo-accesso"


def test_nobody_listens_there(silent_provider: None, client: PercorsoClient) -> None:
    response = client.post(f"/identita/{NAME}/vai")
    assert failure(response) == "down"
    assert last_line().outcome is Outcome.FAILED


def test_a_silent_provider_is_not_waited_for_and_blocks_nobody(
    app: Flask, ada: Traveller, spid: TestProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write lock is free while the provider is asked (here it never answers)."""
    monkeypatch.setattr(outgoing, "READ_SECONDS", 0.8)
    answer = ada.travels(ada.departs())
    spid.behave(person=ADA, silent="/token")
    found: list[str] = []

    def come_back() -> None:
        with app.app_context():
            found.append(failure(ada.comes_back(answer)))

    thread = threading.Thread(target=come_back)
    begun = time.monotonic()
    thread.start()
    written = 0
    while thread.is_alive():
        with db.engine.begin() as connection:
            if db.engine.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL lock_timeout = '200ms'"))
            connection.execute(text("UPDATE seal_chain SET number = number"))
        written += 1
    thread.join()
    assert found == ["down"]
    assert written > 3
    assert time.monotonic() - begun < 6


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


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/nowhere", "javascript:1"],
)
def test_one_comes_back_to_our_own_pages_only(ada: Traveller, target: str) -> None:
    """Open redirects: neither on the way there nor in the provider's answer."""
    registered(ada)
    ada.departs()
    answer = ada.travels(ada.departs(f"/identita/{NAME}/vai?next={target}"))
    assert ada.comes_back({**answer, "next": target}).location == "/"


def test_one_comes_back_to_where_one_was(ada: Traveller) -> None:
    registered(ada)
    assert ada.signs_in(f"/identita/{NAME}/vai?next=/calendario").location == "/calendario"


def test_the_callback_writes_nothing(app: Flask, ada: Traveller) -> None:
    from tests.foundation.asking import digest

    answer = ada.travels(ada.departs())
    before = digest()
    assert ada.client.get(f"/identita/{NAME}/ritorno", query_string=answer).status_code == 200
    assert digest() == before
    assert ada.client.post(f"/identita/{NAME}/entra", answer, csrf=False).status_code == 400


def test_too_many_failures_of_a_network_are_slowed_down(ada: Traveller) -> None:
    for _time in range(30):
        assert failure(ada.client.post(f"/identita/{NAME}/entra", {"state": "x"})) == "expired"
    assert ada.client.post(f"/identita/{NAME}/entra", {"state": "x"}).status_code == 429


def test_signing_out_here_always_and_there_too(ada: Traveller, spid: TestProvider) -> None:
    registered(ada)
    ada.signs_in()
    page = ada.post("/esci")
    assert page.status_code == 200
    assert not ada.is_signed_in()
    address = page.text.split('content="0; url=')[1].split('"')[0].replace("&amp;", "&")
    assert address.startswith(f"{spid.issuer}/session/end?")
    asked = query_of(address)
    assert asked["post_logout_redirect_uri"] == "http://localhost/"
    answer = ada.outside.get(address, timeout=10)
    assert "uscire?" in answer.text, "the provider knows who wants to leave"
    assert last_line().outcome is Outcome.SIGNED_OUT
    assert ada.post("/esci").location == "/"


def test_signing_out_without_the_providers_help(ada: Traveller, spid: TestProvider) -> None:
    spid.behave(person=ADA, metadata={"end_session_endpoint": None})
    ada.signs_in()
    ada.post("/identita/primo-accesso", {"accept": "y", "notice": "y"})
    assert ada.is_signed_in()
    assert ada.post("/esci").location == "/"
    assert not ada.is_signed_in()


def test_a_local_session_ends_here_alone(ada: Traveller) -> None:
    ada.client.sign_in(factories.person())
    assert ada.post("/esci").location == "/"


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
