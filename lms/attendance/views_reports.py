"""Reports of platforms: uploaded, questioned, previewed, imported, thrown away, given back raw."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import inspect
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from lms import access
from lms.attendance import (
    actions_columns,
    actions_reports,
    queries,
    queries_columns,
)
from lms.attendance.blueprint import blueprint
from lms.attendance.forms_reports import AnswersForm, ConfirmForm, UploadForm, asked
from lms.attendance.loading import LessonReport
from lms.attendance.models import ReportStatus
from lms.attendance.preview import (
    Reading,
    look,
    platform_name,
    refusal,
    told,
    unexplained,
    zone_meanings,
)
from lms.attendance.readers import UnreadableReport
from lms.attendance.views_imported import LINES_SHOWN, imported
from lms.catalogue.models import Lesson
from lms.errors import UserError
from lms.extensions import db
from lms.lists import search_text
from lms.pages import local_datetime, page_number, paginate

Answer = str | Response | tuple[str, int]
MISSING_SHOWN = 300


@blueprint.route("/incontri/<int:lesson_id>/registro/report", methods=["GET", "POST"])
def upload_report(**_address: int) -> Answer:
    """Take a report; what cannot be read is refused with one sentence, and nothing is kept."""
    lesson, form = access.subject(Lesson), UploadForm()
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                return _staged(lesson, _stage(lesson, form.file.data))
            except UnreadableReport as error:
                form.file.errors = [refusal(error)]
            except UserError as error:
                form.form_errors.append(error.message)
                status = error.status
    saved = queries_columns.is_any_saved(lesson.module.cycle.track_id)
    return (
        render_template("attendance/upload.html", lesson=lesson, form=form, saved=saved),
        status,
    )


def _stage(lesson: Lesson, upload: FileStorage) -> actions_reports.Staged:
    content, filename = upload.read(), upload.filename or ""
    db.session.rollback()  # reading takes its time, and SQLite's write lock is for others meanwhile
    found = actions_columns.recognise(content, filename) or actions_columns.remembered(
        lesson, content, filename
    )
    return actions_reports.stage_report(
        lesson, filename, content, by=current_user.person_id,
        platform=found.platform, columns=found.columns,
    )  # fmt: skip


def _staged(lesson: Lesson, staged: actions_reports.Staged) -> Response:
    file = staged.file
    if not staged.new and file.status is ReportStatus.IMPORTED and file.imported_at:
        names = queries.people_named([file.imported_by_id])
        flash(
            _(
                "This report was already imported on %(when)s by %(who)s: nothing has changed.",
                when=local_datetime(file.imported_at, lesson.zone),
                who=names.get(file.imported_by_id or 0, _("the command line")),
            ),
            "warning",
        )
    return redirect(url_for(".preview_report", lesson_id=lesson.id, report_id=file.id), 303)


@blueprint.get("/incontri/<int:lesson_id>/registro/report/<int:report_id>")
def preview_report(lesson_id: int, report_id: int) -> Answer:
    """A staged report's questions, then what it would change; an imported one's people."""
    subject = access.subject(LessonReport)
    if subject.file.status is ReportStatus.IMPORTED:
        return imported(subject)
    if unexplained(subject.file):
        return redirect(url_for(".explain_columns", lesson_id=lesson_id, report_id=report_id), 303)
    try:
        reading = look(subject.file, subject.lesson)
        if reading.open_questions or request.args.get("change") == "1":
            return _questions(reading, asked(reading))
    except UnreadableReport as error:
        raise UserError(refusal(error)) from error
    return _preview(reading, ConfirmForm())


def _questions(reading: Reading, form: AnswersForm, status: int = 200) -> Answer:
    return (
        render_template(
            "attendance/questions.html",
            reading=reading,
            lesson=reading.lesson,
            file=reading.file,
            form=form,
            meanings=zone_meanings(reading) if form.zone else {},
        ),
        status,
    )


def _preview(reading: Reading, form: ConfirmForm, status: int = 200) -> Answer:
    assessment = reading.assessment
    assert assessment is not None  # noqa: S101 # nosec B101 # answered, so `look` assessed it
    form.fingerprint.data = assessment.fingerprint
    if not assessment.elsewhere:
        del form.elsewhere
    show, text = request.args.get("show", ""), search_text()
    lines = _wanted(assessment, show, text)
    page = paginate(lines, page_number(), LINES_SHOWN)
    return (
        render_template(
            "attendance/preview.html",
            reading=reading,
            assessment=assessment,
            lesson=reading.lesson,
            file=reading.file,
            form=form,
            page=page,
            show=show,
            text=text,
            people=reading.people,
            missing=[reading.people[key] for key in assessment.missing[:MISSING_SHOWN]],
            warnings=[told(notice.code, notice.params) for notice in reading.report.warnings],
            platform=platform_name(reading.report.platform),
        ),
        status,
    )


def _wanted(assessment: Any, show: str, text: str) -> list[Any]:
    chosen = {"queue": assessment.queue, "conflicts": assessment.conflicts}
    lines = chosen.get(show, list(assessment.lines))
    if show == "outside":
        lines = [line for line in assessment.lines if not line.minutes]
    words = text.casefold().split()
    return [line for line in lines if all(word in line.name.casefold() for word in words)]


@blueprint.post("/incontri/<int:lesson_id>/registro/report/<int:report_id>/risposte")
def answer_report(lesson_id: int, report_id: int) -> Answer:
    """Keep the answers to a report's questions."""
    subject = access.subject(LessonReport)
    back = url_for(".preview_report", lesson_id=lesson_id, report_id=report_id)
    if subject.file.status is ReportStatus.IMPORTED:
        return redirect(back, 303)
    try:
        reading = look(subject.file, subject.lesson)
    except UnreadableReport as error:
        raise UserError(refusal(error)) from error
    form = asked(reading)
    if not form.validate():
        return _questions(reading, form, 422)
    actions_reports.answer(subject.lesson, subject.file, form.given())
    return redirect(back, 303)


