"""Both engines under the same faults: nothing is missing, nothing is doubled in effect.

Workers killed with -9, the dispatcher too, the broker wiped, stopped and started, every message
delivered twice, the database restarted. `make faults` plays it at full length.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.brokers import read_broker
from lms.clock import now
from lms.extensions import db
from lms.issuance.actions import issue
from lms.issuance.making import JOB_KIND
from lms.issuance.models import Certificate, CertificateDocument
from lms.jobs import Job, JobStatus
from lms.joining.asking import RESET_JOB, ask_for_reset
from lms.messages.models import MessageStatus, OutboxMessage
from lms.operations.celery_app import celery_of, task_of
from lms.operations.lanes import Lane
from tests import factories
from tests.brokers import BrokerServer, Redis, broker
from tests.faults.crew import Crew, Hatchery, wait_until
from tests.issuance.cycles import TaughtCycle
from tests.mailbox import Mailbox, mailbox

TIMES = int(os.environ.get("FAULTS", "1"))
FULL = TIMES > 1
PEOPLE = 9 * TIMES
CERTIFICATES, KILLS = (300 * TIMES, TIMES) if FULL else (8, 2)
PATIENCE = 300 * TIMES  # a machine may be busy with other things
Fault = Callable[[], None]


@pytest.fixture(scope="module")
def redis() -> Iterator[BrokerServer]:
    with broker("redis") as server:
        yield server


@pytest.fixture(scope="module")
def rabbitmq() -> Iterator[BrokerServer]:
    with broker("rabbitmq") as server:
        yield server


@pytest.fixture(scope="module")
def hatchery() -> Iterator[Hatchery]:
    opened = Hatchery()
    yield opened
    opened.close()


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as opened:
        yield opened


class Storm:
    """People who ask for something, and what befalls the machinery meanwhile."""

    def __init__(
        self,
        hatchery: Hatchery,
        app: Flask,
        box: Mailbox,
        folder: Path,
        server: BrokerServer | None = None,
    ) -> None:
        self.app, self.box, self.server = app, box, server
        self.asked = 0
        url = server.url if server else ""
        smtp = f"smtp://127.0.0.1:{box.port}?tls=none"
        self.crew = Crew(
            hatchery, app, folder, url, LMS_SMTP_URL=smtp, LMS_MAIL_FROM="percorso@example.it"
        )

    def ask(self, count: int) -> None:
        """So many people forgot their password: each gets exactly one letter."""
        with self.app.test_request_context():
            for number in range(self.asked, self.asked + count):
                ask_for_reset(f"persona{number}@example.org", "it")
            db.session.commit()
        self.asked += count

    def answered(self) -> int:
        ended = (MessageStatus.SENT, MessageStatus.UNCERTAIN)
        rows = select(func.count()).where(OutboxMessage.status.in_(ended))
        return db.session.scalar(rows) or 0

    def half_way(self) -> None:
        """Some of what was asked last is answered, most of it is not."""
        wait_until(lambda: self.answered() > self.asked - 2 * PEOPLE // 3, PATIENCE, self.crew)

    def deliver_all_twice(self) -> None:
        assert self.server
        db.session.rollback()
        rows = db.session.execute(select(Job.id, Job.kind)).tuples().all()
        db.session.rollback()
        task = task_of(celery_of(self.app, read_broker(self.server.url)))
        for job_id, kind in [*rows, *rows]:
            lane = Lane.MAIL if kind in Lane.MAIL.kinds else Lane.REST
            task.apply_async((job_id,), queue=lane.queue)

    def stop_the_broker(self) -> None:
        """Who asks meanwhile waits for nothing: the row is written, and done later."""
        assert self.server
        self.server.stop()
        before = time.monotonic()
        self.ask(PEOPLE)
        assert time.monotonic() - before < 0.1 * PEOPLE
        self.server.start()

    def wipe_the_broker(self) -> None:
        assert self.server
        self.server.wipe()

    def check(self) -> None:
        """Everybody was answered, nobody twice."""
        wait_until(lambda: self.answered() == self.asked, PATIENCE, self.crew)
        wait_until(lambda: not unfinished(), PATIENCE, self.crew)
        letters = Counter(to for letter in self.box.received for to in letter.recipients)
        stand = dict(
            db.session.execute(select(OutboxMessage.recipient, OutboxMessage.status)).all()
        )
        assert len(stand) == self.asked
        assert max(letters.values()) == 1, "somebody got a letter twice"
        sent = {address for address, status in stand.items() if status is MessageStatus.SENT}
        assert sent <= set(letters), "a letter that left did not arrive"
        # Killed between handing over and the answer: said so, never sent again by itself.
        assert len(stand) - len(sent) <= self.crew.killed


def unfinished(kind: str | None = None) -> int:
    rows = select(func.count()).select_from(Job).where(Job.status != JobStatus.DONE)
    return db.session.scalar(rows.where(Job.kind == kind) if kind else rows) or 0


def weather(storm: Storm, faults: list[Fault]) -> None:
    """One fault after the other, each while work is under way."""
    with storm.crew:
        for _time in range(max(1, TIMES // 4)):
            for fault in faults:
                storm.ask(PEOPLE)
                storm.half_way()
                fault()
        storm.check()
    assert storm.crew.killed >= 3


def kills(storm: Storm) -> list[Fault]:
    return [lambda which=which: storm.crew.kill(which) for which in range(len(storm.crew.commands))]


def database_restart(request: pytest.FixtureRequest, database: str) -> list[Fault]:
    if database != "postgresql":
        return []
    cluster = request.getfixturevalue("postgres_server")

    def restart() -> None:
        db.session.remove()
        db.engine.dispose()
        cluster.stop()
        cluster.start()

    return [restart]


def scaled(storm: Storm, more: list[Fault]) -> None:
    own = [storm.wipe_the_broker, storm.deliver_all_twice]
    if FULL or isinstance(storm.server, Redis):  # RabbitMQ takes long to come back
        own.append(storm.stop_the_broker)
    weather(storm, [*kills(storm), *own, *more])


def in_small(*databases: str) -> pytest.MarkDecorator:
    """The whole only in `make faults`; here on this database."""
    return pytest.mark.slow if FULL else pytest.mark.one_database(*databases)


@pytest.mark.slow
@in_small("postgresql")  # tests/issuance and tests/messages kill embedded workers on both
def test_embedded(
    app: Flask, box: Mailbox, hatchery: Hatchery, tmp_path: Path, request: pytest.FixtureRequest,
    database: str,
) -> None:  # fmt: skip
    storm = Storm(hatchery, app, box, tmp_path)
    weather(storm, [*kills(storm), *database_restart(request, database)])


@pytest.mark.slow
@in_small()
def test_over_redis(
    app: Flask, box: Mailbox, hatchery: Hatchery, tmp_path: Path, request: pytest.FixtureRequest,
    database: str, redis: BrokerServer,
) -> None:  # fmt: skip
    storm = Storm(hatchery, app, box, tmp_path, redis)
    scaled(storm, database_restart(request, database))


@pytest.mark.slow
@in_small("postgresql")
def test_over_rabbitmq(
    app: Flask, box: Mailbox, hatchery: Hatchery, tmp_path: Path, request: pytest.FixtureRequest,
    database: str, rabbitmq: BrokerServer,
) -> None:  # fmt: skip
    storm = Storm(hatchery, app, box, tmp_path, rabbitmq)
    scaled(storm, database_restart(request, database))


@pytest.mark.slow
@in_small()
def test_a_planned_job_waits_for_its_time(
    app: Flask, hatchery: Hatchery, tmp_path: Path, redis: BrokerServer
) -> None:
    """Its id does not travel before, so nothing of the broker's can lose or hurry it."""
    with app.test_request_context():
        ask_for_reset("subito@example.org", "it")
        ask_for_reset("dopo@example.org", "it")
        db.session.commit()
    soon, later = db.session.scalars(select(Job).order_by(Job.id)).all()
    assert later.kind == RESET_JOB
    later.run_at = now() + timedelta(seconds=2)
    db.session.commit()
    due, numbers = later.run_at, (soon.id, later.id)
    with Crew(hatchery, app, tmp_path, redis.url) as crew:
        for number in numbers:
            wait_until(lambda n=number: ended(n) is not None, PATIENCE, crew)
    assert ended(numbers[1]) >= due


