"""What waits for a person's decision, since the facts behind certificates changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select

from lms.accounts.models import Person
from lms.accounts.scopes import Reach
from lms.catalogue.models import Cycle, Lesson, Module
from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.issuance.corrections import Kept
from lms.issuance.models import Certificate, CertificateStatus
from lms.issuance.models_tasks import CertificateTask, Change, Outcome
from lms.lists import has_words


def kept_in(cycle_id: int) -> Kept:
    """Every change of a cycle's certificates that somebody decided to leave."""
    rows = db.session.execute(
        select(CertificateTask.certificate_id, CertificateTask.change, CertificateTask.fact)
        .join(Certificate, Certificate.id == CertificateTask.certificate_id)
        .where(Certificate.cycle_id == cycle_id, CertificateTask.outcome == Outcome.KEPT)
    )
    return {(row.certificate_id, row.change, row.fact) for row in rows}


def open_in(cycle_id: int) -> dict[tuple[int, Change], CertificateTask]:
    """The open tasks of a cycle's certificates."""
    rows = db.session.scalars(
        select(CertificateTask)
        .join(Certificate, Certificate.id == CertificateTask.certificate_id)
        .where(Certificate.cycle_id == cycle_id, CertificateTask.outcome.is_(None))
    )
    return {(row.certificate_id, row.change): row for row in rows}


def open_of(certificate_ids: Collection[int]) -> dict[int, list[CertificateTask]]:
    """The open tasks of each of these certificates, the oldest first."""
    found: dict[int, list[CertificateTask]] = {number: [] for number in certificate_ids}
    rows = select(CertificateTask).where(
        CertificateTask.certificate_id.in_(certificate_ids), CertificateTask.outcome.is_(None)
    )
    for task in db.session.scalars(rows.order_by(CertificateTask.id)):
        found[task.certificate_id].append(task)
    return found


def decisions_on(certificate_id: int) -> Sequence[tuple[CertificateTask, str]]:
    """The changes that somebody decided to leave, each with that person's name (or "")."""
    rows = db.session.execute(
        select(CertificateTask, Person.given_name, Person.family_name)
        .outerjoin(Person, Person.id == CertificateTask.settled_by_id)
        .where(
            CertificateTask.certificate_id == certificate_id,
            CertificateTask.outcome == Outcome.KEPT,
        )
        .order_by(CertificateTask.id)
    )
    return [(task, f"{given or ''} {family or ''}".strip()) for task, given, family in rows]


def waiting(tracks: Reach, text: str) -> Select[Any]:
    """Certificates with open tasks in these tracks, those that wait longest first.

    Each word of `text` is sought in name, organisation, number and title of the cycle.
    """
    since = (
        select(CertificateTask.certificate_id, func.min(CertificateTask.raised_at).label("since"))
        .where(CertificateTask.outcome.is_(None))
        .group_by(CertificateTask.certificate_id)
        .subquery()
    )
    found = (
        select(Certificate)
        .join(since, since.c.certificate_id == Certificate.id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Cycle, Cycle.id == Certificate.cycle_id)
        .where(tracks.holds(Cycle.track_id))
        .order_by(since.c.since, Certificate.id)
    )
    for word in text.split():
        found = found.where(
            or_(
                has_words(Enrolment.search_key, word),
                Certificate.serial.icontains(word, autoescape=True),
                Cycle.title.icontains(word, autoescape=True),
            )
        )
    return found


def cycles_with_certificates(
    *,
    cycle_id: int | None = None,
    lesson_id: int | None = None,
    enrolment_id: int | None = None,
    person_id: int | None = None,
) -> Sequence[int]:
    """The cycles with valid certificates that a deed on this object may concern."""
    found = select(Certificate.cycle_id).where(Certificate.status == CertificateStatus.VALID)
    if cycle_id is not None:
        found = found.where(Certificate.cycle_id == cycle_id)
    if lesson_id is not None:
        of_lesson = select(Module.cycle_id).join(Lesson, Lesson.module_id == Module.id)
        found = found.where(Certificate.cycle_id.in_(of_lesson.where(Lesson.id == lesson_id)))
    if enrolment_id is not None:
        found = found.where(Certificate.enrolment_id == enrolment_id)
    if person_id is not None:
        own = select(Enrolment.id).where(Enrolment.person_id == person_id)
        found = found.where(Certificate.enrolment_id.in_(own))
    return db.session.scalars(found.distinct()).all()
