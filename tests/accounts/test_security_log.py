"""The log of an account's safety: written with the deed, kept as it was written."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.accounts.security_log import SecurityEntry, SecurityEvent, note
from lms.extensions import db
from tests.accounts.people import sign_in, with_account
from tests.client import PercorsoClient

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def events_of(account_id: int) -> list[SecurityEvent]:
    rows = select(SecurityEntry.event).where(SecurityEntry.account_id == account_id)
    return list(db.session.scalars(rows.order_by(SecurityEntry.id)))


def test_signing_in_is_noted_with_a_coarse_device_and_network(client: PercorsoClient) -> None:
    account = with_account("ada@example.org")
    client.http.environ_base = {
        **client.http.environ_base, "HTTP_USER_AGENT": FIREFOX, "REMOTE_ADDR": "192.0.2.7",
    }  # fmt: skip
    sign_in(client, "ada@example.org")
    entry = db.session.scalars(select(SecurityEntry).order_by(SecurityEntry.id.desc())).first()
    assert entry is not None
    assert (entry.account_id, entry.event) == (account.id, SecurityEvent.SIGNED_IN)
    assert (entry.device, entry.network) == ("Firefox · Linux", "192.0.2.0/24")


@pytest.mark.parametrize(
    "deed", ["UPDATE security_event SET event = 'signed_out'", "DELETE FROM security_event"]
)
def test_the_database_keeps_every_row(app: Flask, deed: str) -> None:
    """ASVS 16.4.2 for what a person reads of their own account."""
    account = with_account("ada@example.org")
    note(account.id, SecurityEvent.PASSWORD_CHANGED, detail={"why": "test"})
    db.session.commit()
    with pytest.raises(DBAPIError, match="kept as it was written"):
        db.session.execute(text(deed))
    db.session.rollback()
    assert events_of(account.id)[-1] is SecurityEvent.PASSWORD_CHANGED
