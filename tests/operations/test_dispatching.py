"""Which ids are handed to the broker, and when; tests/faults plays it with real brokers."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from lms import jobs
from lms.clock import now
from lms.config import ConfigError
from lms.extensions import db
from lms.issuance.making import JOB_KIND as CERTIFICATES
from lms.jobs import Job, JobStatus
from lms.messages.models import JOB_KIND as MAIL
from lms.operations.dispatching import RESEND, WINDOW, to_send
from lms.operations.lanes import Lane
from tests.conftest import make_settings


def job(number: int, kind: str = CERTIFICATES, **values: object) -> int:
    made = jobs.enqueue(kind, f"{kind}:{number}", {})
    for name, value in values.items():
        setattr(made, name, value)
    db.session.commit()
    return made.id


def later(seconds: float = 1) -> datetime:
    return now() + timedelta(seconds=seconds)


def test_what_is_due_is_sent_by_its_lane(app: Flask) -> None:
    rest, mail = job(1), job(2, MAIL)
    job(3, run_at=later(60))  # planned
    job(4, status=JobStatus.DONE)
    job(5, status=JobStatus.RUNNING, claimed_until=later(60))
    assert to_send(Lane.REST, later(), 0) == [rest]
    assert to_send(Lane.MAIL, later(), 0) == [mail]


def test_what_is_on_its_way_is_not_sent_again(app: Flask) -> None:
    job(1, sent_at=later(1))
    assert to_send(Lane.REST, later(2), 0) == []  # a worker may have it in its hands just now
    overdue = later(RESEND.total_seconds() + 5)
    assert to_send(Lane.REST, overdue, 1) == []  # the queue still holds it
    assert len(to_send(Lane.REST, overdue, 0)) == 1  # the broker lost it


def test_what_comes_back_is_sent_anew(app: Flask) -> None:
    sent = now()
    failed = job(1, sent_at=sent, run_at=later(5))
    abandoned = job(2, sent_at=sent, status=JobStatus.RUNNING, claimed_until=later(5))
    assert to_send(Lane.REST, later(1), 0) == []
    assert set(to_send(Lane.REST, later(6), 9)) == {failed, abandoned}


def test_the_queue_stays_short(app: Flask) -> None:
    for number in range(5):
        job(number)
    assert len(to_send(Lane.REST, later(), WINDOW - 2)) == 2
    assert to_send(Lane.REST, later(), WINDOW + 7) == []


def test_looking_writes_nothing_and_leaves_no_transaction(app: Flask) -> None:
    job(1)
    to_send(Lane.REST, later(), 0)
    assert not db.session().in_transaction()
    assert db.session.get_one(Job, 1).sent_at is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("amqp://who:se%40cret@mq.example.it/percorso", "amqp://mq.example.it:5672/percorso"),
        ("redis://:se%40cret@redis.example.it:6380/2", "redis://redis.example.it:6380/2"),
        ("amqps://who:se%40cret@mq.example.it/percorso", "amqps://mq.example.it:5671/percorso"),
        ("rediss://:se%40cret@redis.example.it/2", "rediss://redis.example.it:6379/2"),
    ],
)
def test_the_setting_names_a_broker(tmp_path: Path, url: str, shown: str) -> None:
    broker = make_settings(tmp_path, LMS_JOBS_URL=url).broker
    assert broker is not None
    assert (broker.url, broker.shown) == (url, shown)
    assert "cret" not in repr(broker)


@pytest.mark.parametrize(
    "url",
    [
        "kafka://who:se%40cret@mq.example.it",
        "amqp://",
        "amqp://who:se%40cret@mq.example.it:99999/",
        "redis://:se%40cret@redis.example.it/name",
        "redis://:se%40cret@redis.example.it/0?x=1",
        "redis://:se%40cret@redis.example.it/0?ca=/etc/ssl/certs/ca-certificates.crt",
        "rediss://:se%40cret@redis.example.it/0?ca=/nowhere.pem",
        "rediss://:se%40cret@redis.example.it/0?ca=/etc/ssl/certs/ca-certificates.crt&x",
        "rediss://:se%40cret@redis.example.it/name",
        "redis",
    ],
)
def test_what_cannot_be_used_is_told_without_the_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="LMS_JOBS_URL cannot be used") as told:
        make_settings(tmp_path, LMS_JOBS_URL=url)
    assert "cret" not in str(told.value)


def test_without_the_setting_there_is_no_broker(tmp_path: Path) -> None:
    assert make_settings(tmp_path).broker is None
