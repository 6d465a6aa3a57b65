"""Contesting a presence, answering, withdrawing; the contests somebody has to answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Response as FlaskResponse
from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.accounts.scopes import organised
from lms.attendance import actions_contests, queries, queries_contests, queries_overview
from lms.attendance.blueprint import blueprint
from lms.attendance.contesting import (
    AttachmentKind,
    ContestStatus,
    NotNow,
    last_day,
    wanted_status,
)
from lms.attendance.forms import fault_sentence
from lms.attendance.forms_contests import AnswerForm, ContestForm, WithdrawalForm
from lms.attendance.loading import Presence
from lms.attendance.loading_contests import LessonContest
from lms.attendance.models import AttendanceRegister
from lms.attendance.models_contests import Contest
from lms.attendance.queries import RegisterRow
from lms.attendance.rules import BadCellError, Mark, read_cell
from lms.attendance.words_contests import FILTERS
from lms.catalogue.models import Lesson
from lms.enrolment.models import Enrolment
from lms.errors import UserError
from lms.lists import search_text
from lms.permissions import TEACHING

Answer = str | Response | tuple[str, int]
MEDIA_TYPES = {
    AttachmentKind.PDF: "application/pdf",
    AttachmentKind.JPEG: "image/jpeg",
    AttachmentKind.PNG: "image/png",
}
for _words in FILTERS:
    blueprint.add_app_template_filter(_words)


@dataclass(frozen=True, slots=True)
class Contestable:
    """What the person of a mark may do about it: until when, and why not."""

    last_day: date | None
    why_not: NotNow | None
    contests: list[Contest]


def contestable(
    lesson: Lesson, register: AttendanceRegister | None, row: RegisterRow
) -> Contestable:
    """How contesting this mark stands (one query)."""
    contests = queries_contests.of_record(register.id if register else None, row.enrolment_id)
    pending = any(each.status is ContestStatus.OPEN for each in contests)
    closed_at = register.closed_at if register else None
    days = lesson.module.cycle.contest_days
    return Contestable(
        last_day(closed_at, days, lesson.zone) if closed_at else None,
        actions_contests.refusal(lesson, register, row, pending=pending),
        contests,
    )


@blueprint.app_template_global()
def own_contests(enrolment: Enrolment) -> dict[int, Contest]:
    """The latest contest about each lesson of this enrolment, by the lesson's id."""
    known = g.setdefault("own_contests", {})
    if enrolment.id not in known:
        found = queries_contests.of_enrolments([enrolment.id])
        known[enrolment.id] = {lesson_id: each for (_key, lesson_id), each in found.items()}
    return dict(known[enrolment.id])


@blueprint.route(
    "/incontri/<int:lesson_id>/registro/<int:enrolment_id>/contesta", methods=["GET", "POST"]
)
def contest_presence(enrolment_id: int, **_address: int) -> Answer:
    """Contest one's own presence: the reason, and a document if there is one."""
    presence, form, status = access.subject(Presence), ContestForm(), 200
    lesson = presence.lesson
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                contest = actions_contests.contest_presence(
                    lesson, presence.enrolment, form.reason.data or "", form.upload,
                    by=current_user.person_id,
                )  # fmt: skip
            except UserError as error:
                form.form_errors.append(error.message)
                status = error.status
            else:
                flash(_("Your contest has arrived: you will be told of the answer."), "success")
                return redirect(url_for(".contest", contest_id=contest.id), 303)
    register = queries_overview.register_of(lesson)
    (row,) = queries.rows_of(lesson, register.id if register else None, [enrolment_id])
    may = contestable(lesson, register, row)
    if may.why_not is NotNow.PENDING and status == 200:
        return redirect(url_for(".contest", contest_id=may.contests[0].id), 303)
    return (
        render_template(
            "attendance/contest_new.html",
            lesson=lesson, enrolment=presence.enrolment, row=row, form=form, may=may,
            why_not=actions_contests.refusal_in_words(may.why_not) if may.why_not else None,
        ),
        status,
    )  # fmt: skip


