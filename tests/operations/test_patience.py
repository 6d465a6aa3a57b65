"""A worker whose database goes away in the middle of a job holds nothing once it is back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from lms import jobs
from lms.clock import now
from lms.extensions import db
from lms.jobs import Job, JobStatus, due
from lms.operations import patience
from tests.servers import PostgresServer

LEASE = timedelta(minutes=10)
go_away: list[Callable[[], None]] = []


@jobs.handler("test.away")
def _away(job: Job) -> None:
    jobs.hold(job, LEASE)
    if go_away:
        go_away.pop()()
    db.session.execute(text("SELECT 1"))


@pytest.fixture
def job_id(app: Flask) -> int:
    made = jobs.enqueue("test.away", "away:1", {}).id
    db.session.commit()
    return made


@pytest.fixture
def cluster(request: pytest.FixtureRequest, database: str, job_id: int) -> Iterator[None]:
    """The job will stop the server, which comes back a little later."""
    if database != "postgresql":
        pytest.skip("SQLite does not go away")
    postgres_server: PostgresServer = request.getfixturevalue("postgres_server")
    back: list[threading.Timer] = []

    def stop() -> None:
        postgres_server.stop()
        back.append(threading.Timer(0.4, postgres_server.start))
        back[0].start()

    go_away[:] = [stop]
    yield
    for timer in back:
        timer.join()


def is_due(job_id: int) -> bool:
    return db.session.scalar(select(Job.id).where(due(now()), Job.id == job_id)) is not None


@pytest.mark.one_database("postgresql")
def test_what_was_in_hand_is_anybodys_when_the_database_is_back(cluster: None, job_id: int) -> None:
    """The process lives on: without letting go, its lease would hold up the job for minutes."""
    assert not patience.work(lambda: False, job_id=job_id)
    assert is_due(job_id)
    assert patience.work(lambda: False, job_id=job_id)
    assert db.session.get_one(Job, job_id).status is JobStatus.DONE


@pytest.mark.one_database("postgresql")
def test_who_shall_end_waits_for_no_database(cluster: None, job_id: int) -> None:
    """The next worker on this machine sees that it is dead."""
    assert not patience.work(lambda: True, job_id=job_id)


def test_only_ones_own_jobs_are_given_back(app: Flask, job_id: int) -> None:
    other = jobs.enqueue("test.away", "away:2", {}).id
    mine, theirs = (db.session.get_one(Job, number) for number in (job_id, other))
    for job, who in ((mine, jobs.worker_name()), (theirs, "elsewhere:1")):
        job.status, job.claimed_by, job.claimed_until = JobStatus.RUNNING, who, now() + LEASE
    db.session.commit()
    jobs.give_back()
    assert is_due(job_id)
    assert not is_due(other)
