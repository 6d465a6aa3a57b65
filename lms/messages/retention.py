"""What the outbox forgets, and when. Called by the retention command; each returns a count.

A letter the mail server took is dropped at once (`sending`). What failed keeps its letter for a
week, so that it can be sent again; the demonstration's mail as long. The key stays for ever, or
the same occasion might be told twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, func, update

from lms.extensions import db
from lms.messages.models import ENDED, OutboxMessage

LETTERS_KEPT = timedelta(days=7)
ADDRESSES_KEPT = timedelta(days=365)
LAST_WORDS = "erased:"  # how the keys begin of messages to people who are erased


def forget_letters(at: datetime) -> int:
    """Drop the letters of messages that ended more than a week before `at`."""
    return _change(
        OutboxMessage.letter.is_not(None) & (OutboxMessage.ended_at < at - LETTERS_KEPT),
        {"letter": None},
    )


def forget_addresses(at: datetime) -> int:
    """Make anonymous the messages that ended more than a year before `at`."""
    return _anonymise(OutboxMessage.ended_at < at - ADDRESSES_KEPT)


def forget_address(address: str) -> int:
    """Make anonymous the ended messages to one address, when its person is erased."""
    return _anonymise(func.lower(OutboxMessage.recipient) == address.lower())


def forget_addresses_of(key_start: str, at: datetime) -> int:
    """Make anonymous the messages with such a key that ended before `at`."""
    return _anonymise(
        OutboxMessage.key.startswith(key_start, autoescape=True) & (OutboxMessage.ended_at <= at)
    )


def _anonymise(which: ColumnElement[bool]) -> int:
    known = OutboxMessage.recipient != ""
    values = {"recipient": "", "subject": "", "letter": None, "answer": None}
    return _change(which & known & OutboxMessage.status.in_(ENDED), values)


def _change(which: ColumnElement[bool], values: dict[str, str | None]) -> int:
    changed = db.session.execute(update(OutboxMessage).where(which).values(values))
    return cast("CursorResult[object]", changed).rowcount
