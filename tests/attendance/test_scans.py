"""Scans of the signed paper: what is taken, how it is given out, who may look."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from lms.attendance import actions_closing, queries_countersigning, rules_scan
from lms.attendance.models_paper import RegisterScan
from lms.extensions import db
from lms.looks import AccessLook
from tests import factories
from tests.attendance.scene import Scene
from tests.client import PercorsoClient

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0" + b"x" * 50 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 50 + b"IEND\xaeB`\x82"


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene("Ada Rossi")


@pytest.fixture
def trainer(client: PercorsoClient, scene: Scene) -> PercorsoClient:
    return client.sign_in(scene.trainer)


def keep(client: PercorsoClient, scene: Scene, content: bytes, name: str) -> TestResponse:
    return client.post(
        f"{scene.url}/scansioni", {"scan": (BytesIO(content), name)},
        content_type="multipart/form-data",
    )  # fmt: skip


def kept() -> list[RegisterScan]:
    return list(db.session.scalars(select(RegisterScan).order_by(RegisterScan.id)))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"), (b"\x00" * 9 + PDF, "application/pdf"), (JPEG, "image/jpeg"),
        (PNG, "image/png"), (PDF[:-7], None), (JPEG[:-2], None), (PNG[:20], None), (b"", None),
        (b"<html>%PDF", None), (b"GIF89a", None), (b"<svg>", None),
    ],
)  # fmt: skip
def test_the_bytes_tell_what_a_file_is(content: bytes, kind: str | None) -> None:
    assert rules_scan.scan_type(content) == kind


def test_a_scan_is_kept_as_it_is_and_given_out_safely(
    trainer: PercorsoClient, scene: Scene
) -> None:
    assert keep(trainer, scene, PNG, "firme <b>.html").status_code == 303
    (scan,) = kept()
    assert (scan.filename, scan.content) == ("firme <b>.png", PNG)
    page = trainer.get(f"{scene.url}/scansioni").text
    assert scan.sha256 in page
    answer = trainer.get(f"{scene.url}/scansioni/{scan.id}")
    assert answer.data == PNG
    assert answer.mimetype == "image/png"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    stranger = PercorsoClient(trainer.app).sign_in(scene.people[0].person)
    assert stranger.get(f"{scene.url}/scansioni/{scan.id}").status_code == 404
    other = factories.lesson(scene.module)
    assert trainer.get(f"/incontri/{other.id}/registro/scansioni/{scan.id}").status_code == 404


def test_what_is_no_scan_or_there_already_is_refused(
    trainer: PercorsoClient, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for content, status in ((b"<html>", 422), (b"", 422)):
        assert keep(trainer, scene, content, "firme.pdf").status_code == status
    assert kept() == []
    assert keep(trainer, scene, PDF, "firme.pdf").status_code == 303
    assert keep(trainer, scene, PDF, "altro.pdf").status_code == 409
    monkeypatch.setattr("lms.attendance.actions_scans.LARGEST_SCAN", 20)
    assert keep(trainer, scene, JPEG, "firme.jpg").status_code == 413
    monkeypatch.undo()
    monkeypatch.setattr("lms.attendance.actions_scans.MOST_SCANS", 1)
    assert keep(trainer, scene, JPEG, "firme.jpg").status_code == 409
    assert len(kept()) == 1


def test_one_taken_back_stays_and_stands_in_no_seal(trainer: PercorsoClient, scene: Scene) -> None:
    keep(trainer, scene, PDF, "sbagliato.pdf")
    keep(trainer, scene, JPEG, "firme.jpg")
    wrong, right = kept()
    address = f"{scene.url}/scansioni/{wrong.id}/ritira"
    assert trainer.post(address, {"reason": " "}).status_code == 422
    assert trainer.post(address, {"reason": "Di un altro incontro"}).status_code == 303
    assert "Di un altro incontro" in trainer.get(f"{scene.url}/scansioni").text
    assert trainer.post(address, {"reason": "Ancora"}).status_code == 409
    register = actions_closing.close_register(scene.lesson, absent=True, leave_queue=True, by=None)
    db.session.commit()
    assert right.sha256 in (register.sealed_rows or "")
    assert wrong.sha256 not in (register.sealed_rows or "")
    assert keep(trainer, scene, PNG, "dopo.png").status_code == 303
    assert queries_countersigning.seen(register.id).scans == [right.sha256, kept()[2].sha256]
    for deed in (
        "UPDATE register_scan SET content = 'x'",
        "UPDATE register_scan SET sha256 = 'x'",
        "DELETE FROM register_scan",
    ):
        with pytest.raises(DBAPIError):
            db.session.execute(text(deed))
        db.session.rollback()


def test_an_auditors_look_at_a_scan_is_noted(client: PercorsoClient, scene: Scene) -> None:
    keep(PercorsoClient(client.app).sign_in(scene.trainer), scene, PDF, "firme.pdf")
    (scan,) = kept()
    auditor = client.sign_in(factories.auditor(scene.cycle.track))
    address = f"/revisione/incontri/{scene.lesson.id}/scansioni/{scan.id}"
    assert auditor.get(address).status_code == 303
    auditor.post(f"/revisione/percorsi/{scene.cycle.track.slug}/apri", {"purpose": "Controllo"})
    assert scan.filename in auditor.get(f"/revisione/incontri/{scene.lesson.id}").text
    assert auditor.get(address).data == PDF
    looks = db.session.scalars(select(AccessLook).order_by(AccessLook.id)).all()
    assert (looks[-1].endpoint, looks[-1].object_type) == ("auditing.scan", "register_scan")
