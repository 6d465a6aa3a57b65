"""What is done to a cycle's modules, lessons and trainers. One function a verb."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from lms import audit
from lms.accounts.models import Person
from lms.catalogue import programme, queries, rules
from lms.catalogue.actions import touch_lessons
from lms.catalogue.changes import apply, hold, plain
from lms.catalogue.details import LessonDetails, ModuleDetails, columns_of
from lms.catalogue.models import (
    Cycle,
    CycleTrainer,
    Lesson,
    LessonStatus,
    LessonTrainer,
    Module,
)
from lms.clock import now
from lms.config import Settings
from lms.errors import UserError
from lms.extensions import db

NO_HOST = "percorso.invalid"  # RFC 2606: a name that nobody will ever own

# --- modules -------------------------------------------------------------------------------------


def add_module(cycle: Cycle, details: ModuleDetails, *, by: int | None) -> Module:
    """Add a module at the end of a cycle."""
    hold(cycle)
    last = db.session.scalar(select(func.max(Module.position)).where(Module.cycle_id == cycle.id))
    module = Module(cycle=cycle, position=(last or 0) + 1, **columns_of(details))
    db.session.add(module)
    db.session.flush()
    audit.record("module.added", module, actor_id=by, detail={"title": module.title})
    return module


def edit_module(
    module: Module, details: ModuleDetails, *, version: int | None, by: int | None
) -> None:
    """Change a module; its title stands in calendars. Raises `StaleError`."""
    hold(module, version)
    changed = apply(module, columns_of(details))
    if "title" in changed:
        touch_lessons(Module.id == module.id)
    if changed:
        audit.record("module.edited", module, actor_id=by, detail={"changed": changed})


def move_module(module: Module, *, up: bool, by: int | None) -> None:
    """Change places with the module before or after; at the ends nothing happens.

    Not through the mapper: what people edit of the modules is the same, so their `version` stays.
    """
    hold(module.cycle)
    order = [row.id for row in programme.modules(module.cycle_id)]
    here = order.index(module.id)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(order):
        return
    order[here], order[there] = order[there], order[here]
    for position, module_id in enumerate(order, 1):
        db.session.execute(
            update(Module).where(Module.id == module_id).values(position=position),
            execution_options={"synchronize_session": "fetch"},
        )
    audit.record("module.moved", module, actor_id=by, detail={"position": there + 1})


def remove_module(module: Module, *, by: int | None) -> None:
    """Delete an empty module; refused while it has lessons."""
    hold(module)
    if db.session.scalar(select(Lesson.id).where(Lesson.module_id == module.id).limit(1)):
        raise UserError(_("The module still has lessons: move or delete them first."), 409)
    audit.record("module.removed", module, actor_id=by, detail={"title": module.title})
    db.session.delete(module)
    db.session.flush()


# --- lessons -------------------------------------------------------------------------------------


def new_uid() -> str:
    """A lesson's name in calendars: random, under our own host, for ever."""
    settings: Settings = current_app.config["SETTINGS"]
    return f"{secrets.token_hex(16)}@{urlsplit(settings.public_url).hostname or NO_HOST}"


def add_lesson(module: Module, details: LessonDetails, *, by: int | None) -> Lesson:
    """Add a lesson to a module."""
    hold(module)
    _refuse_foreign_trainers(module.cycle_id, details.trainer_ids)
    instant = now()
    lesson = Lesson(
        module=module,
        uid=new_uid(),
        created_at=instant,
        changed_at=instant,
        **columns_of(details, "trainer_ids"),
    )
    db.session.add(lesson)
    db.session.flush()
    _set_trainers(lesson, details.trainer_ids)
    audit.record("lesson.added", lesson, actor_id=by, detail={"title": lesson.title})
    return lesson


def edit_lesson(
    lesson: Lesson,
    details: LessonDetails,
    *,
    module: Module | None = None,
    version: int | None,
    by: int | None,
) -> None:
    """Change a lesson, or move it to another `module` of its cycle.

    Whatever calendars show of it counts as a new SEQUENCE. Raises `StaleError`.
    """
    if module is not None:
        hold(module)  # before the lesson, as everybody does, so that nobody waits in a circle
    hold(lesson, version)
    target = module or lesson.module
    if target.cycle_id != lesson.module.cycle_id:
        raise UserError(_("A lesson moves only between modules of its own cycle."))
    old, new = _set_trainers(lesson, details.trainer_ids)
    values = columns_of(details, "trainer_ids") | {"module_id": target.id}
    changed = apply(lesson, values | _breaks_to_be(lesson, details))
    lesson.module = target
    if old != new:
        changed["trainers"] = [old, new]
        lesson.version += 1  # the lesson's own row may be unchanged
    _note_change(lesson, "lesson.edited", changed, by)


def _breaks_to_be(lesson: Lesson, details: LessonDetails) -> dict[str, Any]:
    """The breaks at once, or, where people may be marked already, once they are counted again."""
    in_use = queries.in_use(Lesson, [lesson.id])
    if not rules.breaks_wait(lesson.starts_at, now(), in_use=in_use):
        return {"breaks": details.breaks, "breaks_to_come": None}
    waits = details.breaks if details.breaks != lesson.breaks else None
    return {"breaks": lesson.breaks, "breaks_to_come": waits}