@blueprint.post("/incontri/<int:lesson_id>/registro/report/<int:report_id>/conferma")
def confirm_report(lesson_id: int, **_address: int) -> Answer:
    """Import what the preview showed."""
    subject, form = access.subject(LessonReport), ConfirmForm()
    try:
        assessment = actions_reports.import_report(
            subject.lesson,
            subject.file,
            by=current_user.person_id,
            fingerprint=form.fingerprint.data or "",
            elsewhere=bool(form.elsewhere.data),
        )
    except UnreadableReport as error:
        raise UserError(refusal(error)) from error
    except UserError as error:
        return _refused(subject, form, error)
    credited = sum(1 for line in assessment.lines if line.minutes and line.enrolment_id)
    flash(
        ngettext(
            "Report imported: %(num)d person credited.",
            "Report imported: %(num)d people credited.",
            credited,
        ),
        "success",
    )
    endpoint = ".queue" if assessment.queue else ".register"
    return redirect(url_for(endpoint, lesson_id=lesson_id), 303)


def _refused(subject: LessonReport, form: ConfirmForm, error: UserError) -> Answer:
    """The preview again, with why it was not imported."""
    if not inspect(subject.file).persistent or subject.file.status is ReportStatus.IMPORTED:
        raise error
    reading = look(subject.file, subject.lesson)
    if reading.assessment is None:
        return _questions(reading, asked(reading), error.status)
    form.form_errors.append(error.message)
    return _preview(reading, form, error.status)


@blueprint.post("/incontri/<int:lesson_id>/registro/report/<int:report_id>/scarta")
def discard_report(lesson_id: int, **_address: int) -> Response:
    """Throw a staged report away; nothing of it was credited yet."""
    subject = access.subject(LessonReport)
    actions_reports.discard(subject.lesson, subject.file)
    flash(_("The report was thrown away; the register is as it was."), "success")
    return redirect(url_for(".register", lesson_id=lesson_id), 303)
