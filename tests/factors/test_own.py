"""Setting up, replacing and removing one's own factors; recovery codes; proving again who one is.

OWASP ASVS 6.4.1 (what is drawn is random and ends), 7.4.3 (a changed factor ends the other
sessions), 7.5.1 (a fresh proof before factors change).
"""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.models import Account
from lms.accounts.security_log import SecurityEvent
from lms.clock import frozen, now
from lms.extensions import db
from lms.factors import actions, queries
from lms.factors.models import SecondStep, TotpFactor
from lms.factors.rules import PENDING_LIFETIME, PROOF_LIFETIME
from tests.accounts.people import PASSWORD, is_signed_in, sign_in, with_account
from tests.client import PercorsoClient
from tests.factors.scene import (
    OWN,
    RECOVERY,
    STEP,
    code_at,
    events,
    give,
    half_way,
    letters,
    unused_codes,
    with_app,
    with_codes,
)

PROVE = "/profilo/conferma"
KEY = re.compile(r'value="([A-Z2-7]{32})"')
CODE = re.compile(r"<code>([0-9a-z]{4}(?:-[0-9a-z]{4}){5})</code>")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.accounts.actions.verify_password", lambda _s, p: p == PASSWORD)


@pytest.fixture
def account(client: PercorsoClient) -> Account:
    """Signed in a moment ago, without a factor."""
    made = with_account("ada@example.org")
    client.sign_in(made.person)
    return made


def begin_set_up(client: PercorsoClient) -> str:
    """Up to the page that shows the secret, which it gives."""
    assert client.post(f"{OWN}/app").location == f"{OWN}/app/conferma"
    found = KEY.search(client.get(f"{OWN}/app/conferma").text)
    assert found
    return found.group(1)


def test_setting_up_an_app(app: Flask, client: PercorsoClient, account: Account) -> None:
    assert "Non attivo" in client.get(OWN).text
    other = PercorsoClient(app).sign_in(account.person)
    secret = begin_set_up(client)
    assert not queries.has_factor(account.id), "it counts only once confirmed"
    page = client.post(f"{OWN}/app/conferma", {"code": code_at(secret=secret)})
    assert page.status_code == 200
    codes = CODE.findall(page.text)
    assert len(set(codes)) == 10
    assert queries.has_factor(account.id)
    assert is_signed_in(client)
    assert not is_signed_in(other), "ASVS 7.4.3"
    assert events(account.id) == [SecurityEvent.APP_ADDED]
    assert letters() == ["Secondo fattore: aggiunta un’app di autenticazione"]
    assert not any(code in client.get(OWN).text for code in codes), "shown once"
    assert client.get(f"{OWN}/app/conferma").location == OWN, "so is the secret"
    saved = re.search(r'href="data:text/plain;charset=utf-8,([^"]+)"', page.text)
    assert saved
    assert all(code in unquote(saved.group(1)) for code in codes)


def test_the_confirming_code_signs_nobody_in(client: PercorsoClient, account: Account) -> None:
    """ASVS 6.5.1: it was used, so the step asks for another."""
    with frozen(now()):
        secret = begin_set_up(client)
        client.post(f"{OWN}/app/conferma", {"code": code_at(secret=secret)})
        client.post("/esci")
        half_way(client)
        assert give(client, code_at(secret=secret)).status_code == 422
        assert give(client, code_at(secret=secret, steps=1)).status_code == 303


def test_a_wrong_code_confirms_nothing_and_keeps_the_secret(
    client: PercorsoClient, account: Account
) -> None:
    secret = begin_set_up(client)
    page = client.post(f"{OWN}/app/conferma", {"code": "12345"})
    assert page.status_code == 422
    assert "non è corretto" in page.text
    assert KEY.findall(page.text) == [secret]
    assert not queries.has_factor(account.id)


def test_a_set_up_left_lying_ends(client: PercorsoClient, account: Account) -> None:
    secret = begin_set_up(client)
    with frozen(now() + PENDING_LIFETIME + timedelta(seconds=1)):
        client.sign_in(account.person)
        answer = client.post(f"{OWN}/app/conferma", {"code": code_at(secret=secret)})
        assert answer.location == OWN
        assert not queries.has_factor(account.id)


def test_beginning_again_draws_another_secret(client: PercorsoClient, account: Account) -> None:
    first, second = begin_set_up(client), begin_set_up(client)
    assert first != second
    page = client.post(f"{OWN}/app/conferma", {"code": code_at(secret=first)})
    assert page.status_code == 422
    assert db.session.scalar(select(func.count(TotpFactor.id))) == 1


def test_replacing_the_app_keeps_the_codes(client: PercorsoClient) -> None:
    account = with_app()
    with_codes(account)
    client.sign_in(account.person)
    secret = begin_set_up(client)
    old = queries.totp_of(account.id)
    assert old, "the old one counts until the new one is confirmed"
    answer = client.post(f"{OWN}/app/conferma", {"code": code_at(secret=secret)})
    assert answer.location == OWN
    assert unused_codes(account.id) == 10
    new = queries.totp_of(account.id)
    assert new
    assert actions.secret_of(new) == secret
    assert db.session.scalar(select(func.count(TotpFactor.id))) == 1


