"""How the address of a contested presence is loaded, for `lms.access`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lms.access import Subject, loader
from lms.attendance.models_contests import Contest
from lms.catalogue.models import Lesson
from lms.enrolment.models import Enrolment
from lms.extensions import db


@dataclass(frozen=True, slots=True)
class LessonContest:
    """A contest under its lesson, and whose presence it is about."""

    lesson: Lesson
    enrolment: Enrolment
    contest: Contest


@loader("contest")
def _contest(contest_id: int, **_rest: Any) -> Subject | None:
    contest = db.session.get(Contest, contest_id)
    if contest is None:
        return None
    lesson, enrolment = contest.register.lesson, contest.enrolment
    cycle = lesson.module.cycle
    return Subject(
        LessonContest(lesson, enrolment, contest), cycle_id=cycle.id,
        person_id=enrolment.person_id, track_id=cycle.track_id,
    )  # fmt: skip
