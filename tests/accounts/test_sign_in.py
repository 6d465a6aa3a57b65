"""Signing in and out: sessions that live on the server, and answers that give nothing away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts import passwords
from lms.accounts.actions import disable_account, enable_account
from lms.accounts.models import Account, UserSession
from lms.clock import frozen, now
from lms.extensions import db
from tests import factories
from tests.accounts.people import PASSWORD, is_signed_in, sign_in, with_account
from tests.client import PercorsoClient

COOKIE = "percorso"


def cookie_of(client: PercorsoClient) -> str:
    cookie = client.http.get_cookie(COOKIE)
    assert cookie is not None
    return str(cookie.value)


def with_cookie(app: Flask, value: str) -> PercorsoClient:
    client = PercorsoClient(app)
    client.http.set_cookie(COOKIE, value)
    return client


def test_signing_in_and_out(client: PercorsoClient) -> None:
    with_account("ada@example.org")
    assert client.get("/profilo").location == "/accedi?next=/profilo"
    response = sign_in(client, " ADA@Example.org ", path="/accedi?next=/profilo")
    assert (response.status_code, response.location) == (303, "/profilo")
    assert is_signed_in(client)
    assert sign_in(client, "ada@example.org").location == "/"  # already in
    assert client.post("/esci").status_code == 303
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("login", "password"),
    [("ada@example.org", "la pioggia di aprile"), ("nobody@example.org", PASSWORD),
     ("ada@example.org\r\nX: y", PASSWORD), ("' OR 1=1 --", PASSWORD), ("ada@example.org", "\0no")],
)  # fmt: skip
def test_wrong_sign_ins_are_told_alike(client: PercorsoClient, login: str, password: str) -> None:
    with_account("ada@example.org")
    response = sign_in(client, login, password)
    assert response.status_code == 422
    assert "non sono corretti" in response.text
    assert password not in response.text
    assert not is_signed_in(client)


def test_a_nul_in_the_login_is_no_fault(client: PercorsoClient) -> None:
    with_account("ada@example.org")
    assert sign_in(client, "ada@exa\0mple.org").status_code == 303  # as if it were not there


def test_empty_and_endless_fields(client: PercorsoClient) -> None:
    assert sign_in(client, "", "").status_code == 422
    assert sign_in(client, "a" * 300, "b" * 300).status_code == 422


def test_every_attempt_verifies_one_hash(
    client: PercorsoClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ASVS 6.3.8. Known, unknown, disabled, without a password: the same work for each."""
    with_account("ada@example.org")
    with_account("sospesa@example.org").is_active = False
    with_account("senza@example.org").password_hash = None
    db.session.commit()
    hasher, verified = passwords._hasher, []

    class Counting:
        def __getattr__(self, name: str) -> object:
            return getattr(hasher, name)

        def verify(self, stored: str, password: str) -> bool:
            verified.append(stored)
            return bool(hasher.verify(stored, password))

    monkeypatch.setattr(passwords, "_hasher", Counting())
    for login in ("ada@example.org", "nobody@example.org", "sospesa@example.org",
                  "senza@example.org"):  # fmt: skip
        verified.clear()
        assert sign_in(client, login, "tre parole sbagliate").status_code == 422
        assert len(verified) == 1, login
        assert "m=19456,t=2,p=1" in verified[0]


def test_no_session_is_fixed_by_somebody_else(app: Flask, client: PercorsoClient) -> None:
    """ASVS 7.2.4."""
    with_account("ada@example.org")
    client.get("/accedi")
    planted = cookie_of(client)
    victim = with_cookie(app, planted)
    assert sign_in(victim, "ada@example.org").status_code == 303
    assert cookie_of(victim) != planted
    assert not is_signed_in(with_cookie(app, planted))


