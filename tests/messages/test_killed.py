"""Workers killed with -9 and workers that overtake each other: nobody gets a message twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, update
from sqlalchemy.exc import OperationalError

from lms import jobs
from lms.clock import frozen, now
from lms.extensions import db
from lms.messages import sending
from lms.messages.models import MessageStatus, OutboxMessage
from tests.mailbox import Mailbox
from tests.messages.scene import posted, row, work


def worker_killed_by(box: Mailbox, moment: str) -> None:
    """Run one job in a process of its own, which the mail server kills at `moment`."""
    db.session.remove()
    db.engine.dispose()  # no connection is shared with the child
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.read(reading, 1)  # until the server knows whom to kill
        jobs.run_one()
        os._exit(0)
    setattr(box, moment, lambda: os.kill(child, signal.SIGKILL))
    os.write(writing, b"x")
    _pid, status = os.waitpid(child, 0)
    setattr(box, moment, lambda: None)
    for end in (reading, writing):
        os.close(end)
    assert os.WTERMSIG(status) == signal.SIGKILL


def test_killed_before_the_end_it_is_sent_by_the_next_worker(box: Mailbox) -> None:
    posted()
    worker_killed_by(box, "on_recipient")
    jobs.release_of_dead_workers()
    assert work() == 1
    assert row().status is MessageStatus.SENT
    assert len(box.received) == 1


def test_killed_before_the_answer_it_is_not_sent_again(box: Mailbox) -> None:
    posted()
    worker_killed_by(box, "on_accepted")
    assert row().status is MessageStatus.SENDING
    jobs.release_of_dead_workers()
    assert work() == 1
    assert row().status is MessageStatus.UNCERTAIN
    assert len(box.received) == 1
    with frozen(now() + timedelta(days=5)):
        assert work() == 0


def test_who_was_overtaken_hands_nothing_over(app: Flask, box: Mailbox) -> None:
    """Its lease ran out and another worker has begun: what that one does counts."""
    message_id = posted()

    def overtake() -> None:
        box.on_recipient = lambda: None
        with app.app_context():
            db.session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.id == message_id)
                .values(attempts=OutboxMessage.attempts + 1)
            )
            db.session.commit()
            db.session.remove()

    box.on_recipient = overtake
    work()
    assert box.received == []
    assert row().status is MessageStatus.QUEUED
    with frozen(now() + timedelta(hours=2)):  # should that one have died, it is not forgotten
        work()
    assert len(box.received) == 1


@contextmanager
def database_refusing_to_note(times: int) -> Iterator[None]:
    """So many times the database cannot be reached when the answer is to be written."""
    left = [times]

    def refuse(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if statement.startswith("UPDATE outbox_message") and "sent" in str(values) and left[0]:
            left[0] -= 1
            raise OperationalError(statement, None, Exception("the database is away"))

    event.listen(db.engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", refuse)


@pytest.mark.parametrize(
    ("times", "status"), [(1, MessageStatus.SENT), (99, MessageStatus.UNCERTAIN)]
)
def test_with_the_database_away_after_the_answer_it_is_not_sent_again(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch, times: int, status: MessageStatus
) -> None:
    monkeypatch.setattr(sending, "PAUSES", (0, 0))
    posted()
    with database_refusing_to_note(times):
        work()
    assert row().status is status  # at once: nobody else is at it
    for hours in (2, 100):
        with frozen(now() + timedelta(hours=hours)):
            work()
    assert row().status is status
    assert len(box.received) == 1
