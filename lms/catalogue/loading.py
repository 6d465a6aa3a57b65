"""How addresses of the catalogue are loaded, and who is a trainer, for `lms.access`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lms.access import Role, Subject, loader, role_source
from lms.catalogue.models import Cycle, CycleStatus, CycleTrainer, Lesson, Module, Track
from lms.extensions import db


def subject_of(value: Any, cycle: Cycle) -> Subject:
    """`value` seen as part of `cycle`: a draft's parts are for its staff only."""
    return Subject(value, cycle_id=cycle.id, public=cycle.status is not CycleStatus.DRAFT)


@loader("track")
def _track(track_slug: str, **_rest: Any) -> Subject | None:
    track = db.session.scalar(select(Track).where(Track.slug == track_slug))
    return Subject(track) if track else None


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


@role_source(Role.TRAINER)
def _is_trainer(person_id: int, subject: Subject | None) -> bool:
    found = select(CycleTrainer.id).where(CycleTrainer.person_id == person_id)
    if subject is not None:
        if subject.cycle_id is None:
            return False
        found = found.where(CycleTrainer.cycle_id == subject.cycle_id)
    return db.session.scalar(found.limit(1)) is not None
