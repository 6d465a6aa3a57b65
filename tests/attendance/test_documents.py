"""Registers as PDF: what they say, from what, made by a job, tagged, joined."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select, update

from certificates.render import RenderError
from lms import jobs
from lms.attendance import (
    actions_closing,
    actions_documents,
    actions_parts,
    printing,
    words_paper,
)
from lms.attendance.models import AttendanceRegister, Mark
from lms.attendance.models_paper import RegisterDocument
from lms.attendance.press import Printer, printer
from lms.attendance.rules import Cell
from lms.attendance.sealed import read_sealed
from lms.catalogue.models import FundingEmblem
from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.looks import AccessLook
from tests import factories
from tests.attendance.scene import END, START, Scene, bring_in, zoom
from tests.client import PercorsoClient

LONG = "Marialuisa Antonietta Castellammare-Della Rovere di Montefeltro"


@pytest.fixture
def scene(app: Flask) -> Scene:
    made = Scene("Ada Rossi", LONG, "Ким Ó", lesson={"title": "Lezione da sigillare"})
    db.session.add(
        FundingEmblem(track_id=made.cycle.track_id, position=1, symbol="eu", label="Unione europea")
    )
    db.session.commit()
    return made


@pytest.fixture
def trainer(client: PercorsoClient, scene: Scene) -> PercorsoClient:
    return client.sign_in(scene.trainer)


def words(pdf: bytes) -> str:
    told = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return " ".join(told.stdout.decode().split())


def newest() -> RegisterDocument:
    jobs.run_until_empty()
    return db.session.scalars(
        select(RegisterDocument)
        .order_by(RegisterDocument.id.desc())
        .execution_options(populate_existing=True)
    ).first()  # type: ignore[return-value]


def made(client: PercorsoClient, address: str, **fields: str) -> bytes:
    """Ask for a document, have it made, take it away."""
    assert client.post(address, fields).status_code == 303
    waiting = client.get(address).text
    assert "data-progress" in waiting
    document = newest()
    assert document.made_at is not None
    assert f"/registri-pdf/{document.id}.pdf" in client.get(address).text
    answer = client.get(f"/registri-pdf/{document.id}.pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.data.startswith(b"%PDF-")
    return answer.data


def tagged(pdf: bytes) -> int:
    """How many rows of tables the tags tell; every page's tags are found."""
    with pikepdf.open(BytesIO(pdf)) as document:
        root = document.Root.StructTreeRoot
        assert bool(document.Root.MarkInfo.Marked)
        assert str(document.Root.Lang)
        nums = list(root.ParentTree.Nums)
        known = {int(nums[at]) for at in range(0, len(nums), 2)}
        assert [int(page.StructParents) for page in document.pages] == sorted(
            {int(page.StructParents) for page in document.pages}
        )
        assert {int(page.StructParents) for page in document.pages} <= known
        return rows_under(root)


def rows_under(element: pikepdf.Object) -> int:
    kids = element.get("/K", [])
    found = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    inner = sum(rows_under(kid) for kid in found if isinstance(kid, pikepdf.Dictionary))
    return inner + (element.get("/S") == "/TR")


def test_the_list_to_be_signed(trainer: PercorsoClient, scene: Scene) -> None:
    pdf = made(trainer, f"{scene.url}/pdf", kind="sheet")
    text = words(pdf)
    assert "Rossi Ada" in text
    assert "Montefeltro" in text
    assert tagged(pdf) == 1 + 3 + 4
    assert trainer.post(f"{scene.url}/pdf", {"kind": "lesson"}).status_code == 409


def test_the_sealed_register_says_what_was_sealed(trainer: PercorsoClient, scene: Scene) -> None:
    bring_in(trainer, scene, zoom(("Ada Rossi", "", "09:58:10", "11:30:05")))
    register = actions_closing.close_register(
        scene.lesson, absent=True, leave_queue=True, by=scene.trainer.id
    )
    actions_closing.rectify(
        scene.lesson, scene.people[1], Cell(Mark.PRESENT, 90), "Firma sul foglio", version=1,
        by=scene.trainer.id,
    )  # fmt: skip
    db.session.commit()
    # What happens to the tables afterwards is not what was sealed.
    db.session.execute(
        update(Enrolment).where(Enrolment.id == scene.people[0].id).values(family_name="Cambiata")
    )
    db.session.commit()
    pdf = made(trainer, f"{scene.url}/pdf", kind="lesson")
    text = words(pdf)
    for told in (
        "Rossi Ada", "09:58:10", "11:30:05", "Firma sul foglio", register.seal or "",
        scene.trainer.full_name, scene.cycle.track.title, "Unione europea", "Lezione da sigillare",
    ):  # fmt: skip
        assert told in text, told
    assert "Cambiata" not in text
    sealed = read_sealed(register.id)
    assert all(file["sha256"] in text for file in sealed.about["files"])
    assert tagged(pdf) == (1 + 3) + (1 + 1) + (1 + 1)


