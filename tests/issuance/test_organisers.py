"""The organisers' pages: counts, filters, the dry run, issuing, progress, replacing, revoking."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms import jobs
from lms.attendance.models import AttendanceRecord
from lms.enrolment import actions as enrolling
from lms.extensions import db
from lms.issuance import rendering
from lms.issuance.models import Certificate, CertificateEvent, CertificateStatus
from lms.issuance.snapshots import thaw
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_issuing import certificates, issue


@pytest.fixture
def organiser(client: PercorsoClient) -> PercorsoClient:
    return client.sign_in(factories.organiser(given_name="Olga", family_name="Segreteria"))


def of(taught: TaughtCycle, rest: str = "") -> str:
    return f"/cicli/{taught.cycle.slug}/attestati{rest}"


def one(taught: TaughtCycle, app: Flask, **person: Any) -> Certificate:
    """Somebody's fresh certificate."""
    enrolment = taught.entitled(1, **person)[0]
    issue(app, taught)
    return db.session.scalars(
        select(Certificate).where(Certificate.enrolment_id == enrolment.id)
    ).one()


def fresh(certificate: Certificate) -> Certificate:
    db.session.expire_all()
    return db.session.get_one(Certificate, certificate.id)


def test_everybody_is_counted_once_and_found_by_filter(organiser, app) -> None:
    taught = TaughtCycle()
    taught.entitled(2, given_name="Dora", family_name="Diritto")
    taught.attendee(120, 0, 0, 0, 0, who=factories.person("Sara", "Sotto"))
    taught.attendee(120, status="withdrawn", who=factories.person("Rita", "Ritirata"))
    page = organiser.get(of(taught))
    assert page.status_code == 200
    for text in ("Dora", "Sotto Sara", "Ritirata Rita", "Rilascia gli attestati"):
        assert text in page.text
    below = organiser.get(of(taught, "?stato=sotto-soglia")).text
    assert "Sotto Sara" in below
    assert "Diritto Dora" not in below
    assert "Ritirata Rita" in organiser.get(of(taught, "?stato=ritirati")).text
    found = organiser.get(of(taught, "?q=sàra")).text
    assert "Sotto Sara" in found
    assert "Ritirata" not in found
    assert organiser.get(of(taught, "?q=nobody&stato=nonsense&page=9&soglia=x")).status_code == 200


def test_open_registers_are_named_with_whom_they_hold_up(organiser) -> None:
    taught = TaughtCycle(closed=False)
    taught.entitled(3)
    page = organiser.get(of(taught)).text
    assert "tiene in sospeso 3 persone" in page
    assert f"/incontri/{taught.lessons[0].id}/registro" in page
    assert "Rilascia gli attestati" not in page


def test_a_dry_run_tells_and_changes_nothing(organiser, app) -> None:
    taught = TaughtCycle()
    taught.attendee(120, 120, 120, 60, 0, who=factories.person("Tea", "Settanta"))
    taught.attendee(120, 120, 120, 120, 0, who=factories.person("Ugo", "Ottanta"))
    lower = organiser.get(of(taught, "?soglia=70")).text
    assert "1 persona in più avrebbe diritto" in lower
    higher = organiser.get(of(taught, "?soglia=90&stato=cambierebbero")).text
    assert "1 persona non ne avrebbe più diritto" in higher
    assert "Ottanta Ugo" in higher
    assert "Settanta Tea" not in higher
    assert issue(app, taught).count == 1


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_makes_few_queries_whatever_its_length(organiser, app, count) -> None:
    taught = TaughtCycle()
    taught.entitled(count)
    issue(app, taught)
    taught.entitled(count)
    path = of(taught)
    organiser.get(path)
    with statements() as sent:
        assert organiser.get(path).status_code == 200
    assert len(sent) <= 8, "\n".join(sent)


def test_issuing_from_the_page(organiser, app) -> None:
    taught = TaughtCycle(code="CP-9")
    taught.entitled(2)
    asked = organiser.get(of(taught, "/rilascio"))
    assert "2 persone hanno diritto" in asked.text
    assert "CP-9-00001" in asked.text
    assert certificates() == []
    done = organiser.post(of(taught, "/rilascio"), {})
    assert (done.status_code, done.location) == (303, of(taught, "/preparazione"))
    assert [row.serial for row in certificates()] == ["CP-9-00001", "CP-9-00002"]
    waiting = organiser.get(done.location).text
    assert "0 su 2" in waiting
    assert 'http-equiv="refresh"' in waiting
    assert organiser.get(of(taught, "/preparazione.json")).json == {
        "done": 0, "running": True, "total": 2,
    }  # fmt: skip
    jobs.run_until_empty()
    ready = organiser.get(done.location).text
    assert "Tutti i documenti sono pronti" in ready
    assert 'http-equiv="refresh"' not in ready
    again = organiser.post(of(taught, "/rilascio"), {})
    assert again.location == of(taught)
    assert "Non c’era nulla da rilasciare" in organiser.get(of(taught)).text
    assert len(certificates()) == 2


