"""Slowing down who guesses: so many failures in so many minutes, per login, address or account.

Attempts are rows, so a restart or a second server forgets nothing. Each is written and committed
before what was typed is looked at, and taken back when it was right: many guesses at once
cannot slip through between counting and writing.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Connection, and_, delete, func, insert, or_, select

from lms.accounts.models import SignInAttempt
from lms.clock import now
from lms.config import Settings
from lms.errors import UserError
from lms.extensions import db
from lms.text import clean_line


@dataclass(frozen=True)
class Limit:
    """At most `attempts` within `window` for each of the keys that an attempt counts for."""

    name: str
    attempts: int
    window: timedelta

    @property
    def minutes(self) -> int:
        """The window, as people are told it."""
        return int(self.window.total_seconds() // 60)


SIGN_IN = Limit("sign-in", 10, timedelta(minutes=5))
LONGEST = timedelta(days=1)  # no window is longer; older rows are swept away


def begin(login: str, address: str | None) -> list[int] | None:
    """Count an attempt to sign in; as `count`."""
    return count(SIGN_IN, login=clean_line(login).lower(), address=network_of(address))


def count(limit: Limit, **counted_for: str) -> list[int] | None:
    """Count an attempt for each of `counted_for`; its rows' ids, or None when there were too many.

    Call it before the request has written anything: the request's transaction is ended here.
    """
    keys = [_key(f"{limit.name} {kind}", value) for kind, value in counted_for.items()]
    with _apart() as connection:
        mine, since = SignInAttempt.key.in_(keys), now() - limit.window
        over = or_(SignInAttempt.at <= now() - LONGEST, and_(mine, SignInAttempt.at <= since))
        connection.execute(delete(SignInAttempt).where(over))
        so_far = (
            select(func.count())
            .where(mine)
            .group_by(SignInAttempt.key)
            .order_by(func.count().desc())
        )
        if (connection.scalar(so_far) or 0) >= limit.attempts:
            return None
        added = insert(SignInAttempt).returning(SignInAttempt.id)
        return [connection.scalars(added.values(key=key, at=now())).one() for key in keys]


def too_many(limit: Limit) -> UserError:
    """What is said to who must wait."""
    minutes = limit.minutes
    return UserError(
        _("Too many attempts. Wait %(minutes)s minutes, then try again.", minutes=minutes), 429
    )


def take_back(attempt: list[int]) -> None:
    """What was typed was right: its attempt does not count (in the request's own transaction)."""
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
    message = f"{kind}: {value}".encode()
    return hmac.new(settings.secret_key.encode(), message, hashlib.sha256).hexdigest()


def network_of(address: str | None) -> str:
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