def test_long_registers_are_joined_from_parts(
    app: Flask, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        scene.enrol(f"Persona Numero{number}")
    actions_closing.close_register(scene.lesson, absent=True, leave_queue=True, by=None)
    db.session.commit()
    known = db.session.scalars(select(AttendanceRegister)).one()
    monkeypatch.setattr(printing, "ROWS_OF_A_PART", 3)
    told: list[int] = []
    layout = printing.register_layout(read_sealed(known.id), "it", "https://example.org/x")
    whole = printing.print_parts(layout, lambda: told.append(1))
    assert len(told) == 3
    assert whole.pages == 3
    assert tagged(whole.pdf) == 3 + 7
    assert "Numero3" in words(whole.pdf)


def test_a_cycle_as_one_document_with_its_summary(trainer: PercorsoClient, scene: Scene) -> None:
    address = f"/cicli/{scene.cycle.slug}/registri/pdf"
    assert trainer.post(address, {}).status_code == 409
    for _each in range(2):
        actions_closing.close_register(scene.lesson, absent=True, leave_queue=True, by=None)
        db.session.commit()
        scene.lesson = factories.lesson(
            scene.module, starts_at=START + timedelta(days=7), ends_at=END + timedelta(days=7)
        )
    pdf = made(trainer, address)
    with pikepdf.open(BytesIO(pdf)) as document, document.open_outline() as outline:
        assert len(outline.root) == 3
    assert tagged(pdf) == (1 + 2) + (1 + 3) + 2 * (1 + 3)


def test_auditors_take_what_was_made_and_it_is_noted(trainer: PercorsoClient, scene: Scene) -> None:
    actions_closing.close_register(scene.lesson, absent=True, leave_queue=True, by=None)
    db.session.commit()
    pdf = made(trainer, f"{scene.url}/pdf", kind="lesson")
    document = newest()
    auditor = PercorsoClient(trainer.app).sign_in(factories.auditor(scene.cycle.track))
    address = f"/revisione/registri-pdf/{document.id}.pdf"
    assert auditor.get(address).status_code == 303
    assert auditor.get(f"/registri-pdf/{document.id}.pdf").status_code == 404
    auditor.post(f"/revisione/percorsi/{scene.cycle.track.slug}/apri", {"purpose": "Controllo"})
    assert address in auditor.get(f"/revisione/incontri/{scene.lesson.id}").text
    assert auditor.get(address).data == pdf
    looks = db.session.scalars(select(AccessLook).order_by(AccessLook.id)).all()
    assert looks[-1].endpoint == "auditing.register_pdf"


def test_auditors_ask_for_the_register_themselves(client: PercorsoClient, scene: Scene) -> None:
    actions_closing.close_register(scene.lesson, absent=True, leave_queue=True, by=None)
    db.session.commit()
    track = scene.cycle.track
    auditor = client.sign_in(factories.auditor(track))
    page, ask = (
        f"/revisione/incontri/{scene.lesson.id}",
        f"/revisione/incontri/{scene.lesson.id}/pdf",
    )
    assert auditor.post(ask).location.endswith("/apri")  # no purpose, no document
    assert db.session.scalars(select(RegisterDocument)).all() == []
    auditor.post(f"/revisione/percorsi/{track.slug}/apri", {"purpose": "Controllo"})
    assert f'action="{ask}"' in auditor.get(page).text
    for _click in range(3):
        assert auditor.post(ask).location == page
    assert "0 parti su 1" in auditor.get(page).text
    document = newest()
    assert db.session.scalars(select(RegisterDocument)).all() == [document]
    address = f"/revisione/registri-pdf/{document.id}.pdf"
    assert address in auditor.get(page).text
    assert words(auditor.get(address).data).count(scene.trainer.full_name) >= 1
    cycle = f"/revisione/cicli/{scene.cycle.slug}"
    assert auditor.post(f"{cycle}/pdf").location == cycle
    assert f"/revisione/registri-pdf/{newest().id}.pdf" in auditor.get(cycle).text
    seen = [
        look.endpoint for look in db.session.scalars(select(AccessLook).order_by(AccessLook.id))
    ]
    assert seen.count("auditing.ask_register_pdf") == 3
    assert seen.count("auditing.ask_cycle_pdf") == 1
    other = PercorsoClient(auditor.app).sign_in(factories.auditor(factories.track(slug="altro")))
    assert other.post(ask).status_code == 404


def test_nobody_asks_for_what_is_not_sealed(client: PercorsoClient, scene: Scene) -> None:
    auditor = client.sign_in(factories.auditor(scene.cycle.track))
    auditor.post(f"/revisione/percorsi/{scene.cycle.track.slug}/apri", {"purpose": "Controllo"})
    page = f"/revisione/incontri/{scene.lesson.id}"
    assert f"{page}/pdf" not in auditor.get(page).text
    assert auditor.post(f"{page}/pdf").location == page
    assert "non è ancora sigillato" in auditor.get(page).text
    assert db.session.scalars(select(RegisterDocument)).all() == []


def test_a_second_click_makes_no_second_document(trainer: PercorsoClient, scene: Scene) -> None:
    """Weakness 32."""
    for _click in range(5):
        assert trainer.post(f"{scene.url}/pdf", {"kind": "sheet"}).status_code == 303
    newest()
    assert len(db.session.scalars(select(RegisterDocument)).all()) == 1
    trainer.post(f"{scene.url}/pdf", {"kind": "sheet"})  # the other is made: a new one
    assert len(db.session.scalars(select(RegisterDocument)).all()) == 2


def test_a_long_cycle_is_a_zip_of_its_lessons(
    trainer: PercorsoClient, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions_closing.close_register(scene.lesson, absent=True, leave_queue=True, by=None)
    db.session.commit()
    monkeypatch.setattr(actions_parts, "LARGEST_SINGLE", 1)
    monkeypatch.setattr(actions_documents, "TURN", 0.0)  # every part in a turn of its own
    address = f"/cicli/{scene.cycle.slug}/registri/pdf"
    trainer.post(address, {})
    document = newest()
    answer = trainer.get(f"/registri-pdf/{document.id}.pdf")
    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"].endswith('.zip"')
    assert "ZIP" in trainer.get(address).text
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        names = archive.namelist()
        sums = archive.read("SHA256SUMS").decode()
        assert names[0].startswith("000-registri-di")
        assert names[1].startswith("001-registro-n-1-lezione-da-sigillare")
        for name in names[:2]:
            content = archive.read(name)
            assert f"{hashlib.sha256(content).hexdigest()}  {name}" in sums
            assert tagged(content)


def test_a_document_tells_what_there_was_when_it_was_asked_for(
    trainer: PercorsoClient, scene: Scene
) -> None:
    actions_closing.close_register(scene.lesson, absent=True, leave_queue=True, by=None)
    db.session.commit()
    trainer.post(f"{scene.url}/pdf", {"kind": "lesson"})
    actions_closing.rectify(
        scene.lesson, scene.people[0], Cell(Mark.PRESENT, 90), "Arrivata dopo", version=1,
        by=scene.trainer.id,
    )  # fmt: skip
    db.session.commit()
    assert "Arrivata dopo" not in words(trainer.get(f"/registri-pdf/{newest().id}.pdf").data)
    assert "Arrivata dopo" in words(made(trainer, f"{scene.url}/pdf", kind="lesson"))


def test_one_that_failed_is_made_again(
    trainer: PercorsoClient, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MAX_ATTEMPTS", 1)
    with monkeypatch.context() as patch:
        patch.setattr("lms.attendance.press.Printer.print", lambda *_: 1 / 0)
        trainer.post(f"{scene.url}/pdf", {"kind": "sheet"})
        document = newest()
    assert document.made_at is None
    again = f"/registri-pdf/{document.id}/riprova"
    assert again in trainer.get(f"{scene.url}/pdf").text
    assert trainer.get(f"/registri-pdf/{document.id}.pdf").status_code == 404
    assert trainer.post(again).status_code == 303
    assert newest().made_at is not None


def test_no_file_or_address_is_ever_opened() -> None:
    for address in ("file:///etc/passwd", "https://example.org/x.png", "register:other.svg"):
        with pytest.raises(RenderError):
            printer().print(f'<html lang="it"><title>x</title><img alt="x" src="{address}"></html>')


def test_a_page_that_was_refused_spoils_no_other() -> None:
    own = Printer()
    with pytest.raises(RenderError):
        own.print('<html lang="it"><title>x</title><img alt="x" src="file:///etc/passwd"></html>')
    assert own.print('<html lang="it"><title>x</title><p>y</p></html>').pages == 1


def test_letters_without_a_drawing_are_replaced() -> None:
    assert words_paper.drawn("Nuñez D’Alò Šťastný") == "Nuñez D’Alò Šťastný"
    assert words_paper.drawn("漢 ﬁ\u0301") == "? fi"