def test_an_incomplete_cycle_says_so_before_and_after(organiser) -> None:
    taught = TaughtCycle(signatory_name="")
    taught.entitled(1)
    assert "manca chi firma" in organiser.get(of(taught, "/rilascio")).text
    refused = organiser.post(of(taught, "/rilascio"), {})
    assert refused.status_code == 422
    assert "manca chi firma" in refused.text
    assert certificates() == []


def test_a_job_given_up_can_be_asked_for_again(organiser, app, monkeypatch) -> None:
    taught = TaughtCycle()
    one(taught, app)
    with monkeypatch.context() as broken:
        broken.setattr(rendering, "_render", lambda *_row: None)
        broken.setattr(jobs, "MAX_ATTEMPTS", 1)
        jobs.run_until_empty()
    assert "Mancano alcuni documenti" in organiser.get(of(taught)).text
    page = organiser.get(of(taught, "/preparazione")).text
    assert "Riprova" in page
    assert organiser.post(of(taught, "/preparazione"), {}).status_code == 303
    jobs.run_until_empty()
    assert "Tutti i documenti sono pronti" in organiser.get(of(taught, "/preparazione")).text


def test_revoking_wants_a_reason_and_is_told_to_everybody(organiser, app) -> None:
    taught = TaughtCycle()
    certificate = one(taught, app)
    path = f"/attestati/{certificate.id}"
    assert "Revocare l’attestato di" in organiser.get(f"{path}/revoca").text
    assert organiser.post(f"{path}/revoca", {"reason": "  "}).status_code == 422
    assert fresh(certificate).status is CertificateStatus.VALID
    done = organiser.post(
        f"{path}/revoca", {"reason": "Registro rettificato: era un’altra persona."}
    )
    assert (done.status_code, done.location) == (303, path)
    assert fresh(certificate).status is CertificateStatus.REVOKED
    page = organiser.get(path).text
    assert "era un’altra persona" in page
    assert "Olga Segreteria" in page
    twice = organiser.post(f"{path}/revoca", {"reason": "ancora"})
    assert twice.status_code == 409
    assert db.session.query(CertificateEvent).count() == 2


def test_after_a_revocation_only_a_person_issues_another(organiser, app) -> None:
    taught = TaughtCycle()
    certificate = one(taught, app)
    organiser.post(f"/attestati/{certificate.id}/revoca", {"reason": "Errore."})
    assert issue(app, taught).count == 0
    assert "Revocato" in organiser.get(of(taught, "?stato=revocati")).text
    done = organiser.post(
        f"/attestati/{certificate.id}/sostituzione",
        {"reason": "Verificato di nuovo.", "seen": "revoked"},
    )
    assert done.status_code == 303
    old, new = certificates()
    assert (old.status, new.status) == (CertificateStatus.REVOKED, CertificateStatus.VALID)
    assert new.replaces_id == old.id


def test_a_corrected_name_makes_a_new_certificate(organiser, app) -> None:
    taught = TaughtCycle(code="CP-7")
    certificate = one(taught, app, given_name="Nicolo", family_name="Dalo")
    enrolment = certificate.enrolment
    enrolment.person.given_name, enrolment.person.family_name = "Nicolò", "D’Alò"
    db.session.commit()
    assert "Aggiorna l’iscrizione" in organiser.get(f"/attestati/{certificate.id}").text
    enrolling.update_copies(enrolment, by=factories.organiser().id)
    db.session.commit()
    assert "Da controllare" in organiser.get(of(taught)).text
    page = organiser.get(f"/attestati/{certificate.id}").text
    assert "Nicolo Dalo" in page
    assert "Nicolò D’Alò" in page
    assert certificates()[0].holder_name == "Nicolo Dalo", "nothing acts by itself"
    done = organiser.post(
        f"/attestati/{certificate.id}/sostituzione",
        {"reason": "Nome corretto.", "hours": "keep", "seen": "valid"},
    )
    old, new = certificates()
    assert done.location == f"/attestati/{new.id}"
    assert (old.status, new.status) == (CertificateStatus.REPLACED, CertificateStatus.VALID)
    assert (new.serial, new.holder_name, new.holder_family_name) == (
        "CP-7-00002",
        "Nicolò D’Alò",
        "D’Alò",
    )
    assert new.completed_on == old.completed_on
    assert new.code != old.code
    assert thaw(new.snapshot).minutes_attended == old.minutes == new.minutes
    assert "Da controllare" not in organiser.get(of(taught)).text
    assert (
        organiser.post(
            f"/attestati/{old.id}/sostituzione",
            {"reason": "Di nuovo.", "hours": "keep", "seen": "valid"},
        ).status_code
        == 409
    )
    assert len(certificates()) == 2


