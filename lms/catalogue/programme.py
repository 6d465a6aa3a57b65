"""One cycle's programme and who teaches it: as few queries for 100 lessons as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import exists, null, or_, select, union_all
from sqlalchemy.orm import lazyload

from lms.accounts.models import Person, PersonEmail
from lms.accounts.scopes import findable
from lms.catalogue.models import CycleTrainer, Lesson, LessonStatus, LessonTrainer, Module
from lms.catalogue.queries import found
from lms.extensions import db
from lms.lists import page_of
from lms.pages import Page


@dataclass(frozen=True)
class LessonLine:
    """A lesson in a programme, with who teaches it."""

    lesson: Lesson
    trainers: tuple[Person, ...]

    @property
    def takes_place(self) -> bool:
        """Whether it was not cancelled."""
        return self.lesson.status is LessonStatus.SCHEDULED


@dataclass(frozen=True)
class ModuleLines:
    """A module in a programme, its lessons by date."""

    module: Module
    lessons: tuple[LessonLine, ...]

    @property
    def minutes(self) -> int:
        """Planned minutes of the lessons that take place."""
        return sum(line.lesson.minutes for line in self.lessons if line.takes_place)


@dataclass(frozen=True)
class Programme:
    """A cycle's modules in their order, and its trainers by name."""

    modules: tuple[ModuleLines, ...]
    trainers: tuple[Person, ...]

    @property
    def taking_place(self) -> tuple[Lesson, ...]:
        """All lessons that were not cancelled, by date."""
        lessons = [
            line.lesson for part in self.modules for line in part.lessons if line.takes_place
        ]
        return tuple(sorted(lessons, key=lambda lesson: (lesson.starts_at, lesson.id)))

    @property
    def minutes(self) -> int:
        """Planned minutes of the whole cycle."""
        return sum(lesson.minutes for lesson in self.taking_place)

    @property
    def first(self) -> datetime | None:
        """When the first lesson begins."""
        return min((lesson.starts_at for lesson in self.taking_place), default=None)

    @property
    def last(self) -> datetime | None:
        """When the last lesson ends."""
        return max((lesson.ends_at for lesson in self.taking_place), default=None)

    def to_come(self, instant: datetime) -> tuple[Lesson, ...]:
        """Lessons not yet ended at `instant`, the next first."""
        return tuple(lesson for lesson in self.taking_place if lesson.ends_at > instant)

    @property
    def changed_at(self) -> datetime | None:
        """When a lesson last changed."""
        changes = [line.lesson.changed_at for part in self.modules for line in part.lessons]
        return max(changes, default=None)


def programme(cycle_id: int) -> Programme:
    """Modules, lessons and trainers of a cycle: two queries, however many there are."""
    rows = db.session.execute(
        select(Module, Lesson)
        .outerjoin(Lesson, Lesson.module_id == Module.id)
        .where(Module.cycle_id == cycle_id)
        .order_by(Module.position, Module.id, Lesson.starts_at, Lesson.id)
        .options(lazyload(Module.cycle), lazyload(Lesson.module))
    ).tuples()
    of_cycle, of_lessons = _trainers(cycle_id)
    parts = [
        ModuleLines(
            module,
            tuple(
                LessonLine(lesson, tuple(of_lessons[lesson.id]))
                for _module, lesson in pairs
                if lesson is not None
            ),
        )
        for module, pairs in groupby(rows, key=itemgetter(0))
    ]
    return Programme(tuple(parts), tuple(of_cycle))


def _trainers(cycle_id: int) -> tuple[Iterable[Person], dict[int, list[Person]]]:
    """Everybody who trains in a cycle, by name, and who teaches which lesson."""
    of_cycle = select(CycleTrainer.person_id, null().label("lesson_id")).where(
        CycleTrainer.cycle_id == cycle_id
    )
    of_lessons = (
        select(LessonTrainer.person_id, LessonTrainer.lesson_id)
        .join(Lesson, Lesson.id == LessonTrainer.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.cycle_id == cycle_id)
    )
    who = union_all(of_cycle, of_lessons).subquery()
    everybody: dict[int, Person] = {}
    by_lesson: dict[int, list[Person]] = defaultdict(list)
    rows = db.session.execute(
        select(Person, who.c.lesson_id)
        .join(who, who.c.person_id == Person.id)
        .order_by(Person.family_name, Person.given_name, Person.id)
    )
    for person, lesson_id in rows.unique():
        everybody.setdefault(person.id, person)
        if lesson_id is not None:
            by_lesson[lesson_id].append(person)
    return everybody.values(), by_lesson


def lesson_trainers(lesson_id: int) -> Sequence[Person]:
    """Who teaches a lesson, by name."""
    return db.session.scalars(
        select(Person)
        .join(LessonTrainer, LessonTrainer.person_id == Person.id)
        .where(LessonTrainer.lesson_id == lesson_id)
        .order_by(Person.family_name, Person.given_name, Person.id)
    ).all()


def cycle_trainers(cycle_id: int) -> Sequence[Person]:
    """Who trains in a cycle and records attendance there, by name."""
    return db.session.scalars(
        select(Person)
        .join(CycleTrainer, CycleTrainer.person_id == Person.id)
        .where(CycleTrainer.cycle_id == cycle_id)
        .order_by(Person.family_name, Person.given_name, Person.id)
    ).all()


def modules(cycle_id: int) -> Sequence[Module]:
    """A cycle's modules in their order."""
    return db.session.scalars(
        select(Module).where(Module.cycle_id == cycle_id).order_by(Module.position, Module.id)
    ).all()


def possible_trainers(cycle_id: int, text: str) -> Page[Person]:
    """People who match by name or mail address and do not train in the cycle yet.

    Of those whom who looks may choose from.
    """
    trains = exists().where(CycleTrainer.cycle_id == cycle_id, CycleTrainer.person_id == Person.id)
    address = exists().where(
        PersonEmail.person_id == Person.id,
        PersonEmail.address.startswith(text.lower(), autoescape=True),
    )
    query = select(Person).where(
        ~trains, findable(text), or_(found(text, Person.search_key), address)
    )
    return page_of(query.order_by(Person.family_name, Person.given_name, Person.id))
