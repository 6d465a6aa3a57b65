"""The second step of signing in: what it asks and refuses, and that it opens nothing by itself.

OWASP ASVS 6.3.1 (guessing is slowed down), 6.3.3 (a second factor), 6.3.8 (nothing is given away),
6.5.1 (codes are used once), 7.2.3 and 7.2.4 (a random, fresh token), 7.4.1 (the used one is dead).
"""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from lms.accounts.actions import disable_account
from lms.accounts.models import Account, UserSession
from lms.accounts.passwords import hash_password
from lms.accounts.security_log import SecurityEvent
from lms.clock import frozen, now
from lms.extensions import db
from lms.factors.models import SecondStep
from lms.factors.stepping import LIMIT
from tests import factories
from tests.accounts.people import PASSWORD, is_signed_in, sign_in, with_account
from tests.accounts.test_sign_in import cookie_of, with_cookie
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


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here depends on how long a hash takes."""
    monkeypatch.setattr("lms.accounts.actions.verify_password", lambda _s, p: p == PASSWORD)


def sessions() -> int:
    return db.session.scalar(select(func.count(UserSession.id))) or 0


def test_who_has_no_factor_signs_in_as_before(client: PercorsoClient) -> None:
    with_account("ada@example.org")
    assert sign_in(client, "ada@example.org").location == "/"
    assert is_signed_in(client)


def test_password_then_code(client: PercorsoClient) -> None:
    with_app()
    half_way(client, path="/accedi?next=/calendario")
    page = client.get(STEP)
    assert "ada@example.org" in page.text
    response = give(client, code_at())
    assert (response.status_code, response.location) == (303, "/calendario")
    assert is_signed_in(client)
    assert db.session.scalar(select(func.count(SecondStep.id))) == 0


def test_half_way_opens_nothing(client: PercorsoClient) -> None:
    """ASVS 6.3.3: the password alone gives no session and reaches no page."""
    with_app(who=factories.administrator())
    half_way(client)
    assert sessions() == 0
    for path in ("/profilo", OWN, "/persone", "/calendario", "/profilo/password"):
        assert client.get(path).location == f"/accedi?next={path}"
    assert "Esci" not in client.get("/").text


def test_without_the_password_there_is_no_step(client: PercorsoClient) -> None:
    with_app()
    for path in (STEP, RECOVERY):
        response = client.get(path)
        assert response.status_code == 409
        assert "Accedi di nuovo" in response.text
        assert 'href="/accedi"><span>Accedi</span>' in response.text.split("<main")[1]
        assert give(client, code_at(), path).status_code == 409
    wrong = sign_in(client, "ada@example.org", "la pioggia di aprile")
    assert wrong.status_code == 422
    assert give(client, code_at()).status_code == 409


def test_a_wrong_password_gives_no_factor_away(client: PercorsoClient) -> None:
    """ASVS 6.3.8: with a factor or without, the answer to a wrong password is the same."""
    with_app("ada@example.org")
    with_account("eva@example.org")
    answers = [
        sign_in(client, login, "la pioggia di aprile")
        for login in ("ada@example.org", "eva@example.org", "nessuno@example.org")
    ]
    assert [answer.status_code for answer in answers] == [422] * 3
    texts = {answer.text.count("Accedi") for answer in answers}
    assert len(texts) == 1


@pytest.mark.parametrize("code", ["000000", "", "abc", "12345678901234567890", "x" * 5000])
def test_a_wrong_code_is_told(client: PercorsoClient, code: str) -> None:
    with_app()
    half_way(client)
    response = give(client, code)
    assert response.status_code == 422
    assert not is_signed_in(client)


def test_a_code_works_once(app: Flask) -> None:
    """ASVS 6.5.1: who looked over a shoulder comes too late, within the same time step as well."""
    with_app()
    with frozen(now()):
        one, other = PercorsoClient(app), PercorsoClient(app)
        half_way(one)
        half_way(other)
        code, before = code_at(), code_at(steps=-1)
        assert give(one, code).status_code == 303
        assert give(other, code).status_code == 422
        assert give(other, before).status_code == 422, "an earlier step's code is spent too"
        assert give(other, code_at(steps=1)).status_code == 303


def test_the_same_code_twice_at_once_lets_one_in(app: Flask) -> None:
    with_app()
    clients = [PercorsoClient(app) for _each in range(4)]
    for client in clients:
        half_way(client)
        client.token()
    answers, gate, code = [], threading.Barrier(4), code_at()

    def enter(client: PercorsoClient) -> None:
        with app.app_context():
            gate.wait(20)
            answers.append(client.post(STEP, {"code": code}).status_code)

    threads = [threading.Thread(target=enter, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Counter(answers) == {303: 1, 422: 3}
    assert sessions() == 1


def test_one_step_answered_twice_at_once_is_no_fault(app: Flask) -> None:
    """A double click: the same cookie, the same code."""
    with_app()
    client = PercorsoClient(app)
    half_way(client)
    client.token()
    clients = [with_cookie(app, cookie_of(client)) for _each in range(3)]
    token, answers, gate, code = client.token(), [], threading.Barrier(3), code_at()

    def enter(own: PercorsoClient) -> None:
        own._csrf = token
        with app.app_context():
            gate.wait(20)
            answers.append(own.post(STEP, {"code": code}).status_code)

    threads = [threading.Thread(target=enter, args=(own,)) for own in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers.count(303) == 1
    assert set(answers) <= {303, 409, 422}


def test_a_copied_cookie_is_useless_once_the_step_is_taken(
    app: Flask, client: PercorsoClient
) -> None:
    """ASVS 7.4.1: the half-proven cookie never becomes a session, and dies with its step."""
    with_app()
    half_way(client)
    copied = cookie_of(client)
    thief = with_cookie(app, copied)
    assert not is_signed_in(thief)
    assert thief.get(STEP).status_code == 200  # it is asked for the same code, no more
    give(client, code_at())
    assert is_signed_in(client)
    assert cookie_of(client) != copied
    thief = with_cookie(app, copied)
    assert not is_signed_in(thief)
    assert give(thief, code_at(steps=1)).status_code == 409


def test_a_step_ends_by_itself(client: PercorsoClient) -> None:
    with_app()
    half_way(client)
    with frozen(now() + timedelta(minutes=10, seconds=1)):
        assert client.get(STEP).status_code == 409
        assert give(client, code_at()).status_code == 409
        assert not is_signed_in(client)
        half_way(client)  # sweeps the old row away
        assert db.session.scalar(select(func.count(SecondStep.id))) == 1


def test_a_new_password_or_a_disabled_account_ends_it(client: PercorsoClient) -> None:
    account = with_app()
    half_way(client)
    account.password_hash = hash_password("un'altra di quattro parole")
    db.session.commit()
    assert give(client, code_at()).status_code == 409
    half_way(client)
    disable_account(account.person, by=factories.administrator().id)
    db.session.commit()
    assert give(client, code_at()).status_code == 409


def test_it_outlives_a_restart(client: PercorsoClient) -> None:
    with_app()
    half_way(client)
    db.session.remove()
    db.engine.dispose()
    assert give(client, code_at()).status_code == 303


def test_it_can_be_left(client: PercorsoClient) -> None:
    with_app()
    half_way(client)
    assert client.post(f"{STEP}/annulla").location == "/accedi"
    assert client.get(STEP).status_code == 409
    assert client.post(f"{STEP}/annulla").status_code == 409


def test_five_wrong_codes_in_five_minutes_and_the_owner_is_told(app: Flask) -> None:
    """ASVS 6.3.1: per account, over browsers and ways; it survives a restart; 6.3.5: it is told."""
    account = with_app()
    codes, account_id = with_codes(account), account.id
    for number in range(LIMIT.attempts):
        client = PercorsoClient(app)
        client.http.environ_base = {**client.http.environ_base, "REMOTE_ADDR": f"192.0.2.{number}"}
        half_way(client)
        path = STEP if number % 2 else RECOVERY
        assert give(client, "000000", path).status_code == 422
    db.session.remove()
    db.engine.dispose()
    for path, code in ((STEP, code_at()), (RECOVERY, codes[0])):
        answer = give(client, code, path)
        assert answer.status_code == 429
        assert "Aspetta 5 minuti" in answer.text
    assert not is_signed_in(client)
    assert events(account_id)[-1] is SecurityEvent.SECOND_STEP_GUESSED
    assert letters().count("Qualcuno conosce la tua password") == 1
    with frozen(now() + LIMIT.window + timedelta(seconds=1)):
        assert give(client, code_at()).status_code == 303


def test_good_steps_do_not_count(app: Flask) -> None:
    with_app()
    start = now()
    for number in range(LIMIT.attempts + 1):
        with frozen(start + timedelta(seconds=30 * number)):
            client = PercorsoClient(app)
            half_way(client)
            assert give(client, code_at()).status_code == 303
    assert db.session.scalar(text("SELECT count(*) FROM sign_in_attempt")) == 0


def test_a_recovery_code_works_once_and_is_told(client: PercorsoClient) -> None:
    account = with_app()
    codes = with_codes(account)
    half_way(client)
    assert "codice di recupero" in client.get(STEP).text
    assert give(client, codes[3].upper().replace("-", " "), RECOVERY).status_code == 303
    assert is_signed_in(client)
    assert unused_codes(account.id) == 9
    assert events(account.id)[-1] is SecurityEvent.RECOVERY_CODE_USED
    client.post("/esci")
    half_way(client)
    assert give(client, codes[3], RECOVERY).status_code == 422
    assert give(client, codes[4], RECOVERY).status_code == 303


def test_a_code_of_somebody_else_is_none(client: PercorsoClient) -> None:
    with_app("ada@example.org")
    others = with_codes(with_app("eva@example.org"))
    half_way(client, "ada@example.org")
    assert give(client, others[0], RECOVERY).status_code == 422


def test_one_recovery_code_twice_at_once_lets_one_in(app: Flask) -> None:
    code = with_codes(with_app())[0]
    clients = [PercorsoClient(app) for _each in range(3)]
    for client in clients:
        half_way(client)
        client.token()
    answers, gate = [], threading.Barrier(3)

    def enter(client: PercorsoClient) -> None:
        with app.app_context():
            gate.wait(20)
            answers.append(client.post(RECOVERY, {"code": code}).status_code)

    threads = [threading.Thread(target=enter, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Counter(answers) == {303: 1, 422: 2}


def test_nothing_of_a_factor_lies_readable(app: Flask) -> None:
    """ASVS 6.5.2: no secret, code or token stands in the database as it is."""
    account = with_app()
    codes = with_codes(account)
    client = PercorsoClient(app)
    half_way(client)
    from tests.factors.scene import SECRET

    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            words = repr(tuple(row))
            assert SECRET not in words, table.name
            assert not any(code in words or code.replace("-", "") in words for code in codes)
    assert db.session.get(Account, account.id) is not None
