"""Following one's own joining link: the click is evidence, of nothing but itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, select

from lms.attendance.actions_checking import hold_enrolment, shared_register
from lms.attendance.models import Evidence, EvidenceKind
from lms.attendance.queries_joining import Joining
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db

# Clicks of a test the week before tell nothing of the lesson.
NOTED_BEFORE = timedelta(hours=1)
ONE_CLICK = timedelta(minutes=5)


def note_click(joining: Joining) -> bool:
    """Write down that somebody went to the lesson's room; whether there was something to write.

    Not outside the lesson's time, not in a sealed register, and one click a few minutes: who
    presses twice has gone once.
    """
    instant = now()
    during = joining.starts_at - NOTED_BEFORE <= instant < joining.ends_at
    if joining.enrolment_id is None or not during:
        return False
    connection = db.session.connection()
    try:
        register_id = shared_register(connection, joining.lesson_id)
    except UserError:
        return False  # sealed: what it says is said
    hold_enrolment(connection, joining.enrolment_id)
    if _just_clicked(register_id, joining.enrolment_id, instant):
        return False
    row = {
        "register_id": register_id,
        "enrolment_id": joining.enrolment_id,
        "kind": EvidenceKind.JOINED_LINK,
        "at": instant,
    }
    db.session.execute(insert(Evidence), [row])
    return True


def _just_clicked(register_id: int, enrolment_id: int, instant: datetime) -> bool:
    query = select(Evidence.id).where(
        Evidence.register_id == register_id,
        Evidence.enrolment_id == enrolment_id,
        Evidence.kind == EvidenceKind.JOINED_LINK,
        Evidence.at > instant - ONE_CLICK,
    )
    return db.session.scalar(query.limit(1)) is not None
