"""How addresses of the catalogue are loaded, and who is a trainer, for `lms.access`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, select

from lms.access import Role, Subject, loader, role_source
from lms.accounts.models import Person
from lms.accounts.scopes import tie
from lms.catalogue.models import Cycle, CycleStatus, CycleTrainer, Lesson, Module, Track
from lms.extensions import db


def subject_of(value: Any, cycle: Cycle) -> Subject:
    """`value` seen as part of `cycle`: a draft's parts are for its staff only."""
    public = cycle.status is not CycleStatus.DRAFT
    return Subject(value, cycle_id=cycle.id, track_id=cycle.track_id, public=public)


@loader("track")
def _track(track_slug: str, **_rest: Any) -> Subject | None:
    track = db.session.scalar(select(Track).where(Track.slug == track_slug))
    return Subject(track, track_id=track.id) if track else None


@loader("cycle")
def _cycle(cycle_slug: str, **_rest: Any) -> Subject | None:
    cycle = db.session.scalar(select(Cycle).where(Cycle.slug == cycle_slug))
    return subject_of(cycle, cycle) if cycle else None


@loader("module")
def _module(module_id: int, **_rest: Any) -> Subject | None:
    module = db.session.get(Module, module_id)
    return subject_of(module, module.cycle) if module else None


@loader("lesson")
def _lesson(lesson_id: int, **_rest: Any) -> Subject | None:
    lesson = db.session.get(Lesson, lesson_id)
    return subject_of(lesson, lesson.module.cycle) if lesson else None


@tie
def _trains(track: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Tracks know who trains in their cycles."""
    return (
        select(CycleTrainer.id)
        .join(Cycle, Cycle.id == CycleTrainer.cycle_id)
        .where(CycleTrainer.person_id == Person.id, track(Cycle.track_id))
        .exists()
    )


@role_source(Role.TRAINER)
def _is_trainer(person_id: int, subject: Subject | None) -> bool:
    found = select(CycleTrainer.id).where(CycleTrainer.person_id == person_id)
    if subject is not None:
        if subject.cycle_id is None:
            return False
        found = found.where(CycleTrainer.cycle_id == subject.cycle_id)
    return db.session.scalar(found.limit(1)) is not None
