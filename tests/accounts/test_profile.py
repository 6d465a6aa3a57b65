"""One's own page and password."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.accounts import throttle
from lms.accounts.models import StaffRole
from lms.accounts.roles import grant_role
from lms.extensions import db
from tests import factories
from tests.accounts.people import PASSWORD, is_signed_in, sign_in, with_account
from tests.client import PercorsoClient
from tests.hostile import SHORT_POLYGLOT, assert_harmless

NEW = "la neve di aprile"


def change(client: PercorsoClient, current: str, new: str, again: str | None = None) -> object:
    fields = {"current": current, "password": new, "again": new if again is None else again}
    return client.post("/profilo/password", fields)


def test_what_we_know_of_oneself_and_nobody_else(client: PercorsoClient) -> None:
    other = factories.person("Bea", "Altra")
    body = factories.organisation("Comune di Forlì")
    account = with_account("ada@example.org", given_name="Ada", family_name=SHORT_POLYGLOT,
                           organisation=body)  # fmt: skip
    grant_role(account.person, StaffRole.ORGANISER, by=None)
    sign_in(client, "ada@example.org")
    page = client.get("/profilo").text
    assert_harmless(page)
    for shown in ("Ada", "Comune di Forlì", "ada@example.org", "Segreteria"):
        assert shown in page
    assert other.family_name not in page


def test_changing_the_password_signs_out_the_other_browsers(app: Flask) -> None:
    """ASVS 7.4.3."""
    with_account("ada@example.org")
    here, elsewhere = PercorsoClient(app), PercorsoClient(app)
    sign_in(here, "ada@example.org")
    sign_in(elsewhere, "ada@example.org")
    assert change(here, PASSWORD, NEW).status_code == 303  # type: ignore[attr-defined]
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    assert sign_in(elsewhere, "ada@example.org", PASSWORD).status_code == 422
    assert sign_in(elsewhere, "ada@example.org", NEW).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "again", "complaint"),
    [
        ("sbagliata del tutto", NEW, NEW, "attuale non è questa"),
        ("", NEW, NEW, "Scrivi la password che usi"),
        (PASSWORD, "corta", "corta", "almeno 12"),
        (PASSWORD, "ada@example.org", "ada@example.org", "Troppo facile"),
        (PASSWORD, NEW, NEW + "x", "sono diverse"),
        (PASSWORD, "", "", "Scrivi la nuova"),
    ],
)
def test_what_is_refused(
    client: PercorsoClient, current: str, new: str, again: str, complaint: str
) -> None:
    """ASVS 6.2.3: the password in use is asked, the new one follows the rules."""
    with_account("ada@example.org")
    sign_in(client, "ada@example.org")
    response = change(client, current, new, again)
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert complaint in response.text  # type: ignore[attr-defined]
    assert NEW not in response.text  # type: ignore[attr-defined]
    assert sign_in(PercorsoClient(client.app), "ada@example.org", PASSWORD).status_code == 303


def test_guessing_the_password_in_use_is_slowed_down_too(
    client: PercorsoClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_account("ada@example.org")
    sign_in(client, "ada@example.org")
    monkeypatch.setattr("lms.accounts.actions.verify_password", lambda _s, p: p == PASSWORD)
    for _attempt in range(throttle.SIGN_IN.attempts):
        assert change(client, "sbagliata del tutto", NEW).status_code == 422  # type: ignore[attr-defined]
    assert change(client, PASSWORD, NEW).status_code == 429  # type: ignore[attr-defined]


def test_an_account_without_a_password_offers_no_change(client: PercorsoClient) -> None:
    account = with_account("ada@example.org")
    account.password_hash = None
    db.session.commit()
    client.sign_in(account.person)
    assert "/profilo/password" not in client.get("/profilo").text
    assert change(client, "qualcosa di lungo", NEW).status_code == 422  # type: ignore[attr-defined]
