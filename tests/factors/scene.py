"""People with factors, for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.models import Account, Person
from lms.accounts.security_log import SecurityEntry, SecurityEvent
from lms.clock import now
from lms.extensions import db
from lms.factors import actions
from lms.factors.models import RecoveryCode, TotpFactor
from lms.factors.rules import new_recovery_code
from lms.messages.models import OutboxMessage
from lms.secretbox import seal
from tests.accounts.people import sign_in, with_account
from tests.client import PercorsoClient

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = "/secondo-passo"
RECOVERY = "/secondo-passo/recupero"
OWN = "/profilo/secondo-fattore"


def with_app(login: str = "ada@example.org", who: Person | None = None) -> Account:
    """An account with `PASSWORD` whose authenticator app knows `SECRET`, and no recovery codes."""
    account = with_account(login, who)
    sealed = seal(SECRET, actions.PURPOSE, of=str(account.id))
    db.session.add(
        TotpFactor(
            account_id=account.id, sealed_secret=sealed, created_at=now(), confirmed_at=now()
        )
    )
    db.session.commit()
    return account


def with_codes(account: Account) -> list[str]:
    """Ten recovery codes of an account that has a factor."""
    codes = [new_recovery_code() for _each in range(10)]
    db.session.add_all(
        RecoveryCode(account_id=account.id, code_hash=actions.code_hash(code), created_at=now())
        for code in codes
    )
    db.session.commit()
    return codes


def code_at(at: datetime | None = None, *, secret: str = SECRET, steps: int = 0) -> str:
    """What the app shows at an instant, `steps` time steps away."""
    return pyotp.TOTP(secret).at(at or now(), counter_offset=steps)


def half_way(client: PercorsoClient, login: str = "ada@example.org", path: str = "/accedi") -> Any:
    """Through the password, up to the second step."""
    response = sign_in(client, login, path=path)
    assert (response.status_code, response.location) == (303, STEP)
    return response


def give(client: PercorsoClient, code: str, path: str = STEP) -> Any:
    client._csrf = None
    response = client.post(path, {"code": code})
    client._csrf = None
    return response


def events(account_id: int) -> list[SecurityEvent]:
    """What the account's security log says of factors, in order."""
    rows = (
        select(SecurityEntry.event)
        .where(SecurityEntry.account_id == account_id)
        .order_by(SecurityEntry.id)
    )
    others = ("signed_in", "account_")
    return [event for event in db.session.scalars(rows) if not event.startswith(others)]


def letters() -> list[str]:
    """Subjects of what was posted, in order."""
    return list(db.session.scalars(select(OutboxMessage.subject).order_by(OutboxMessage.id)))


def unused_codes(account_id: int) -> int:
    found = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    return db.session.scalar(found) or 0


@contextmanager
def demanding(app: Flask) -> Iterator[None]:
    """Staff need a second factor, as in production."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, require_second_factor=True)
    try:
        yield
    finally:
        app.config["SETTINGS"] = before


@pytest.fixture
def demanded(app: Flask) -> Iterator[None]:
    with demanding(app):
        yield


def later(**span: int) -> datetime:
    return now() + timedelta(**span)
