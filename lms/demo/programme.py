"""The demonstration's track with its two cycles: one just over, one under way."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from lms.catalogue import actions, programme_actions
from lms.catalogue.details import (
    CycleDetails,
    Emblem,
    LessonDetails,
    ModuleDetails,
    TrackDetails,
)
from lms.catalogue.models import Cycle, CycleStatus, Lesson, Track
from lms.catalogue.rules import LessonMode
from lms.clock import ROME
from lms.demo import content
from lms.demo.content import LessonPlan, ModulePlan
from lms.demo.people import Cast


def add_track() -> Track:
    """The fictional track with its emblems."""
    return actions.create_track(
        TrackDetails(
            title=content.TRACK_TITLE,
            issuer=content.ISSUER,
            summary=content.TRACK_SUMMARY,
            funding_statement=content.FUNDING,
            fictional=True,
            emblems=tuple(Emblem(symbol, label) for symbol, label in content.EMBLEMS),
        ),
        by=None,
    )


def add_cycle(
    track: Track,
    title: str,
    code: str,
    summary: str,
    plan: tuple[ModulePlan, ...],
    today: date,
    closes: int,
    cast: Cast,
) -> tuple[Cycle, list[Lesson]]:
    """A published cycle with its modules and lessons, in the order of the plan.

    `closes`: days from today to the end of enrolment (negative is past).
    """
    name, role = content.SIGNATORY
    cycle = actions.create_cycle(
        track,
        CycleDetails(
            title,
            code,
            summary=summary,
            signatory_name=name,
            signatory_role=role,
            place="Roma",
            threshold_percent=70,
            enrolment_closes_at=datetime.combine(
                today + timedelta(days=closes), time(23, 59), ROME
            ),
        ),
        by=None,
    )
    for trainer in cast.trainers:
        programme_actions.add_trainer(cycle, trainer, by=None)
    lessons = []
    for number, part in enumerate(plan):
        module = programme_actions.add_module(
            cycle, ModuleDetails(part.title, part.summary, part.area), by=None
        )
        trainer = cast.trainers[number % len(cast.trainers)]
        lessons += [
            programme_actions.add_lesson(module, _details(each, today, trainer.id), by=None)
            for each in part.lessons
        ]
    actions.change_status(cycle, CycleStatus.PUBLISHED, version=None, by=None)
    return cycle, lessons


def _details(plan: LessonPlan, today: date, trainer_id: int) -> LessonDetails:
    day = today + timedelta(days=plan.day)
    starts_at = datetime.combine(day, time.fromisoformat(plan.clock), ROME)
    return LessonDetails(
        title=plan.title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=plan.minutes),
        mode=LessonMode.ROOM if plan.room else LessonMode.ONLINE,
        place=plan.room,
        join_url="" if plan.room else "https://webinar.example/stanza-dimostrativa",
        trainer_ids=frozenset({trainer_id}),
    )
