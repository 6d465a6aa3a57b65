"""A worker outlives the absence of its database, and holds no job in its name meanwhile.

A job that could not be noted as ended keeps its lease: minutes, where a slow mail server was
allowed for. A process that died is found out by the next one on its machine; one that lives on
has to let go itself, or everybody waits for somebody who is doing nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import DBAPIError

from lms import jobs
from lms.extensions import db

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0  # seconds between two tries to reach the database

log = logging.getLogger("lms.worker")


def work(stopped: Callable[[], bool], **which: Any) -> bool:
    """Carry out one job, as `jobs.run_one(**which)`; False too where that could not be noted.

    Comes back when the database does, or when `stopped` says that this process shall end.
    """
    try:
        return jobs.run_one(**which)
    except Exception:
        log.exception("jobs wait")
        _give_back(stopped)
        return False
    finally:
        db.session.remove()


def _give_back(stopped: Callable[[], bool]) -> None:
    pause = FIRST_PAUSE
    while not stopped():
        try:
            jobs.give_back()
        except DBAPIError:
            db.session.rollback()
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            return
