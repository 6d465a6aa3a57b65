"""Whose account an identity belongs to: by tax code or a first yes, never by mail."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts import tax_codes
from lms.accounts.models import Account, PersonEmail
from lms.accounts.security_log import SecurityEntry, SecurityEvent
from lms.accounts.tax_codes import TaxCodeSource
from lms.clock import now
from lms.extensions import db
from lms.factors.models import TotpFactor
from lms.federation.models import (
    FederatedIdentity,
    FederationArrival,
    LinkedBy,
)
from lms.federation.views import BROWSER
from lms.messages.models import OutboxMessage
from tests import factories
from tests.client import PercorsoClient
from tests.federation.people import account_of, identities, known_ada, people
from tests.federation.providing import (
    ADA,
    LEVEL_1,
    NAME,
    TestProvider,
    Traveller,
    configured,
    failure,
)
from tests.hostile import SHORT_POLYGLOT, assert_harmless

CODE = ADA["fiscal_number"].removeprefix("TINIT-")
LINK = f"/profilo/identita/{NAME}/collega"
CONFIRM = "/profilo/identita/conferma"
FIRST = "/identita/primo-accesso"


@pytest.mark.parametrize("claim", ["fiscal_number", "https://attributes.eid.gov.it/fiscal_number"])
def test_the_tax_code_finds_its_account(ada: Traveller, spid: TestProvider, claim: str) -> None:
    account = account_of(known_ada())
    told = {key: value for key, value in ADA.items() if key != "fiscal_number"}
    spid.behave(person={**told, claim: ADA["fiscal_number"]})
    assert ada.signs_in().location == "/"
    assert ada.is_signed_in()
    (identity,) = identities()
    assert (identity.account_id, identity.linked_by) == (account.id, LinkedBy.TAX_CODE)
    assert people() == 1


def test_the_tax_code_finds_who_has_no_account_yet(ada: Traveller) -> None:
    person = known_ada()
    assert ada.signs_in().location == "/"
    (identity,) = identities()
    assert identity.account.person_id == person.id
    assert identity.account.login is None
    row = tax_codes.tax_code_of(person.id)
    assert row is not None
    assert row.source is TaxCodeSource.PROVIDER


def test_a_code_somebody_only_declared_opens_nothing(ada: Traveller) -> None:
    """Anybody can work out another's tax code and write it into their own profile."""
    account_of(known_ada(TaxCodeSource.DECLARED))
    assert ada.signs_in().location == FIRST
    assert identities() == []


def test_a_weak_sign_in_does_not_take_an_account(ada: Traveller, spid: TestProvider) -> None:
    """ASVS 6.8.4: the level that was really reached decides (`acr`), as signed by the provider."""
    account_of(known_ada())
    for acr in ({"acr": LEVEL_1}, {"acr": None}):
        spid.behave(person={**ADA, **acr}, userinfo={"acr": "https://www.spid.gov.it/SpidL2"})
        ada.outside.cookies.clear()
        assert failure(ada.signs_in()) == "level"
    assert identities() == []


def test_a_provider_that_does_not_vouch_opens_nothing_by_tax_code(
    app: Flask, provider: TestProvider
) -> None:
    account_of(known_ada())
    with configured(app, provider, VOUCHES_TAX_CODE="0"):
        ada = Traveller(app)
        assert ada.signs_in().location == FIRST
        assert CODE[:3] + "*" not in ada.client.get(FIRST).text
        assert ada.post(FIRST, {"accept": "y", "notice": "y"}).status_code == 303
    assert people() == 2
    assert tax_codes.tax_code_of(identities()[0].account.person_id) is None


def test_a_mistyped_code_does_not_let_a_stranger_in(ada: Traveller) -> None:
    account_of(known_ada(family_name="Altra"))
    assert failure(ada.signs_in()) == "mismatch"
    assert identities() == []


@pytest.mark.parametrize("verified", [True, False, None])
def test_never_by_mail(ada: Traveller, spid: TestProvider, verified: bool | None) -> None:
    """A mail address opens no account, confirmed or not; only a confirmed one is kept.

    ASVS 10.5.2.
    """
    other = factories.person("Ada", "Prova", email="ada@example.org")
    account = Account(
        person_id=other.id, login="ada@example.org", password_hash="x", created_at=now()
    )
    db.session.add(account)
    db.session.commit()
    spid.behave(person={**ADA, "email": "Ada@example.org", "email_verified": verified})
    assert ada.signs_in().location == FIRST
    assert ("ada@example.org" in ada.client.get(FIRST).text) is (verified is True)
    assert ada.post(FIRST, {"accept": "y", "notice": "y"}).status_code == 303
    (identity,) = identities()
    assert identity.account_id != account.id
    kept = db.session.scalars(
        select(PersonEmail.address).where(PersonEmail.person_id == identity.account.person_id)
    ).all()
    assert kept == (["ada@example.org"] if verified else [])


