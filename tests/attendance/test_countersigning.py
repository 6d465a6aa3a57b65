"""Two people sign: a trainer closes, an organiser countersigns; any change is told by the chain."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.accounts.models import StaffRole
from lms.attendance import actions_closing, actions_countersigning, queries_countersigning
from lms.attendance.models import AttendanceRegister, Mark
from lms.attendance.models_paper import Countersignature
from lms.attendance.queries_overview import register_of
from lms.attendance.queries_seals import verify_seals
from lms.attendance.rules import Cell
from lms.attendance.sealing import rows_of
from lms.audit import AuditEvent
from lms.errors import UserError
from lms.extensions import db
from tests import factories
from tests.attendance.scene import Scene, bring_in, zoom
from tests.client import PercorsoClient
from tests.counting import statements


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene("Ada Rossi", "Bruno Bianchi")


def close(scene: Scene, by: int | None = None) -> AttendanceRegister:
    register = actions_closing.close_register(
        scene.lesson, absent=True, leave_queue=True, by=by or scene.trainer.id
    )
    db.session.commit()
    return register


def address(scene: Scene) -> str:
    return f"/cicli/{scene.cycle.slug}/registri/controfirma"


def sign(client: PercorsoClient, scene: Scene, *registers: AttendanceRegister) -> int:
    ids = [str(each.id) for each in registers]
    tokens = [
        each.token
        for each in queries_countersigning.waiting(scene.cycle.id)
        if str(each.register.id) in ids
    ]
    answer = client.post(address(scene), {"registers": ids, "tokens": tokens})
    return answer.status_code


def test_the_seal_tells_track_teachers_files_and_times(
    client: PercorsoClient, scene: Scene
) -> None:
    factories.teaches(scene.trainer, scene.lesson)
    boss = client.sign_in(scene.trainer)
    bring_in(boss, scene, zoom(("Ada Rossi", "", "09:58:10", "11:30:05")))
    register = close(scene)
    plain = json.loads(register.sealed_rows or "")
    assert plain["format"] == 2
    assert plain["track"]["title"] == scene.cycle.track.title
    assert plain["teachers"] == [{"name": scene.trainer.full_name, "person": scene.trainer.id}]
    assert plain["closed_by_name"] == scene.trainer.full_name
    assert [file["kind"] for file in plain["files"]] == ["report"]
    ada, bruno = rows_of(register.sealed_rows or "")
    assert (ada.entry, ada.exit) == ("2026-05-12T07:58:10+00:00", "2026-05-12T09:30:05+00:00")
    assert (ada.kinds, bruno.kinds, bruno.entry) == ("report", "closing", None)
    assert verify_seals().faults == ()


def test_an_organiser_countersigns_what_another_closed(
    client: PercorsoClient, scene: Scene
) -> None:
    register = close(scene)
    organiser = factories.organiser(given_name="Olga", family_name="Segreta")
    boss = client.sign_in(organiser)
    assert scene.lesson.title in boss.get(address(scene)).text
    confirm = boss.post(address(scene), {"registers": [str(register.id)]})
    assert confirm.status_code == 200
    assert db.session.scalar(select(Countersignature)) is None
    assert sign(boss, scene, register) == 303
    signed = db.session.scalars(select(Countersignature)).one()
    assert (signed.number, signed.previous, signed.by_id) == (1, "", organiser.id)
    page = boss.get(scene.url).text
    assert "Olga Segreta" in page
    assert signed.hash in page
    verified = verify_seals()
    assert (verified.faults, verified.countersigned) == ((), 1)
    noted = select(AuditEvent).where(AuditEvent.action == "register.countersigned")
    assert db.session.scalars(noted).one().actor_id == organiser.id
    # asked again, nothing is left
    assert boss.post(address(scene), {"registers": [str(register.id)]}).status_code == 422


def test_who_closed_does_not_countersign(client: PercorsoClient, scene: Scene, app: Flask) -> None:
    organiser = factories.organiser()
    register = close(scene, by=organiser.id)
    boss = client.sign_in(organiser)
    page = boss.get(address(scene))
    assert "disabled" in page.text
    assert sign(boss, scene, register) == 422
    (waiting,) = queries_countersigning.waiting(scene.cycle.id)
    with pytest.raises(UserError):
        actions_countersigning.countersign([waiting], [waiting.token], by=organiser.id)
    db.session.rollback()
    # nor under a second record of the same person
    twin = factories.organiser(merged_into_id=organiser.id)
    found = actions_countersigning.obstacles([register], twin.id)
    assert found == {register.id: "own"}
    settings = app.config["SETTINGS"]
    try:
        app.config["SETTINGS"] = type(settings)(**{**vars(settings), "countersign_own": True})
        assert sign(boss, scene, register) == 303
    finally:
        app.config["SETTINGS"] = settings


def test_trainers_and_organisers_of_other_tracks_may_not(
    client: PercorsoClient, scene: Scene
) -> None:
    close(scene)
    assert client.sign_in(scene.trainer).get(address(scene)).status_code == 403
    other = factories.staff(StaffRole.ORGANISER, track=factories.track())
    browser = PercorsoClient(client.app).sign_in(other)
    assert browser.get(address(scene)).status_code == 403
    assert scene.cycle.title not in browser.get("/registri/da-controfirmare").text


def test_no_page_asks_more_than_it_needs(client: PercorsoClient, scene: Scene) -> None:
    for _each in range(3):
        close(scene)
        scene.lesson = factories.lesson(scene.module)
    closed = f"/incontri/{scene.lesson.id - 1}/registro"
    boss = client.sign_in(factories.organiser())
    for path in (
        address(scene), closed, f"{closed}/pdf", f"{closed}/scansioni",
        f"/cicli/{scene.cycle.slug}/registri", f"/cicli/{scene.cycle.slug}/registri/pdf",
        "/registri/da-controfirmare",
    ):  # fmt: skip
        with statements() as asked:
            assert boss.get(path).status_code == 200
        assert len(asked) <= 8, (path, asked)


def test_several_at_once_all_or_none(client: PercorsoClient, scene: Scene) -> None:
    first = close(scene)
    scene.lesson = factories.lesson(scene.module)
    second = close(scene)
    boss = client.sign_in(factories.organiser())
    stale = [each.token for each in queries_countersigning.waiting(scene.cycle.id)]
    actions_closing.rectify(
        scene.lesson, scene.people[0], Cell(Mark.EXCUSED, 0), "Permesso", version=1,
        by=scene.trainer.id,
    )  # fmt: skip
    db.session.commit()
    ids = [str(first.id), str(second.id)]
    answer = boss.post(address(scene), {"registers": ids, "tokens": stale})
    assert answer.status_code == 409
    assert db.session.scalar(select(Countersignature)) is None
    assert sign(boss, scene, first, second) == 303
    found = db.session.scalars(select(Countersignature).order_by(Countersignature.number)).all()
    assert [each.number for each in found] == [1, 2]
    assert found[1].previous == found[0].hash
    assert verify_seals().faults == ()


def test_a_countersignature_is_never_changed_and_tells_if_it_was(
    client: PercorsoClient, scene: Scene
) -> None:
    register = close(scene)
    boss = client.sign_in(factories.organiser())
    assert sign(boss, scene, register) == 303
    # a later rectification is no fault
    actions_closing.rectify(
        scene.lesson, scene.people[0], Cell(Mark.EXCUSED, 0), "Permesso", version=1,
        by=scene.trainer.id,
    )  # fmt: skip
    db.session.commit()
    assert verify_seals().faults == ()
    for deed in (
        "UPDATE register_countersignature SET by_id = NULL",
        "DELETE FROM register_countersignature",
    ):
        with pytest.raises(DBAPIError):
            db.session.execute(text(deed))
        db.session.rollback()
    db.session.execute(text("UPDATE seal_chain SET countersigned = 0, countersignature = ''"))
    assert "do not end" in verify_seals().faults[-1].text
    db.session.rollback()
    known = register_of(scene.lesson)
    assert known is not None
    signed = queries_countersigning.countersignature_of(known.id)
    assert signed is not None
    db.session.expunge(signed[0])
    forged = Countersignature(
        register_id=known.id, number=1, previous="", text=signed[0].text.replace("1", "2", 1),
        hash=signed[0].hash, at=signed[0].at,
    )  # fmt: skip
    faults = [*queries_countersigning._faults(forged, known, 1, "")]
    assert faults == ["its countersignature is not the one that was given"]
