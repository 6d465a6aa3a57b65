"""A presence contested by whose it is, answered by who keeps the register, or withdrawn.

Everybody locks the register first, so a contest never meets a mark that moves under it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PureWindowsPath

from flask_babel import gettext as _
from sqlalchemy import select

from lms import audit
from lms.accounts.writing import Maker
from lms.attendance import letters_contests as letters
from lms.attendance import queries, queries_contests
from lms.attendance.actions import MarkConflictError, record_marks
from lms.attendance.actions_closing import rectify
from lms.attendance.contesting import (
    AttachmentKind,
    ContestStatus,
    NotNow,
    contest_until,
    kind_of,
    why_not_contest,
)
from lms.attendance.models import AttendanceRegister, RegisterStatus
from lms.attendance.models_contests import (
    Contest,
    ContestAttachment,
    ContestEvent,
    ContestEventKind,
)
from lms.attendance.queries import RegisterRow
from lms.attendance.records import lock_register
from lms.attendance.rules import Cell, Typed
from lms.catalogue.models import Lesson, LessonStatus
from lms.clock import now
from lms.enrolment.models import Enrolment
from lms.errors import UserError
from lms.extensions import db
from lms.text import clean_line

RECTIFICATION_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came; what it is, its bytes say."""

    filename: str
    content: bytes

    @property
    def kind(self) -> AttachmentKind | None:
        """By its bytes; None for what is not taken."""
        return kind_of(self.content)


def refusal(
    lesson: Lesson, register: AttendanceRegister | None, row: RegisterRow, *, pending: bool
) -> NotNow | None:
    """Why this person's presence cannot be contested now; None when it can."""
    closed_at = register.closed_at if register else None
    days = lesson.module.cycle.contest_days
    return why_not_contest(
        now(),
        cancelled=lesson.status is LessonStatus.CANCELLED,
        ends_at=lesson.ends_at,
        marked=row.cell.mark is not None,
        until=contest_until(closed_at, days, lesson.zone) if closed_at else None,
        pending=pending,
    )


def refusal_in_words(reason: NotNow) -> str:
    """The sentence for who may not contest."""
    return str(
        {
            NotNow.CANCELLED: _("A cancelled lesson has no presence to contest."),
            NotNow.NOT_OVER: _("A presence can be contested once the lesson has ended."),
            NotNow.NOT_MARKED: _("Nobody has marked your presence yet: there is nothing to "
                                 "contest."),
            NotNow.TOO_LATE: _("The time to contest this presence is over."),
            NotNow.PENDING: _("You have contested this presence already: the answer is still to "
                              "come."),
        }[reason]
    )  # fmt: skip


def contest_presence(
    lesson: Lesson, enrolment: Enrolment, reason: str, upload: Upload | None, *, by: int
) -> Contest:
    """Open a contest. UserError (409) where that is not possible, or one waits already."""
    register = lock_register(lesson)
    (row,) = queries.rows_of(lesson, register.id, [enrolment.id])
    pending = queries_contests.is_pending(register.id, enrolment.id)
    why_not = refusal(lesson, register, row, pending=pending)
    if why_not is not None:
        raise UserError(refusal_in_words(why_not), 409)
    contest = Contest(
        register_id=register.id,
        enrolment_id=enrolment.id,
        status=ContestStatus.OPEN,
        mark=row.cell.mark,
        minutes=row.cell.minutes,
        opened_at=now(),
    )
    db.session.add(contest)
    db.session.flush()
    _note(contest, ContestEventKind.OPENED, by, reason)
    if upload is not None:
        _attach(contest, upload)
    audit.record("contest.opened", contest, actor_id=by)
    letters.tell([enrolment.person_id], "received", contest, letters.received(contest, lesson))
    make = letters.opened(contest, lesson, enrolment.full_name)
    letters.tell(_staff(lesson, enrolment.person_id), "opened", contest, make)
    return contest


def _attach(contest: Contest, upload: Upload) -> None:
    kind = upload.kind
    if kind is None:
        raise UserError(_("Only PDF, JPEG and PNG files can be attached."))
    name = clean_line(PureWindowsPath(upload.filename).name)[-200:] or kind.value
    db.session.add(
        ContestAttachment(
            contest_id=contest.id,
            filename=name,
            kind=kind,
            sha256=hashlib.sha256(upload.content).hexdigest(),
            size=len(upload.content),
            content=upload.content,
        )
    )


def _note(contest: Contest, kind: ContestEventKind, by: int | None, note: str = "") -> None:
    event = ContestEvent(contest_id=contest.id, kind=kind, at=now(), actor_id=by, note=note)
    db.session.add(event)
    db.session.flush()


