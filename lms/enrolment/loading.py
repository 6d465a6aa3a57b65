"""How enrolments are loaded, and who is a participant, for `lms.access`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g
from flask_login import current_user
from sqlalchemy import ColumnElement, select

from lms.access import Role, Subject, loader, role_source
from lms.accounts.models import Person
from lms.accounts.scopes import tie
from lms.catalogue.models import Cycle
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.enrolment.queries import enrolment_of
from lms.extensions import db


@loader("enrolment")
def _enrolment(enrolment_id: int, **_rest: Any) -> Subject | None:
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None:
        return None
    return Subject(
        enrolment, cycle_id=enrolment.cycle_id, person_id=enrolment.person_id,
        track_id=enrolment.cycle.track_id, organisation_id=enrolment.organisation_id,
    )  # fmt: skip


@tie
def _enrolled(track: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Tracks know who is or was enrolled in their cycles, or nominated into one."""
    return (
        select(Enrolment.id)
        .join(Cycle, Cycle.id == Enrolment.cycle_id)
        .where(Enrolment.person_id == Person.id, track(Cycle.track_id))
        .exists()
    )


def own_enrolment(cycle_id: int) -> Enrolment | None:
    """The confirmed enrolment of who looks; None without one."""
    found = any_own_enrolment(cycle_id)
    return found if found is not None and found.status is EnrolmentStatus.CONFIRMED else None


def any_own_enrolment(cycle_id: int) -> Enrolment | None:
    """The enrolment of who looks, whatever its status (asked once a request)."""
    if not current_user.is_authenticated:
        return None
    known: dict[int, Enrolment | None] = g.setdefault("own_enrolments", {})
    if cycle_id not in known:
        known[cycle_id] = enrolment_of(cycle_id, current_user.person_id)
    return known[cycle_id]


@role_source(Role.PARTICIPANT)
def _is_participant(person_id: int, subject: Subject | None) -> bool:
    if subject is not None:
        return subject.cycle_id is not None and own_enrolment(subject.cycle_id) is not None
    anywhere = select(Enrolment.id).where(
        Enrolment.person_id == person_id, Enrolment.status == EnrolmentStatus.CONFIRMED
    )
    return db.session.scalar(anywhere.limit(1)) is not None
