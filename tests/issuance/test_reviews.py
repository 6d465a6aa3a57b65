"""One comparison of a cycle serves every deed committed before it begins; none is left out."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from lms import jobs
from lms.duplicates import actions as duplicates
from lms.duplicates import undoing
from lms.extensions import db
from lms.issuance import reviewing
from lms.issuance.models_tasks import CertificateTask
from lms.jobs import Job, JobStatus
from tests import factories
from tests.duplicates.twins import Twins
from tests.issuance.cycles import TaughtCycle


def waiting() -> list[int]:
    """The reviews that were not begun, by number."""
    db.session.rollback()
    queued = Job.status == JobStatus.QUEUED
    rows = select(Job.id).where(Job.kind == reviewing.JOB_KIND, queued).order_by(Job.id)
    found = list(db.session.scalars(rows))
    db.session.rollback()
    return found


@pytest.fixture
def cycle_id(app: Flask) -> int:
    return TaughtCycle(1).cycle.id


def test_fifty_deeds_add_one_review(app: Flask, cycle_id: int) -> None:
    other = TaughtCycle(1).cycle.id
    for _deed in range(25):
        reviewing.ask(cycle_id)
        reviewing.ask(cycle_id)  # in the same transaction
        db.session.commit()
    assert len(waiting()) == 1
    reviewing.ask(other)
    db.session.commit()
    assert len(waiting()) == 2
    assert jobs.run_until_empty() == 2
    reviewing.ask(cycle_id)
    db.session.commit()
    assert len(waiting()) == 1, "what was done serves no later deed"


def test_one_that_was_begun_or_failed_before_serves_nobody_else(app: Flask, cycle_id: int) -> None:
    reviewing.ask(cycle_id)
    db.session.commit()
    begun = jobs.claim()
    assert begun is not None
    reviewing.ask(cycle_id)
    db.session.commit()
    assert len(waiting()) == 1
    db.session.get_one(Job, waiting()[0]).attempts = 4  # one more failure and it is given up
    db.session.commit()
    reviewing.ask(cycle_id)
    db.session.commit()
    assert len(waiting()) == 2


@pytest.mark.one_database("postgresql")  # writers of SQLite take turns
def test_it_does_not_begin_before_the_deed_is_kept(
    app: Flask, cycle_id: int, database: str
) -> None:
    """It would compare with the facts of before, and nobody would compare again."""
    if database != "postgresql":
        pytest.skip("writers of SQLite take turns")
    reviewing.ask(cycle_id)
    db.session.commit()
    asked, kept = threading.Event(), threading.Event()

    def deed() -> None:
        with app.app_context():
            reviewing.ask(cycle_id)
            asked.set()
            kept.wait(20)
            db.session.commit()
            db.session.remove()

    other = threading.Thread(target=deed)
    other.start()
    try:
        assert asked.wait(20)
        reviewing.ask(cycle_id)  # a third deed shares it, without waiting for the second
        db.session.commit()
        assert len(waiting()) == 1
        assert jobs.claim() is None
    finally:
        kept.set()
        other.join()
    assert jobs.run_until_empty() == 1


def test_uniting_two_people_and_parting_them_has_certificates_compared(app: Flask) -> None:
    twins = Twins()
    twins.certificate(twins.theirs, 1)
    with app.test_request_context():
        united = duplicates.merge(twins.one.id, twins.two.id, by=twins.boss.id)
        db.session.commit()
        assert len(waiting()) == 1
        jobs.run_until_empty()
        raised = db.session.scalars(select(CertificateTask)).all()
        undoing.undo(united.id, by=twins.boss.id)
        db.session.commit()
    assert raised, "the certificate says two hours, no register does"
    assert len(waiting()) == 1


def test_people_without_certificates_ask_for_nothing(app: Flask) -> None:
    reviewing.ask_about(factories.person().id)
    db.session.commit()
    assert waiting() == []
