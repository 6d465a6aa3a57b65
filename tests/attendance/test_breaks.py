"""Breaks and grace of a real lesson: in its form, in what is due, in what reports credit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms import audit
from lms.attendance import actions_amending
from lms.attendance.actions_closing import close_register
from lms.attendance.models import AttendanceRegister
from lms.attendance.queries_seals import verify_seals
from lms.calendars.queries import lesson_facts
from lms.catalogue.models import Lesson
from lms.errors import UserError
from lms.extensions import db
from lms.issuance.facts import planned_lessons
from tests import factories
from tests.attendance.scene import END, START, Scene, bring_in, upload, zoom
from tests.client import PercorsoClient

PAUSE = (START + timedelta(minutes=60), START + timedelta(minutes=75))  # 11:00-11:15 in Rome


def form_of(lesson: Lesson, **more: str) -> dict[str, str]:
    return {
        "title": lesson.title, "module": str(lesson.module_id), "day": "2026-05-12",
        "start": "10:00", "end": "12:00", "zone": "Europe/Rome", "mode": "online", "place": "",
        "join_url": "", "summary": "", "version": str(lesson.version), **more,
    }  # fmt: skip


def save(app: Flask, scene: Scene, **breaks: str) -> tuple[int, str]:
    client = PercorsoClient(app).sign_in(factories.organiser())
    address = f"/incontri/{scene.lesson.id}/modifica"
    answer = client.post(address, form_of(scene.lesson, **breaks))
    db.session.refresh(scene.lesson)
    return answer.status_code, answer.text


def test_a_break_is_typed_and_shortens_what_is_due(app: Flask) -> None:
    scene = Scene("Ada Rossi")
    assert save(app, scene, break_1_from="11:00", break_1_to="11:15")[0] == 303
    assert scene.lesson.breaks == (PAUSE,)
    assert scene.lesson.minutes == 105
    (planned,) = planned_lessons([scene.cycle.id])[scene.cycle.id]
    assert planned.minutes == 105
    (facts,) = lesson_facts(scene.lesson.id)
    assert facts.breaks == (PAUSE,)
    assert facts.sequence == 1
    client = PercorsoClient(app)
    assert "11:00–11:15" in client.get(f"/incontri/{scene.lesson.id}").text
    gone = {"break_1_from": "", "break_1_to": ""}
    assert save(app, scene, **gone)[0] == 303
    assert (scene.lesson.breaks, scene.lesson.minutes) == ((), 120)


@pytest.mark.parametrize(
    "breaks",
    [
        {"break_1_from": "11:00", "break_1_to": ""},
        {"break_1_from": "11:15", "break_1_to": "11:00"},
        {"break_1_from": "09:30", "break_1_to": "10:15"},
        {"break_1_from": "11:00", "break_1_to": "11:30", "break_2_from": "11:15",
         "break_2_to": "11:45"},
        {"break_1_from": "10:00", "break_1_to": "12:00"},
    ],
)  # fmt: skip
def test_breaks_that_cannot_be_are_refused(app: Flask, breaks: dict[str, str]) -> None:
    scene = Scene()
    status, page = save(app, scene, **breaks)
    assert status == 422
    assert "pc-error" in page
    assert all(f'value="{typed}' in page for typed in breaks.values() if typed)
    assert scene.lesson.breaks == ()


def test_reports_credit_without_the_break_and_with_grace(app: Flask) -> None:
    scene = Scene("Ada Rossi", "Bruno Bianchi", lesson={"breaks": (PAUSE,)})
    scene.cycle.grace_minutes = 5
    db.session.commit()
    client = PercorsoClient(app).sign_in(scene.trainer)
    content = zoom(
        ("Ada Rossi", "", "10:00:00", "10:30:00"),
        ("Ada Rossi", "", "10:34:00", "12:00:00"),
        ("Bruno Bianchi", "", "10:00:00", "10:30:00"),
        ("Bruno Bianchi", "", "10:40:00", "12:00:00"),
    )
    bring_in(client, scene, content)
    assert scene.record(scene.people[0]) == ("present", 105, "report")
    assert scene.record(scene.people[1]) == ("present", 95, "report")
    page = client.get(f"{scene.url}/{scene.people[0].id}/perche").text
    assert "11:00–11:15" in page
    for words in ("Tolti: nella pausa", "Aggiunti: interruzioni", "Dichiarati dalla piattaforma"):
        assert words in page
    register = close_register(scene.lesson, absent=True, leave_queue=True, by=scene.trainer.id)
    db.session.commit()
    assert '"breaks":[["2026-05-12T09:00:00+00:00","2026-05-12T09:15:00+00:00"]]' in (
        register.sealed_rows or ""
    )
    assert '"grace_minutes":5' in (register.sealed_rows or "")
    assert verify_seals().faults == ()


def test_breaks_of_a_lesson_already_held_wait_for_a_recount(app: Flask) -> None:
    scene = Scene("Ada Rossi")
    client = PercorsoClient(app).sign_in(scene.trainer)
    bring_in(client, scene, zoom(("Ada Rossi", "", "10:00:00", "12:00:00")))
    assert save(app, scene, break_1_from="11:00", break_1_to="11:15")[0] == 303
    assert (scene.lesson.breaks, scene.lesson.breaks_to_come) == ((), (PAUSE,))
    assert scene.lesson.minutes == 120
    assert scene.record(scene.people[0]) == ("present", 120, "report")
    page = client.get(scene.url).text
    assert "11:00–11:15" in page
    assert client.post(f"{scene.url}/ricalcola").status_code == 303
    db.session.refresh(scene.lesson)
    assert (scene.lesson.breaks, scene.lesson.breaks_to_come) == ((PAUSE,), None)
    assert scene.record(scene.people[0]) == ("present", 105, "report")
    deeds = [event.action for event in db.session.query(audit.AuditEvent).all()]
    assert "lesson.breaks_counted" in deeds
    assert "register.counted_again" in deeds


def test_a_sealed_register_keeps_its_breaks(app: Flask) -> None:
    scene = Scene("Ada Rossi")
    close_register(scene.lesson, absent=True, leave_queue=False, by=scene.trainer.id)
    db.session.commit()
    assert save(app, scene, break_1_from="11:00", break_1_to="11:15")[0] == 303
    with pytest.raises(UserError):
        actions_amending.count_again(scene.lesson, by=scene.trainer.id)
    db.session.rollback()
    db.session.refresh(scene.lesson)
    assert scene.lesson.minutes == 120


def test_the_preview_marks_where_the_platform_differs(app: Flask) -> None:
    scene = Scene("Ada Rossi", lesson={"breaks": (PAUSE,)})
    client = PercorsoClient(app).sign_in(scene.trainer)
    content = zoom(("Ada Rossi", "", "10:00:00", "12:00:00"), ("Eva", "", "10:00:00", "10:10:00"))
    staged = upload(client, scene, content).location
    client.post(f"{staged}/risposte", {"zone": "Europe/Rome", "other_zone": ""})
    page = client.get(staged).text
    assert page.count("diversi<") == 1
    assert db.session.query(AttendanceRegister).count() == 1
    assert timedelta(hours=2) == END - START


def test_another_grace_is_told_until_the_minutes_are_counted_again(app: Flask) -> None:
    scene = Scene("Ada Rossi")
    client = PercorsoClient(app).sign_in(scene.trainer)
    told = "interruzioni è cambiata"
    bring_in(
        client, scene,
        zoom(("Ada Rossi", "", "10:00:00", "10:30:00"), ("Ada Rossi", "", "10:34:00", "12:00:00")),
    )  # fmt: skip
    assert scene.record(scene.people[0]) == ("present", 116, "report")
    assert told not in client.get(scene.url).text
    scene.cycle.grace_minutes = 5
    db.session.commit()
    page = client.get(scene.url).text
    assert told in page
    assert "fino a 0 min" in page
    assert "fino a 5 min" in page
    assert scene.record(scene.people[0]) == ("present", 116, "report")
    assert client.post(f"{scene.url}/ricalcola").status_code == 303
    assert scene.record(scene.people[0]) == ("present", 120, "report")
    assert told not in client.get(scene.url).text
    scene.cycle.grace_minutes = 3
    db.session.commit()
    close_register(scene.lesson, absent=True, leave_queue=True, by=scene.trainer.id)
    db.session.commit()
    assert told not in client.get(scene.url).text  # sealed as it is: there is nothing to count
