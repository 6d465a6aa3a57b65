"""The owner of a sign-in that a union shuts, or its undoing opens again, is told by mail."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Account
from lms.duplicates import actions, undoing
from lms.extensions import db
from lms.messages.models import OutboxMessage
from tests.accounts.people import with_account
from tests.duplicates.twins import Twins


def letters() -> list[tuple[str, str]]:
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.recipient, row.subject.partition(" · ")[0]) for row in rows]


def unite(twins: Twins) -> int:
    done = actions.merge(twins.one.id, twins.two.id, by=twins.boss.id)
    db.session.commit()
    return done.id


def test_of_two_sign_ins_the_shut_one_is_told(app: Flask) -> None:
    twins = Twins()
    with_account("resta@example.org", twins.one)
    shut = with_account("chiuso@example.org", twins.two)
    shut.language = "en"
    db.session.commit()
    merge_id = unite(twins)
    expected = [("chiuso@example.org", "Your two records are united")]
    assert letters() == expected
    kept = db.session.scalars(select(OutboxMessage)).one()
    assert "resta@example.org" not in str(kept.letter), "it may belong to somebody else"
    undoing.undo(merge_id, by=twins.boss.id)
    db.session.commit()
    expected.append(("chiuso@example.org", "Your address signs in again"))
    assert letters() == expected
    assert db.session.get_one(Account, shut.id).is_active


def test_who_loses_no_sign_in_hears_nothing(app: Flask) -> None:
    """It moves along where it is the only one; one that was shut before stays so."""
    twins = Twins()
    with_account("solo@example.org", twins.two)
    merge_id = unite(twins)
    undoing.undo(merge_id, by=twins.boss.id)
    with_account("resta@example.org", twins.one)
    solo = db.session.scalars(select(Account).where(Account.login == "solo@example.org")).one()
    solo.is_active = False
    db.session.commit()
    merge_id = unite(twins)
    undoing.undo(merge_id, by=twins.boss.id)
    db.session.commit()
    assert letters() == []
