"""What people see of themselves, and what nobody else may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms import jobs
from lms.clock import now
from lms.extensions import db
from lms.issuance.models import CertificateDocument
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.issuance.cycles import TaughtCycle, close
from tests.issuance.test_issuing import certificates, issue


def holder_of(app: Flask, enrolment) -> PercorsoClient:
    return PercorsoClient(app).sign_in(enrolment.person)


def test_the_holder_and_the_organisers_download_the_stored_bytes(app: Flask) -> None:
    taught = TaughtCycle(code="CP-5")
    who = factories.person("Zoë", "D’Alò")
    enrolment = taught.attendee(120, 120, 120, 120, 120, who=who)
    issue(app, taught)
    jobs.run_until_empty()
    (certificate,) = certificates()
    stored = db.session.get_one(CertificateDocument, certificate.id).pdf
    path = f"/attestati/{certificate.id}.pdf"
    administrator = factories.administrator()
    for client in (
        holder_of(app, enrolment),
        PercorsoClient(app).sign_in(factories.organiser()),
        PercorsoClient(app).sign_in(administrator),
    ):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.data == stored
        assert answer.mimetype == "application/pdf"
        headers = answer.headers
        assert (
            headers["Content-Disposition"]
            == 'attachment; filename="attestato-cp-5-00001-zoe-d-alo.pdf"'
        )
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("sandbox;")
        assert headers["Cache-Control"] == "no-store"


def test_for_everybody_else_it_does_not_exist(app: Flask) -> None:
    """Weakness 30."""
    taught = TaughtCycle()
    mine, other = taught.entitled(2)
    issue(app, taught)
    jobs.run_until_empty()
    theirs = next(row for row in certificates() if row.enrolment_id == other.id)
    trainer = factories.trainer(taught.cycle)
    for client in (holder_of(app, mine), PercorsoClient(app).sign_in(trainer)):
        for path in (".pdf", "", "/revoca", "/sostituzione"):
            assert client.get(f"/attestati/{theirs.id}{path}").status_code == 404
            assert client.get(f"/attestati/999999{path}").status_code == 404
    stranger = PercorsoClient(app)
    assert stranger.get(f"/attestati/{theirs.id}.pdf").status_code == 303
    assert stranger.get("/attestati/999999.pdf").status_code == 303


@pytest.mark.parametrize("role", ["holder", "organiser", "administrator"])
def test_what_was_never_issued_is_not_found_by_anybody(app: Flask, role: str) -> None:
    """Weakness 2."""
    taught = TaughtCycle()
    enrolment = taught.entitled(1)[0]
    person = enrolment.person if role == "holder" else getattr(factories, role)()
    client = PercorsoClient(app).sign_in(person)
    for number in (enrolment.id, enrolment.person_id, 1, 2):
        assert client.get(f"/attestati/{number}.pdf").status_code == 404
    assert certificates() == []


def test_a_document_still_being_made_is_told_and_not_made_by_looking(app: Flask) -> None:
    taught = TaughtCycle()
    enrolment = taught.entitled(1)[0]
    issue(app, taught)
    (certificate,) = certificates()
    client = holder_of(app, enrolment)
    answer = client.get(f"/attestati/{certificate.id}.pdf")
    assert answer.status_code == 404
    assert answer.headers["Retry-After"] == "30"
    assert answer.mimetype == "text/html"
    assert "Il PDF è in preparazione" in answer.text
    assert "In preparazione" in client.get("/attestati").text
    assert db.session.query(CertificateDocument).count() == 0


def test_ones_own_list(app: Flask) -> None:
    taught = TaughtCycle(title="Beni comuni")
    enrolment, other = taught.entitled(2)
    other_name = other.full_name
    empty = PercorsoClient(app).sign_in(factories.person())
    assert "Ancora nessun attestato" in empty.get("/attestati").text
    issue(app, taught)
    jobs.run_until_empty()
    mine = next(row for row in certificates() if row.enrolment_id == enrolment.id)
    theirs = next(row for row in certificates() if row.enrolment_id == other.id)
    client = holder_of(app, enrolment)
    with statements() as sent:
        page = client.get("/attestati").text
    assert len(sent) <= 8, "\n".join(sent)
    assert "Beni comuni" in page
    assert f"/attestati/{mine.id}.pdf" in page
    assert theirs.serial not in page
    assert other_name not in page
    assert "Beni comuni" in client.get("/attestati?q=BENI").text
    assert "Nessun attestato corrisponde" in client.get("/attestati?q=altro").text


def test_progress_lesson_by_lesson(app: Flask) -> None:
    taught = TaughtCycle(closed=False)
    for register in taught.registers[:3]:
        close(register)
    taught.lessons[4].starts_at = now() + timedelta(days=3)
    taught.lessons[4].ends_at = now() + timedelta(days=3, hours=2)
    db.session.commit()
    enrolment = taught.attendee(120, 90, 120, None, None)
    client = holder_of(app, enrolment)
    page = client.get(f"/i-miei-cicli/{taught.cycle.slug}").text
    for text in (
        "5\N{NO-BREAK SPACE}h 30\N{NO-BREAK SPACE}min su 10\N{NO-BREAK SPACE}h",
        "Ti mancano 2\N{NO-BREAK SPACE}h 30\N{NO-BREAK SPACE}min alla soglia",
        "puoi ancora frequentare 4\N{NO-BREAK SPACE}h",
        "Registro da completare",
        "In programma",
        f"/incontri/{taught.lessons[0].id}/registro/{enrolment.id}",
    ):
        assert text in page
    assert "più raggiungibile" not in page


def test_progress_says_since_when_it_is_lost(app: Flask) -> None:
    taught = TaughtCycle(closed=False)
    taught.lessons[1].title = "Il secondo incontro"
    db.session.commit()
    enrolment = taught.attendee(0, 0, 120, None, None)
    page = holder_of(app, enrolment).get(f"/i-miei-cicli/{taught.cycle.slug}").text
    assert "Dopo l’incontro «Il secondo incontro» (" in page


@pytest.mark.parametrize("status", ["withdrawn", "none"])
def test_progress_is_for_who_takes_part(app: Flask, status: str) -> None:
    taught = TaughtCycle()
    person = factories.person()
    if status == "withdrawn":
        taught.attendee(120, who=person, status="withdrawn")
    client = PercorsoClient(app).sign_in(person)
    assert client.get(f"/i-miei-cicli/{taught.cycle.slug}").status_code == 404
    assert client.get("/i-miei-cicli/nessun-ciclo").status_code == 404


def test_the_boxes_on_the_cycles_page(app: Flask) -> None:
    taught = TaughtCycle()
    enrolment = taught.entitled(1)[0]
    path = f"/cicli/{taught.cycle.slug}"
    assert "Frequentate finora" not in PercorsoClient(app).get(path).text
    client = holder_of(app, enrolment)
    assert "Hai diritto all’attestato" in client.get(path).text
    issue(app, taught)
    assert "il PDF è in preparazione" in client.get(path).text
    jobs.run_until_empty()
    assert "Il tuo attestato è pronto" in client.get(path).text
    organiser = PercorsoClient(app).sign_in(factories.organiser())
    assert "Attestati di questo ciclo" in organiser.get(path).text
