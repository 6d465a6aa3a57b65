"""Revocations taken back, and changes after issue: raised as tasks, decided on by people."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms import jobs
from lms.accounts import actions as people
from lms.attendance.actions_closing import rectify
from lms.attendance.models import AttendanceRecord, Mark
from lms.attendance.rules import Cell
from lms.enrolment import actions as enrolling
from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.issuance import actions, actions_life, reviewing
from lms.issuance.models import (
    Certificate,
    CertificateEvent,
    CertificateEventKind,
    CertificateStatus,
)
from lms.issuance.models_tasks import CertificateTask, Change, Outcome
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_issuing import certificates, issue

TASKS = "/attestati/da-controllare"


@pytest.fixture
def organiser(client: PercorsoClient) -> PercorsoClient:
    return client.sign_in(factories.organiser(given_name="Olga", family_name="Segreteria"))


@pytest.fixture
def taught(app: Flask) -> TaughtCycle:
    """A cycle with one person who attended everything and has the certificate."""
    made = TaughtCycle(code="CP-1")
    made.entitled(1, given_name="Ada", family_name="Alfa")
    issue(app, made)
    return made


def work() -> None:
    """Let the worker compare certificates with the facts; their documents are not made."""
    while jobs.run_one({reviewing.JOB_KIND}):
        pass


def only() -> Certificate:
    db.session.expire_all()
    (certificate,) = certificates()
    return certificate


def tasks() -> list[tuple[str, str, str | None]]:
    db.session.expire_all()
    rows = db.session.scalars(select(CertificateTask).order_by(CertificateTask.id))
    return [(row.change.value, row.fact, row.outcome and row.outcome.value) for row in rows]


def correct(app: Flask, taught: TaughtCycle, minutes: int) -> None:
    """Rectify the first presence of the one person, as a trainer does, and let the worker work."""
    record = db.session.scalars(select(AttendanceRecord).order_by(AttendanceRecord.id)).first()
    assert record is not None
    with app.test_request_context():
        rectify(
            taught.lessons[0], db.session.get_one(Enrolment, record.enrolment_id),
            Cell(Mark.PRESENT if minutes else Mark.ABSENT, minutes), "Uscita prima.",
            version=record.version, by=factories.organiser().id,
        )  # fmt: skip
        db.session.commit()
    work()


def revoke(app: Flask, certificate: Certificate) -> None:
    with app.test_request_context():
        actions.revoke(certificate, "Errore.", by=None)
        db.session.commit()


def test_a_revocation_is_taken_back_with_a_reason(organiser, app, taught) -> None:
    path = f"/attestati/{only().id}"
    assert "Questo attestato non è revocato" in organiser.get(f"{path}/ripristino").text
    revoke(app, only())
    assert "Rendi di nuovo valido" in organiser.get(path).text
    assert "di nuovo valido l’attestato di Ada Alfa" in organiser.get(f"{path}/ripristino").text
    assert organiser.post(f"{path}/ripristino", {"reason": " "}).status_code == 422
    assert only().status is CertificateStatus.REVOKED
    done = organiser.post(f"{path}/ripristino", {"reason": "La revoca era per un’altra persona."})
    assert (done.status_code, done.location) == (303, path)
    assert only().status is CertificateStatus.VALID
    assert "La revoca era per un’altra persona." in organiser.get(path).text
    kinds = db.session.scalars(select(CertificateEvent.kind).order_by(CertificateEvent.id)).all()
    assert kinds == [
        CertificateEventKind.ISSUED, CertificateEventKind.REVOKED, CertificateEventKind.RESTORED,
    ]  # fmt: skip
    again = organiser.post(f"{path}/ripristino", {"reason": "Ancora."})
    assert again.status_code == 409


def test_the_public_page_tells_what_and_when_never_why_nor_who(
    organiser, client, app, taught
) -> None:
    certificate = only()
    path = f"/attestati/{certificate.id}"
    organiser.post(f"{path}/revoca", {"reason": "Motivo riservato."})
    organiser.post(f"{path}/ripristino", {"reason": "Altro motivo riservato."})
    page = PercorsoClient(app).get(f"/verifica/{certificate.code}").text
    for told in ("Attestato valido", "Rilasciato", "Revocato", "Reso di nuovo valido"):
        assert told in page
    for kept in ("riservato", "Olga", "Segreteria", "Alfa"):
        assert kept not in page


def test_never_two_valid_for_one_enrolment(app, taught) -> None:
    old = only()
    revoke(app, old)
    with app.test_request_context():
        actions.replace_certificate(old, "Di nuovo.", keep_hours=False, seen="revoked", by=None)
        db.session.commit()
        with pytest.raises(Exception, match=r"posto|place"):
            actions_life.restore(old, "Ci ripenso.", by=None)
        db.session.rollback()
    old.status = CertificateStatus.VALID
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()


def test_not_beside_a_valid_one_of_a_united_enrolment(app, taught) -> None:
    old = only()
    revoke(app, old)
    other = taught.entitled(1)[0]
    issue(app, taught)
    old.enrolment.united_into_id = other.id
    db.session.commit()
    with app.test_request_context():
        assert "un altro attestato valido" in (actions_life.against_restoring(old) or "")
    db.session.rollback()


def test_rectified_hours_raise_a_task_and_do_nothing_else(organiser, app, taught) -> None:
    assert "Nulla da controllare" in organiser.get(TASKS).text
    correct(app, taught, 60)
    assert tasks() == [("hours", "540", None)]
    assert (only().status, only().minutes) == (CertificateStatus.VALID, 600)
    page = organiser.get(TASKS).text
    assert "Ada Alfa" in page
    assert "CP-1-00001" in page
    correct(app, taught, 30)
    assert tasks() == [("hours", "510", None)], "one task, with the fact of today"
    correct(app, taught, 120)
    assert tasks() == [("hours", "510", "moot")]
    assert "Nulla da controllare" in organiser.get(TASKS).text


def test_a_corrected_name_raises_a_task_from_the_person_and_the_enrolment(app, taught) -> None:
    enrolment = only().enrolment
    with app.test_request_context():
        enrolment.person.given_name = "Àda"
        people.audit.record("person.edited", enrolment.person, actor_id=None)
        db.session.commit()
    work()
    assert tasks() == [("name", "Àda Alfa", None)]
    with app.test_request_context():
        enrolling.update_copies(enrolment, by=factories.organiser().id)
        db.session.commit()
    work()
    assert tasks() == [("name", "Àda Alfa", None)]
    with app.test_request_context():
        actions.replace_certificate(
            only(), "Nome corretto.", keep_hours=True, seen="valid", by=None
        )
        db.session.commit()
    assert tasks() == [("name", "Àda Alfa", "replaced")]


def test_below_the_threshold_by_a_correction_is_told_too(app, taught) -> None:
    taught.cycle.threshold_percent = 100
    db.session.commit()
    correct(app, taught, 0)
    assert tasks() == [("hours", "480", None), ("entitlement", "", None)]
    revoke(app, only())
    assert {outcome for _c, _f, outcome in tasks()} == {"revoked"}


def test_left_as_it_is_with_a_reason_and_asked_again_for_another_change(
    organiser, app, taught
) -> None:
    correct(app, taught, 60)
    path = f"/attestati/{only().id}"
    page = organiser.get(f"{path}/conferma")
    assert "certificate: 10 h. Nei registri oggi: 9 h." in page.text.replace("\xa0", " ")
    wrong = organiser.post(f"{path}/conferma", {"reason": "", "seen": "hours=540"})
    assert wrong.status_code == 422
    late = organiser.post(f"{path}/conferma", {"reason": "Va bene.", "seen": "hours=480"})
    assert late.status_code == 409
    assert 'value="hours=540"' in late.text, "the page shows what holds now, and can be sent again"
    assert tasks() == [("hours", "540", None)]
    done = organiser.post(
        f"{path}/conferma", {"reason": "Deciso col docente.", "seen": "hours=540"}
    )
    assert (done.status_code, done.location) == (303, path)
    assert tasks() == [("hours", "540", "kept")]
    shown = organiser.get(path).text
    assert "Deciso col docente." in shown
    assert "Dopo il rilascio qualcosa è cambiato" not in shown
    assert "non dice più" not in organiser.get(f"/cicli/{taught.cycle.slug}/attestati").text
    reviewing.review(taught.cycle.id)
    db.session.commit()
    assert tasks() == [("hours", "540", "kept")], "decided is decided"
    correct(app, taught, 0)
    assert tasks()[1:] == [("hours", "480", None)]


def test_a_decision_does_not_wait_for_the_worker(organiser, taught) -> None:
    record = db.session.scalars(select(AttendanceRecord)).first()
    record.minutes = 60
    db.session.commit()
    path = f"/attestati/{only().id}/conferma"
    assert organiser.post(path, {"reason": "Così.", "seen": "hours=540"}).status_code == 303
    assert tasks() == [("hours", "540", "kept")]


def test_without_certificates_nothing_is_asked(app) -> None:
    fresh = TaughtCycle(2)
    fresh.entitled(1)
    correct(app, fresh, 60)
    assert db.session.query(jobs.Job).filter_by(kind=reviewing.JOB_KIND).count() == 0


@pytest.mark.parametrize("count", [1, 26])
def test_the_list_searches_pages_and_makes_few_queries(organiser, app, count) -> None:
    taught = TaughtCycle(1)
    taught.entitled(count, family_name="Lista")
    issue(app, taught)
    for one in certificates():
        db.session.add(
            CertificateTask(
                certificate_id=one.id, change=Change.HOURS, fact="60", raised_at=one.issued_at
            )
        )
    db.session.commit()
    organiser.get(TASKS)
    with statements() as sent:
        page = organiser.get(TASKS)
    assert len(sent) <= 8, "\n".join(sent)
    assert ("page=2" in page.text) == (count > 25)
    assert "Lista" in organiser.get(f"{TASKS}?q=lìsta+{taught.cycle.code}").text
    assert "Nessun attestato corrisponde" in organiser.get(f"{TASKS}?q=nessuno").text


def test_tasks_of_other_tracks_are_not_seen(client, app, taught) -> None:
    correct(app, taught, 60)
    other = factories.staff("organiser", track=factories.track(slug="altro"))
    assert "Ada Alfa" not in client.sign_in(other).get(TASKS).text


def test_the_database_wants_a_reason_to_keep(app, taught) -> None:
    row = CertificateTask(
        certificate_id=only().id, change=Change.NAME, fact="x", raised_at=only().issued_at,
        outcome=Outcome.KEPT, settled_at=only().issued_at,
    )  # fmt: skip
    db.session.add(row)
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()
