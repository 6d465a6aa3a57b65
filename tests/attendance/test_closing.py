"""Closing seals; whoever touches a sealed row is found out; what is wrong is rectified visibly."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from lms.attendance.models import AttendanceRegister, Evidence
from lms.attendance.queries_seals import verify_seals
from lms.catalogue.models import LessonStatus
from lms.clock import frozen
from lms.extensions import db
from tests import factories
from tests.attendance.scene import END, Scene, bring_in, cells, hidden, zoom
from tests.client import PercorsoClient


@pytest.fixture
def scene(client: PercorsoClient) -> Scene:
    """Ada was there by the report, Bruno is marked absent by hand, Carla is not marked."""
    made = Scene("Ada Rossi", "Bruno Bianchi", "Carla Verdi")
    client.sign_in(made.trainer)
    bring_in(client, made, zoom(("Ada Rossi", "", "10:00:00", "11:27:00")))
    drawn = cells(client.get(made.url))
    client.post(made.url, {**drawn, f"mark-{made.people[1].id}": "absent"})
    return made


def close(client: PercorsoClient, scene: Scene, **choices: str) -> int:
    page = client.get(f"{scene.url}/chiudi")
    fields = {"expected": hidden(page, "expected"), "unmarked": "leave", **choices}
    return client.post(f"{scene.url}/chiudi", fields).status_code


def register(scene: Scene) -> AttendanceRegister:
    query = select(AttendanceRegister).where(AttendanceRegister.lesson_id == scene.lesson.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def faults() -> str:
    return " ".join(fault.text for fault in verify_seals().faults)


def test_closing_says_what_it_does_and_seals(client: PercorsoClient, scene: Scene) -> None:
    page = client.get(f"{scene.url}/chiudi")
    assert "1 persona non è ancora segnata" in page.text
    assert close(client, scene) == 303
    sealed = register(scene)
    assert sealed.status == "closed"
    assert sealed.seal == hashlib.sha256(f"\n{sealed.sealed_rows}".encode()).hexdigest()
    rows = {row["name"]: row for row in json.loads(sealed.sealed_rows or "")["rows"]}
    assert rows["Rossi Ada"]["minutes"] == 87
    assert rows["Bianchi Bruno"]["mark"] == "absent"
    assert rows["Verdi Carla"]["mark"] is None
    after = client.get(scene.url)
    assert sealed.seal in after.text
    assert 'name="was-' not in after.text
    assert verify_seals().faults == ()


def test_the_unmarked_become_absent_only_if_so_chosen(client: PercorsoClient, scene: Scene) -> None:
    carla = scene.people[2]
    assert client.post(f"{scene.url}/chiudi", {"expected": "x"}).status_code == 422
    assert close(client, scene, unmarked="absent") == 303
    assert scene.record(carla) == ("absent", 0, "trainer")
    assert [each.kind for each in scene.evidence(carla)] == ["closing"]


def test_the_queue_is_left_only_if_so_said(client: PercorsoClient, scene: Scene) -> None:
    bring_in(client, scene, zoom(("Qualcuno", "", "10:00:00", "11:00:00")))
    assert close(client, scene) == 422
    assert register(scene).seal is None
    assert close(client, scene, leave_queue="y") == 303


def test_not_before_the_end_and_not_when_cancelled(client: PercorsoClient, scene: Scene) -> None:
    with frozen(END - timedelta(minutes=5)):
        client.sign_in(scene.trainer)
        assert "quando l’incontro è finito" in client.get(f"{scene.url}/chiudi").text
        answer = client.post(f"{scene.url}/chiudi", {"expected": "", "unmarked": "leave"})
        assert answer.status_code == 409
    client.sign_in(scene.trainer)
    scene.lesson.status = LessonStatus.CANCELLED
    answer = client.post(f"{scene.url}/chiudi", {"expected": "", "unmarked": "leave"})
    assert answer.status_code == 409
    assert register(scene).seal is None


def test_numbers_that_moved_are_looked_at_again(client: PercorsoClient, scene: Scene) -> None:
    expected = hidden(client.get(f"{scene.url}/chiudi"), "expected")
    scene.enrol("Dario Neri")
    answer = client.post(f"{scene.url}/chiudi", {"expected": expected, "unmarked": "absent"})
    assert answer.status_code == 409
    assert "ricontrolla i numeri" in answer.text
    assert register(scene).seal is None


def test_seals_are_chained(client: PercorsoClient, scene: Scene) -> None:
    close(client, scene)
    second = Scene("Dario Neri")
    client.sign_in(second.trainer)
    assert close(client, second) == 303
    first, last = register(scene), register(second)
    assert (first.seal_number, last.seal_number) == (1, 2)
    assert last.previous_seal == first.seal
    assert verify_seals().checked == 2


def test_a_closed_register_takes_nothing_more(client: PercorsoClient, scene: Scene) -> None:
    ada, bruno, _carla = scene.people
    drawn = cells(client.get(scene.url))
    close(client, scene)
    before = len(db.session.scalars(select(Evidence.id)).all())
    assert client.post(scene.url, {**drawn, f"mark-{bruno.id}": "present"}).status_code == 409
    posts = [("altri", {"mark": "absent", "expected": "1"}), ("report", {})]
    for path, fields in posts:
        assert client.post(f"{scene.url}/{path}", fields).status_code in {409, 422}
    assert client.get(f"{scene.url}/chiudi").status_code == 303
    assert close_again(client, scene) == 303
    assert len(db.session.scalars(select(Evidence.id)).all()) == before
    assert scene.record(ada) == ("present", 87, "report")
    assert register(scene).seal_number == 1


def close_again(client: PercorsoClient, scene: Scene) -> int:
    fields = {"expected": "", "unmarked": "leave"}
    return client.post(f"{scene.url}/chiudi", fields).status_code


TAMPERINGS = {
    "a minute": "UPDATE attendance_record SET minutes = minutes + 1 WHERE mark = 'present'",
    "a mark": "UPDATE attendance_record SET mark = 'excused' WHERE mark = 'absent'",
    "a row gone": "DELETE FROM attendance_record WHERE mark = 'absent'",
    "intervals": "UPDATE report_entry SET intervals = '[]'",
    "lines": "UPDATE report_entry SET source_lines = '[99]'",
}
BEHIND_TRIGGERS = {
    "sealed rows": (
        "attendance_register",
        "UPDATE attendance_register SET sealed_rows = replace(sealed_rows, '87', '88')",
    ),
    "a seal": ("attendance_register", "UPDATE attendance_register SET seal = upper(seal)"),
    "evidence": ("evidence", "UPDATE evidence SET minutes = 100 WHERE kind = 'report'"),
    "an author": ("evidence", "UPDATE evidence SET author_id = NULL WHERE kind = 'trainer_mark'"),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_whoever_changes_a_row_is_found_out(
    client: PercorsoClient, scene: Scene, what: str
) -> None:
    close(client, scene)
    db.session.execute(text(TAMPERINGS[what]))
    assert faults() != ""


@pytest.mark.parametrize("what", BEHIND_TRIGGERS)
def test_the_database_refuses_and_without_its_guard_the_seal_tells(
    client: PercorsoClient, scene: Scene, what: str
) -> None:
    close(client, scene)
    table, deed = BEHIND_TRIGGERS[what]
    db.session.commit()
    with pytest.raises(DatabaseError):
        db.session.execute(text(deed))
    db.session.rollback()
    on_table = f" ON {table}" if db.engine.dialect.name == "postgresql" else ""
    for guard in ("update", "redaction"):
        db.session.execute(text(f"DROP TRIGGER {table}_no_{guard}{on_table}"))
    db.session.execute(text(deed))
    assert faults() != ""
    db.session.rollback()  # the triggers come back on both databases
    assert faults() == ""


def test_a_new_row_in_a_sealed_register_is_found_out(client: PercorsoClient, scene: Scene) -> None:
    close(client, scene)
    late = scene.enrol("Dario Neri")
    db.session.execute(
        text(
            "INSERT INTO attendance_record (register_id, enrolment_id, mark, minutes, source, "
            "updated_at, version) SELECT register_id, :late, 'present', 120, 'trainer', "
            "updated_at, 1 FROM attendance_record WHERE mark = 'present'"
        ),
        {"late": late.id},
    )
    assert f"enrolment {late.id}" in faults()


def test_a_chain_cut_short_is_found_out(client: PercorsoClient, scene: Scene) -> None:
    close(client, scene)
    db.session.execute(text("UPDATE seal_chain SET number = 5"))
    assert "does not end" in faults()


def rectify(client: PercorsoClient, scene: Scene, at: int, **fields: str) -> tuple[int, str]:
    path = f"{scene.url}/{scene.people[at].id}/rettifica"
    version = hidden(client.get(path), "version")
    answer = client.post(path, {"version": version, "minutes": "", "reason": "Prova", **fields})
    return answer.status_code, answer.text


def test_a_rectification_is_visible_with_reason_and_author(
    client: PercorsoClient, scene: Scene
) -> None:
    bruno = scene.people[1]
    close(client, scene)
    seal = register(scene).seal
    status, _page = rectify(
        client, scene, 1, mark="present", minutes="95", reason="Firma sul foglio <b>cartaceo</b>"
    )
    assert status == 303
    assert scene.record(bruno) == ("present", 95, "rectification")
    for path in (scene.url, f"{scene.url}/{bruno.id}/perche"):
        page = client.get(path)
        for told in (
            "1\xa0h 35\xa0min",
            "Assente",
            "Firma sul foglio &lt;b&gt;",
            scene.trainer.full_name,
        ):
            assert told in page.text, (path, told)
    assert register(scene).seal == seal
    assert verify_seals().faults == ()
    rectify(client, scene, 1, mark="excused", reason="Ricontrollato")
    assert scene.record(bruno) == ("excused", 0, "rectification")
    assert verify_seals().faults == ()
    db.session.execute(text("UPDATE attendance_record SET mark = 'absent' WHERE mark = 'excused'"))
    assert f"enrolment {bruno.id}" in faults()


def test_an_unmarked_person_can_be_rectified(client: PercorsoClient, scene: Scene) -> None:
    close(client, scene)
    assert rectify(client, scene, 2, mark="present")[0] == 303
    assert scene.record(scene.people[2]) == ("present", 120, "rectification")
    assert verify_seals().faults == ()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"mark": "present", "reason": "  \x00\n "}, "Scrivi il motivo"),
        ({"mark": "present", "minutes": "121"}, "120 minuti"),
        ({"mark": "present", "minutes": "x\x00"}, "numero intero"),
        ({"mark": "", "reason": "Prova"}, "Scegli la presenza"),
        ({"mark": "late"}, ""),
        ({"mark": "absent"}, "dice già così"),
        ({"mark": "present", "reason": "x" * 501}, "500 caratteri"),
    ],
)
def test_what_a_rectification_asks_for(
    client: PercorsoClient, scene: Scene, fields: dict[str, str], told: str
) -> None:
    close(client, scene)
    status, page = rectify(client, scene, 1, **fields)
    assert status == 422
    assert told in page
    assert scene.record(scene.people[1]) == ("absent", 0, "trainer")


def test_a_rectification_on_an_old_page_is_refused(client: PercorsoClient, scene: Scene) -> None:
    close(client, scene)
    path = f"{scene.url}/{scene.people[1].id}/rettifica"
    version = hidden(client.get(path), "version")
    rectify(client, scene, 1, mark="excused")
    late = {"version": version, "mark": "present", "minutes": "", "reason": "Tardi"}
    assert client.post(path, late).status_code == 409
    assert scene.record(scene.people[1]) == ("excused", 0, "rectification")


def test_an_open_register_is_not_rectified(client: PercorsoClient, scene: Scene) -> None:
    assert rectify(client, scene, 1, mark="present")[0] == 409
    assert scene.record(scene.people[1]) == ("absent", 0, "trainer")


def test_who_may_close_and_rectify(client: PercorsoClient, scene: Scene) -> None:
    other = Scene("Dario Neri")
    for person in (scene.people[0].person, other.trainer):
        client.sign_in(person)
        assert client.get(f"{scene.url}/chiudi").status_code == 403
        path = f"{scene.url}/{scene.people[0].id}/rettifica"
        assert client.get(path).status_code == 404
        assert client.post(path, {"mark": "present", "reason": "Io"}).status_code == 404
    client.sign_in(factories.organiser())
    assert close(client, scene) == 303
    foreign = f"{scene.url}/{other.people[0].id}/rettifica"
    assert client.get(foreign).status_code == 404


def test_verify_on_the_command_line(app: Flask, client: PercorsoClient, scene: Scene) -> None:
    run = app.test_cli_runner().invoke
    close(client, scene)
    db.session.commit()
    from lms.cli.attendance import verify

    fine = run(verify)
    assert fine.exit_code == 0
    assert register(scene).seal in fine.output
    db.session.execute(text(TAMPERINGS["a minute"]))
    db.session.commit()
    broken = run(verify)
    assert broken.exit_code == 1
    assert f"lesson {scene.lesson.id}" in broken.output
