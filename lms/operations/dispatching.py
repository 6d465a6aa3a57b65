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
from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy.exc import DBAPIError

from lms.clock import now
from lms.database import may_write
from lms.extensions import db
from lms.jobs import Job, JobStatus, due
from lms.operations.celery_app import task_of
from lms.operations.lanes import Lane

# So many messages may lie in a queue: the rows wait in the database, not at the broker.
WINDOW = 1000
# A job that is still due so long after its id was sent, and whose message the broker seems to have
# lost, has its id sent again.
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
                ids = to_send(lane, now(), self._waiting(producer, lane))
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


def to_send(lane: Lane, instant: datetime, waiting: int) -> list[int]:
    """Jobs that are due and not on their way, where `waiting` messages lie in the lane's queue.

    As long as the queue holds as many messages as we sent, it holds those: nothing is sent again,
    or a slow worker would drown in repetitions. Where it holds fewer the broker lost some.
    """
    since = case((Job.status == JobStatus.QUEUED, Job.run_at), else_=Job.claimed_until)
    unsent = or_(Job.sent_at.is_(None), Job.sent_at < since)
    is_due = and_(due(instant), Job.kind.in_(lane.kinds))
    room = max(0, WINDOW - waiting)
    with _reading():
        new = select(Job.id).where(is_due, unsent).order_by(Job.run_at, Job.id).limit(room)
        ids = list(db.session.scalars(new))
        sent = db.session.scalar(select(func.count()).select_from(Job).where(is_due, ~unsent)) or 0
        if waiting < sent:
            lost = select(Job.id).where(is_due, ~unsent, Job.sent_at <= instant - RESEND)
            lost = lost.order_by(Job.sent_at, Job.id).limit(room - len(ids))
            ids += db.session.scalars(lost)
    return ids


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
