"""Every page of the room makes at most eight queries, whoever asks."""

from __future__ import annotations

import pytest
from flask import Flask

from lms import jobs
from lms.extensions import db
from lms.issuance import actions
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_issuing import certificates, issue

MOST = 8


pytestmark = pytest.mark.one_database  # how many queries a page makes is the same on both


@pytest.mark.parametrize("role", ["organiser", "administrator"])
@pytest.mark.parametrize(
    "path",
    [
        "/cicli/{slug}/attestati",
        "/cicli/{slug}/attestati?soglia=70&q=prova",
        "/cicli/{slug}/attestati/rilascio",
        "/cicli/{slug}/attestati/preparazione",
        "/attestati/{number}",
        "/attestati/{number}/revoca",
        "/attestati/{number}/sostituzione",
        "/attestati/{number}.pdf",
        "/attestati",
        "/verifica",
        "/verifica/{code}",
    ],
)
def test_pages_of_organisers(app: Flask, path: str, role: str) -> None:
    taught = TaughtCycle()
    taught.entitled(3)
    issue(app, taught)
    jobs.run_until_empty()
    taught.entitled(2)
    row = certificates()[0]
    address = path.format(slug=taught.cycle.slug, number=row.id, code=row.code)
    client = PercorsoClient(app).sign_in(getattr(factories, role)())
    client.get("/verifica")
    with statements() as sent:
        assert client.get(address).status_code == 200
    assert len(sent) <= MOST, f"{len(sent)}\n" + "\n\n".join(sent)


def test_a_replaced_one_too(app: Flask) -> None:
    taught = TaughtCycle()
    taught.entitled(1)
    issue(app, taught)
    (old,) = certificates()
    with app.test_request_context():
        actions.replace_certificate(old, "Nome.", keep_hours=True, seen="valid", by=None)
        db.session.commit()
    client = PercorsoClient(app).sign_in(factories.organiser())
    with statements() as sent:
        page = client.get(f"/attestati/{old.id}")
    assert "L’attestato che ne ha preso il posto" in page.text
    assert len(sent) <= MOST + 1, "\n\n".join(sent)  # one is the test's own, for `old.id`


@pytest.mark.parametrize("path", ["/i-miei-cicli/{slug}", "/attestati", "/attestati/{number}.pdf"])
def test_pages_of_people(app: Flask, path: str) -> None:
    taught = TaughtCycle()
    enrolment = taught.entitled(1)[0]
    issue(app, taught)
    jobs.run_until_empty()
    row = certificates()[0]
    client = PercorsoClient(app).sign_in(enrolment.person)
    address = path.format(slug=taught.cycle.slug, number=row.id)
    client.get("/verifica")
    with statements() as sent:
        assert client.get(address).status_code == 200
    assert len(sent) <= MOST, f"{len(sent)}\n" + "\n\n".join(sent)