def _hold(contest: Contest, lesson: Lesson) -> AttendanceRegister:
    """The register, locked, and the contest as it stands. UserError (409) if it is over."""
    register = lock_register(lesson)
    db.session.execute(
        select(Contest)
        .where(Contest.id == contest.id)
        .with_for_update(of=Contest)
        .execution_options(populate_existing=True)
    )
    if contest.status is not ContestStatus.OPEN:
        raise UserError(_("This contest is over: somebody answered it, or it was withdrawn."), 409)
    return register


def accept(
    contest: Contest, lesson: Lesson, cell: Cell, answer: str, *, version: int, by: int
) -> None:
    """Correct the mark as the contest leads to, and say so to both sides.

    An open register is marked, a closed one rectified; `version` is the record's that somebody
    looked at. UserError (409) when it moved; UserError when nothing would change.
    """
    register = _hold(contest, lesson)
    enrolment = _of_another(contest, by)
    if register.status is RegisterStatus.CLOSED:
        reason = _("Contest no. %(number)s: %(answer)s", number=contest.id, answer=answer)
        reason = reason[:RECTIFICATION_LENGTH]
        rectify(lesson, enrolment, cell, reason, version=version, by=by)
    else:
        _mark(lesson, enrolment, cell, version, by)
    contest.evidence_id = queries_contests.last_evidence(register.id, enrolment.id)
    letter = letters.accepted(contest, lesson, answer)
    _end(contest, lesson, enrolment, ContestStatus.ACCEPTED, answer, letter, by)


def _mark(lesson: Lesson, enrolment: Enrolment, cell: Cell, version: int, by: int) -> None:
    try:
        changed = record_marks(lesson, [Typed(enrolment.id, cell, version)], by=by)
    except MarkConflictError as error:
        raise UserError(
            _("Somebody else has changed this mark in the meantime: look at it again."), 409
        ) from error
    if not changed:
        raise UserError(_("The register already says so: there is nothing to correct."))


def refuse(contest: Contest, lesson: Lesson, answer: str, *, by: int) -> None:
    """Leave the register as it is, with the reason, and say so to both sides."""
    _hold(contest, lesson)
    enrolment = _of_another(contest, by)
    letter = letters.refused(contest, lesson, answer)
    _end(contest, lesson, enrolment, ContestStatus.REFUSED, answer, letter, by)


def _of_another(contest: Contest, by: int) -> Enrolment:
    enrolment = db.session.get_one(Enrolment, contest.enrolment_id)
    if enrolment.person_id == by:
        raise UserError(_("Nobody answers their own contest: a colleague does."), 409)
    return enrolment


def _end(
    contest: Contest,
    lesson: Lesson,
    enrolment: Enrolment,
    status: ContestStatus,
    answer: str,
    letter: Maker,
    by: int,
) -> None:
    contest.status, contest.closed_at = status, now()
    db.session.flush()
    _note(contest, ContestEventKind(status.value), by, answer)
    audit.record(f"contest.{status}", contest, actor_id=by)
    letters.tell([enrolment.person_id], "answered", contest, letter)
    done = letters.answered(contest, lesson, enrolment.full_name)
    letters.tell(_staff(lesson, by, enrolment.person_id), "closed", contest, done)


def _staff(lesson: Lesson, *without: int) -> list[int]:
    """Who keeps the register, but for these people."""
    return [each for each in queries_contests.staff_of(lesson) if each not in without]


def withdraw(contest: Contest, lesson: Lesson, *, by: int) -> None:
    """Take one's own contest back; the staff are told."""
    _hold(contest, lesson)
    contest.status, contest.closed_at = ContestStatus.WITHDRAWN, now()
    db.session.flush()
    _note(contest, ContestEventKind.WITHDRAWN, by)
    audit.record("contest.withdrawn", contest, actor_id=by)
    name = db.session.get_one(Enrolment, contest.enrolment_id).full_name
    make = letters.withdrawn(contest, lesson, name)
    letters.tell(_staff(lesson, by), "withdrawn", contest, make)


def unite_contests(kept: Enrolment, other: Enrolment, *, by: int) -> None:
    """The contests of a second record become those of the first; of two open ones one stays.

    To be called with the registers of their cycle held.
    """
    pending = select(Contest.register_id).where(
        Contest.enrolment_id == kept.id, Contest.status == ContestStatus.OPEN
    )
    taken = set(db.session.scalars(pending))
    for contest in db.session.scalars(
        select(Contest).where(Contest.enrolment_id == other.id)
    ).all():
        if contest.status is ContestStatus.OPEN and contest.register_id in taken:
            contest.status, contest.closed_at = ContestStatus.WITHDRAWN, now()
            note = _("A second record of the same person: the other contest stays open.")
            _note(contest, ContestEventKind.WITHDRAWN, by, note)
        contest.enrolment_id = kept.id
        db.session.flush()
