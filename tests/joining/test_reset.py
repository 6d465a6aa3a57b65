"""A forgotten password: a link to the mailbox, and one answer for every address."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Account
from lms.clock import frozen, now
from lms.extensions import db
from tests.accounts.people import PASSWORD as OLD
from tests.accounts.people import is_signed_in, sign_in, with_account
from tests.accounts.test_security_log import events_of
from tests.client import PercorsoClient
from tests.joining.scene import PASSWORD, ask_for_reset, choose, link, subjects_to, work


def test_a_new_password_ends_every_session(app: Flask, client: PercorsoClient) -> None:
    """ASVS 6.4.3, 7.4.3: the link opens no session, the others end, the owner is told."""
    account = with_account("ada@example.org")
    elsewhere = PercorsoClient(app)
    sign_in(elsewhere, "ada@example.org")
    assert ask_for_reset(client, " ADA@example.org ").location == "/controlla-la-posta"
    work()
    path = link("ada@example.org")
    assert "ada@example.org" in client.get(path).text
    assert is_signed_in(elsewhere), "asking alone changes nothing"
    assert choose(client, path).location == "/accedi"
    assert not is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert sign_in(client, "ada@example.org", OLD).status_code == 422
    assert sign_in(client, "ada@example.org", PASSWORD).status_code == 303
    assert choose(PercorsoClient(app), path).status_code == 404, "once"
    assert [event.value for event in events_of(account.id)][-3:] == [
        "password_reset_asked", "password_reset", "signed_in",
    ]  # fmt: skip
    assert "La tua password è stata cambiata · Percorso" in subjects_to("ada@example.org")


def test_links_asked_for_before_die_with_the_first_used(client: PercorsoClient) -> None:
    with_account("ada@example.org")
    ask_for_reset(client, "ada@example.org")
    work()
    first = link("ada@example.org")
    ask_for_reset(client, "ada@example.org")
    work()
    assert choose(client, link("ada@example.org")).status_code == 303
    assert client.get(first).status_code == 404


def test_an_hour_is_all(client: PercorsoClient) -> None:
    with_account("ada@example.org")
    ask_for_reset(client, "ada@example.org")
    work()
    with frozen(now() + timedelta(hours=1, seconds=1)):
        assert choose(client, link("ada@example.org")).status_code == 404


def test_disabled_unknown_and_without_password(client: PercorsoClient) -> None:
    """The page says one thing; each mailbox hears what is true of it."""
    with_account("sospesa@example.org").is_active = False
    with_account("senza@example.org").password_hash = None
    db.session.commit()
    for address in ("sospesa@example.org", "senza@example.org", "nessuno@example.org"):
        assert ask_for_reset(client, address).location == "/controlla-la-posta"
    work()
    assert "sospeso" in subjects_to("sospesa@example.org")[0]
    assert "Nessun accesso" in subjects_to("nessuno@example.org")[0]
    assert choose(client, link("senza@example.org")).location == "/accedi"


def test_a_link_dies_when_the_account_is_disabled_or_moves(client: PercorsoClient) -> None:
    account = with_account("ada@example.org")
    ask_for_reset(client, "ada@example.org")
    work()
    path = link("ada@example.org")
    account.is_active = False
    assert choose(client, path).status_code == 404
    account = db.session.scalars(select(Account)).one()
    account.is_active, account.login = True, "altra@example.org"
    assert choose(client, path).status_code == 404


def test_a_link_dies_when_the_password_is_changed_otherwise(client: PercorsoClient) -> None:
    """ASVS 6.4.1: what an intruder asked for in time is worth nothing afterwards."""
    with_account("ada@example.org")
    ask_for_reset(client, "ada@example.org")
    work()
    sign_in(client, "ada@example.org")
    new = "il vento di maggio"
    client.post("/profilo/password", {"current": OLD, "password": new, "again": new})
    assert choose(PercorsoClient(client.app), link("ada@example.org", "Scegli")).status_code == 404
    assert sign_in(PercorsoClient(client.app), "ada@example.org", new).status_code == 303


def test_five_a_day_for_an_address(client: PercorsoClient) -> None:
    """ASVS 6.3.1."""
    for _time in range(5):
        assert ask_for_reset(client, "nessuno@example.org").status_code == 303
    sixth = ask_for_reset(client, "nessuno@example.org")
    assert sixth.status_code == 429
    assert 'value="nessuno@example.org"' in sixth.text
