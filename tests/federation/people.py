"""People and accounts as these tests need them."""

from __future__ import annotations

from sqlalchemy import func, select

from lms.accounts import tax_codes
from lms.accounts.models import Account, Person
from lms.accounts.tax_codes import TaxCodeSource
from lms.clock import now
from lms.extensions import db
from lms.federation.models import (
    FederatedIdentity,
)
from tests import factories
from tests.federation.providing import (
    ADA,
    NAME,
)

CODE = ADA["fiscal_number"].removeprefix("TINIT-")
LINK = f"/profilo/identita/{NAME}/collega"
CONFIRM = "/profilo/identita/conferma"
FIRST = "/identita/primo-accesso"


def known_ada(source: TaxCodeSource = TaxCodeSource.ORGANISER, **more: str) -> Person:
    """Somebody the organisers know, with her tax code."""
    person = factories.person("Ada", more.pop("family_name", "Prova"), **more)
    tax_codes.set_tax_code(person, CODE, by=None, source=source)
    db.session.commit()
    return person


def account_of(person: Person, *, password: bool = True, active: bool = True) -> Account:
    account = Account(
        person_id=person.id, login=f"p{person.id}@example.org", created_at=now(),
        password_hash="x" if password else None, is_active=active,
    )  # fmt: skip
    db.session.add(account)
    db.session.commit()
    return account


def identities() -> list[FederatedIdentity]:
    return list(db.session.scalars(select(FederatedIdentity)))


def people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person)) or 0
