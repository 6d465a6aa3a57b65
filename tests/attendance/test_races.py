"""Several people write in one register at the same moment: nothing is lost or overwritten."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.attendance import actions, actions_closing, actions_queue, actions_reports
from lms.attendance.given import Given
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    Evidence,
    ReportEntry,
    ReportFile,
)
from lms.attendance.queries_seals import verify_seals
from lms.attendance.rules import Cell, Mark, Typed
from lms.catalogue.models import Lesson
from lms.errors import UserError
from lms.extensions import db
from tests import factories
from tests.attendance.scene import Scene, cells, zoom
from tests.client import PercorsoClient

T = TypeVar("T")
ROUNDS = 12


def at_once(app: Flask, *deeds: Callable[[], T]) -> list[T]:
    """Do all `deeds` in threads of their own, each in its own session, at the same moment."""
    db.session.commit()  # this thread's transaction would stand in the way
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], T]) -> T:
        with app.app_context():
            start.wait()
            try:
                return deed()
            finally:
                db.session.rollback()
                db.session.remove()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [part.result(timeout=60) for part in [pool.submit(run, each) for each in deeds]]


@pytest.mark.slow
def test_two_trainers_on_one_register(app: Flask) -> None:
    """Weakness 10."""
    scene = Scene("Ada Rossi", "Bruno Bianchi", "Carla Verdi")
    shared, first, second = (each.id for each in scene.people)
    url = scene.url
    browsers = [
        PercorsoClient(app).sign_in(scene.trainer),
        PercorsoClient(app).sign_in(factories.trainer(scene.cycle)),
    ]
    for browser in browsers:
        browser.token()
    acknowledged = 0
    for number in range(1, ROUNDS + 1):
        drawn = cells(browsers[0].get(url))

        def save(at: int, number: int = number, drawn: dict[str, str] = drawn) -> int:
            own = (first, second)[at]
            fields = drawn | {
                f"mark-{shared}": "present",
                f"minutes-{shared}": str(2 * number + at),
                f"mark-{own}": "present",
                f"minutes-{own}": str(number),
            }
            return browsers[at].post(url, fields).status_code

        statuses = at_once(app, lambda: save(0), lambda: save(1))
        assert sorted(statuses) == [303, 409]
        acknowledged += 1
        winner = statuses.index(303)
        recorded = db.session.execute(
            select(AttendanceRecord.enrolment_id, AttendanceRecord.minutes)
        ).all()
        minutes = {row[0]: row[1] for row in recorded}
        assert minutes[shared] == 2 * number + winner, "what was acknowledged stands"
        assert minutes[(first, second)[winner]] == number
        assert minutes.get((first, second)[1 - winner], 0) < number, "nothing is half-saved"
    assert db.session.scalar(select(func.count()).select_from(AttendanceRegister)) == 1
    on_shared = select(func.count()).where(Evidence.enrolment_id == shared)
    assert db.session.scalar(on_shared) == acknowledged
    version = select(AttendanceRecord.version).where(AttendanceRecord.enrolment_id == shared)
    assert db.session.scalar(version) == acknowledged


def lesson_of(lesson_id: int) -> Lesson:
    return db.session.get_one(Lesson, lesson_id)


@pytest.mark.slow
def test_the_same_report_twice_at_once_is_imported_once(app: Flask) -> None:
    """Weakness 10."""
    for _round in range(3):
        scene = Scene("Ada Rossi")
        content = zoom(("Ada Rossi", "", "10:00:00", "11:00:00"))
        lesson_id = scene.lesson.id

        def bring(lesson_id: int = lesson_id, content: bytes = content) -> bool:
            lesson = lesson_of(lesson_id)
            staged = actions_reports.stage_report(lesson, "zoom.csv", content, by=None)
            db.session.commit()
            try:
                actions_reports.answer(lesson, staged.file, Given(zone="Europe/Rome"))
                actions_reports.import_report(lesson, staged.file, by=None)
            except UserError:
                return False
            db.session.commit()
            return True

        assert sorted(at_once(app, bring, bring, bring)) == [False, False, True]
        register = select(AttendanceRegister.id).where(AttendanceRegister.lesson_id == lesson_id)
        files = select(ReportFile.id).where(ReportFile.register_id.in_(register))
        assert len(db.session.scalars(files).all()) == 1
        entries = select(ReportEntry.id).where(ReportEntry.report_file_id.in_(files))
        assert len(db.session.scalars(entries).all()) == 1
        assert scene.record(scene.people[0]) == ("present", 60, "report")


@pytest.mark.slow
def test_registers_closed_at_once_make_one_chain(app: Flask) -> None:
    scene = Scene("Ada Rossi")
    ids = [factories.lesson(scene.module).id for _ in range(5)]

    def close(lesson_id: int) -> int | None:
        register = actions_closing.close_register(
            lesson_of(lesson_id), absent=True, leave_queue=False, by=None
        )
        db.session.commit()
        return register.seal_number

    numbers = at_once(app, *(lambda each=each: close(each) for each in ids))
    assert sorted(number or 0 for number in numbers) == [1, 2, 3, 4, 5]
    assert verify_seals().faults == ()


@pytest.mark.slow
def test_a_mark_comes_before_the_seal_or_not_at_all(app: Flask) -> None:
    """ASVS 15.4.2."""
    for _round in range(ROUNDS // 2):
        scene = Scene("Ada Rossi")
        lesson_id, enrolment_id = scene.lesson.id, scene.people[0].id

        def mark(lesson_id: int = lesson_id, enrolment_id: int = enrolment_id) -> bool:
            typed = Typed(enrolment_id, Cell(Mark.PRESENT, 45), 0, Cell())
            try:
                actions.record_marks(lesson_of(lesson_id), [typed], by=None)
            except UserError:
                return False
            db.session.commit()
            return True

        def close(lesson_id: int = lesson_id) -> bool:
            actions_closing.close_register(
                lesson_of(lesson_id), absent=False, leave_queue=False, by=None
            )
            db.session.commit()
            return True

        marked, _closed = at_once(app, mark, close)
        assert scene.record(scene.people[0]) == (("present", 45, "trainer") if marked else None)
        assert verify_seals().faults == ()


@pytest.mark.slow
def test_two_people_decide_about_one_row(app: Flask) -> None:
    scene = Scene("Ada Rossi", "Bruno Bianchi")
    content = zoom(("nessuno di noto", "", "10:00:00", "11:00:00"))
    staged = actions_reports.stage_report(scene.lesson, "zoom.csv", content, by=None)
    actions_reports.answer(scene.lesson, staged.file, Given(zone="Europe/Rome"))
    actions_reports.import_report(scene.lesson, staged.file, by=None)
    db.session.commit()
    entry_id = db.session.scalar(select(ReportEntry.id)) or 0
    lesson_id, ids = scene.lesson.id, [each.id for each in scene.people]

    def decide(enrolment_id: int) -> int | None:
        entry = db.session.get_one(ReportEntry, entry_id)
        try:
            actions_queue.assign(lesson_of(lesson_id), entry, enrolment_id, was=":", by=None)
        except UserError:
            return None
        db.session.commit()
        return enrolment_id

    told = at_once(app, *(lambda each=each: decide(each) for each in ids))
    (winner,) = [each for each in told if each is not None]
    credited = {each.id: scene.record(each) for each in scene.people}
    assert credited.pop(winner) == ("present", 60, "report")
    assert set(credited.values()) == {None}
