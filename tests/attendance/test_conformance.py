"""Registers as PDF: PDF/A-2a and PDF/UA-1 together, joined ones too, as veraPDF sees them."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.attendance import actions_closing, printing
from lms.attendance.models import Mark
from lms.attendance.rules import Cell
from lms.catalogue.models import FundingEmblem
from lms.extensions import db
from tests import factories
from tests.attendance.scene import Scene, bring_in, zoom
from tests.attendance.test_documents import made
from tests.client import PercorsoClient
from tests.validator import CONFORMS, Validator

pytestmark = [pytest.mark.one_database, pytest.mark.slow]


@pytest.fixture
def scene(app: Flask, client: PercorsoClient) -> Scene:
    """A lesson sealed with a report, a correction and everything a page may hold."""
    scene = Scene("Ada Rossi", "Ким Ó", "Bruno Neri", lesson={"title": "Lezione"})
    track = scene.cycle.track
    db.session.add(FundingEmblem(track_id=track.id, position=1, symbol="eu", label="Unione"))
    db.session.commit()
    client.sign_in(scene.trainer)
    bring_in(client, scene, zoom(("Ada Rossi", "", "09:58:10", "11:30:05")))
    actions_closing.close_register(scene.lesson, absent=True, leave_queue=True, by=scene.trainer.id)
    actions_closing.rectify(
        scene.lesson, scene.people[1], Cell(Mark.PRESENT, 90), "Firma sul foglio", version=1,
        by=scene.trainer.id,
    )  # fmt: skip
    db.session.commit()
    return scene


def test_lists_and_registers_conform(
    scene: Scene, client: PercorsoClient, validator: Validator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("sheet", "lesson"):
        assert validator.failures(made(client, f"{scene.url}/pdf", kind=kind)) == CONFORMS
    monkeypatch.setattr(printing, "ROWS_OF_A_PART", 2)
    assert validator.failures(made(client, f"{scene.url}/pdf", kind="lesson")) == CONFORMS


def test_a_cycle_conforms(scene: Scene, client: PercorsoClient, validator: Validator) -> None:
    second = factories.lesson(scene.module)
    actions_closing.close_register(second, absent=True, leave_queue=True, by=None)
    db.session.commit()
    pdf = made(client, f"/cicli/{scene.cycle.slug}/registri/pdf")
    assert validator.failures(pdf) == CONFORMS
