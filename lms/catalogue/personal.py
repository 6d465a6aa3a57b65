"""What this room holds about a person: which cycles and lessons they teach."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from lms.catalogue.models import Cycle, CycleTrainer, Lesson, LessonTrainer
from lms.personal import Export, Left, Whose, declare, declare_impersonal

TAUGHT = Left("who taught stays under the anonymous label, as the registers need a trainer")


def _cycles(who: Whose) -> Select[Any]:
    rows = select(Cycle.code, Cycle.title).join(CycleTrainer, CycleTrainer.cycle_id == Cycle.id)
    return rows.where(CycleTrainer.person_id == who.person_id).order_by(CycleTrainer.id)


def _lessons(who: Whose) -> Select[Any]:
    rows = select(Lesson.title, Lesson.starts_at, Lesson.ends_at)
    return (
        rows.join(LessonTrainer, LessonTrainer.lesson_id == Lesson.id)
        .where(LessonTrainer.person_id == who.person_id)
        .order_by(LessonTrainer.id)
    )


declare("cycle_trainer", Export("cycles_taught", _cycles), TAUGHT)
declare("lesson_trainer", Export("lessons_taught", _lessons), TAUGHT)
declare_impersonal(("track", "funding_emblem", "module", "lesson"))
declare(
    "cycle",
    Left("names the signatory of certificates by office, as organisers wrote it"),
    Left("who signs is printed on certificates; organisers correct it on the cycle's page"),
)