def test_userinfo_confirms_no_other_address(ada: Traveller, spid: TestProvider) -> None:
    spid.behave(
        person=ADA, alter={"email": "chosen@example.org"},
        userinfo={"email": "own@example.org", "email_verified": True},
    )  # fmt: skip
    ada.signs_in()
    page = ada.client.get(FIRST).text
    assert "chosen@example.org" not in page


def test_without_a_name_nobody_is_registered(ada: Traveller, spid: TestProvider) -> None:
    spid.behave(person={"sub": "ada", "given_name": "Ada", "family_name": " "})
    assert failure(ada.signs_in()) == "incomplete"


def test_hostile_claims_are_only_text(ada: Traveller, spid: TestProvider) -> None:
    hostile = {"given_name": SHORT_POLYGLOT, "family_name": SHORT_POLYGLOT}
    spid.behave(person={**ADA, **hostile, "email": SHORT_POLYGLOT, "email_verified": True})
    assert ada.signs_in().location == FIRST
    assert_harmless(ada.client.get(FIRST).text)


def test_the_organisation_is_chosen_as_everywhere(ada: Traveller) -> None:
    body = factories.organisation("Comune di Forlì")
    ada.signs_in()
    asked = ada.post(FIRST, {"accept": "y", "notice": "y", "organisation": "Forlì"})
    assert asked.status_code == 422
    assert "Comune di Forlì" in asked.text
    fields = {
        "accept": "y",
        "notice": "y",
        "organisation": "Forlì",
        "organisation_choice": str(body.id),
    }
    assert ada.post(FIRST, fields).status_code == 303
    assert identities()[0].account.person.organisation_id == body.id


def test_yes_is_said_once_and_in_time(app: Flask, ada: Traveller) -> None:
    ada.signs_in()
    sealed = db.session.scalars(select(FederationArrival.sealed)).one()
    assert CODE.encode() not in sealed
    assert ADA["family_name"].encode() not in sealed
    assert PercorsoClient(app).get(FIRST).status_code == 422, "another browser sees nothing"
    assert ada.post(FIRST, {"accept": "y", "notice": "y"}).status_code == 303
    assert ada.post(FIRST, {"accept": "y", "notice": "y"}).status_code == 409
    assert people() == 1


def test_a_disabled_account_stays_shut(ada: Traveller) -> None:
    account = account_of(known_ada(), active=False)
    assert failure(ada.signs_in()) == "disabled"
    db.session.add(
        FederatedIdentity(
            account_id=account.id, provider=NAME, issuer=_issuer(ada), subject="ada",
            linked_by=LinkedBy.CONFIRMATION, linked_at=now(),
        )
    )  # fmt: skip
    db.session.commit()
    assert failure(ada.signs_in()) == "disabled"
    assert not ada.is_signed_in()


def _issuer(ada: Traveller) -> str:
    return ada.departs().split("/auth?")[0]


def test_level_2_is_two_factors_and_level_1_is_one(ada: Traveller, spid: TestProvider) -> None:
    """ASVS 6.8.4: a second step is asked unless the provider has signed that there were two."""
    account = account_of(known_ada())
    assert ada.signs_in().location == "/"
    ada.post("/esci")
    db.session.add(
        TotpFactor(account_id=account.id, sealed_secret=b"x", created_at=now(), confirmed_at=now())
    )
    db.session.commit()
    assert ada.signs_in().location == "/"
    ada.post("/esci")
    ada.outside.cookies.clear()
    spid.behave(person={**ADA, "acr": LEVEL_1})
    assert ada.signs_in().location == "/secondo-passo"
    assert not ada.is_signed_in()
    with ada.client.http.session_transaction() as session:
        assert BROWSER in session, "signing out at the provider is still possible afterwards"


def test_who_reads_the_log_of_their_account_sees_it(ada: Traveller) -> None:
    account = account_of(known_ada())
    ada.signs_in()
    noted = db.session.scalars(
        select(SecurityEntry.event).where(SecurityEntry.account_id == account.id)
    ).all()
    assert SecurityEvent.IDENTITY_LINKED in noted
    assert "identità digitale" in ada.client.get("/profilo/registro").text
    letter = db.session.scalars(select(OutboxMessage)).one()
    assert letter.recipient == account.login
