"""Slowing down who guesses passwords: ten failures in five minutes, per login and per address.

Attempts are rows, so a restart or a second server forgets nothing. Each is written and committed
before the password is looked at, and taken back when the sign-in succeeds: many guesses at once
cannot slip through between counting and writing.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import current_app
from sqlalchemy import Connection, delete, func, insert, select

from lms.accounts.models import SignInAttempt
from lms.clock import now
from lms.config import Settings
from lms.extensions import db
from lms.text import clean_line

LIMIT = 10
WINDOW = timedelta(minutes=5)


def begin(login: str, address: str | None) -> list[int] | None:
    """Count an attempt; its rows' ids, or None when there were too many already.

    Call it before the request has written anything: the request's transaction is ended here.
    """
    keys = [_key("login", clean_line(login).lower()), _key("address", _network(address))]
    with _apart() as connection:
        since = now() - WINDOW
        connection.execute(delete(SignInAttempt).where(SignInAttempt.at <= since))
        counted = (
            select(func.count())
            .where(SignInAttempt.key.in_(keys))
            .group_by(SignInAttempt.key)
            .order_by(func.count().desc())
        )
        if (connection.scalar(counted) or 0) >= LIMIT:
            return None
        added = insert(SignInAttempt).returning(SignInAttempt.id)
        return [connection.scalars(added.values(key=key, at=now())).one() for key in keys]


def take_back(attempt: list[int]) -> None:
    """The sign-in succeeded: its attempt does not count (in the request's own transaction)."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(attempt)))


@contextmanager
def _apart() -> Iterator[Connection]:
    """A short transaction of its own, committed whatever becomes of the request.

    The request's own must end first: on SQLite it holds the write lock that this one waits for.
    Two at a time would both count before either has written, so on PostgreSQL they queue as well.
    """
    db.session.rollback()
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("LOCK TABLE sign_in_attempt IN SHARE ROW EXCLUSIVE MODE")
        yield connection


def _key(kind: str, value: str) -> str:
    settings: Settings = current_app.config["SETTINGS"]
    message = f"sign-in {kind}: {value}".encode()
    return hmac.new(settings.secret_key.encode(), message, hashlib.sha256).hexdigest()


def _network(address: str | None) -> str:
    """An IPv4 address, or the /64 network of an IPv6 one: a single line has that many addresses."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
