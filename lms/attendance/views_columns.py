"""Tables of no platform: somebody says which column is which; what is remembered of such tables."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.attendance import actions_columns, queries, queries_columns
from lms.attendance.blueprint import blueprint
from lms.attendance.forms_columns import SHOWN_LENGTH, ColumnsForm, columns_form
from lms.attendance.given import Given
from lms.attendance.loading import LessonColumns, LessonReport
from lms.attendance.models import ReportStatus
from lms.attendance.preview import refusal
from lms.attendance.readers import UnreadableReport
from lms.attendance.readers.mapped import PLATFORM
from lms.attendance.readers.mapping import heading_rows
from lms.attendance.readers.table import Table
from lms.catalogue.models import Lesson
from lms.lists import page_of, search_text

Answer = str | Response | tuple[str, int]


@blueprint.route(
    "/incontri/<int:lesson_id>/registro/report/<int:report_id>/colonne", methods=["GET", "POST"]
)
def explain_columns(lesson_id: int, report_id: int) -> Answer:
    """Say which column of a table is which."""
    subject = access.subject(LessonReport)
    back = url_for(".preview_report", lesson_id=lesson_id, report_id=report_id)
    file = subject.file
    if file.status is ReportStatus.IMPORTED or file.platform != PLATFORM:
        return redirect(back, 303)
    table = actions_columns.table_to_explain(file.content, file.filename)
    if table is None:
        return redirect(url_for(".upload_report", lesson_id=lesson_id), 303)
    before = Given.of(file.answers).columns
    form = columns_form(table, _heading_line(table), before)
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate() and _explained(subject, form):
            return redirect(back, 303)
    return _page(subject, table, form), status


def _heading_line(table: Table) -> int:
    """The row of headings that this request asks for; the likeliest where it asks for none."""
    lines = {str(row.line): row.line for row in heading_rows(table)}
    return {**lines, "0": 0}.get(
        request.values.get("row", ""), actions_columns.headings_line(table)
    )


def _explained(subject: LessonReport, form: ColumnsForm) -> bool:
    """Whether the table could be read as it was explained; if not, the form says why."""
    try:
        actions_columns.explain(
            subject.lesson,
            subject.file,
            form.mapping(),
            by=current_user.person_id,
            remember=bool(form.remember.data),
        )
    except UnreadableReport as error:
        form.form_errors.append(refusal(error))
        return False
    return True


def _page(subject: LessonReport, table: Table, form: ColumnsForm) -> str:
    rows = [
        (row.line, ", ".join(cell for cell in row.cells if cell)[:SHOWN_LENGTH])
        for row in heading_rows(table)
    ]
    return render_template(
        "attendance/columns.html",
        lesson=subject.lesson,
        file=subject.file,
        form=form,
        rows=rows,
        chosen=_heading_line(table),
    )


@blueprint.get("/incontri/<int:lesson_id>/registro/report/colonne")
def saved_columns(**_address: int) -> str:
    """The tables that were explained in the lesson's track."""
    lesson, text = access.subject(Lesson), search_text()
    page = page_of(queries_columns.saved(lesson.module.cycle.track_id, text))
    names = queries.people_named([row.saved_by_id for row in page.items])
    return render_template(
        "attendance/saved_columns.html", lesson=lesson, page=page, text=text, names=names
    )


@blueprint.route(
    "/incontri/<int:lesson_id>/registro/report/colonne/<int:saved_id>/elimina",
    methods=["GET", "POST"],
)
def forget_columns(lesson_id: int, **_address: int) -> str | Response:
    """Forget what was said of a table, once somebody has seen what it means."""
    subject = access.subject(LessonColumns)
    back = url_for(".saved_columns", lesson_id=lesson_id)
    if request.method == "POST":
        actions_columns.forget(subject.row, by=current_user.person_id)
        flash(_("Forgotten: the next such table will be asked about again."), "success")
        return redirect(back, 303)
    return render_template(
        "attendance/forget_columns.html", lesson=subject.lesson, row=subject.row, back=back
    )
