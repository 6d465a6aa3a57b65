"""Requests whose changes are seen and then taken back: what would have been committed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import pytest
from flask import has_request_context
from sqlalchemy import select, text

from lms.extensions import db
from tests.security.pages import Site
from tests.security.reading import Form

# Signing in counts its attempts apart from the request; signing out ends the actor of the tests.
ELSEWHERE = frozenset(
    {
        "accounts.sign_in", "accounts.change_password", "accounts.sign_out",
        "accounts.end_session", "accounts.end_other_sessions",
        "joining.confirm_registration", "joining.accept_invitation", "joining.choose_password",
        "joining.confirm_login", "attendance.type_code",
    }
)  # fmt: skip
# Made by chance, so that two runs of the same deed differ there and nowhere else.
BY_CHANCE = frozenset(
    {
        "account.password_hash",
        "calendar_feed.token_hash",
        "certificate.code",
        "certificate.snapshot",
        "job.key",
        "lesson.uid",
        "mailed_link.token_hash",
        "outbox_message.key",
        "outbox_message.letter",
        "passkey_challenge.challenge",
        "recovery_code.code_hash",
        "second_step.token_hash",
        "totp_factor.sealed_secret",
        "user_session.token_hash",
    }
)
# Looks are written apart from the request's own transaction, by GETs (ADR 0013).
NOTED_APART = "access_look"


class Rehearsal:
    """`committed` holds a hash of all rows for each commit a request asked for."""

    def __init__(self) -> None:
        self.committed: list[str] = []
        self.before = state()
        self._numbers = _sequences()

    def take(self) -> str | None:
        """What the last request would have left behind; None when it committed nothing."""
        last = self.committed[-1] if self.committed else None
        self.committed.clear()
        for name, value in self._numbers:
            # Rolling back gives no number of a sequence back, but two runs must have the same.
            db.session.execute(
                text("SELECT setval(:name, :value, :used)"),
                {"name": name, "value": value or 1, "used": value is not None},
            )
        db.session.rollback()
        return last

    def changed(self) -> bool:
        """Whether the last request would have left other rows than there were."""
        last = self.take()
        return last is not None and last != self.before


@dataclass
class Stage:
    """A site, its forms, and what each request would have left behind."""

    site: Site
    taken: Rehearsal

    @cached_property
    def forms(self) -> list[Form]:
        """Without those whose deeds cannot be taken back."""
        return [form for form in self.site.forms() if form.endpoint not in ELSEWHERE]


@contextmanager
def rehearsal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rehearsal]:
    """Within, no request changes anything for good."""
    taken = Rehearsal()
    commit = db.session.commit

    def pretend() -> None:
        if not has_request_context():
            commit()
            return
        taken.committed.append(state())
        db.session.rollback()

    with monkeypatch.context() as patch:
        patch.setattr(db.session, "commit", pretend)
        yield taken


def state() -> str:
    """A hash over every row of every table, but for what is made by chance."""
    found = hashlib.sha256()
    db.session.flush()  # plain SELECTs do not see to it
    for table in db.metadata.sorted_tables:
        if table.name == NOTED_APART:
            continue
        columns = [c for c in table.columns if f"{table.name}.{c.name}" not in BY_CHANCE]
        for row in db.session.execute(select(*columns).order_by(*table.primary_key.columns)):
            found.update(repr((table.name, tuple(row))).encode())
    db.session.rollback()
    return found.hexdigest()


def _sequences() -> list[tuple[str, int | None]]:
    if db.engine.dialect.name != "postgresql":
        return []
    rows = db.session.execute(text("SELECT sequencename, last_value FROM pg_sequences")).all()
    db.session.rollback()
    return [(name, value) for name, value in rows]
