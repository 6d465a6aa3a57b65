"""Who a person of a report is: assigned, not one of ours, or undecided again."""

from __future__ import annotations

from flask_babel import gettext as _

from lms import audit
from lms.attendance import queries_evidence
from lms.attendance.models import MatchMethod, ReportEntry, ReportStatus
from lms.attendance.records import (
    add_evidence,
    lock_open_register,
    recompute,
    report_evidence,
)
from lms.catalogue.models import Lesson
from lms.clock import now
from lms.enrolment.models import Enrolment
from lms.errors import UserError
from lms.extensions import db


def state(entry: ReportEntry) -> str:
    """What a form was made on: how the entry is matched, and to whom."""
    return f"{entry.match or ''}:{entry.enrolment_id or ''}"


def assign(
    lesson: Lesson, entry: ReportEntry, enrolment_id: int, *, was: str | None, by: int | None
) -> None:
    """Say that the entry is this person; their record is computed again.

    `was` is the `state` somebody saw: UserError (409) if another person decided meanwhile.
    UserError for somebody who is not enrolled in the lesson's cycle.
    """
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None or enrolment.cycle_id != lesson.module.cycle_id:
        raise UserError(_("Choose one of the people enrolled in the cycle."))
    _decide(lesson, entry, MatchMethod.HUMAN, enrolment.id, was=was, by=by)


def dismiss(lesson: Lesson, entry: ReportEntry, *, was: str | None, by: int | None) -> None:
    """Say that the entry is not one of ours (host, colleague, stranger). As `assign`."""
    _decide(lesson, entry, MatchMethod.DISMISSED, None, was=was, by=by)


def undo(lesson: Lesson, entry: ReportEntry, *, was: str | None, by: int | None) -> None:
    """Put the entry back into the queue. As `assign`."""
    _decide(lesson, entry, None, None, was=was, by=by)


def _decide(
    lesson: Lesson,
    entry: ReportEntry,
    method: MatchMethod | None,
    enrolment_id: int | None,
    *,
    was: str | None,
    by: int | None,
) -> None:
    register = lock_open_register(lesson)
    db.session.refresh(entry)
    if was is not None and was != state(entry):
        raise UserError(
            _("Somebody else has decided about this row in the meantime: look at it again."), 409
        )
    if entry.report_file.status is not ReportStatus.IMPORTED or entry.withdrawn_at is not None:
        raise UserError(_("This report is not imported yet."), 409)
    before = entry.enrolment_id
    if (entry.match, before) == (method, enrolment_id):
        return
    entry.match, entry.enrolment_id = method, enrolment_id
    entry.decided_by_id, entry.decided_at = by, now()
    db.session.flush()
    stays, evidence = queries_evidence.stays(entry.intervals), []
    if before is not None:
        evidence.append(
            report_evidence(lesson, register, entry.id, before, stays, by, queries_evidence.UNDONE)
        )
    if enrolment_id is not None:
        evidence.append(report_evidence(lesson, register, entry.id, enrolment_id, stays, by))
    add_evidence(evidence)
    recompute(lesson, register, {key for key in (before, enrolment_id) if key is not None}, by)
    detail = {"enrolment": enrolment_id, "before": before}
    audit.record(f"entry.{method or 'undecided'}", entry, actor_id=by, detail=detail)
