"""Over TLS: ids travel to a broker whose certificate is vouched for, and to no other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask

from lms.brokers import read_broker
from lms.extensions import db
from lms.jobs import Job, JobStatus
from lms.joining.asking import ask_for_reset
from lms.operations.celery_app import celery_of
from lms.operations.dispatching import Dispatcher
from tests.brokers import broker
from tests.faults.crew import Crew, Hatchery, wait_until
from tests.messages.conftest import certificate  # noqa: F401 - a fixture

FULL = int(os.environ.get("FAULTS", "1")) > 1
# RabbitMQ takes as long to start as all of this over Redis.
KINDS = ["redis", "rabbitmq"] if FULL else ["redis"]


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize("kind", KINDS)
def test_jobs_travel_encrypted_or_not_at_all(
    app: Flask,
    kind: str,
    certificate: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    with app.test_request_context():
        ask_for_reset("ada@example.org", "it")
        db.session.commit()
    with broker(kind, certificate) as server:
        for wrong in ("", "?ca=/etc/ssl/certs/ca-certificates.crt"):
            refused(app, server.url.partition("?")[0] + wrong)
        hatchery = Hatchery()
        try:
            crew = Crew(hatchery, app, tmp_path, server.url)
            crew.commands = [["worker", "--only", "mail"], ["dispatch"]]
            with crew:
                done = db.session.query(Job).filter_by(status=JobStatus.DONE)
                wait_until(lambda: done.count() >= 1, 120, crew)
        finally:
            hatchery.close()


def refused(app: Flask, url: str) -> None:
    """Nobody the system trusts vouches for this broker: not one id reaches it."""
    dispatcher = Dispatcher(celery_of(app, read_broker(url)))
    with pytest.raises(dispatcher.absences, match=r"(?i)certificate"):
        dispatcher.connect()
    dispatcher.close()