def take_breaks(lesson: Lesson, *, by: int | None) -> bool:
    """Make the breaks that wait those of the lesson; whether there were any.

    For who counts the register again: hours due change with them.
    """
    hold(lesson)
    if lesson.breaks_to_come is None:
        return False
    changed = apply(lesson, {"breaks": lesson.breaks_to_come, "breaks_to_come": None})
    _note_change(lesson, "lesson.breaks_counted", changed, by)
    return True


def cancel_lesson(lesson: Lesson, *, by: int | None) -> None:
    """Cancel a lesson: it stays in calendars, marked so, and is no longer due."""
    hold(lesson)
    in_use = queries.in_use(Lesson, [lesson.id])
    if not rules.may_cancel(lesson.starts_at, now(), in_use=in_use):
        raise UserError(
            _("The lesson has begun and has a register, so it can no longer be cancelled."), 409
        )
    _set_status(lesson, LessonStatus.CANCELLED, "lesson.cancelled", by)


def restore_lesson(lesson: Lesson, *, by: int | None) -> None:
    """Take a cancellation back."""
    hold(lesson)
    _set_status(lesson, LessonStatus.SCHEDULED, "lesson.restored", by)


def remove_lesson(lesson: Lesson, *, by: int | None) -> None:
    """Delete a lesson on which nothing hangs; with a register begun it can only be cancelled."""
    hold(lesson)
    if queries.in_use(Lesson, [lesson.id]):
        raise UserError(_("The lesson has a register, so it can no longer be deleted."), 409)
    detail = {"title": lesson.title, "uid": lesson.uid, "starts_at": plain(lesson.starts_at)}
    audit.record("lesson.removed", lesson, actor_id=by, detail=detail)
    db.session.execute(delete(LessonTrainer).where(LessonTrainer.lesson_id == lesson.id))
    db.session.delete(lesson)
    db.session.flush()


def _set_status(lesson: Lesson, status: LessonStatus, deed: str, by: int | None) -> None:
    _note_change(lesson, deed, apply(lesson, {"status": status}), by)


def _note_change(
    lesson: Lesson, deed: str, changed: dict[str, list[object]], by: int | None
) -> None:
    if rules.shows_in_calendars(changed):
        lesson.sequence += 1
        lesson.changed_at = now()
    if changed:
        audit.record(deed, lesson, actor_id=by, detail={"changed": changed})


def _refuse_foreign_trainers(cycle_id: int, person_ids: Collection[int]) -> None:
    if person_ids:
        trainers = {person.id for person in programme.cycle_trainers(cycle_id)}
        if not trainers.issuperset(person_ids):
            raise UserError(_("Only trainers of the cycle can teach its lessons."))


def _set_trainers(lesson: Lesson, trainer_ids: Collection[int]) -> tuple[list[int], list[int]]:
    """Set who teaches; returns who did and who does. Those added must train in the cycle."""
    rows = db.session.scalars(select(LessonTrainer).where(LessonTrainer.lesson_id == lesson.id))
    there = {row.person_id: row for row in rows}
    added = set(trainer_ids) - set(there)
    _refuse_foreign_trainers(lesson.module.cycle_id, added)
    for person_id in set(there) - set(trainer_ids):
        db.session.delete(there[person_id])
    db.session.add_all(
        LessonTrainer(lesson_id=lesson.id, person_id=person_id) for person_id in added
    )
    return sorted(there), sorted(trainer_ids)


# --- trainers ------------------------------------------------------------------------------------


def add_trainer(cycle: Cycle, person: Person, *, by: int | None) -> None:
    """Make a person a trainer of a cycle; once is enough."""
    hold(cycle)
    known = select(CycleTrainer.id).where(
        CycleTrainer.cycle_id == cycle.id, CycleTrainer.person_id == person.id
    )
    if db.session.scalar(known) is not None:
        return
    db.session.add(CycleTrainer(cycle_id=cycle.id, person_id=person.id))
    audit.record("cycle.trainer_added", cycle, actor_id=by, detail={"person_id": person.id})


def remove_trainer(cycle: Cycle, person: Person, *, by: int | None) -> None:
    """End a person's part as trainer: no more registers, no more lessons to come.

    Lessons already held keep the name of who taught them.
    """
    hold(cycle)
    ended = db.session.execute(
        delete(CycleTrainer)
        .where(CycleTrainer.cycle_id == cycle.id, CycleTrainer.person_id == person.id)
        .returning(CycleTrainer.id)
    ).first()
    if ended is None:
        return
    to_come = (
        select(Lesson.id).join(Module).where(Module.cycle_id == cycle.id, Lesson.starts_at > now())
    )
    db.session.execute(
        delete(LessonTrainer).where(
            LessonTrainer.person_id == person.id, LessonTrainer.lesson_id.in_(to_come)
        ),
        execution_options={"synchronize_session": False},
    )
    audit.record("cycle.trainer_removed", cycle, actor_id=by, detail={"person_id": person.id})
