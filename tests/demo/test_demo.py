"""The demonstration is what the README promises, and is nowhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import create_app
from lms.attendance.models import AttendanceRecord, AttendanceRegister, RegisterStatus
from lms.attendance.readers import read_report
from lms.catalogue.models import Cycle, Lesson, LessonStatus, Module, Track
from lms.clock import ROME, now
from lms.demo import content
from lms.demo.build import Built, build
from lms.enrolment.models import Enrolment
from lms.extensions import db
from tests.client import PercorsoClient
from tests.conftest import make_settings


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Built]]:
    folder: Path = tmp_path_factory.mktemp("demo")
    app = create_app(make_settings(folder, LMS_DEMO="1"))
    with app.app_context():
        flask_migrate.upgrade()
        built = build(folder)
        yield app, built
        db.session.rollback()
        db.engine.dispose()


def count(kind: type) -> int:
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def test_it_holds_what_it_promises(demo: tuple[Flask, Built]) -> None:
    _app, built = demo
    assert db.session.scalars(select(Track.fictional)).all() == [True]
    assert (count(Cycle), count(Module)) == (2, 8)
    assert count(Lesson) >= 20
    instants = db.session.scalars(select(Lesson.starts_at)).all()
    assert min(instants) < now() < max(instants)
    statuses = Counter(db.session.scalars(select(Lesson.status)))
    assert statuses[LessonStatus.CANCELLED] == 1
    people = db.session.scalar(select(func.count(Enrolment.person_id.distinct())))
    assert people == 60
    closed = Counter(db.session.scalars(select(AttendanceRegister.status)))
    assert closed[RegisterStatus.CLOSED] == 12
    waiting = select(AttendanceRecord).join(AttendanceRegister)
    waiting = waiting.where(AttendanceRegister.lesson_id == built.waiting.id)
    assert db.session.scalars(waiting).all() == []


def test_the_report_at_hand_belongs_to_the_waiting_lesson(demo: tuple[Flask, Built]) -> None:
    _app, built = demo
    day = built.waiting.starts_at.astimezone(ROME).date()
    report = read_report(built.report.read_bytes(), built.report.name, date=day, zone=ROME)
    assert report.platform == "zoom"
    assert report.questions == ()
    [meeting] = report.meetings
    assert meeting.title == built.waiting.title
    assert len(meeting.people) > 30


def test_the_sign_ins_are_shown_and_work(demo: tuple[Flask, Built]) -> None:
    app, _built = demo
    client = PercorsoClient(app)
    page = client.get("/accedi").text
    for _role, login in content.SIGN_INS:
        assert login in page
        guest = PercorsoClient(app)
        answer = guest.post("/accedi", {"login": login, "password": content.PASSWORD})
        assert answer.status_code == 303, login


def test_the_page_and_the_report_are_open_in_the_demonstration(demo: tuple[Flask, Built]) -> None:
    app, built = demo
    client = PercorsoClient(app)
    assert client.get("/dimostrazione").status_code == 200
    assert client.get("/dimostrazione/report.csv").data == built.report.read_bytes()


def test_nothing_of_it_exists_elsewhere(client: PercorsoClient) -> None:
    assert client.get("/dimostrazione").status_code == 404
    assert client.get("/dimostrazione/report.csv").status_code == 404
    assert content.PASSWORD not in client.get("/accedi").text
