"""Signing in with a real provider: there, back, in, and whose browser it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Account, Person, PersonEmail
from lms.clock import frozen, now
from lms.extensions import db
from lms.federation.models import FederatedIdentity
from tests.federation.providing import (
    NAME,
    Traveller,
    failure,
    query_of,
    registered,
)


def last_issuer() -> str:
    return db.session.scalars(select(FederatedIdentity.issuer)).one()


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
