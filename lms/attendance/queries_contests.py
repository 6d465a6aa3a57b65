"""Contested presences: of a record, of a person, of all that somebody answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from lms.accounts.models import Person, RoleGrant, StaffRole
from lms.accounts.scopes import Reach
from lms.attendance.contesting import ContestStatus
from lms.attendance.models import AttendanceRegister, Evidence
from lms.attendance.models_contests import Contest, ContestAttachment, ContestEvent
from lms.catalogue.models import Cycle, CycleStatus, CycleTrainer, Lesson, Module
from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.lists import has_words, page_of
from lms.pages import Page


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a contest, with the name of who acted."""

    event: ContestEvent
    author: str


def of_record(register_id: int | None, enrolment_id: int) -> list[Contest]:
    """The contests about one person's mark in one register, the latest first."""
    query = (
        select(Contest)
        .where(Contest.register_id == register_id, Contest.enrolment_id == enrolment_id)
        .order_by(Contest.id.desc())
    )
    return list(db.session.scalars(query))


def is_pending(register_id: int, enrolment_id: int) -> bool:
    """Whether a contest about this mark waits for an answer."""
    return any(each.status is ContestStatus.OPEN for each in of_record(register_id, enrolment_id))


def history(contest_id: int) -> list[Told]:
    """What happened to a contest, in order."""
    query = (
        select(ContestEvent, Person.given_name, Person.family_name)
        .outerjoin(Person, Person.id == ContestEvent.actor_id)
        .where(ContestEvent.contest_id == contest_id)
        .order_by(ContestEvent.id)
    )
    return [
        Told(event, f"{given} {family}" if family else "")
        for event, given, family in db.session.execute(query)
    ]


def attachment_of(contest_id: int) -> ContestAttachment | None:
    """What was attached, without its bytes until they are asked for."""
    return db.session.scalar(
        select(ContestAttachment).where(ContestAttachment.contest_id == contest_id)
    )


def of_enrolments(enrolment_ids: Collection[int]) -> dict[tuple[int, int], Contest]:
    """The latest contest of each (enrolment, lesson) of these people."""
    query = (
        select(Contest, AttendanceRegister.lesson_id)
        .join(AttendanceRegister, AttendanceRegister.id == Contest.register_id)
        .where(Contest.enrolment_id.in_(enrolment_ids))
        .order_by(Contest.id)
    )
    return {
        (contest.enrolment_id, lesson_id): contest
        for contest, lesson_id in db.session.execute(query)
    }


def to_answer(tracks: Reach, trainer_id: int) -> ColumnElement[bool]:
    """Contests of the cycles somebody organises or trains in; nobody answers their own."""
    trains = exists().where(
        CycleTrainer.cycle_id == Module.cycle_id, CycleTrainer.person_id == trainer_id
    )
    return or_(tracks.holds(Cycle.track_id), trains) & (Enrolment.person_id != trainer_id)


def _of_cycles(condition: ColumnElement[bool]) -> Select[Any]:
    return (
        select(Contest)
        .join(Enrolment, Enrolment.id == Contest.enrolment_id)
        .join(AttendanceRegister, AttendanceRegister.id == Contest.register_id)
        .join(Lesson, Lesson.id == AttendanceRegister.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Cycle, Cycle.id == Module.cycle_id)
        .where(condition)
    )


def listed(
    tracks: Reach, trainer_id: int, text: str, status: ContestStatus | None
) -> Page[Contest]:
    """Contests somebody answers, the longest waiting first; by name or organisation."""
    return _page(to_answer(tracks, trainer_id), text, status)


def of_track(
    track_id: int, cycles: Collection[CycleStatus], text: str, status: ContestStatus | None
) -> Page[Contest]:
    """Contests in a track's cycles of these statuses, as `listed` shows them."""
    return _page((Cycle.track_id == track_id) & Cycle.status.in_(cycles), text, status)


def _page(condition: ColumnElement[bool], text: str, status: ContestStatus | None) -> Page[Contest]:
    query = _of_cycles(condition).where(has_words(Enrolment.search_key, text))
    if status is not None:
        query = query.where(Contest.status == status)
    first = Contest.id if status is ContestStatus.OPEN else Contest.id.desc()
    whole = (joinedload(Contest.register), joinedload(Contest.enrolment))
    return page_of(query.order_by(first).options(*whole))


def count_open(tracks: Reach, trainer_id: int) -> int:
    """How many contests wait for somebody's answer."""
    found = _of_cycles(to_answer(tracks, trainer_id)).where(Contest.status == ContestStatus.OPEN)
    counted = found.with_only_columns(func.count(Contest.id))
    return db.session.scalar(counted) or 0


def staff_of(lesson: Lesson) -> list[int]:
    """Who is told of a contest: who trains in the cycle; where nobody does, its organisers."""
    cycle = lesson.module.cycle
    trainers = select(CycleTrainer.person_id).where(CycleTrainer.cycle_id == cycle.id)
    found = list(db.session.scalars(trainers.order_by(CycleTrainer.id)))
    if found:
        return found
    organisers = select(RoleGrant.person_id).where(
        RoleGrant.role == StaffRole.ORGANISER,
        RoleGrant.ended_at.is_(None),
        or_(RoleGrant.track_id == cycle.track_id, RoleGrant.track_id.is_(None)),
    )
    return sorted(set(db.session.scalars(organisers)))


def last_evidence(register_id: int, enrolment_id: int) -> int | None:
    """The newest piece of evidence of this person in this register."""
    newest = select(func.max(Evidence.id)).where(
        Evidence.register_id == register_id, Evidence.enrolment_id == enrolment_id
    )
    return db.session.scalar(newest)
