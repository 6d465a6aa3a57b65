"""A presence contested, answered, withdrawn; who may, until when, with what, and who is told."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from werkzeug.test import TestResponse

from lms import clock
from lms.attendance import actions_contests
from lms.attendance.actions_closing import close_register
from lms.attendance.contesting import (
    LARGEST_ATTACHMENT,
    AttachmentKind,
    ContestStatus,
    contest_until,
    kind_of,
)
from lms.attendance.models import AttendanceRegister
from lms.attendance.models_contests import Contest, ContestAttachment, ContestEvent
from lms.attendance.queries_seals import verify_seals
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.messages.models import OutboxMessage
from tests import factories
from tests.attendance.scene import Scene, hidden
from tests.client import PercorsoClient

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30) + b"IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + bytes(30) + b"\xff\xd9"


def closed(*names: str) -> Scene:
    """A lesson of yesterday whose register was closed just now, everybody absent."""
    begins = now() - timedelta(days=1)
    scene = Scene(*names, lesson={"starts_at": begins, "ends_at": begins + timedelta(hours=2)})
    close_register(scene.lesson, absent=True, leave_queue=False, by=scene.trainer.id)
    db.session.commit()
    return scene


def contest(
    client: PercorsoClient, scene: Scene, *, file: bytes | None = None, name: str = "prova.pdf",
    reason: str = "Ero presente dalle 10 alle 11.", who: int = 0,
) -> TestResponse:  # fmt: skip
    fields: dict[str, object] = {"reason": reason}
    if file is not None:
        fields["document"] = (BytesIO(file), name)
    address = f"{scene.url}/{scene.people[who].id}/contesta"
    return client.post(address, fields, content_type="multipart/form-data")


def only() -> Contest:
    db.session.expire_all()
    return db.session.scalars(select(Contest)).one()


def mails() -> list[tuple[str, str]]:
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    return [(row.recipient, row.subject.split(" · ")[0]) for row in rows]


def kinds(contest_id: int) -> list[str]:
    rows = select(ContestEvent).where(ContestEvent.contest_id == contest_id)
    return [row.kind.value for row in db.session.scalars(rows.order_by(ContestEvent.id))]


def test_contested_accepted_and_told_to_both(app: Flask) -> None:
    scene = closed("Ada Rossi")
    own = PercorsoClient(app).sign_in(scene.people[0].person)
    why = own.get(f"{scene.url}/{scene.people[0].id}/perche")
    assert f"{scene.url}/{scene.people[0].id}/contesta" in why.text
    answer = contest(own, scene, file=PDF)
    assert answer.status_code == 303
    page = own.get(answer.location)
    assert "Ero presente dalle 10 alle 11." in page.text
    assert "risposta" in page.text
    assert 'name="outcome"' not in page.text
    trainer = PercorsoClient(app).sign_in(scene.trainer)
    assert "1 presenza contestata attende" in trainer.get("/").text
    assert answer.location in trainer.get("/contestazioni").text
    shown = trainer.get(answer.location)
    document = trainer.get(f"{answer.location}/documento")
    assert document.data == PDF
    assert document.headers["Content-Disposition"].startswith("attachment")
    form = {"outcome": "accept", "mark": "present", "minutes": "60", "answer": "Visto in aula.",
            "version": hidden(shown, "version")}  # fmt: skip
    assert trainer.post(f"{answer.location}/risposta", form).status_code == 303
    assert scene.record(scene.people[0]) == ("present", 60, "rectification")
    found = only()
    last = scene.evidence(scene.people[0])[-1]
    assert (found.status, found.evidence_id) == (ContestStatus.ACCEPTED, last.id)
    assert last.reason == f"Contestazione n. {found.id}: Visto in aula."
    assert kinds(found.id) == ["opened", "accepted"]
    assert verify_seals().faults == ()
    told = [subject for recipient, subject in mails()]
    assert told == [
        "La tua contestazione è arrivata", "Una presenza è contestata",
        "La tua contestazione è stata accolta",
    ]  # fmt: skip
    assert len({recipient for recipient, _subject in mails()}) == 2
    assert (
        "In seguito alla contestazione" in own.get(f"{scene.url}/{scene.people[0].id}/perche").text
    )
    assert "presenza contestata" not in trainer.get("/").text
    assert "Visto in aula." in own.get(answer.location).text


def test_refused_needs_a_reason_and_changes_no_mark(app: Flask) -> None:
    scene = closed("Ada Rossi")
    own = PercorsoClient(app).sign_in(scene.people[0].person)
    address = contest(own, scene).location
    boss = PercorsoClient(app).sign_in(factories.organiser())
    refused = boss.post(f"{address}/risposta", {"outcome": "refuse", "answer": ""})
    assert refused.status_code == 422
    form = {"outcome": "refuse", "answer": "Il report non ti nomina.", "version": "1"}
    assert boss.post(f"{address}/risposta", form).status_code == 303
    assert boss.post(f"{address}/risposta", form).status_code == 409  # once is enough
    assert scene.record(scene.people[0]) == ("absent", 0, "trainer")
    assert only().status is ContestStatus.REFUSED
    assert [s for _r, s in mails()][-2:] == [
        "La tua contestazione non è stata accolta", "Una contestazione ha avuto risposta",
    ]  # fmt: skip
    assert contest(own, scene).status_code == 303  # within the deadline, once more


def test_an_open_register_is_marked_and_a_moved_mark_refused(app: Flask) -> None:
    scene = Scene("Ada Rossi")
    trainer = PercorsoClient(app).sign_in(scene.trainer)
    own = PercorsoClient(app).sign_in(scene.people[0].person)
    assert contest(own, scene).status_code == 409  # nobody has said anything yet
    key = scene.people[0].id
    trainer.post(scene.url, {f"mark-{key}": "absent", f"was-{key}": "0::0"})
    address = contest(own, scene).location
    form = {"outcome": "accept", "mark": "present", "minutes": "", "answer": "Vero."}
    assert trainer.post(f"{address}/risposta", {**form, "version": "7"}).status_code == 409
    assert trainer.post(f"{address}/risposta", {**form, "mark": "absent", "version": "1"}
                        ).status_code == 422  # fmt: skip
    assert trainer.post(f"{address}/risposta", {**form, "minutes": "999", "version": "1"}
                        ).status_code == 422  # fmt: skip
    assert only().status is ContestStatus.OPEN
    assert trainer.post(f"{address}/risposta", {**form, "version": "1"}).status_code == 303
    assert scene.record(scene.people[0]) == ("present", 120, "trainer")


def test_withdrawn_by_whose_it_is_after_asking(app: Flask) -> None:
    scene = closed("Ada Rossi")
    own = PercorsoClient(app).sign_in(scene.people[0].person)
    address = contest(own, scene).location
    again = contest(own, scene)
    assert again.status_code == 409  # one open contest a record
    assert "Ritirare la contestazione?" in own.get(f"{address}/ritira").text
    assert PercorsoClient(app).sign_in(scene.trainer).post(f"{address}/ritira").status_code == 404
    assert own.post(f"{address}/ritira").status_code == 303
    found = only()
    assert (found.status, kinds(found.id)) == (ContestStatus.WITHDRAWN, ["opened", "withdrawn"])
    assert own.post(f"{address}/ritira").status_code == 409
    assert mails()[-1][1] == "Una contestazione è stata ritirata"


def test_others_and_the_late_find_nothing(app: Flask) -> None:
    scene = closed("Ada Rossi", "Bruno Bianchi")
    own = PercorsoClient(app).sign_in(scene.people[0].person)
    address = contest(own, scene, file=PNG, name="foto.png").location
    other = PercorsoClient(app).sign_in(scene.people[1].person)
    for path in (address, f"{address}/documento", f"{address}/ritira"):
        assert other.get(path).status_code == 404
    assert contest(other, scene).status_code == 404
    assert other.get("/contestazioni").status_code == 403
    stranger = PercorsoClient(app).sign_in(factories.trainer(factories.cycle()))
    assert stranger.get(address).status_code == 404
    assert address not in stranger.get("/contestazioni").text
    db.session.execute(text("UPDATE cycle SET contest_days = 1"))
    late = db.session.get_one(AttendanceRegister, only().register_id)
    until = contest_until(late.closed_at or now(), 1, "Europe/Rome")
    assert timedelta(days=1) < until - (late.closed_at or now()) <= timedelta(days=2)


def test_after_the_deadline_it_is_too_late(app: Flask) -> None:
    scene = closed("Ada Rossi")
    own = PercorsoClient(app).sign_in(scene.people[0].person)
    with clock.frozen(now() + timedelta(days=17)):
        with pytest.raises(UserError, match=r"scaduto|over"):
            actions_contests.contest_presence(
                scene.lesson, scene.people[0], "Ero presente.", None, by=scene.people[0].person_id
            )
        db.session.rollback()
    assert "compreso" in own.get(f"{scene.url}/{scene.people[0].id}/contesta").text


def test_nobody_answers_their_own(app: Flask) -> None:
    scene = closed()
    mine = factories.enrolment(scene.cycle, scene.trainer)
    scene.people.append(mine)
    client = PercorsoClient(app).sign_in(scene.trainer)
    address = contest(client, scene).location
    assert 'name="outcome"' not in client.get(address).text
    assert address not in client.get("/contestazioni").text
    form = {"outcome": "refuse", "answer": "No.", "version": "1"}
    assert client.post(f"{address}/risposta", form).status_code == 409


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<html><script>alert(1)</script>", "prova.pdf"),
        (b"%PDF-1.7 and nothing more", "prova.pdf"),
        (b"MZ" + bytes(100), "foto.png"),
        (PDF[:-6] + bytes(LARGEST_ATTACHMENT), "prova.pdf"),
        (b"", "vuoto.pdf"),
    ],
)
def test_what_is_no_document_is_refused_and_the_words_stay(
    app: Flask, content: bytes, name: str
) -> None:
    scene = closed("Ada Rossi")
    own = PercorsoClient(app).sign_in(scene.people[0].person)
    refused = contest(own, scene, file=content, name=name, reason="Ero in aula, davvero.")
    assert refused.status_code == 422
    assert "Ero in aula, davvero." in refused.text
    assert db.session.scalars(select(Contest)).all() == []


def test_a_kind_is_what_the_bytes_say() -> None:
    assert kind_of(PDF) is AttachmentKind.PDF
    assert kind_of(PNG) is AttachmentKind.PNG
    assert kind_of(JPEG) is AttachmentKind.JPEG
    assert kind_of(PNG[:-2]) is None


def test_the_database_itself_forbids(app: Flask) -> None:
    scene = closed("Ada Rossi")
    own = PercorsoClient(app).sign_in(scene.people[0].person)
    contest(own, scene, file=JPEG, name="cartella/io.jpg")
    found = only()
    assert db.session.scalars(select(ContestAttachment)).one().filename == "io.jpg"
    for deed in (
        "UPDATE contest_event SET note = 'altro'",
        "DELETE FROM contest_event",
        "UPDATE contest_attachment SET content = ''",
    ):
        with pytest.raises(DatabaseError):
            db.session.execute(text(deed))
        db.session.rollback()
    second = Contest(
        register_id=found.register_id, enrolment_id=found.enrolment_id, opened_at=now()
    )
    db.session.add(second)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_lists_search_and_stay_empty_in_words(app: Flask) -> None:
    scene = closed(*(f"Persona Numero{n}" for n in range(4)))
    trainer = PercorsoClient(app).sign_in(scene.trainer)
    assert "Nessuna contestazione attende risposta" in trainer.get("/contestazioni").text
    for number in range(4):
        contest(PercorsoClient(app).sign_in(scene.people[number].person), scene, who=number)
    assert trainer.get("/contestazioni").text.count('href="/contestazioni/') == 4
    found = trainer.get("/contestazioni?q=numero2").text
    assert found.count('href="/contestazioni/') == 1
    assert "Numero2" in found
    assert trainer.get("/contestazioni?show=refused").text.count('href="/contestazioni/') == 0
    assert trainer.get("/contestazioni?show=%22nonsense").status_code == 200
