"""A new address to sign in with: both mailboxes agree, in any order, or nothing happens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Account, PersonEmail, UserSession
from lms.clock import frozen, now
from lms.extensions import db
from tests import factories
from tests.accounts.people import PASSWORD, is_signed_in, sign_in, with_account
from tests.client import PercorsoClient
from tests.joining.scene import link, subjects_to, work

OLD, NEW = "ada@example.org", "ada@nuovo.example.org"


@pytest.fixture
def ada(client: PercorsoClient) -> PercorsoClient:
    """A browser in which Ada is signed in."""
    with_account(OLD, factories.person("Ada", "Prova", email=OLD))
    sign_in(client, OLD)
    return client


def ask(client: PercorsoClient, address: str = NEW, current: str = PASSWORD) -> int:
    fields = {"email": address, "current": current}
    status: int = client.post("/profilo/indirizzo", fields).status_code
    work()
    return status


def login() -> str:
    db.session.commit()
    return db.session.scalars(select(Account.login).order_by(Account.id)).first() or ""


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
def test_both_mailboxes_agree(app: Flask, ada: PercorsoClient, order: tuple[str, str]) -> None:
    """ASVS 6.2.3-like for the address, 7.4.3: then every browser signs in again, both are told."""
    assert ask(ada) == 303
    stranger = PercorsoClient(app)  # the mail may be read on another device
    first, second = (link(address) for address in order)
    assert stranger.get(first).status_code == 200
    assert stranger.post(first).status_code == 303
    assert login() == OLD, "one alone changes nothing"
    assert "Confermato" in ada.get("/profilo/indirizzo").text
    assert stranger.post(first).status_code == 404, "once"
    assert stranger.post(second).status_code == 303
    assert login() == NEW
    assert not is_signed_in(ada)
    assert sign_in(ada, OLD).status_code == 422
    assert sign_in(ada, NEW).status_code == 303
    assert db.session.scalars(select(PersonEmail.address)).all() == [NEW]
    changed = "L’indirizzo e-mail con cui accedi è stato cambiato · Percorso"
    assert changed in subjects_to(OLD)
    assert changed in subjects_to(NEW)


def test_opening_the_links_changes_nothing(app: Flask, ada: PercorsoClient) -> None:
    ask(ada)
    for address in (OLD, NEW):
        for _time in range(2):
            assert PercorsoClient(app).get(link(address)).status_code == 200
    assert login() == OLD


def test_an_address_that_is_somebody_elses_never_moves(app: Flask, ada: PercorsoClient) -> None:
    with_account("altra@example.org")
    ask(ada, "altra@example.org")
    assert "voleva usare il tuo indirizzo" in subjects_to("altra@example.org")[0]
    assert PercorsoClient(app).post(link(OLD)).status_code == 303
    assert login() == OLD


def test_an_address_taken_meanwhile_is_told_at_the_end(app: Flask, ada: PercorsoClient) -> None:
    ask(ada)
    with_account(NEW)
    stranger = PercorsoClient(app)
    assert stranger.post(link(OLD)).status_code == 303
    assert stranger.post(link(NEW, "nuovo indirizzo")).status_code == 409
    assert is_signed_in(ada)


def test_called_off_replaced_or_late_it_does_nothing(app: Flask, ada: PercorsoClient) -> None:
    ask(ada)
    first = link(NEW)
    assert ada.post("/profilo/indirizzo/annulla").status_code == 303
    assert PercorsoClient(app).post(first).status_code == 409
    ask(ada)
    second = link(NEW)
    ask(ada, "terza@example.org")
    assert PercorsoClient(app).post(second).status_code == 409
    with frozen(now() + timedelta(days=2, seconds=1)):
        assert PercorsoClient(app).post(link("terza@example.org")).status_code == 404
        db.session.query(UserSession).update({"expires_at": now() + timedelta(hours=1)})
        assert "Cambio in corso" not in ada.get("/profilo/indirizzo").text
        assert ask(ada, "quarta@example.org") == 303
    assert login() == OLD


def test_the_password_in_use_is_asked(ada: PercorsoClient) -> None:
    """ASVS 7.5.1: an open browser is not enough to take an account away."""
    assert ask(ada, current="sbagliata del tutto") == 422
    assert ask(ada, current="") == 422
    assert ask(ada, OLD) == 422
    assert ask(ada, "nonsense") == 422
    assert subjects_to(NEW) == []
