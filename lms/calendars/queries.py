"""What calendars are made of: a feed by its token, and lessons by lesson, cycle or person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Select, bindparam, exists, func, select, union

from lms.accounts.models import Account
from lms.accounts.signing_in import token_hash
from lms.calendars.entries import LessonFacts
from lms.calendars.models import CalendarFeed
from lms.catalogue.models import (
    Cycle,
    CycleStatus,
    CycleTrainer,
    Lesson,
    LessonTrainer,
    Module,
)
from lms.enrolment.models import Enrolment, EnrolmentEvent, EnrolmentStatus
from lms.extensions import db


@dataclass(frozen=True)
class OpenFeed:
    """A feed whose token opens. `changed_at`: when it was made or its owner last (un)enrolled."""

    id: int
    person_id: int
    language: str
    changed_at: datetime


def feed_by_token(token: str) -> OpenFeed | None:
    """The feed behind `token`; None if there is none, it was revoked, or the account is shut."""
    found = db.session.execute(_FEED, {"token_hash": token_hash(token)}).one_or_none()
    if found is None:
        return None
    feed_id, person_id, language, created_at, enrolled_at = found
    return OpenFeed(feed_id, person_id, language, max(created_at, enrolled_at or created_at))


def open_feed_of(person_id: int) -> CalendarFeed | None:
    """The feed this person has open, if any."""
    return db.session.scalar(
        select(CalendarFeed).where(
            CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None)
        )
    )


def lesson_facts(lesson_id: int) -> tuple[LessonFacts, ...]:
    """One lesson (nothing if it is gone)."""
    return _all(_FACTS.where(Lesson.id == lesson_id))


def facts_of_cycle(cycle_id: int) -> tuple[LessonFacts, ...]:
    """The lessons of a cycle, cancelled ones included, in order of time."""
    return _all(_FACTS.where(Module.cycle_id == cycle_id))


def facts_of_person(person_id: int) -> tuple[LessonFacts, ...]:
    """The lessons a person takes part in or gives, in order of time; those of drafts are unknown.

    They take part where their enrolment is confirmed. They give the lessons that name them, and
    those of the cycles they train in that name nobody.
    """
    return _all(_OF_PERSON, person_id=person_id)


def _all(query: Select[Any], **values: int) -> tuple[LessonFacts, ...]:
    return tuple(LessonFacts(*row) for row in db.session.execute(query, values))


# The statements of a poll, made once: making them costs more than SQLite takes to answer.


def _feed_statement() -> Select[Any]:
    last_enrolment = (
        select(func.max(EnrolmentEvent.at))
        .join(Enrolment, Enrolment.id == EnrolmentEvent.enrolment_id)
        .where(Enrolment.person_id == CalendarFeed.person_id)
        .scalar_subquery()
    )
    account_is_shut = exists().where(
        Account.person_id == CalendarFeed.person_id, Account.is_active.is_(False)
    )
    return select(
        CalendarFeed.id,
        CalendarFeed.person_id,
        CalendarFeed.language,
        CalendarFeed.created_at,
        last_enrolment,
    ).where(
        CalendarFeed.token_hash == bindparam("token_hash"),
        CalendarFeed.revoked_at.is_(None),
        ~account_is_shut,
    )


def _facts_statement() -> Select[Any]:
    own = LessonFacts._fields[:-2]
    return (
        select(*(getattr(Lesson, name) for name in own), Module.title, Cycle.title)
        .join(Module, Module.id == Lesson.module_id)
        .join(Cycle, Cycle.id == Module.cycle_id)
        .order_by(Lesson.starts_at, Lesson.id)
    )


def _person_statement() -> Select[Any]:
    person_id = bindparam("person_id", type_=Integer)
    taken = (
        select(Lesson.id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Enrolment, Enrolment.cycle_id == Module.cycle_id)
        .where(Enrolment.person_id == person_id, Enrolment.status == EnrolmentStatus.CONFIRMED)
    )
    given = select(LessonTrainer.lesson_id).where(LessonTrainer.person_id == person_id)
    of_nobody = (
        select(Lesson.id)
        .join(Module, Module.id == Lesson.module_id)
        .join(CycleTrainer, CycleTrainer.cycle_id == Module.cycle_id)
        .where(
            CycleTrainer.person_id == person_id,
            ~exists().where(LessonTrainer.lesson_id == Lesson.id),
        )
    )
    theirs = union(taken, given, of_nobody)
    return _FACTS.where(Lesson.id.in_(theirs), Cycle.status != CycleStatus.DRAFT)


_FEED = _feed_statement()
_FACTS = _facts_statement()
_OF_PERSON = _person_statement()
