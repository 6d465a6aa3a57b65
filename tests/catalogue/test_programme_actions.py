"""What is done to modules, lessons and trainers, on both databases."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit import AuditEvent
from lms.catalogue import programme, queries
from lms.catalogue import programme_actions as actions
from lms.catalogue.changes import StaleError
from lms.catalogue.details import LessonDetails, ModuleDetails
from lms.catalogue.duplicating import duplicate_cycle
from lms.catalogue.models import (
    Cycle,
    CycleStatus,
    CycleTrainer,
    Lesson,
    LessonMode,
    LessonStatus,
    LessonTrainer,
)
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from tests import factories

ROME = ZoneInfo("Europe/Rome")


def details_of(lesson: Lesson, **more: Any) -> LessonDetails:
    names = set(LessonDetails.__dataclass_fields__) - {"trainer_ids"}
    values = {name: getattr(lesson, name) for name in names}
    teaching = frozenset(person.id for person in programme.lesson_trainers(lesson.id))
    return LessonDetails(**{**values, "trainer_ids": teaching, **more})


def edit(lesson: Lesson, **more: Any) -> None:
    actions.edit_lesson(lesson, details_of(lesson, **more), version=None, by=None)
    db.session.commit()


# --- modules -------------------------------------------------------------------------------------


def test_modules_come_one_after_the_other_and_change_places(app: Flask) -> None:
    cycle = factories.cycle()
    first, second, third = (
        actions.add_module(cycle, ModuleDetails(title), by=None) for title in ("A", "B", "C")
    )
    db.session.commit()
    version = first.version

    def order() -> str:
        return "".join(module.title for module in programme.modules(cycle.id))

    for module, up, expected in (
        (first, True, "ABC"), (third, True, "ACB"), (first, False, "CAB"), (second, False, "CAB"),
    ):  # fmt: skip
        actions.move_module(module, up=up, by=None)
        db.session.commit()
        assert order() == expected
    assert first.version == version, "nobody's open form of the module is out of date"


def test_a_module_with_lessons_stays(app: Flask) -> None:
    lesson = factories.lesson()
    module = lesson.module
    with pytest.raises(UserError):
        actions.remove_module(module, by=None)
    actions.remove_lesson(lesson, by=None)
    actions.remove_module(module, by=None)
    db.session.commit()
    assert programme.modules(module.cycle_id) == []


def test_a_new_title_of_the_module_is_told_to_calendars(app: Flask) -> None:
    lesson = factories.lesson()
    module = lesson.module
    actions.edit_module(module, ModuleDetails(module.title, "Altro"), version=None, by=None)
    db.session.commit()
    assert lesson.sequence == 0
    actions.edit_module(module, ModuleDetails("Nuovo", "Altro"), version=module.version, by=None)
    db.session.commit()
    assert lesson.sequence == 1
    with pytest.raises(StaleError):
        actions.edit_module(module, ModuleDetails("Poi"), version=1, by=None)


# --- lessons -------------------------------------------------------------------------------------


def test_the_name_in_calendars_is_made_once(app: Flask) -> None:
    lesson = factories.lesson()
    new = actions.add_lesson(lesson.module, details_of(lesson, title="Nuovo"), by=None)
    db.session.commit()
    assert re.fullmatch(r"[0-9a-f]{32}@percorso\.invalid", new.uid)
    uid = new.uid
    edit(new, title="Altro", starts_at=new.starts_at - timedelta(days=3))
    assert (new.uid, new.sequence) == (uid, 1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Altro"), ("summary", "Altro"), ("place", "Sala"), ("zone", "Europe/London"),
        ("mode", LessonMode.BLENDED), ("join_url", "https://example.org/j"),
        ("starts_at", datetime(2020, 1, 1, tzinfo=UTC)),
        ("ends_at", datetime(2090, 1, 1, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_what_calendars_show_is_a_new_sequence(app: Flask, field: str, value: Any) -> None:
    lesson = factories.lesson()
    before = lesson.changed_at
    edit(lesson, **{field: value})
    assert (lesson.sequence, getattr(lesson, field)) == (1, value)
    assert lesson.changed_at > before
    edit(lesson)
    assert lesson.sequence == 1, "nothing changed, nothing to tell"


def test_who_teaches_is_no_new_sequence_but_a_new_version(app: Flask) -> None:
    lesson = factories.lesson()
    trainer = factories.trainer(lesson.module.cycle)
    version = lesson.version
    edit(lesson, trainer_ids=frozenset({trainer.id}))
    assert (lesson.sequence, lesson.version) == (0, version + 1)
    assert [person.id for person in programme.lesson_trainers(lesson.id)] == [trainer.id]
    edit(lesson, trainer_ids=frozenset())
    assert programme.lesson_trainers(lesson.id) == []


def test_only_the_cycles_trainers_teach(app: Flask) -> None:
    lesson = factories.lesson()
    stranger = factories.trainer(factories.cycle())
    for deed in (
        lambda: edit(lesson, trainer_ids=frozenset({stranger.id})),
        lambda: actions.add_lesson(
            lesson.module, details_of(lesson, trainer_ids=frozenset({stranger.id})), by=None
        ),
    ):
        with pytest.raises(UserError):
            deed()
        db.session.rollback()


def test_a_lesson_moves_within_its_cycle_only(app: Flask) -> None:
    lesson = factories.lesson()
    beside, elsewhere = factories.module(lesson.module.cycle), factories.module()
    values = details_of(lesson)
    actions.edit_lesson(lesson, values, module=beside, version=lesson.version, by=None)
    db.session.commit()
    assert (lesson.module_id, lesson.module.title, lesson.sequence) == (beside.id, beside.title, 1)
    with pytest.raises(UserError):
        actions.edit_lesson(lesson, values, module=elsewhere, version=None, by=None)
    with pytest.raises(StaleError):
        actions.edit_lesson(lesson, values, version=1, by=None)


def test_cancelling_and_restoring_once_each(app: Flask) -> None:
    lesson = factories.lesson()
    for deed, status, sequence in (
        (actions.cancel_lesson, LessonStatus.CANCELLED, 1),
        (actions.cancel_lesson, LessonStatus.CANCELLED, 1),
        (actions.restore_lesson, LessonStatus.SCHEDULED, 2),
        (actions.restore_lesson, LessonStatus.SCHEDULED, 2),
    ):
        deed(lesson, by=None)
        db.session.commit()
        assert (lesson.status, lesson.sequence) == (status, sequence)
    found = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert found == ["lesson.cancelled", "lesson.restored"], "audited when the state changes only"


def test_a_lesson_with_a_register_stays(app: Flask) -> None:
    held = factories.lesson()
    ahead = factories.lesson(held.module, starts_at=now() + timedelta(days=3))
    for lesson in (held, ahead):
        factories.register(lesson)
        with pytest.raises(UserError):
            actions.remove_lesson(lesson, by=None)
    with pytest.raises(UserError):
        actions.cancel_lesson(held, by=None)
    actions.cancel_lesson(ahead, by=None)
    assert ahead.status is LessonStatus.CANCELLED


def test_a_lesson_on_which_nothing_hangs_goes_with_its_trainers(app: Flask) -> None:
    lesson = factories.lesson()
    factories.teaches(factories.trainer(lesson.module.cycle), lesson)
    assert not queries.in_use(Lesson, [lesson.id])
    actions.remove_lesson(lesson, by=None)
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(LessonTrainer)) == 0
    assert db.session.scalar(select(func.count()).select_from(CycleTrainer)) == 1


# --- trainers ------------------------------------------------------------------------------------


def test_a_trainer_leaves_what_is_to_come(app: Flask) -> None:
    held = factories.lesson()
    ahead = factories.lesson(held.module, starts_at=now() + timedelta(days=3))
    cycle, person = held.module.cycle, factories.person()
    for _twice in range(2):
        actions.add_trainer(cycle, person, by=None)
    factories.teaches(person, held)
    factories.teaches(person, ahead)
    for _twice in range(2):
        actions.remove_trainer(cycle, person, by=None)
        db.session.commit()
    assert programme.cycle_trainers(cycle.id) == []
    assert programme.lesson_trainers(ahead.id) == []
    assert programme.lesson_trainers(held.id) == [person]
    found = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert found == ["cycle.trainer_added", "cycle.trainer_removed"]


# --- another cycle with the same programme -------------------------------------------------------


def local(year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ROME)


def source_with(*starts: datetime) -> Cycle:
    module = factories.module(title="Il modulo", subject_area="Diritto")
    for start in starts:
        factories.lesson(module, starts_at=start, join_url="https://example.org/j", title="Uno")
    return module.cycle


def copy_of(source: Cycle, first_day: date, **more: Any) -> Cycle:
    values = {"title": "Copia", "code": "COPY", "keep_trainers": True, "by": None, **more}
    copy = duplicate_cycle(source, first_day=first_day, **values)
    db.session.commit()
    return copy


def test_a_copy_moves_by_days_and_keeps_the_clock(app: Flask) -> None:
    source = source_with(local(2026, 2, 2, 10), local(2026, 5, 4, 10))
    copy = copy_of(source, date(2026, 9, 7))
    lessons = programme.programme(copy.id).taking_place
    found = [lesson.starts_at.astimezone(ROME) for lesson in lessons]
    assert [(each.date(), each.hour) for each in found] == [
        (date(2026, 9, 7), 10), (date(2026, 12, 7), 10),
    ]  # fmt: skip
    assert all(lesson.minutes == 120 and lesson.join_url == "" for lesson in lessons)
    old = {lesson.uid for lesson in programme.programme(source.id).taking_place}
    assert old.isdisjoint({lesson.uid for lesson in lessons})
    assert (copy.status, copy.signatory_name) == (CycleStatus.DRAFT, source.signatory_name)
    assert programme.modules(copy.id)[0].subject_area == "Diritto"


def test_a_copy_leaves_out_what_is_off_and_who_is_not_wanted(app: Flask) -> None:
    source = source_with(local(2026, 2, 2, 10), local(2026, 2, 9, 10))
    first, second = programme.programme(source.id).taking_place
    trainer = factories.trainer(source)
    factories.teaches(trainer, second)
    actions.cancel_lesson(first, by=None)
    with_people = copy_of(source, date(2026, 9, 7))
    line = programme.programme(with_people.id).modules[0].lessons
    assert [each.trainers for each in line] == [(trainer,)]
    without = copy_of(source, date(2026, 9, 7), keep_trainers=False, code="COPY2")
    assert programme.programme(without.id).trainers == ()


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2026, 10, 25)])
def test_a_copy_that_meets_a_clock_change_leaves_nothing(app: Flask, day: date) -> None:
    source = source_with(local(2026, 2, 1, 2))
    with pytest.raises(UserError, match="Uno"):
        copy_of(source, day)
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Cycle)) == 1


def test_an_empty_programme_is_copied_too(app: Flask) -> None:
    source = factories.module().cycle
    assert len(programme.modules(copy_of(source, date(2026, 9, 7)).id)) == 1
