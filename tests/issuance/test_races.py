"""Two organisers at once, a double click, a revocation in the middle: nothing twice, no gap."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms import jobs
from lms.catalogue.models import Cycle
from lms.errors import UserError
from lms.extensions import db
from lms.issuance import actions, rendering
from lms.issuance.models import Certificate, CertificateDocument, CertificateEvent
from lms.jobs import Job
from tests import factories
from tests.client import PercorsoClient
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_issuing import certificates, issue

ROUNDS = 5
AT_ONCE = 4


def together(app: Flask, deeds: list[Callable[[], Any]]) -> list[Any]:
    """Carry out all deeds at the same moment, each with a connection of its own."""
    db.session.rollback()
    start = threading.Barrier(len(deeds))
    outcomes: list[Any] = [None] * len(deeds)

    def run(index: int) -> None:
        with app.test_request_context():
            start.wait()
            try:
                outcomes[index] = deeds[index]()
                db.session.commit()
            except Exception as error:  # noqa: BLE001 - the test looks at what went wrong
                db.session.rollback()
                outcomes[index] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def numbers_in(cycle_id: int) -> list[int]:
    return list(
        db.session.scalars(
            select(Certificate.number)
            .where(Certificate.cycle_id == cycle_id)
            .order_by(Certificate.number)
        )
    )


def test_organisers_at_once_issue_once(app: Flask) -> None:
    """Weaknesses 11 and 32."""
    for _ in range(ROUNDS):
        taught = TaughtCycle(2)
        taught.entitled(6)
        cycle_id = taught.cycle.id

        def deed(cycle_id: int = cycle_id) -> actions.Issued:
            return actions.issue(db.session.get_one(Cycle, cycle_id), by=None)

        outcomes = together(app, [deed] * AT_ONCE)
        assert sorted(outcome.count for outcome in outcomes) == [0] * (AT_ONCE - 1) + [6]
        assert numbers_in(cycle_id) == [1, 2, 3, 4, 5, 6]
    assert db.session.query(Certificate).count() == 6 * ROUNDS
    assert db.session.query(CertificateEvent).count() == 6 * ROUNDS
    assert db.session.query(Job).count() == ROUNDS


def test_a_double_click_issues_once(app: Flask) -> None:
    """Weakness 32."""
    taught = TaughtCycle(2)
    taught.entitled(3)
    slug, cycle_id = taught.cycle.slug, taught.cycle.id
    organiser = factories.organiser()
    clients = [PercorsoClient(app).sign_in(organiser) for _ in range(3)]
    for client in clients:
        client.token()
    db.session.commit()
    answers: list[Any] = []
    start = threading.Barrier(len(clients))

    def click(client: PercorsoClient) -> None:
        with app.app_context():
            start.wait()
            answers.append(client.post(f"/cicli/{slug}/attestati/rilascio", {}).status_code)

    threads = [threading.Thread(target=click, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert answers == [303, 303, 303]
    assert numbers_in(cycle_id) == [1, 2, 3]


def test_replacements_and_revocations_at_once_leave_one_truth(app: Flask) -> None:
    """ASVS 15.4.2."""
    for _ in range(ROUNDS):
        taught = TaughtCycle(2)
        taught.entitled(2)
        issue(app, taught)
        cycle_id = taught.cycle.id
        first, second = (row.id for row in certificates() if row.cycle_id == cycle_id)

        def replace(number: int) -> Callable[[], Any]:
            return lambda: (
                actions.replace_certificate(
                    db.session.get_one(Certificate, number),
                    "Nome",
                    keep_hours=True,
                    seen="valid",
                    by=None,
                ).number
            )

        def revoke(number: int) -> Callable[[], Any]:
            return lambda: actions.revoke(db.session.get_one(Certificate, number), "No", by=None)

        outcomes = together(
            app, [replace(first), replace(first), revoke(second), revoke(second), revoke(first)]
        )
        wrong = [
            one for one in outcomes if isinstance(one, Exception) and not isinstance(one, UserError)
        ]
        assert wrong == []
        assert isinstance(outcomes[2], UserError) != isinstance(outcomes[3], UserError)
        done_to_first = [
            one for one in (*outcomes[:2], outcomes[4]) if not isinstance(one, UserError)
        ]
        assert len(done_to_first) == 1
        numbers = numbers_in(cycle_id)
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.slow
def test_two_workers_on_one_job_make_each_document_once(app: Flask) -> None:
    taught = TaughtCycle(2)
    taught.entitled(rendering.BATCH + 1)
    issued = issue(app, taught)

    def deed() -> None:
        rendering.prepare_documents(db.session.get_one(Job, issued.job_id))

    assert together(app, [deed, deed]) == [None, None]
    assert db.session.query(CertificateDocument).count() == rendering.BATCH + 1
    assert jobs.run_until_empty() == 1  # the job itself was never claimed: nothing left to do
    assert db.session.query(CertificateDocument).count() == rendering.BATCH + 1
