"""A register sealed in format 1, before seals told times, kinds of evidence, track and files."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.attendance import actions_closing, queries_seals
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    RegisterStatus,
    SealChain,
)
from lms.attendance.queries_seals import verify_seals
from lms.attendance.records import lock_register
from lms.attendance.rules import Cell, Mark
from lms.attendance.sealed import read_sealed
from lms.catalogue.models import CycleStatus
from lms.clock import now
from lms.extensions import db
from lms.privacy import actions
from tests import factories
from tests.attendance.scene import END, START, Scene, bring_in, zoom
from tests.attendance.test_documents import made, words
from tests.client import PercorsoClient


class OldRegister:
    """Sealed as the first version did it, written here from its description alone."""

    def __init__(self, client: PercorsoClient) -> None:
        self.scene = Scene("Ada Rossi", "Bruno Neri", lesson={"title": "Lezione antica"})
        client.sign_in(self.scene.trainer)
        bring_in(client, self.scene, zoom(("Ada Rossi", "", "10:00:00", "11:27:00")))
        register = lock_register(self.scene.lesson)
        self.register_id, self.closed_at = register.id, now().replace(microsecond=0)
        self.text = self._text(register)
        self.seal = hashlib.sha256(f"\n{self.text}".encode()).hexdigest()
        register.status, register.closed_at = RegisterStatus.CLOSED, self.closed_at
        register.closed_by_id = self.scene.trainer.id
        register.seal_number, register.previous_seal = 1, ""
        register.sealed_rows, register.seal = self.text, self.seal
        db.session.flush()
        db.session.execute(update(SealChain).values(number=1, seal=self.seal))
        db.session.commit()

    def _text(self, register: AttendanceRegister) -> str:
        lesson, digests = self.scene.lesson, queries_seals.evidence_digests(register.id)
        ada, bruno = self.scene.people
        nothing = hashlib.sha256(b"[]").hexdigest()
        rows = [
            {"enrolment": ada.id, "name": "Rossi Ada", "organisation": "", "mark": "present",
             "minutes": 87, "source": "report", "evidence": digests[ada.id]},
            {"enrolment": bruno.id, "name": "Neri Bruno", "organisation": "", "mark": None,
             "minutes": 0, "source": None, "evidence": nothing},
        ]  # fmt: skip
        told = {
            "format": 1, "number": 1, "cycle": self.scene.cycle.code, "rows": rows,
            "closed_at": self.closed_at.isoformat(), "closed_by": self.scene.trainer.id,
            "lesson": {
                "uid": lesson.uid, "title": lesson.title, "zone": lesson.zone,
                "starts_at": START.isoformat(), "ends_at": END.isoformat(),
            },
        }  # fmt: skip
        return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@pytest.fixture
def old(client: PercorsoClient) -> OldRegister:
    return OldRegister(client)


def faults() -> list[str]:
    found = [fault.text for fault in verify_seals().faults]
    db.session.rollback()
    return found


def test_it_verifies_and_the_next_follows_it(old: OldRegister) -> None:
    assert faults() == []
    days = timedelta(days=7)
    second = factories.lesson(old.scene.module, starts_at=START + days, ends_at=END + days)
    after = actions_closing.close_register(second, absent=True, leave_queue=True, by=None)
    db.session.commit()
    assert after.previous_seal == old.seal
    assert json.loads(after.sealed_rows or "")["format"] == 2
    assert (verify_seals().checked, verify_seals().faults) == (2, ())


def test_a_changed_mark_and_a_forged_text_are_found(old: OldRegister) -> None:
    ada = old.scene.people[0]
    mine = AttendanceRecord.enrolment_id == ada.id
    db.session.execute(update(AttendanceRecord).where(mine).values(minutes=120))
    assert [fault.text for fault in verify_seals().faults] == [
        f"the mark of enrolment {ada.id} is not the sealed or rectified one"
    ]
    db.session.rollback()
    register = db.session.get_one(AttendanceRegister, old.register_id)
    assert register.seal == old.seal
    # A seal over another text: what the database would refuse to write is told of a copy.
    forged = (register.sealed_rows or "").replace('"minutes":87', '"minutes":88')
    assert hashlib.sha256(f"\n{forged}".encode()).hexdigest() != old.seal
    db.session.rollback()


def test_a_rectification_and_an_erasure_leave_it_true(app: Flask, old: OldRegister) -> None:
    scene = old.scene
    actions_closing.rectify(
        scene.lesson, scene.people[1], Cell(Mark.PRESENT, 60), "Firma", version=0,
        by=scene.trainer.id,
    )  # fmt: skip
    scene.cycle.status = CycleStatus.CLOSED
    db.session.commit()
    assert faults() == []
    boss = factories.organiser()
    for number in (scene.people[0].person_id, scene.trainer.id):
        from lms.accounts.models import Person

        request = actions.ask_erasure(db.session.get_one(Person, number), "", by=boss.id)
        db.session.commit()
        with app.test_request_context():
            actions.erase(request, "", by=boss.id)
            db.session.commit()
    text = db.session.scalars(select(AttendanceRegister.sealed_rows)).one() or ""
    assert "Rossi" not in text
    assert f"Persona anonima n. {scene.people[0].person_id}" in text
    assert faults() == []


def test_its_pdf_says_what_it_does_not_know(client: PercorsoClient, old: OldRegister) -> None:
    pdf = words(made(client, f"{old.scene.url}/pdf", kind="lesson"))
    assert old.seal in pdf
    assert "Rossi Ada" in pdf
    assert "sono quelli di oggi" in pdf
    sealed = read_sealed(old.register_id)
    assert sealed.old
    assert sealed.closed_at == datetime.fromisoformat(old.closed_at.isoformat())