def test_new_codes_end_the_old_ones(client: PercorsoClient) -> None:
    account = with_app()
    old = with_codes(account)
    client.sign_in(account.person)
    assert "non varranno più" in client.get(f"{OWN}/codici").text
    page = client.post(f"{OWN}/codici")
    new = CODE.findall(page.text)
    assert len(new) == 10
    assert not set(new) & set(old)
    assert events(account.id) == [SecurityEvent.RECOVERY_CODES_MADE]
    client.post("/esci")
    half_way(client)
    assert give(client, old[0], RECOVERY).status_code == 422
    assert give(client, new[0], RECOVERY).status_code == 303


def test_codes_stand_in_for_a_factor_only(client: PercorsoClient, account: Account) -> None:
    assert client.get(f"{OWN}/codici").location == OWN
    assert client.post(f"{OWN}/codici").status_code == 409


def test_removing_the_last_factor_removes_the_codes(app: Flask, client: PercorsoClient) -> None:
    account = with_app()
    with_codes(account)
    half = PercorsoClient(app)
    half_way(half)
    client.sign_in(account.person)
    assert "Togliere l’app" in client.get(f"{OWN}/app/togli").text
    assert client.post(f"{OWN}/app/togli").location == OWN
    assert not queries.has_factor(account.id)
    assert unused_codes(account.id) == 0
    assert events(account.id) == [SecurityEvent.APP_REMOVED]
    assert give(half, code_at()).status_code == 409
    assert client.post(f"{OWN}/app/togli").location == OWN  # twice is harmless
    client.post("/esci")
    assert sign_in(client, "ada@example.org").location == "/"


def test_a_proof_is_asked_again_after_ten_minutes(client: PercorsoClient) -> None:
    """ASVS 7.5.1: password and second factor again, before anything about factors changes."""
    account = with_app()
    client.sign_in(account.person)
    with frozen(now() + PROOF_LIFETIME + timedelta(seconds=1)):
        for path in ("app/togli", "codici", "chiavi/nuova"):
            for ask in (client.get, client.post):
                assert ask(f"{OWN}/{path}").location == f"{PROVE}?next={OWN}/{path}"
        for path in ("app", "chiavi/richiesta"):
            assert client.post(f"{OWN}/{path}").location == f"{PROVE}?next={OWN}"
        page = client.post(f"{PROVE}?next={OWN}/app/togli", {"password": "un'altra cosa"})
        assert page.status_code == 422
        answer = client.post(f"{PROVE}?next={OWN}/app/togli", {"password": PASSWORD})
        assert answer.location == STEP, "the password is not enough"
        assert client.get(f"{OWN}/app/togli").location.startswith(PROVE)
        assert give(client, code_at()).location == f"{OWN}/app/togli"
        assert client.post(f"{OWN}/app/togli").location == OWN
    assert not queries.has_factor(account.id)


def test_without_a_factor_the_password_proves(client: PercorsoClient, account: Account) -> None:
    with frozen(now() + PROOF_LIFETIME + timedelta(seconds=1)):
        answer = client.post(f"{PROVE}?next={OWN}", {"password": PASSWORD})
        assert answer.location == OWN
        assert client.post(f"{OWN}/app").location == f"{OWN}/app/conferma"


def test_without_a_password_the_factor_proves_or_a_new_sign_in(client: PercorsoClient) -> None:
    account = with_app()
    account.password_hash = None
    client.sign_in(account.person)
    with frozen(now() + PROOF_LIFETIME + timedelta(seconds=1)):
        assert client.post(f"{PROVE}?next={OWN}").location == STEP
        assert give(client, code_at()).location == OWN
        assert client.post(f"{OWN}/app/togli").location == OWN
    with frozen(now() + 3 * PROOF_LIFETIME):
        assert "accedi di nuovo" in client.get(PROVE).text
        assert client.post(f"{PROVE}?next={OWN}").location.startswith(PROVE)
        assert client.get(f"{OWN}/chiavi/nuova").location.startswith(PROVE)


def test_a_step_of_one_session_proves_no_other(app: Flask, client: PercorsoClient) -> None:
    account = with_app()
    client.sign_in(account.person)
    client.post(PROVE, {"password": PASSWORD})
    step = db.session.scalars(select(SecondStep)).one()
    assert step.session_id is not None
    client.post("/esci")
    assert client.get(STEP).status_code == 409


def test_guessing_the_password_there_is_slowed_down(
    client: PercorsoClient, account: Account
) -> None:
    """ASVS 6.3.1."""
    for _attempt in range(10):
        assert client.post(PROVE, {"password": "sbagliata"}).status_code == 422
    assert client.post(PROVE, {"password": PASSWORD}).status_code == 429


def test_proving_leads_nowhere_else(client: PercorsoClient, account: Account) -> None:
    for target in ("//evil.example", "/\\evil.example", "https://evil.example/"):
        answer = client.post(f"{PROVE}?next={target}", {"password": PASSWORD})
        assert answer.location == "/"


def test_somebody_elses_factors_do_not_exist(client: PercorsoClient, account: Account) -> None:
    other = with_app("eva@example.org")
    with_codes(other)
    assert client.get(f"{OWN}/app/togli").location == OWN
    assert unused_codes(other.id) == 10
    assert queries.has_factor(other.id)
