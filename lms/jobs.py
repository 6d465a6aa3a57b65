"""Background work: a job is a row, written in the same transaction as the change that wants it.

The row is the truth. Embedded workers (`lms worker`, started by `make run`) look for rows that are
due; in the scaled engine (`lms.operations`) a broker brings them the rows' ids. Both claim the row
before they work, and every handler is idempotent: a job that ran twice because its worker was
killed, or whose id came twice, does no harm.
"""

from __future__ import annotations

import enum
import logging
import os
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Index,
    String,
    Text,
    select,
    true,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.clock import now
from lms.database import Base, UtcDateTime, choice
from lms.error_words import safe_words
from lms.extensions import db

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 5
RETRY_AFTER = timedelta(seconds=5)

log = logging.getLogger(__name__)


class JobStatus(enum.StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


OPEN = (JobStatus.QUEUED, JobStatus.RUNNING)


class Job(Base):
    """A piece of work to be done at `run_at` or soon after. `key` makes asking twice harmless."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_waiting", "status", "run_at"),
        CheckConstraint("done <= total", name="progress"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    status: Mapped[JobStatus] = mapped_column(choice(JobStatus, "status"), default=JobStatus.QUEUED)
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    turn: Mapped[int] = mapped_column(default=0, server_default="0")  # counts claims, never back
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # to the broker, if there is one


class TryAgain(Exception):  # noqa: N818 - no fault: a handler's way of saying "later"
    """Raised by a handler whose work must wait: the job comes back after `after`.

    Its kind decides itself how often; what else a handler raises is tried MAX_ATTEMPTS times.
    `why` is read on the page of jobs: no names, no addresses, nothing that was typed.
    """

    def __init__(self, after: timedelta, why: str) -> None:
        self.after = after
        super().__init__(why)


Handler = Callable[[Job], None]
_handlers: dict[str, Handler] = {}
_last_words: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Declare the function that carries out jobs of `kind`; it must be idempotent."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def given_up(kind: str) -> Callable[[Handler], Handler]:
    """Declare what is still to be done when a job of `kind` is given up, in that transaction."""

    def register(function: Handler) -> Handler:
        _last_words[kind] = function
        return function

    return register


def enqueue(
    kind: str, key: str, payload: dict[str, Any], *, total: int = 0, run_at: datetime | None = None
) -> Job:
    """Add a job to the current transaction; with a `key` already known, that job is returned."""
    known = db.session.scalar(select(Job).where(Job.key == key))
    if known is not None:
        return known
    job = Job(
        kind=kind, key=key, payload=payload, total=total, run_at=run_at or now(), created_at=now()
    )
    db.session.add(job)
    db.session.flush()
    return job


def again(kind: str, key: str, payload: dict[str, Any]) -> Job:
    """Have a job that has ended (or was cleared away) carried out once more, from now."""
    job = enqueue(kind, key, payload)
    if job.status in {JobStatus.DONE, JobStatus.FAILED}:
        job.status, job.run_at, job.attempts = JobStatus.QUEUED, now(), 0
        job.error = job.finished_at = None
    return job


def one_waits(kind: str, key_start: str) -> bool:
    """Whether a job of this kind, its key beginning so, will begin after this transaction.

    It is held until our commit, by as many as ask: workers pass over what somebody holds. Who finds
    it being claimed just now, or tried before, is told no, and adds one.
    """
    waiting = (
        select(Job.id)
        .where(Job.status == JobStatus.QUEUED, Job.kind == kind, Job.attempts == 0)
        .where(Job.key.startswith(key_start, autoescape=True))
        .limit(1)
        .with_for_update(read=True, skip_locked=True)
    )
    return db.session.scalar(waiting) is not None


def postpone(kind: str, until: datetime) -> None:
    """Let all waiting jobs of `kind` wait until then, as what they need is out of reach."""
    db.session.execute(
        update(Job)
        .where(Job.kind == kind, Job.status == JobStatus.QUEUED, Job.run_at < until)
        .values(run_at=until)
    )


def others_are_due(job: Job) -> bool:
    """Whether more jobs of this kind wait for somebody to take them."""
    others = select(Job.id).where(Job.kind == job.kind, Job.id != job.id, due(now()))
    return db.session.scalar(others.limit(1)) is not None


def hold(job: Job, duration: timedelta) -> None:
    """Prolong a job's lease for a step that takes long, and commit what was done so far."""
    job.claimed_until = now() + duration
    db.session.commit()


def progress(job: Job, done: int, total: int) -> None:
    """Tell how far the job is, prolong its lease and commit what was done so far."""
    job.total, job.done = total, done
    job.claimed_until = now() + LEASE
    db.session.commit()


def worker_name() -> str:
    """This process, as it stands in `Job.claimed_by`."""
    return f"{socket.gethostname()}:{os.getpid()}"


def release_of_dead_workers() -> None:
    """Give back at once what a killed worker of this machine held (else the lease must run out)."""
    host = socket.gethostname()
    for job in db.session.scalars(select(Job).where(Job.status == JobStatus.RUNNING)):
        owner, _, pid = (job.claimed_by or "").rpartition(":")
        if owner == host and pid.isdecimal() and not _alive(int(pid)):
            job.claimed_until = now()
    db.session.commit()


def give_back() -> None:
    """Let others have what stands in this process's name, which is at work on nothing."""
    db.session.rollback()
    mine = (Job.status == JobStatus.RUNNING) & (Job.claimed_by == worker_name())
    db.session.execute(update(Job).where(mine).values(claimed_until=now()))
    db.session.commit()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def kinds() -> frozenset[str]:
    """Every kind of job there is."""
    return frozenset(_handlers)


def due(instant: datetime) -> ColumnElement[bool]:
    """Whether a job is to be done: its time has come, or its worker fell silent."""
    waiting = (Job.status == JobStatus.QUEUED) & (Job.run_at <= instant)
    abandoned = (Job.status == JobStatus.RUNNING) & (Job.claimed_until <= instant)
    return waiting | abandoned


def claim(only: Collection[str] | None = None, job_id: int | None = None) -> Job | None:
    """Take the next due job, or that one if it is due; None when there is nothing to do.

    `only`: jobs of these kinds (None: of all).
    """
    instant = now()
    wanted = true() if only is None else Job.kind.in_(only)
    named = true() if job_id is None else Job.id == job_id
    candidate = (
        select(Job.id)
        .where(due(instant), wanted, named)
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = db.session.scalar(candidate)
    if found is None:
        db.session.rollback()
        return None
    db.session.execute(
        update(Job)
        .where(Job.id == found)
        .values(
            status=JobStatus.RUNNING,
            claimed_by=worker_name(),
            claimed_until=instant + LEASE,
            attempts=Job.attempts + 1,
            turn=Job.turn + 1,
        )
    )
    db.session.commit()
    return db.session.get(Job, found)


@dataclass(frozen=True)
class _Turn:
    """One turn of this worker at one job; a handler that goes forward may set attempts back."""

    job_id: int
    number: int

    def end(self, status: JobStatus, **values: Any) -> None:
        """Write how it ended and commit, unless another worker has the job by now."""
        mine = (Job.status == JobStatus.RUNNING) & (Job.claimed_by == worker_name())
        ended = db.session.scalar(
            update(Job)
            .where(Job.id == self.job_id, Job.turn == self.number, mine)
            .values(status=status, claimed_by=None, claimed_until=None, **values)
            .returning(Job.id)
            .execution_options(synchronize_session=False)
        )
        if ended is not None and status is JobStatus.FAILED:
            self._say_so()
        db.session.commit()

    def _say_so(self) -> None:
        job = db.session.get_one(Job, self.job_id)
        if job.kind not in _last_words:
            return
        try:
            with db.session.begin_nested():
                _last_words[job.kind](job)
        except Exception:
            log.exception("given up without a word", extra={"job": job.id, "kind": job.kind})

    def fail(self, error: Exception) -> None:
        """Come back a little later, or give up."""
        attempts = db.session.scalar(select(Job.attempts).where(Job.id == self.job_id)) or 0
        final = attempts >= MAX_ATTEMPTS
        self.end(
            JobStatus.FAILED if final else JobStatus.QUEUED,
            run_at=now() + RETRY_AFTER * attempts,
            error=f"{type(error).__name__}: {safe_words(error)}"[:2000],
            finished_at=now() if final else None,
        )


def run_one(only: Collection[str] | None = None, job_id: int | None = None) -> bool:
    """Claim one job (of these kinds, or that one) and carry it out; False when nothing was due."""
    job = claim(only, job_id)
    if job is None:
        return False
    turn, kind = _Turn(job.id, job.turn), job.kind
    try:
        _handlers[kind](job)
    except TryAgain as later:
        db.session.rollback()
        turn.end(JobStatus.QUEUED, run_at=now() + later.after, error=str(later)[:2000])
    except Exception as error:
        log.exception("job failed", extra={"job": turn.job_id, "kind": kind})
        db.session.rollback()
        turn.fail(error)
    else:
        turn.end(JobStatus.DONE, finished_at=now(), error=None)
    return True


def run_until_empty() -> int:
    """Carry out all due jobs in this process (tests, command line); returns how many ran."""
    count = 0
    while run_one():
        count += 1
    return count
