"""Erasing: nothing readable stays but the certificate's record, and every seal still verifies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from lms.accounts.models import Account, Person
from lms.attendance import originals
from lms.attendance.models import AttendanceRecord, AttendanceRegister, Evidence
from lms.attendance.queries_seals import verify_seals
from lms.audit import AuditEvent
from lms.catalogue.models import CycleStatus
from lms.enrolment.models import Enrolment, EnrolmentEvent
from lms.errors import UserError
from lms.extensions import db
from lms.issuance.models import Certificate, CertificateDocument
from lms.messages.models import MessageStatus, OutboxMessage
from lms.privacy import actions
from lms.privacy.models import RequestStatus, RetainedCertificate
from lms.privacy.retention import forget
from lms.redaction import open_gate
from tests import factories
from tests.client import PercorsoClient
from tests.privacy.scene import FAMILY, GIVEN, LOGIN, OTHER, WORDS, Somebody, holding

RECORD = {"certificate.holder_name", "certificate.holder_family_name"}


@pytest.fixture
def somebody(client: PercorsoClient) -> Somebody:
    return Somebody(client)


def erase(app: Flask, somebody: Somebody, reason: str = "") -> None:
    request = somebody.ask()
    with app.test_request_context():
        actions.erase(request, reason, by=somebody.organiser.id)
        db.session.commit()


def test_no_word_of_theirs_is_left_anywhere_but_on_the_record(
    app: Flask, somebody: Somebody
) -> None:
    words = tuple(word.casefold() for word in WORDS)
    before = holding(words)
    assert {"person.family_name", "audit_event.detail", "report_file.content"} <= set(before)
    assert {"attendance_register.sealed_rows", "report_entry.name"} <= set(before)
    erase(app, somebody, f"Come chiesto da {FAMILY}")
    last = db.session.scalars(select(OutboxMessage).where(OutboxMessage.key.startswith("erased:")))
    message = last.one()
    assert message.recipient == LOGIN
    message.status, message.letter, message.ended_at = MessageStatus.SENT, None, message.created_at
    db.session.commit()
    forget()
    assert set(holding(words)) == RECORD


def test_the_counts_and_the_record_stay(app: Flask, somebody: Somebody) -> None:
    counted = [
        db.session.scalar(select(func.count()).select_from(table))
        for table in (Enrolment, AttendanceRecord, Evidence, Certificate)
    ]
    number, certificate_id = somebody.person.id, somebody.certificate.id
    erase(app, somebody)
    assert counted == [
        db.session.scalar(select(func.count()).select_from(table))
        for table in (Enrolment, AttendanceRecord, Evidence, Certificate)
    ]
    person = db.session.get_one(Person, number)
    assert person.sorted_name == f"Persona anonima n. {number}"
    assert person.erased_at is not None
    kept = db.session.get_one(Certificate, certificate_id)
    assert (kept.holder_name, kept.serial) == (f"{GIVEN} {FAMILY}", "S-00001")
    assert "holder" not in kept.snapshot
    document = db.session.get_one(CertificateDocument, certificate_id)
    assert (document.pdf, document.sha256) == (b"", "c" * 64)
    record = db.session.get_one(RetainedCertificate, certificate_id)
    assert record.kept_until.isoformat() == "2036-12-31"
    assert "art. 17" in record.legal_basis


def test_seals_verify_after_an_erasure_and_still_catch_a_lie(
    app: Flask, somebody: Somebody
) -> None:
    assert verify_seals().faults == ()
    seal = db.session.scalars(select(AttendanceRegister.seal)).one()
    erase(app, somebody)
    after = verify_seals()
    assert (after.checked, after.faults, after.last) == (1, (), seal)
    with open_gate():
        rows = select(AttendanceRegister.sealed_rows).scalar_subquery()
        lie = func.replace(rows, '"minutes":87', '"minutes":120')
        db.session.execute(update(AttendanceRegister).values(sealed_rows=lie))
    faults = " ".join(fault.text for fault in verify_seals().faults)
    assert "anonymous rows are not those that were sealed" in faults
    db.session.rollback()


def test_originals_are_sealed_again_by_a_new_key(app: Flask, somebody: Somebody) -> None:
    erase(app, somebody)
    before = app.config["SETTINGS"]
    new = "a-newer-key-for-tests-0123456789-abcdefghijklmn"
    try:
        app.config["SETTINGS"] = replace(before, encryption_keys=(new, *before.encryption_keys))
        assert originals.reseal() > 0
        assert originals.reseal() == 0
        app.config["SETTINGS"] = replace(before, encryption_keys=(new,))
        assert verify_seals().faults == ()  # the older key is no longer needed
    finally:
        app.config["SETTINGS"] = before


def test_the_account_opens_nothing_any_more(app: Flask, somebody: Somebody) -> None:
    """ASVS 7.4.2."""
    assert somebody.browser.get("/profilo").status_code == 200
    erase(app, somebody)
    assert somebody.browser.get("/profilo").status_code == 303
    account = db.session.scalars(select(Account).where(Account.login.is_(None))).one()
    assert (account.is_active, account.password_hash) == (False, None)


def test_it_is_noted_and_cannot_be_done_twice(app: Flask, somebody: Somebody) -> None:
    erase(app, somebody)
    done = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "erasure.done")).one()
    assert done.actor_id == somebody.organiser.id
    assert done.detail["rows"]["person"] == 1
    with app.test_request_context(), pytest.raises(UserError):
        actions.ask_erasure(somebody.person, "", by=somebody.organiser.id)


def test_a_hold_beats_an_erasure(app: Flask, somebody: Somebody) -> None:
    administrator = factories.administrator()
    request = somebody.ask()
    with app.test_request_context():
        hold = actions.set_hold("Procedimento 12", by=administrator.id, cycle=somebody.scene.cycle)
        with pytest.raises(UserError, match="vincolo"):
            actions.erase(request, "", by=somebody.organiser.id)
        actions.lift_hold(hold, "Chiuso", by=administrator.id)
        actions.erase(request, "", by=somebody.organiser.id)
        db.session.commit()
    assert request.status is RequestStatus.ERASED


def test_what_stands_in_the_way(app: Flask, somebody: Somebody) -> None:
    request = somebody.ask()
    somebody.scene.cycle.status = CycleStatus.PUBLISHED
    db.session.commit()
    with app.test_request_context(), pytest.raises(UserError):
        actions.erase(request, "", by=somebody.organiser.id)
    db.session.rollback()
    with app.test_request_context(), pytest.raises(UserError):
        actions.erase(request, "", by=somebody.person.id)
    db.session.rollback()
    assert db.session.get_one(Person, somebody.person.id).erased_at is None


def test_somebody_elses_words_stay(app: Flask, somebody: Somebody) -> None:
    namesake = factories.person(GIVEN, "Altra", email="altra@example.org")
    erase(app, somebody)
    db.session.refresh(namesake)
    assert namesake.full_name == f"{GIVEN} Altra"
    rows = db.session.scalars(select(Enrolment).where(Enrolment.family_name == "Rossi")).all()
    assert len(rows) == 1


def test_a_record_found_to_be_the_same_person_goes_too(app: Flask, somebody: Somebody) -> None:
    twin = factories.person(GIVEN, "Gemella", merged_into_id=somebody.person.id)
    number = twin.id
    erase(app, somebody)
    db.session.expire_all()
    assert db.session.get_one(Person, number).sorted_name == f"Persona anonima n. {number}"
    assert "person.family_name" not in holding(("gemella",))


@pytest.mark.parametrize(
    "statement",
    [
        update(EnrolmentEvent).values(note="x"),
        update(AuditEvent).values(detail={}),
        update(Certificate).values(holder_name="x"),
        update(AttendanceRegister).values(sealed_rows="x"),
        delete(AuditEvent),
    ],
)
def test_without_the_gate_nothing_kept_changes(
    app: Flask, somebody: Somebody, statement: object
) -> None:
    with pytest.raises(DBAPIError, match="kept as it was written"):
        db.session.execute(statement)  # type: ignore[call-overload]
    db.session.rollback()


def test_through_the_gate_only_words_change(app: Flask, somebody: Somebody) -> None:
    for statement in (
        update(Certificate).values(serial="x"),
        update(EnrolmentEvent).values(at=func.current_timestamp()),
        update(AttendanceRegister).values(seal="0" * 64),
        delete(EnrolmentEvent),
    ):
        with pytest.raises(DBAPIError, match="kept as it was written"), open_gate():
            db.session.execute(statement)
        db.session.rollback()


def test_the_gate_is_never_committed_open(app: Flask) -> None:
    db.session.execute(text("INSERT INTO redaction_gate (id, missing) VALUES (1, 0)"))
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()
    assert OTHER not in str(db.session.execute(text("SELECT * FROM redaction_gate")).all())
