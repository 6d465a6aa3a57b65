"""What a joining link stands for: a lesson with its room, and the part somebody has in it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists, func, or_, select

from lms.accounts.models import Account, Person
from lms.catalogue.models import (
    Cycle,
    CycleStatus,
    CycleTrainer,
    Lesson,
    LessonStatus,
    LessonTrainer,
    Module,
)
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db


class Joining(NamedTuple):
    """A link that opens. `enrolment_id` None: a trainer's, whose clicks are nobody's presence."""

    lesson_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    status: LessonStatus
    join_url: str
    cycle_title: str
    enrolment_id: int | None


def joining(lesson_id: int, person_id: int) -> Joining | None:
    """What this person's link to a lesson opens; None for who takes no part in it (any more).

    Somebody whose record was united with another is that one now.
    """
    whose = func.coalesce(Person.merged_into_id, Person.id)
    trains = or_(
        exists().where(CycleTrainer.cycle_id == Cycle.id, CycleTrainer.person_id == whose),
        exists().where(LessonTrainer.lesson_id == Lesson.id, LessonTrainer.person_id == whose),
    )
    shut = exists().where(Account.person_id == whose, Account.is_active.is_(False))
    query = (
        select(
            Lesson.id, Lesson.title, Lesson.starts_at, Lesson.ends_at, Lesson.zone, Lesson.status,
            Lesson.join_url, Cycle.title, Enrolment.id,
        )
        .select_from(Lesson)
        .join(Module, Module.id == Lesson.module_id)
        .join(Cycle, Cycle.id == Module.cycle_id)
        .join(Person, Person.id == person_id)
        .outerjoin(
            Enrolment,
            (Enrolment.cycle_id == Cycle.id)
            & (Enrolment.person_id == whose)
            & (Enrolment.status == EnrolmentStatus.CONFIRMED),
        )
        .where(
            Lesson.id == lesson_id,
            Cycle.status != CycleStatus.DRAFT,
            ~shut,
            or_(Enrolment.id.is_not(None), trains),
        )
    )  # fmt: skip
    row = db.session.execute(query).one_or_none()
    return Joining(*row) if row else None