@blueprint.get("/contestazioni")
def contests() -> str:
    """The contests of the cycles one organises or trains in: those to answer first."""
    text, (shown, status) = search_text(), wanted_status(request.args.get("show", ""))
    page = queries_contests.listed(organised(), current_user.person_id, text, status)
    return render_template("attendance/contests.html", page=page, text=text, show=shown)


@blueprint.get("/contestazioni/<int:contest_id>")
def contest(**_address: int) -> Answer:
    """A contest with its history; for who keeps the register, the form of the answer."""
    found = access.subject(LessonContest)
    form = AnswerForm()
    row = _row(found)
    form.version.data = str(row.version)
    form.mark.data = Mark.PRESENT.value
    return _page(found, row, form)


def _row(found: LessonContest) -> RegisterRow:
    contest = found.contest
    (row,) = queries.rows_of(found.lesson, contest.register_id, [contest.enrolment_id])
    return row


def _page(found: LessonContest, row: RegisterRow, form: AnswerForm, status: int = 200) -> Answer:
    contest = found.contest
    own = found.enrolment.person_id == current_user.person_id
    return (
        render_template(
            "attendance/contest.html",
            lesson=found.lesson,
            enrolment=found.enrolment,
            contest=contest,
            history=queries_contests.history(contest.id),
            attachment=queries_contests.attachment_of(contest.id),
            row=row,
            form=form,
            own=own,
            answers=access.allowed_to(TEACHING) and not own and contest.closed_at is None,
            teaching=access.allowed_to(TEACHING),
        ),
        status,
    )


@blueprint.post("/contestazioni/<int:contest_id>/risposta")
def answer_contest(contest_id: int) -> Answer:
    """Accept a contest, which corrects the mark, or refuse it; with a reason."""
    found, form = access.subject(LessonContest), AnswerForm()
    status = _answer(found, form) if form.validate() else 422
    if status == 303:
        flash(_("The answer is given; the person is told by mail."), "success")
        return redirect(url_for(".contest", contest_id=contest_id), 303)
    return _page(found, _row(found), form, status)


def _answer(found: LessonContest, form: AnswerForm) -> int:
    """Answer; 303, or the status of what stands in the form's way."""
    lesson, version, by = found.lesson, form.version.data or "", current_user.person_id
    try:
        if not form.accepts:
            actions_contests.refuse(found.contest, lesson, form.answer.data or "", by=by)
            return 303
        cell = read_cell(form.mark.data, form.minutes.data or "", None, lesson.minutes)
        seen = int(version) if version.isdecimal() and len(version) < 10 else -1
        actions_contests.accept(
            found.contest, lesson, cell, form.answer.data or "", version=seen, by=by
        )
    except BadCellError as error:
        form.minutes.errors = [fault_sentence(error.fault, lesson.minutes)]
        return 422
    except UserError as error:
        form.form_errors.append(error.message)
        return error.status
    return 303


@blueprint.route("/contestazioni/<int:contest_id>/ritira", methods=["GET", "POST"])
def withdraw_contest(contest_id: int) -> Answer:
    """Take one's own contest back, once one has seen what it means."""
    found, form = access.subject(LessonContest), WithdrawalForm()
    back = url_for(".contest", contest_id=contest_id)
    if form.validate_on_submit():
        actions_contests.withdraw(found.contest, found.lesson, by=current_user.person_id)
        flash(_("Your contest is withdrawn."), "success")
        return redirect(back, 303)
    if found.contest.status is not ContestStatus.OPEN:
        return redirect(back, 303)
    return render_template(
        "attendance/contest_withdraw.html", contest=found.contest, lesson=found.lesson, back=back,
        form=form,
    )  # fmt: skip


@blueprint.get("/contestazioni/<int:contest_id>/documento")
def contest_attachment(contest_id: int) -> FlaskResponse:
    """The document as it was attached, never shown by the browser itself."""
    attachment = queries_contests.attachment_of(contest_id)
    if attachment is None or not attachment.content:
        raise UserError(_("There is no document with this contest, or its time is over."), 404)
    response = FlaskResponse(attachment.content, mimetype=MEDIA_TYPES[attachment.kind])
    response.headers.set("Content-Disposition", "attachment", filename=attachment.filename)
    return response
