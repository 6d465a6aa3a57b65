"""People with passwords, for the tests of this room."""

from __future__ import annotations

from typing import Any

from lms.accounts.actions import open_account
from lms.accounts.models import Account, Person
from lms.extensions import db
from tests import factories
from tests.client import PercorsoClient

PASSWORD = "la pioggia di marzo"


def with_account(login: str = "ada@example.org", who: Person | None = None, **more: Any) -> Account:
    """An account with `PASSWORD`, its person made by `more`."""
    account = open_account(who or factories.person(**more), login, PASSWORD)
    db.session.commit()
    return account


def sign_in(client: PercorsoClient, login: str, password: str = PASSWORD, **options: Any) -> Any:
    """Through the real form."""
    path = options.pop("path", "/accedi")
    client._csrf = None  # the session it belonged to may have ended
    response = client.post(path, {"login": login, "password": password}, **options)
    client._csrf = None
    return response


def is_signed_in(client: PercorsoClient) -> bool:
    return client.get("/profilo").status_code == 200
