"""What the outbox holds about a person: the messages to their addresses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, update

from lms.clock import now
from lms.messages import retention
from lms.messages.models import MessageStatus, OutboxMessage
from lms.personal import Erase, Erasing, Export, Held, Period, Whose, declare, keep_for, run


def _rows(who: Whose) -> Select[Any]:
    row = OutboxMessage
    return (
        select(
            row.recipient.label("address"),
            row.subject,
            row.language,
            row.status,
            row.created_at,
            row.ended_at,
        )
        .where(func.lower(row.recipient).in_(who.addresses))
        .order_by(row.id)
    )


def _erase(who: Erasing) -> int:
    """A letter that still waits is not sent any more; then all of them forget the address."""
    theirs = func.lower(OutboxMessage.recipient).in_(who.addresses)
    waiting = OutboxMessage.status == MessageStatus.QUEUED
    run(
        update(OutboxMessage)
        .where(theirs, waiting)
        .values(status=MessageStatus.FAILED, ended_at=now(), letter=None)
    )
    return sum(retention.forget_address(address) for address in who.addresses)


def _letters(before: datetime, _held: Held) -> int:
    return retention.forget_letters(before + retention.LETTERS_KEPT)


def _addresses(before: datetime, _held: Held) -> int:
    return retention.forget_addresses(before + retention.ADDRESSES_KEPT)


def _last_words(before: datetime, _held: Held) -> int:
    return retention.forget_addresses_of(retention.LAST_WORDS, before)


declare("outbox_message", Export("messages", _rows), Erase(_erase))
keep_for(
    Period(
        "letters",
        retention.LETTERS_KEPT,
        "the end of sending",
        "text of messages that did not leave; of those that left it goes at once",
        _letters,
    )
)
keep_for(
    Period(
        "addresses_of_messages",
        retention.ADDRESSES_KEPT,
        "the end of sending",
        "address and subject of messages (their key stays, so nothing is told twice)",
        _addresses,
    )
)
keep_for(
    Period(
        "last_messages",
        timedelta(0),
        "the end of sending",
        "address of the message that tells somebody they were erased",
        _last_words,
    )
)