def ended(job_id: int):
    db.session.expire_all()
    return db.session.get_one(Job, job_id).finished_at


def certificates(
    hatchery: Hatchery, app: Flask, folder: Path, server: BrokerServer | None = None
) -> None:
    taught = TaughtCycle()
    taught.crowd(CERTIFICATES)
    with app.test_request_context():
        issue(taught.cycle, by=factories.organiser().id, tell_holders=True)
        db.session.commit()
    with Crew(hatchery, app, folder, server.url if server else "") as crew:
        for number in range(KILLS):
            wait_until(lambda n=number: made() > n * CERTIFICATES // KILLS, PATIENCE, crew)
            for which in (1, 2):  # whoever of the two has it
                crew.kill(which)
        wait_until(lambda: made() == CERTIFICATES and not unfinished(JOB_KIND), PATIENCE, crew)
    numbers = db.session.scalars(select(Certificate.number).order_by(Certificate.number)).all()
    assert list(numbers) == list(range(1, CERTIFICATES + 1))
    whose = select(CertificateDocument.certificate_id, CertificateDocument.sha256)
    documents = dict(db.session.execute(whose).tuples().all())
    assert documents.keys() == set(db.session.scalars(select(Certificate.id)))
    assert len(set(documents.values())) == CERTIFICATES
    letters = Counter(db.session.scalars(select(OutboxMessage.recipient)))
    assert len(letters) == CERTIFICATES + 1, "everybody is told, and whoever issued"
    assert max(letters.values()) == 1, "somebody is told twice"


def made() -> int:
    return db.session.scalar(select(func.count()).select_from(CertificateDocument)) or 0


if FULL:  # tests/issuance/test_rendering.py plays the embedded one in small

    def test_certificates_embedded(app: Flask, hatchery: Hatchery, tmp_path: Path) -> None:
        certificates(hatchery, app, tmp_path)

    def test_certificates_over_rabbitmq(
        app: Flask, hatchery: Hatchery, tmp_path: Path, rabbitmq: BrokerServer
    ) -> None:
        certificates(hatchery, app, tmp_path, rabbitmq)


@pytest.mark.slow
def test_certificates_over_redis(
    app: Flask, hatchery: Hatchery, tmp_path: Path, redis: BrokerServer
) -> None:
    certificates(hatchery, app, tmp_path, redis)
