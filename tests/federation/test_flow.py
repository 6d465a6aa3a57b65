"""Signing in with a real provider, and everything that may go wrong on the way."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Account, Person
from lms.extensions import db
from lms.federation.models import FederatedIdentity
from tests.federation.providing import ADA, TestProvider, Traveller, failure, query_of


def test_somebody_new_says_yes_and_is_in(ada: Traveller) -> None:
    response = ada.signs_in()
    assert response.location == "/identita/primo-accesso"
    page = ada.client.get("/identita/primo-accesso")
    assert "Ada" in page.text
    assert "Prova" in page.text
    response = ada.client.post("/identita/primo-accesso", {"accept": "y"})
    assert response.status_code == 303
    assert ada.is_signed_in()
    person = db.session.scalars(select(Person)).one()
    assert person.full_name == "Ada Prova"
    account = db.session.scalars(select(Account)).one()
    assert (account.login, account.password_hash) == (None, None)
    identity = db.session.scalars(select(FederatedIdentity)).one()
    assert identity.subject == ADA["sub"]
