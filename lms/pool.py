"""The connections of a process: readers are handed readers again, writers writers.

SQLite forgets every prepared statement of a connection that is turned from reading to writing or
back, which costs more than the statements themselves; PostgreSQL gains a little by it too.
"""

from __future__ import annotations

import logging
import select
from contextvars import ContextVar
from typing import Any

from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.util.queue import Queue

may_write: ContextVar[bool] = ContextVar("may_write", default=True)
WRITES = "writes"  # in a connection's `info`: what it was last used for


# SQLAlchemy names a pool's log after its class: what pools say of themselves is no news of ours.
logging.getLogger(__name__).setLevel(logging.WARNING)


class _Alike(Queue[ConnectionPoolEntry]):
    """Idle connections; the first that was last used for the same thing goes first.

    Among equals the one that came back last: its statements are prepared, its pages read.
    """

    def has_fitting(self) -> bool:
        """Whether one is here that needs not be turned."""
        fitting = (may_write.get(), None)
        with self.mutex:
            return any(entry.info.get(WRITES) in fitting for entry in self.queue)

    def _get(self) -> ConnectionPoolEntry:
        wanted = may_write.get()
        for place in range(len(self.queue) - 1, -1, -1):
            entry = self.queue[place]
            if entry.info.get(WRITES) is wanted:
                del self.queue[place]
                return entry
        return self.queue.popleft()


class AlikePool(QueuePool):
    """SQLAlchemy's own pool, but for which of the idle connections is taken.

    While it may still grow none is turned from reading to writing or back: another is opened.
    """

    _queue_class = _Alike
    _pool: _Alike

    def _do_get(self) -> ConnectionPoolEntry:
        may_grow = self._overflow < self._max_overflow
        if not may_grow or self._pool.has_fitting() or not self._inc_overflow():
            return super()._do_get()
        try:
            return self._create_connection()
        except BaseException:
            self._dec_overflow()
            raise


def refuse_hung_up(connection: Any, _record: object, _proxy: object) -> None:
    """Let the pool replace a connection of PostgreSQL's whose server has gone or restarted.

    Nothing is to be read from an idle one unless the server said goodbye: that costs no round trip.
    """
    idle = select.poll()
    idle.register(connection.fileno(), select.POLLIN)
    if idle.poll(0):
        raise InvalidatePoolError
