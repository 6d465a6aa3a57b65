"""Somebody's training and teaching, read from closed registers; a few queries for any number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from lms.attendance.models import AttendanceRegister, RegisterStatus
from lms.catalogue.models import Cycle, Lesson, LessonStatus, LessonTrainer, Module
from lms.clock import now
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db
from lms.issuance.counting import Standing
from lms.issuance.facts import progress
from lms.referents.queries import NO_FACTS, CycleFacts, Training, facts_of_cycles, trainings
from lms.text import search_key
from lms.transcripts.rules import YearTotal, by_year

COUNTED = (EnrolmentStatus.CONFIRMED, EnrolmentStatus.WITHDRAWN)


@dataclass(frozen=True)
class Entry:
    """One cycle of a training record."""

    training: Training
    facts: CycleFacts


@dataclass(frozen=True)
class Record:
    """All somebody's training: cycles, the latest first, and hours by year."""

    entries: Sequence[Entry]
    years: Sequence[YearTotal]

    def search(self, text: str) -> list[Entry]:
        """The entries whose cycle has every word of `text`."""
        return [each for each in self.entries if speaks_of(each.training.enrolment.cycle, text)]


def speaks_of(cycle: Cycle, text: str) -> bool:
    """Whether the cycle's title or code has every word of `text`."""
    return all(word in cycle.search_key for word in search_key(text).split())


def record_of(person_id: int) -> Record:
    """The training record of a person: enrolments that were ever confirmed; five queries."""
    rows = (
        select(Enrolment)
        .join(Enrolment.cycle)
        .options(contains_eager(Enrolment.cycle))
        .where(Enrolment.person_id == person_id, Enrolment.status.in_(COUNTED))
        .order_by(Enrolment.enrolled_at.desc(), Enrolment.id.desc())
    )
    mine = list(db.session.scalars(rows).unique())
    how = progress(mine)
    facts = facts_of_cycles({each.cycle_id for each in mine})
    years = by_year(
        (count.lesson.starts_at, count.credited)
        for one in how.values()
        for count in one.counts
        if count.standing is Standing.SETTLED
    )
    found = [
        Entry(each, facts.get(each.enrolment.cycle_id, NO_FACTS))
        for each in trainings(mine, now().year, how)
    ]
    return Record(found, years)


def taught(person_id: int) -> list[Lesson]:
    """The lessons a person taught whose register is closed, the latest first."""
    rows = (
        select(Lesson)
        .join(Lesson.module)
        .join(Module.cycle)
        .join(LessonTrainer, LessonTrainer.lesson_id == Lesson.id)
        .join(AttendanceRegister, AttendanceRegister.lesson_id == Lesson.id)
        .options(contains_eager(Lesson.module).contains_eager(Module.cycle))
        .where(
            LessonTrainer.person_id == person_id,
            Lesson.status == LessonStatus.SCHEDULED,
            Lesson.starts_at <= now(),
            AttendanceRegister.status == RegisterStatus.CLOSED,
        )
        .order_by(Lesson.starts_at.desc(), Lesson.id.desc())
    )
    return list(db.session.scalars(rows).unique())


@dataclass(frozen=True)
class CycleTaught:
    """The lessons somebody taught in one cycle, in the order of time."""

    cycle: Cycle
    lessons: Sequence[Lesson]

    @property
    def minutes(self) -> int:
        """Their length together, breaks taken off."""
        return sum(lesson.minutes for lesson in self.lessons)

    @property
    def first(self) -> datetime:
        """When the first of them began."""
        return self.lessons[0].starts_at


def teaches(person_id: int) -> bool:
    """Whether any lesson names this person as its teacher."""
    found = select(LessonTrainer.id).where(LessonTrainer.person_id == person_id).limit(1)
    return db.session.scalar(found) is not None


def by_cycle(lessons: Sequence[Lesson]) -> list[CycleTaught]:
    """Lessons under their cycles, the cycle taught latest first."""
    found: dict[int, list[Lesson]] = {}
    for lesson in sorted(lessons, key=lambda each: (each.starts_at, each.id)):
        found.setdefault(lesson.module.cycle_id, []).append(lesson)
    cycles = [CycleTaught(each[0].module.cycle, each) for each in found.values()]
    return sorted(cycles, key=lambda each: each.first, reverse=True)


def years_taught(lessons: Sequence[Lesson]) -> list[YearTotal]:
    """Hours of teaching by year."""
    return by_year((lesson.starts_at, lesson.minutes) for lesson in lessons)