def test_the_language_survives_signing_in_and_nothing_else(client: PercorsoClient) -> None:
    with_account("ada@example.org")
    client.post("/lingua", {"language": "en", "next": "/accedi"})
    with client.http.session_transaction() as session:
        session["planted"] = "x"
    sign_in(client, "ada@example.org")
    with client.http.session_transaction() as session:
        assert session["language"] == "en"
        assert "planted" not in session


def test_signing_out_kills_a_copied_cookie(app: Flask, client: PercorsoClient) -> None:
    """ASVS 7.4.1."""
    with_account("ada@example.org")
    sign_in(client, "ada@example.org")
    thief = with_cookie(app, cookie_of(client))
    assert is_signed_in(thief)
    client.post("/esci")
    assert not is_signed_in(thief)


def test_a_disabled_account_is_dead_on_its_next_request(client: PercorsoClient) -> None:
    """ASVS 7.4.2."""
    account = with_account("ada@example.org")
    admin = factories.administrator()
    sign_in(client, "ada@example.org")
    disable_account(account.person, by=admin.id)
    assert not is_signed_in(client)
    assert sign_in(client, "ada@example.org").status_code == 422
    enable_account(account.person, by=admin.id)
    assert not is_signed_in(client), "a session that was ended stays ended"
    assert sign_in(client, "ada@example.org").status_code == 303


def test_a_session_ends_after_twelve_hours(client: PercorsoClient) -> None:
    """ASVS 7.3.2."""
    with_account("ada@example.org")
    sign_in(client, "ada@example.org")
    with frozen(now() + timedelta(hours=11, minutes=59)):
        assert is_signed_in(client)
    row = db.session.scalars(select(UserSession)).one()
    row.expires_at = now()
    assert not is_signed_in(client)


def test_the_cookie_carries_a_token_whose_hash_alone_is_kept(client: PercorsoClient) -> None:
    """ASVS 7.2.3."""
    account = with_account("ada@example.org")
    sign_in(client, "ada@example.org")
    with client.http.session_transaction() as session:
        token = session["_user_id"]
    row = db.session.scalars(select(UserSession)).one()
    assert token not in {row.token_hash, str(account.id)}
    assert len(token) >= 43
    cookie = client.http.get_cookie(COOKIE)
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_no_sign_in_without_the_forms_token(client: PercorsoClient) -> None:
    """Login CSRF: another site cannot sign somebody in as somebody else.

    Weakness 27; ASVS 3.5.1.
    """
    with_account("ada@example.org")
    response = sign_in(client, "ada@example.org", csrf=False)
    assert response.status_code == 400
    assert db.session.scalar(select(func.count(UserSession.id))) == 0


def test_a_token_of_another_session_is_refused(app: Flask, client: PercorsoClient) -> None:
    with_account("ada@example.org")
    foreign = PercorsoClient(app).token()
    client.get("/accedi")
    body = {"login": "ada@example.org", "password": PASSWORD, "csrf_token": foreign}
    assert client.post("/accedi", body, csrf=False).status_code == 400


def test_weaker_hashes_are_renewed_at_sign_in(
    client: PercorsoClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ASVS 11.4.2."""
    account = with_account("ada@example.org")
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    account.password_hash = old
    assert sign_in(client, "ada@example.org").status_code == 303
    stored = db.session.scalar(select(Account.password_hash))
    assert stored != old
    assert stored is not None
    assert passwords.verify_password(stored, PASSWORD)


@pytest.mark.parametrize("demo", [False, True])
def test_demonstration_sign_ins_are_listed_in_the_demonstration_only(
    app: Flask, client: PercorsoClient, monkeypatch: pytest.MonkeyPatch, demo: bool
) -> None:
    with_account("ada@example.org")
    monkeypatch.setitem(app.config, "DEMO", demo)
    sign_ins = [("Trainer", "ada@example.org", PASSWORD)]
    monkeypatch.setitem(app.config, "DEMO_SIGN_INS", sign_ins)
    page = client.get("/accedi").text
    assert (PASSWORD in page) is demo
    assert ("Per provare la dimostrazione" in page) is demo
