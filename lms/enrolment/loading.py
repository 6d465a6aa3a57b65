"""How enrolments are loaded, and who is a participant, for `lms.access`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lms.access import Role, Subject, loader, role_source
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db


@loader("enrolment")
def _enrolment(enrolment_id: int, **_rest: Any) -> Subject | None:
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None:
        return None
    return Subject(enrolment, cycle_id=enrolment.cycle_id, person_id=enrolment.person_id)


@role_source(Role.PARTICIPANT)
def _is_participant(person_id: int, subject: Subject | None) -> bool:
    found = select(Enrolment.id).where(
        Enrolment.person_id == person_id, Enrolment.status == EnrolmentStatus.CONFIRMED
    )
    if subject is not None:
        if subject.cycle_id is None:
            return False
        found = found.where(Enrolment.cycle_id == subject.cycle_id)
    return db.session.scalar(found.limit(1)) is not None
