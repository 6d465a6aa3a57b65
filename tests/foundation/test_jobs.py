"""Jobs: rows that outlive their worker."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from lms import jobs
from lms.clock import frozen, now
from lms.error_words import UNSAFE
from lms.extensions import db
from lms.jobs import Job, JobStatus

ran: list[int] = []


@jobs.handler("test.count")
def _count(job: Job) -> None:
    ran.append(job.payload["number"])
    jobs.progress(job, 1, 1)


@jobs.handler("test.break")
def _break(job: Job) -> None:
    raise ValueError("broken on purpose")


@jobs.handler("test.later")
def _later(job: Job) -> None:
    raise jobs.TryAgain(timedelta(hours=1), "not yet")


@jobs.handler("test.overtaken")
def _overtaken(job: Job) -> None:
    job.attempts, job.turn, job.claimed_by = job.attempts + 1, job.turn + 1, "elsewhere:1"
    db.session.commit()
    raise RuntimeError("too late")


def fetch(job_id: int) -> Job:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Job, job_id)


def test_a_job_is_done_once_and_tells_its_progress(app: Flask) -> None:
    """Weakness 32."""
    ran.clear()
    job = jobs.enqueue("test.count", "count:1", {"number": 1})
    assert jobs.enqueue("test.count", "count:1", {"number": 2}).id == job.id
    db.session.commit()
    assert jobs.run_until_empty() == 1
    assert ran == [1]
    done = fetch(job.id)
    assert (done.status, done.done, done.total) == (JobStatus.DONE, 1, 1)


def test_a_job_of_a_transaction_that_rolled_back_never_was(app: Flask) -> None:
    jobs.enqueue("test.count", "count:rolled-back", {"number": 9})
    db.session.rollback()
    assert jobs.run_until_empty() == 0


def test_a_failing_job_is_tried_again_later_then_given_up(app: Flask) -> None:
    job_id = jobs.enqueue("test.break", "break:1", {}).id
    db.session.commit()
    start = now()
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        with frozen(start + timedelta(minutes=attempt)):
            assert jobs.run_until_empty() == 1
            assert fetch(job_id).attempts == attempt
    failed = fetch(job_id)
    assert failed.status is JobStatus.FAILED
    assert failed.error == f"ValueError: {UNSAFE}"
    with frozen(start + timedelta(days=1)):
        assert jobs.run_until_empty() == 0


def test_a_job_says_itself_when_it_comes_back(app: Flask) -> None:
    job_id = jobs.enqueue("test.later", "later:1", {}).id
    db.session.commit()
    start = now()
    for attempt in range(jobs.MAX_ATTEMPTS + 2):  # its own count, not ours
        with frozen(start + timedelta(hours=attempt)):
            assert jobs.run_until_empty() == 1
            assert fetch(job_id).run_at == start + timedelta(hours=attempt + 1)
    waiting = fetch(job_id)
    assert (waiting.status, waiting.error) == (JobStatus.QUEUED, "not yet")
    assert waiting.claimed_by is None


def test_what_ended_may_be_asked_for_again(app: Flask) -> None:
    ran.clear()
    job_id = jobs.enqueue("test.count", "count:again", {"number": 5}).id
    db.session.commit()
    jobs.run_until_empty()
    assert jobs.again("test.count", "count:again", {"number": 5}).id == job_id
    db.session.commit()
    assert jobs.run_until_empty() == 1
    assert ran == [5, 5]


def test_all_jobs_of_a_kind_may_wait(app: Flask) -> None:
    ran.clear()
    for number in (6, 7):
        jobs.enqueue("test.count", f"count:{number}", {"number": number})
    jobs.postpone("test.count", now() + timedelta(hours=1))
    db.session.commit()
    assert jobs.run_until_empty() == 0
    with frozen(now() + timedelta(hours=2)):
        assert jobs.run_until_empty() == 2


def test_a_worker_may_do_some_kinds_only(app: Flask) -> None:
    ran.clear()
    jobs.enqueue("test.count", "count:8", {"number": 8})
    db.session.commit()
    assert not jobs.run_one(jobs.kinds() - {"test.count"})
    assert jobs.run_one({"test.count"})
    assert ran == [8]


def test_what_a_silent_worker_held_is_taken_over(app: Flask) -> None:
    ran.clear()
    job_id = jobs.enqueue("test.count", "count:2", {"number": 2}).id
    db.session.commit()
    assert jobs.claim() is not None  # a worker takes it and says no more
    assert jobs.claim() is None
    with frozen(now() + jobs.LEASE + timedelta(seconds=1)):
        assert jobs.run_until_empty() == 1
    assert ran == [2]
    assert fetch(job_id).attempts == 2


def test_a_killed_worker_of_this_machine_is_noticed_at_once(app: Flask) -> None:
    job_id = jobs.enqueue("test.count", "count:3", {"number": 3}).id
    db.session.commit()
    assert jobs.claim() is not None
    fetch(job_id).claimed_by = jobs.worker_name().rpartition(":")[0] + ":999999999"
    db.session.commit()
    jobs.release_of_dead_workers()
    assert jobs.claim() is not None


def test_a_job_waits_for_its_time(app: Flask) -> None:
    ran.clear()
    later = now() + timedelta(hours=1)
    jobs.enqueue("test.count", "count:later", {"number": 4}, run_at=later)
    db.session.commit()
    assert jobs.run_until_empty() == 0
    with frozen(later):
        assert jobs.run_until_empty() == 1


def test_that_job_is_claimed_only_if_it_is_due(app: Flask) -> None:
    ran.clear()
    first = jobs.enqueue("test.count", "count:10", {"number": 10}).id
    second = jobs.enqueue("test.count", "count:11", {"number": 11}).id
    db.session.commit()
    assert jobs.run_one(job_id=second)
    assert not jobs.run_one(job_id=second)  # its message came twice
    assert jobs.run_one(job_id=first)
    assert ran == [11, 10]


def test_an_overtaken_worker_says_nothing(app: Flask) -> None:
    """Its lease ran out and another worker has the job: how that one ends it counts."""
    job_id = jobs.enqueue("test.overtaken", "overtaken:1", {}).id
    db.session.commit()
    assert jobs.run_one()
    job = fetch(job_id)
    assert (job.status, job.attempts, job.claimed_by) == (JobStatus.RUNNING, 2, "elsewhere:1")
    assert job.error is None
