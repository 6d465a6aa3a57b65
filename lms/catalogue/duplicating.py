"""A new cycle with the programme of another one, its dates moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from lms import audit
from lms.catalogue import programme
from lms.catalogue.actions import create_cycle
from lms.catalogue.details import CycleDetails, LessonDetails, ModuleDetails
from lms.catalogue.models import Cycle, Lesson
from lms.catalogue.programme import LessonLine
from lms.catalogue.programme_actions import add_lesson, add_module, add_trainer
from lms.catalogue.times import TimeFault, moved
from lms.errors import UserError
from lms.pages import local_datetime

Taker = Callable[[Cycle, Cycle], None]
_takers: list[Taker] = []


def taken_along(function: Taker) -> Taker:
    """Declare what a room above takes from a cycle to its copy: called with both."""
    _takers.append(function)
    return function


def duplicate_cycle(
    source: Cycle, *, title: str, code: str, first_day: date, keep_trainers: bool, by: int | None
) -> Cycle:
    """A draft with `source`'s rule and programme, its first lesson on `first_day`.

    Clock times and distances in days stay; cancelled lessons, joining links and the enrolment
    window are not taken along. Raises `UserError` naming a lesson whose new time does not exist or
    is ambiguous, or when the code is taken.
    """
    plan = programme.programme(source.id)
    trainers = programme.cycle_trainers(source.id) if keep_trainers else ()
    known = {person.id for person in trainers}
    lessons = plan.taking_place
    days = (first_day - _local_day(lessons[0])).days if lessons else 0
    parts = [  # all of it before anything is written: a time that cannot be leaves nothing behind
        (part.module, [_moved_line(line, days, known) for line in part.lessons if line.takes_place])
        for part in plan.modules
    ]
    cycle = create_cycle(source.track, _details_of(source, title, code), by=by)
    cycle.certificate_layout = source.certificate_layout
    for person in trainers:
        add_trainer(cycle, person, by=by)
    for old, moved_lessons in parts:
        module = add_module(cycle, ModuleDetails(old.title, old.summary, old.subject_area), by=by)
        for details in moved_lessons:
            add_lesson(module, details, by=by)
    for take in _takers:
        take(source, cycle)
    audit.record("cycle.duplicated", cycle, actor_id=by, detail={"from": source.id, "days": days})
    return cycle


def _details_of(source: Cycle, title: str, code: str) -> CycleDetails:
    return CycleDetails(
        title=title,
        code=code,
        summary=source.summary,
        enrolment_mode=source.enrolment_mode,
        places=source.places,
        threshold_percent=source.threshold_percent,
        denominator=source.denominator,
        excused_policy=source.excused_policy,
        grace_minutes=source.grace_minutes,
        contest_days=source.contest_days,
        tax_code_policy=source.tax_code_policy,
        signatory_name=source.signatory_name,
        signatory_role=source.signatory_role,
        place=source.place,
    )


def _local_day(lesson: Lesson) -> date:
    return lesson.starts_at.astimezone(ZoneInfo(lesson.zone)).date()


def _moved_line(line: LessonLine, days: int, trainers: set[int]) -> LessonDetails:
    lesson = line.lesson
    return LessonDetails(
        title=lesson.title,
        summary=lesson.summary,
        starts_at=_moved(lesson, lesson.starts_at, days),
        ends_at=_moved(lesson, lesson.ends_at, days),
        breaks=tuple(
            (_moved(lesson, start, days), _moved(lesson, end, days)) for start, end in lesson.breaks
        ),
        zone=lesson.zone,
        mode=lesson.mode,
        place=lesson.place,
        trainer_ids=frozenset(trainers & {person.id for person in line.trainers}),
    )


def _moved(lesson: Lesson, instant: datetime, days: int) -> datetime:
    try:
        return moved(instant, lesson.zone, days)
    except TimeFault as fault:
        raise UserError(
            _(
                "“%(title)s” (%(when)s) would fall on a time that does not exist there, or exists "
                "twice. Choose another first day.",
                title=lesson.title,
                when=local_datetime(lesson.starts_at, lesson.zone),
            )
        ) from fault
