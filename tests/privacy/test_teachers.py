"""Erasing who taught: the name goes from registers and scans, the sealed record and chain hold."""

from __future__ import annotations

import hashlib
import json

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms.attendance import actions_closing, actions_documents, originals
from lms.attendance.models import AttendanceRegister
from lms.attendance.models_paper import (
    DocumentKind,
    RegisterDocument,
    RegisterDocumentPart,
    RegisterScan,
    ScanType,
)
from lms.attendance.queries_seals import verify_seals
from lms.attendance.records import lock_register
from lms.catalogue.models import CycleStatus
from lms.clock import now
from lms.extensions import db
from lms.privacy import actions
from lms.redaction import open_gate
from tests import factories
from tests.attendance.scene import Scene
from tests.privacy.scene import holding

GIVEN, FAMILY = "Zoltán Ugo", "Wołodyjòwski"
WORDS = (f"{GIVEN} {FAMILY}", f"{FAMILY} {GIVEN}", FAMILY)


class Taught:
    """A closed cycle with a register sealed by its teacher, scanned under their name, printed."""

    def __init__(self, app: Flask) -> None:
        self.scene = Scene("Ada Rossi")
        lesson = self.scene.lesson
        self.teacher = factories.trainer(
            self.scene.cycle, given_name=GIVEN, family_name=FAMILY, email="zoltan@example.org"
        )
        factories.teaches(self.teacher, lesson)
        self.organiser = factories.organiser()
        register = lock_register(lesson)
        self.scan = RegisterScan(
            register_id=register.id, filename=f"firme di {FAMILY}.pdf", size=4,
            sha256=hashlib.sha256(b"%PDF").hexdigest(), media_type=ScanType.PDF, content=b"%PDF",
            uploaded_at=now(),
        )  # fmt: skip
        db.session.add(self.scan)
        db.session.flush()
        self.seal = actions_closing.close_register(
            lesson, absent=True, leave_queue=True, by=self.teacher.id
        ).seal
        self.scene.cycle.status = CycleStatus.CLOSED
        db.session.commit()
        with app.test_request_context():
            document = actions_documents.ask_for_lesson(
                lesson, DocumentKind.LESSON, "it", by=self.organiser.id
            )
            part = {"document_id": document.id, "section": 1, "position": 0, "pages": 1}
            db.session.add(RegisterDocumentPart(**part, pdf=f"%PDF {FAMILY}".encode()))
            db.session.commit()

    def erase_teacher(self, app: Flask) -> None:
        request = actions.ask_erasure(self.teacher, "", by=self.organiser.id)
        db.session.commit()
        with app.test_request_context():
            actions.erase(request, "", by=self.organiser.id)
            db.session.commit()


@pytest.fixture
def taught(app: Flask) -> Taught:
    return Taught(app)


def sealed_text() -> str:
    found = db.session.scalars(select(AttendanceRegister.sealed_rows)).one()
    db.session.rollback()
    return found or ""


def test_their_name_is_left_nowhere(app: Flask, taught: Taught) -> None:
    words = tuple(word.casefold() for word in WORDS)
    before = set(holding(words))
    assert {
        "attendance_register.sealed_rows", "register_scan.filename", "register_document_part.pdf",
    } <= before  # fmt: skip
    taught.erase_teacher(app)
    left = {where for where in holding(words) if not where.startswith("outbox_message")}
    assert left == set()
    assert db.session.scalar(select(func.count(RegisterDocument.id))) == 0


def test_the_record_and_the_chain_hold(app: Flask, taught: Taught) -> None:
    """What is kept by law: who was there, that somebody taught and closed, and the seal over it."""
    before = json.loads(sealed_text())
    taught.erase_teacher(app)
    after = json.loads(sealed_text())
    label = f"Persona anonima n. {taught.teacher.id}"
    assert [each["name"] for each in after["teachers"]] == [label]
    assert after["closed_by_name"] == label
    assert after["closed_by"] == before["closed_by"] == taught.teacher.id
    for kept in ("rows", "files", "lesson", "track", "number"):
        assert after[kept] == before[kept]
    assert FAMILY not in json.dumps(before["files"])  # a seal never holds what a scan was called
    assert db.session.get_one(RegisterScan, taught.scan.id).content == b"%PDF"
    verified = verify_seals()
    assert (verified.checked, verified.last, verified.faults) == (1, taught.seal, ())
    register = db.session.scalars(select(AttendanceRegister)).one()
    original = originals.rows_before_erasures(register)
    assert json.loads(original) == before
    db.session.rollback()


def test_another_teacher_put_in_their_place_is_found(app: Flask, taught: Taught) -> None:
    taught.erase_teacher(app)
    lie = func.replace(
        AttendanceRegister.sealed_rows, f'"person":{taught.teacher.id}}}', '"person":999}'
    )
    with open_gate():
        db.session.execute(update(AttendanceRegister).values(sealed_rows=lie))
    faults = [fault.text for fault in verify_seals().faults]
    assert faults == ["its anonymous rows are not those that were sealed"]
    db.session.rollback()
