"""The dispatcher: reads from the database which jobs are due and hands their ids to the broker.

Web processes never speak to the broker: they write rows. What the dispatcher reads is committed, so
an id never travels before its row, and a broker that is away keeps nobody waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from celery import Celery
from kombu import Connection, Producer
from kombu.exceptions import OperationalError
from sqlalchemy import ColumnElement, case, or_, select, update
from sqlalchemy.exc import DBAPIError

from lms.clock import now
from lms.database import may_write
from lms.extensions import db
from lms.jobs import Job, JobStatus, due
from lms.operations.celery_app import task_of
from lms.operations.lanes import Lane

# So many messages may lie in a queue: the rows wait in the database, not at the broker.
WINDOW = 1000
# A job that is still due so long after its id was sent has its id sent again.
RESEND = timedelta(seconds=30)

log = logging.getLogger(__name__)


class Dispatcher:
    """Hands due jobs to the broker, as long as the connection lasts."""

    def __init__(self, celery: Celery) -> None:
        self._celery = celery
        self._task = task_of(celery)
        self._connection: Connection = celery.connection_for_write()

    def connect(self) -> None:
        """Reach the broker now; raises one of `absences` when it cannot be reached."""
        self._connection.ensure_connection(max_retries=1, timeout=1)

    @property
    def absences(self) -> tuple[type[Exception], ...]:
        """What is raised where the broker or the database is away."""
        known = (*self._connection.connection_errors, *self._connection.channel_errors)
        return (*known, OSError, OperationalError, DBAPIError)

    def close(self) -> None:
        """Leave the broker; what was not yet sent is sent by the next dispatcher."""
        self._connection.close()

    def round(self) -> int:
        """Send what is due and not on its way; how many ids were sent."""
        sent = 0
        with self._celery.amqp.Producer(self._connection) as producer:
            for lane in Lane:
                room = WINDOW - self._waiting(producer, lane)
                ids = to_send(lane, now(), room) if room > 0 else []
                sent += self._send(producer, lane, ids)
        return sent

    def _waiting(self, producer: Producer, lane: Lane) -> int:
        """How many messages lie in the lane's queue, which is made if it is not there."""
        self._celery.amqp.queues[lane.queue].bind(producer.channel).declare()
        found = producer.channel.queue_declare(
            queue=lane.queue, durable=True, exclusive=False, auto_delete=False
        )
        return int(found.message_count)

    def _send(self, producer: Producer, lane: Lane, ids: Sequence[int]) -> int:
        if not ids:
            return 0
        _note_sent(ids, now())
        left = list(ids)
        try:
            while left:
                self._task.apply_async((left[0],), queue=lane.queue, producer=producer, retry=False)
                left.pop(0)
        finally:
            if left:
                _note_sent(left, None)
        return len(ids)


def to_send(lane: Lane, instant: datetime, limit: int) -> Sequence[int]:
    """Jobs that are due and not on their way: never sent since they are due, or long ago."""
    since = case((Job.status == JobStatus.QUEUED, Job.run_at), else_=Job.claimed_until)
    not_on_its_way: ColumnElement[bool] = or_(
        Job.sent_at.is_(None), Job.sent_at < since, Job.sent_at <= instant - RESEND
    )
    new_ones_first = case((or_(Job.sent_at.is_(None), Job.sent_at < since), 0), else_=1)
    with _reading():
        return db.session.scalars(
            select(Job.id)
            .where(due(instant), not_on_its_way, Job.kind.in_(lane.kinds))
            .order_by(new_ones_first, Job.run_at, Job.id)
            .limit(limit)
        ).all()


@contextmanager
def _reading() -> Iterator[None]:
    """Only look: on SQLite nobody has to wait for us twice a second."""
    token = may_write.set(False)
    try:
        yield
    finally:
        db.session.rollback()
        may_write.reset(token)


def _note_sent(ids: Sequence[int], at: datetime | None) -> None:
    db.session.execute(
        update(Job)
        .where(Job.id.in_(ids))
        .values(sent_at=at)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
