"""Closing a register, rectifying a closed one, and why a mark is what it is."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.attendance import (
    actions_closing,
    queries,
    queries_evidence,
    queries_overview,
    queries_reports,
)
from lms.attendance.accounting import Account, account
from lms.attendance.blueprint import blueprint
from lms.attendance.forms import CloseForm, RectificationForm, fault_sentence
from lms.attendance.lesson_time import window_of
from lms.attendance.loading import Presence
from lms.attendance.models import ReportStatus
from lms.attendance.queries import RegisterRow
from lms.attendance.queries_evidence import Ground, proof, still_counting
from lms.attendance.rules import BadCellError, Mark, checked, read_cell
from lms.attendance.views_contests import contestable
from lms.catalogue.models import Lesson
from lms.errors import UserError
from lms.permissions import TEACHING

Answer = str | Response | tuple[str, int]


@blueprint.route("/incontri/<int:lesson_id>/registro/chiudi", methods=["GET", "POST"])
def close(lesson_id: int) -> Answer:
    """The page that says what closing means, and the closing."""
    lesson, form, status = access.subject(Lesson), CloseForm(), 200
    head = queries.head(lesson)
    refusal = actions_closing.may_close(lesson)
    if head.closed:
        return redirect(url_for(".register", lesson_id=lesson_id), 303)
    if not head.unmarked:
        del form.unmarked
    if not head.waiting:
        del form.leave_queue
    if form.is_submitted():
        status = _close(lesson, form) if form.validate() else 422
        if status == 303:
            return redirect(url_for(".register", lesson_id=lesson_id), 303)
        head = queries.head(lesson)
    form.expected.data = actions_closing.expectation(head)
    reports = queries_reports.reports(head.register.id) if head.register else []
    return (
        render_template(
            "attendance/close.html",
            lesson=lesson,
            head=head,
            form=form,
            refusal=refusal,
            staged=[line for line in reports if line.file.status is ReportStatus.STAGED],
        ),
        status,
    )


def _close(lesson: Lesson, form: CloseForm) -> int:
    """Close; 303, or the status of what stands in the form's way."""
    try:
        register = actions_closing.close_register(
            lesson,
            absent="unmarked" in form and form.unmarked.data == "absent",
            leave_queue="leave_queue" in form and bool(form.leave_queue.data),
            expected=form.expected.data or "",
            by=current_user.person_id,
        )
    except UserError as error:
        form.form_errors.append(error.message)
        return error.status
    flash(
        _("The register is closed and sealed, number %(number)s.", number=register.seal_number),
        "success",
    )
    return 303


@blueprint.get("/incontri/<int:lesson_id>/registro/<int:enrolment_id>/perche")
def why(**_address: int) -> str:
    """Everything behind one person's mark, for them, their trainers and the organisers."""
    presence = access.subject(Presence)
    register = queries_overview.register_of(presence.lesson)
    grounds = queries_evidence.grounds(register.id, presence.enrolment.id) if register else []
    (row,) = queries.rows_of(
        presence.lesson, register.id if register else None, [presence.enrolment.id]
    )
    lesson = presence.lesson
    may = contestable(lesson, register, row)
    return render_template(
        "attendance/why.html",
        lesson=lesson,
        enrolment=presence.enrolment,
        register=register,
        row=row,
        grounds=grounds,
        inside=lambda stay: window_of(lesson).inside([stay]),
        account=_account(lesson, grounds),
        may=may,
        led_by={each.evidence_id: each.id for each in may.contests if each.evidence_id},
        own=presence.enrolment.person_id == current_user.person_id,
        teaching=access.allowed_to(TEACHING),
    )


def _account(lesson: Lesson, grounds: list[Ground]) -> Account | None:
    """The minutes of the rows that still count, taken apart; None where none tells of time."""
    counted = still_counting(grounds)
    stays = [stay for ground in counted for stay in ground.stays]
    checks = checked([proof(ground.evidence, []) for ground in grounds], lesson.ends_at)
    stays += checks.stays if checks else ()
    if not stays:
        return None
    stated = [ground.entry.stated_minutes for ground in counted if ground.entry]
    return account(stays, window_of(lesson), stated)


@blueprint.route(
    "/incontri/<int:lesson_id>/registro/<int:enrolment_id>/rettifica", methods=["GET", "POST"]
)
def rectify(lesson_id: int, enrolment_id: int) -> Answer:
    """A correction after closing: the new mark, and its reason."""
    presence, form, status = access.subject(Presence), RectificationForm(), 200
    register = queries_overview.register_of(presence.lesson)
    (row,) = queries.rows_of(presence.lesson, register.id if register else None, [enrolment_id])
    if form.is_submitted():
        status = _rectify(presence, form) if form.validate() else 422
        if status == 303:
            return redirect(url_for(".why", lesson_id=lesson_id, enrolment_id=enrolment_id), 303)
    else:
        _fill(form, row)
    return (
        render_template(
            "attendance/rectify.html",
            lesson=presence.lesson,
            enrolment=presence.enrolment,
            row=row,
            form=form,
            closed=register is not None and register.seal is not None,
        ),
        status,
    )


def _fill(form: RectificationForm, row: RegisterRow) -> None:
    form.version.data = str(row.version)
    form.mark.data = row.cell.mark
    form.minutes.data = str(row.cell.minutes) if row.cell.mark is Mark.PRESENT else ""


def _rectify(presence: Presence, form: RectificationForm) -> int:
    """Rectify; 303, or the status of what stands in the form's way."""
    lesson, version = presence.lesson, form.version.data or ""
    try:
        cell = read_cell(form.mark.data, form.minutes.data or "", None, lesson.minutes)
        actions_closing.rectify(
            lesson,
            presence.enrolment,
            cell,
            form.reason.data or "",
            version=int(version) if version.isdecimal() and len(version) < 10 else -1,
            by=current_user.person_id,
        )
    except BadCellError as error:
        form.minutes.errors = [fault_sentence(error.fault, lesson.minutes)]
        return 422
    except UserError as error:
        form.form_errors.append(error.message)
        return error.status
    flash(_("The mark is rectified; the register shows it with its reason."), "success")
    return 303
