"""What the outbox forgets, and that the key stays, or the same might be told twice."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from lms.clock import now
from lms.extensions import db
from lms.messages.actions import post
from lms.messages.models import MessageStatus
from lms.messages.retention import (
    ADDRESSES_KEPT,
    LETTERS_KEPT,
    forget_address,
    forget_addresses,
    forget_letters,
)
from tests.messages.scene import LETTER, posted, row


def failed(key: str, to: str = "ada@example.org") -> None:
    posted(key, to)
    message = row(key)
    message.status, message.ended_at, message.answer = MessageStatus.FAILED, now(), f"550 <{to}>"
    db.session.commit()


def test_the_letters_of_what_ended_are_dropped_after_a_week(app: Flask) -> None:
    failed("ended")
    posted("waiting")
    soon, late = now() + timedelta(days=6), now() + LETTERS_KEPT + timedelta(minutes=1)
    assert forget_letters(soon) == 0
    assert forget_letters(late) == 1
    assert forget_letters(late) == 0
    db.session.commit()
    assert row("ended").letter is None
    assert row("ended").recipient == "ada@example.org"
    assert row("waiting").letter is not None


def test_after_a_year_nobody_is_named(app: Flask) -> None:
    failed("ended")
    posted("waiting")
    assert forget_addresses(now() + timedelta(days=364)) == 0
    assert forget_addresses(now() + ADDRESSES_KEPT + timedelta(minutes=1)) == 1
    db.session.commit()
    ended = row("ended")
    assert (ended.recipient, ended.subject, ended.letter, ended.answer) == ("", "", None, None)
    assert row("waiting").recipient == "ada@example.org"
    assert not post("ended", "ada@example.org", LETTER)  # the key is still known


def test_an_erased_person_is_named_no_more(app: Flask) -> None:
    failed("one")
    failed("two", "altra@example.org")
    posted("waiting")
    assert forget_address("ada@example.org") == 1
    assert forget_address("") == 0
    db.session.commit()
    assert row("one").recipient == ""
    assert row("two").recipient == "altra@example.org"
    assert row("waiting").recipient == "ada@example.org"  # it still has to arrive
