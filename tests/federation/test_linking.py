"""Linking an identity to one's own account, and unlinking it."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from lms.accounts import tax_codes
from lms.accounts.models import Account, Person
from lms.accounts.tax_codes import TaxCodeSource
from lms.clock import now
from lms.extensions import db
from lms.federation.models import (
    FederatedIdentity,
    FederationTransaction,
    LinkedBy,
    Outcome,
)
from tests import factories
from tests.client import PercorsoClient
from tests.federation.people import account_of, identities, known_ada, people
from tests.federation.providing import (
    ADA,
    NAME,
    Traveller,
    failure,
)

CODE = ADA["fiscal_number"].removeprefix("TINIT-")
LINK = f"/profilo/identita/{NAME}/collega"
CONFIRM = "/profilo/identita/conferma"
FIRST = "/identita/primo-accesso"


def test_linking_from_the_profile(ada: Traveller) -> None:
    account = account_of(factories.person("Bea", "Altra"))
    ada.client.sign_in(account.person)
    assert "Collega SPID di prova" in ada.client.get("/profilo").text
    assert ada.signs_in(LINK).location == CONFIRM
    assert identities() == []
    page = ada.client.get(CONFIRM).text
    assert "Ada" in page
    assert "Bea Altra" in page
    assert ada.post(CONFIRM).location == "/profilo"
    (identity,) = identities()
    assert (identity.account_id, identity.linked_by) == (account.id, LinkedBy.CONFIRMATION)
    assert account.person.full_name == "Bea Altra"
    assert "collegata da te" in ada.client.get("/profilo").text.lower()
    ada.post("/esci")
    assert ada.signs_in().location == "/"
    assert people() == 1


def test_linking_needs_the_same_person_throughout(app: Flask, ada: Traveller) -> None:
    """ASVS 10.2.1: nobody links their identity to an account they talked into it."""
    first, second = (account_of(factories.person()) for _each in range(2))
    ada.client.sign_in(first.person)
    answer = ada.travels(ada.departs(LINK))
    ada.client.sign_in(second.person)
    assert failure(ada.comes_back(answer)) == "expired"
    ada.client.sign_in(first.person)
    assert ada.signs_in(LINK).location == CONFIRM
    ada.client.sign_in(second.person)
    assert ada.post(CONFIRM).status_code == 409
    assert identities() == []
    assert PercorsoClient(app).post(LINK).location.startswith("/accedi")


def test_an_identity_is_one_persons(ada: Traveller) -> None:
    ada.signs_in()
    ada.post(FIRST, {"accept": "y", "notice": "y"})
    ada.post("/esci")
    other = account_of(factories.person())
    ada.client.sign_in(other.person)
    response = ada.signs_in(LINK)
    assert failure(response) == "taken"
    assert "altra utenza" in ada.client.get(response.location).text
    assert len(identities()) == 1


def test_a_vouched_code_that_is_anothers_is_not_linked(ada: Traveller) -> None:
    known_ada()
    ada.client.sign_in(account_of(factories.person()).person)
    assert failure(ada.signs_in(LINK)) == "taken"


def test_a_vouched_code_must_be_the_one_known(ada: Traveller) -> None:
    person = factories.person()
    tax_codes.set_tax_code(person, "PRVBEA80A41H501G", by=None, source=TaxCodeSource.ORGANISER)
    ada.client.sign_in(account_of(person).person)
    assert failure(ada.signs_in(LINK)) == "mismatch"


def linked(person: Person, subject: str = "ada") -> FederatedIdentity:
    account = db.session.scalars(select(Account).where(Account.person_id == person.id)).one()
    row = FederatedIdentity(
        account_id=account.id, provider=NAME, issuer="http://127.0.0.1:9", subject=subject,
        linked_by=LinkedBy.CONFIRMATION, linked_at=now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return row


def test_unlinking_asks_first_and_leaves_a_trace(client: PercorsoClient) -> None:
    person = factories.person()
    account_of(person)
    identity = linked(person)
    client.sign_in(person)
    path = f"/profilo/identita/{identity.id}/scollega"
    assert "Scollegare" in client.get(path).text
    assert len(identities()) == 1
    assert client.post(path).location == "/profilo"
    assert identities() == []
    newest = db.session.scalars(select(FederationTransaction)).one()
    assert (newest.outcome, newest.person_id) == (Outcome.UNLINKED, person.id)


def test_the_last_way_in_stays(client: PercorsoClient) -> None:
    person = factories.person()
    account_of(person, password=False)
    first, second = linked(person), linked(person, "ada-cie")
    client.sign_in(person)
    assert client.post(f"/profilo/identita/{first.id}/scollega").status_code == 303
    refused = client.post(f"/profilo/identita/{second.id}/scollega")
    assert refused.status_code == 409
    assert "unico modo" in refused.text
    assert [each.id for each in identities()] == [second.id]


def test_anothers_identity_does_not_exist(client: PercorsoClient) -> None:
    owner = factories.person()
    account_of(owner)
    identity = linked(owner)
    client.sign_in(factories.administrator())
    path = f"/profilo/identita/{identity.id}/scollega"
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404
