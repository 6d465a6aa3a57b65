"""Ten failures in five minutes, per login and per address; then a page that says to wait."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from lms.accounts import throttle
from lms.accounts.models import SignInAttempt
from lms.clock import frozen, now
from lms.extensions import db
from tests.accounts.people import PASSWORD, sign_in, with_account
from tests.client import PercorsoClient

WRONG = "tre parole sbagliate"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here depends on how long a hash takes."""
    monkeypatch.setattr("lms.accounts.actions.verify_password", lambda _s, p: p == PASSWORD)


def rows() -> int:
    return db.session.scalar(select(func.count(SignInAttempt.id))) or 0


def test_the_eleventh_attempt_is_turned_away(client: PercorsoClient, quick: None) -> None:
    """ASVS 6.3.1, 2.4.1."""
    with_account("ada@example.org")
    for _attempt in range(throttle.SIGN_IN.attempts):
        assert sign_in(client, "ada@example.org", WRONG).status_code == 422
    response = sign_in(client, "ada@example.org", PASSWORD)
    assert response.status_code == 429
    assert "Aspetta 5 minuti" in response.text
    with frozen(now() + throttle.SIGN_IN.window + timedelta(seconds=1)):
        assert sign_in(client, "ada@example.org", PASSWORD).status_code == 303
    assert rows() == 0, "old attempts are swept away, a good one is taken back"


def test_failures_are_kept_although_their_answer_is_an_error(
    client: PercorsoClient, quick: None
) -> None:
    sign_in(client, "ada@example.org", WRONG)
    assert rows() == 2
    assert db.session.scalars(select(SignInAttempt.key)).all() != ["ada@example.org", "127.0.0.1"]


def test_they_count_per_address_over_many_logins(client: PercorsoClient, quick: None) -> None:
    for number in range(throttle.SIGN_IN.attempts):
        sign_in(client, f"persona{number}@example.org", WRONG)
    assert sign_in(client, "altra@example.org", WRONG).status_code == 429


def test_another_address_is_not_held_up_for_another_login(app: Flask, quick: None) -> None:
    with_account("ada@example.org")
    guesser = PercorsoClient(app)
    for number in range(throttle.SIGN_IN.attempts):
        sign_in(guesser, f"persona{number}@example.org", WRONG)
    honest = PercorsoClient(app)
    honest.http.environ_base = {**honest.http.environ_base, "REMOTE_ADDR": "192.0.2.7"}
    assert sign_in(honest, "ada@example.org").status_code == 303


def test_and_per_login_over_many_addresses(app: Flask, quick: None) -> None:
    with_account("ada@example.org")
    for number in range(throttle.SIGN_IN.attempts):
        client = PercorsoClient(app)
        client.http.environ_base = {**client.http.environ_base, "REMOTE_ADDR": f"192.0.2.{number}"}
        assert sign_in(client, " ADA@example.org", WRONG).status_code == 422
    assert sign_in(PercorsoClient(app), "ada@example.org").status_code == 429


def test_good_sign_ins_do_not_count(app: Flask, quick: None) -> None:
    with_account("ada@example.org")
    for _time in range(throttle.SIGN_IN.attempts + 2):
        assert sign_in(PercorsoClient(app), "ada@example.org").status_code == 303
    assert rows() == 0


def test_a_restart_forgets_nothing(app: Flask, client: PercorsoClient, quick: None) -> None:
    for _attempt in range(throttle.SIGN_IN.attempts):
        sign_in(client, "ada@example.org", WRONG)
    db.session.remove()
    db.engine.dispose()
    assert sign_in(client, "ada@example.org", WRONG).status_code == 429


def test_many_at_once_do_not_slip_through(app: Flask, quick: None) -> None:
    with_account("ada@example.org")
    answers: list[int] = []
    gate = threading.Barrier(14)

    def guess(number: int) -> None:
        client = PercorsoClient(app)
        client.http.environ_base = {**client.http.environ_base, "REMOTE_ADDR": f"192.0.2.{number}"}
        with app.app_context():
            client.token()
            gate.wait(20)
            answers.append(sign_in(client, "ada@example.org", WRONG).status_code)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [422] * throttle.SIGN_IN.attempts + [429] * 4


def test_counting_waits_for_no_open_transaction_of_its_own_request(
    client: PercorsoClient, quick: None
) -> None:
    """A dead session's cookie makes the request read first: on SQLite that takes the lock."""
    with client.http.session_transaction() as session:
        session["_user_id"] = "no-such-session"
    assert sign_in(client, "ada@example.org", WRONG).status_code == 422
    db.session.execute(text("SELECT 1"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:0:1::5", "2001:db8:0:1:ffff::9", True),
        ("2001:db8:0:1::5", "2001:db8:0:2::5", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        (None, "", True),
    ],
)
def test_an_ipv6_line_is_one_address(one: str | None, other: str, same: bool) -> None:
    assert (throttle.network_of(one) == throttle.network_of(other)) is same