def test_a_replacement_asked_for_on_an_old_page_is_refused(organiser, app) -> None:
    taught = TaughtCycle()
    certificate = one(taught, app)
    path = f"/attestati/{certificate.id}"
    assert 'name="seen" type="hidden" value="valid"' in organiser.get(f"{path}/sostituzione").text
    organiser.post(f"{path}/revoca", {"reason": "Errore."})
    late = {"reason": "Nome corretto.", "hours": "today", "seen": "valid"}
    assert organiser.post(f"{path}/sostituzione", late).status_code == 409
    del late["seen"]
    assert organiser.post(f"{path}/sostituzione", late).status_code == 409
    assert len(certificates()) == 1


def test_corrected_hours_are_a_notice_then_a_choice(organiser, app) -> None:
    taught = TaughtCycle()
    enrolment = taught.attendee(120, 120, 120, 120, 120)
    issue(app, taught)
    (certificate,) = certificates()
    record = (
        db.session.execute(
            select(AttendanceRecord).where(AttendanceRecord.enrolment_id == enrolment.id)
        )
        .scalars()
        .first()
    )
    record.minutes = 60
    db.session.commit()
    page = organiser.get(f"/attestati/{certificate.id}").text
    assert "Dopo il rilascio qualcosa è cambiato" in page
    assert fresh(certificate).status is CertificateStatus.VALID
    asked = organiser.get(f"/attestati/{certificate.id}/sostituzione").text
    assert "Come già certificate" in asked
    assert "Secondo i registri di oggi" in asked
    organiser.post(
        f"/attestati/{certificate.id}/sostituzione",
        {"reason": "Ore rettificate.", "hours": "today", "seen": "valid"},
    )
    old, new = certificates()
    assert (old.minutes, new.minutes) == (600, 540)


def test_who_is_no_longer_entitled_keeps_or_loses_it_by_a_decision_only(organiser, app) -> None:
    taught = TaughtCycle()
    enrolment = taught.attendee(120, 120, 120, 120, 0)
    issue(app, taught)
    (certificate,) = certificates()
    for record in db.session.scalars(
        select(AttendanceRecord).where(AttendanceRecord.enrolment_id == enrolment.id)
    ):
        record.minutes = 0
    db.session.commit()
    page = organiser.get(f"/attestati/{certificate.id}").text
    assert "non avrebbe diritto" in page
    path = f"/attestati/{certificate.id}/sostituzione"
    assert (
        organiser.post(path, {"reason": "Ore.", "hours": "today", "seen": "valid"}).status_code
        == 422
    )
    assert (
        organiser.post(path, {"reason": "Nome.", "hours": "keep", "seen": "valid"}).status_code
        == 303
    )
    assert [row.minutes for row in certificates()] == [480, 480]


def test_a_replacement_survives_a_withdrawal_when_the_hours_stay(organiser, app) -> None:
    taught = TaughtCycle()
    certificate = one(taught, app)
    certificate.enrolment.status = "withdrawn"
    db.session.commit()
    done = organiser.post(
        f"/attestati/{certificate.id}/sostituzione",
        {"reason": "Nome.", "hours": "keep", "seen": "valid"},
    )
    assert done.status_code == 303


def test_an_archived_cycle_keeps_its_certificates(organiser, app) -> None:
    taught = TaughtCycle()
    certificate = one(taught, app)
    jobs.run_until_empty()
    taught.cycle.status = "archived"
    db.session.commit()
    holder = PercorsoClient(app).sign_in(fresh(certificate).enrolment.person)
    assert holder.get(f"/attestati/{certificate.id}.pdf").status_code == 200
    assert "Attestato valido" in holder.get(f"/verifica/{certificate.code}").text
    assert organiser.get(of(taught)).status_code == 200
