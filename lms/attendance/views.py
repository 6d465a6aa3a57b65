"""The register of a lesson: its page, saving it, marking the rest, taking it away as CSV."""

from __future__ import annotations

from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.attendance import (
    actions,
    export,
    queries,
    queries_reports,
    queries_screen,
    views_amending,
    views_checking,
    views_closing,
    views_columns,
    views_contests,
    views_countersigning,
    views_device,
    views_documents,
    views_joining,
    views_live,
    views_overview,
    views_queue,
    views_reports,
    views_scans,
    views_screen,
)
from lms.attendance.blueprint import blueprint
from lms.attendance.forms import DecisionForm, RegisterForm, fault_sentence
from lms.attendance.rules import CellFault, Mark
from lms.attendance.sheet import Sheet, sheet, typed_sheet
from lms.catalogue.models import Lesson, LessonStatus
from lms.clock import now
from lms.errors import UserError
from lms.lists import MAXIMUM_SEARCH_LENGTH

# The sisters hang their addresses on the blueprint when they are imported.
SISTERS = (
    views_amending, views_checking, views_closing, views_columns, views_contests,
    views_countersigning, views_device, views_documents, views_joining, views_live,
    views_overview, views_queue, views_reports, views_scans, views_screen,
)  # fmt: skip
Answer = str | Response | tuple[str, int]


@blueprint.route("/incontri/<int:lesson_id>/registro", methods=["GET", "POST"])
def register(**_address: int) -> Answer:
    """The register: rows to mark while it is open, the sealed rows afterwards."""
    lesson = access.subject(Lesson)
    if request.method == "POST":
        return _save(lesson)
    return _page(sheet(lesson))


def _page(shown: Sheet, status: int = 200) -> Answer:
    head = shown.head
    reports = queries_reports.reports(head.register.id) if head.register else []
    read_only = head.closed or shown.lesson.status is LessonStatus.CANCELLED
    template = "attendance/register_closed.html" if read_only else "attendance/register.html"
    return (
        render_template(
            template,
            sheet=shown,
            lesson=shown.lesson,
            head=head,
            reports=reports,
            checks=_check_notices(shown),
            form=shown.form,
            rectifications=_rectifications(shown),
        ),
        status,
    )


def _check_notices(shown: Sheet) -> queries_screen.Notices | None:
    if shown.head.register is None:
        return None
    return queries_screen.notices(shown.head.register.id, over=shown.lesson.ends_at <= now())


def _rectifications(shown: Sheet) -> list[queries_reports.Correction]:
    if not shown.head.closed or shown.head.register is None:
        return []
    return queries_reports.corrections(shown.head.register)


def _save(lesson: Lesson) -> Answer:
    form = RegisterForm(request.form, lesson.minutes)
    if form.faults:
        return _page(typed_sheet(lesson, form), 422)
    try:
        changed = actions.record_marks(lesson, form.typed, by=current_user.person_id)
    except actions.MarkConflictError as error:
        return _conflicts(lesson, form, error)
    except UserError as error:
        form.form_errors.append(error.message)
        return _page(typed_sheet(lesson, form), error.status)
    if changed:
        message = ngettext("%(num)d mark saved.", "%(num)d marks saved.", changed)
        flash(message, "success")
    elif not request.form.get("go"):
        flash(_("Nothing was changed, so nothing was saved."), "info")
    return redirect(_next_page(lesson), 303)


def _next_page(lesson: Lesson) -> str:
    """Where saving leads: the same page, another one, a search, or marking the rest."""
    go = request.form.get("go", "")
    if go in {"rest-present", "rest-absent"}:
        return url_for(".mark_rest", lesson_id=lesson.id, mark=go.removeprefix("rest-"))
    kept: dict[str, Any] = {
        name: request.args[name] for name in ("q", "page", "all") if request.args.get(name)
    }
    if go == "search":
        kept = {"q": request.form.get("q", "")[:MAXIMUM_SEARCH_LENGTH]}
    elif go == "all":
        kept = {"all": "1"}
    elif go.isascii() and go.isdecimal():
        kept["page"] = go[:6]
    return url_for(".register", lesson_id=lesson.id, **kept)


def _conflicts(lesson: Lesson, form: RegisterForm, error: actions.MarkConflictError) -> Answer:
    known = queries.head(lesson).register
    ids = [conflict.row.enrolment_id for conflict in error.conflicts]
    return (
        render_template(
            "attendance/conflicts.html",
            lesson=lesson,
            conflicts=error.conflicts,
            carried=form.changed(),
            touches=queries.last_touches(known.id, ids) if known else {},
        ),
        409,
    )


@blueprint.route("/incontri/<int:lesson_id>/registro/altri", methods=["GET", "POST"])
def mark_rest(lesson_id: int) -> Answer:
    """Mark everybody who has no mark yet, once somebody has seen how many they are."""
    lesson = access.subject(Lesson)
    mark = _mark_for_the_rest(lesson)
    form, status = DecisionForm(), 200
    back = url_for(".register", lesson_id=lesson_id)
    if form.validate_on_submit():
        expected = form.expected.data or ""
        try:
            changed = actions.mark_rest(
                lesson,
                mark,
                expected=int(expected) if expected.isdecimal() and len(expected) < 8 else -1,
                by=current_user.person_id,
            )
        except UserError as error:
            form.form_errors.append(error.message)
            status = error.status
        else:
            flash(ngettext("%(num)d mark saved.", "%(num)d marks saved.", changed), "success")
            return redirect(back, 303)
    head = queries.head(lesson)
    form.expected.data = str(head.unmarked)
    return (
        render_template(
            "attendance/mark_rest.html", lesson=lesson, head=head, mark=mark, form=form, back=back
        ),
        status,
    )


def _mark_for_the_rest(lesson: Lesson) -> Mark:
    """Present or absent; a word that is neither marks nobody (422)."""
    typed = request.values.get("mark")
    if typed not in {Mark.PRESENT.value, Mark.ABSENT.value}:
        raise UserError(fault_sentence(CellFault.UNKNOWN_MARK, lesson.minutes))
    return Mark(typed)


@blueprint.get("/incontri/<int:lesson_id>/registro.csv")
def export_register(**_address: int) -> FlaskResponse:
    """The register as office spreadsheets open it."""
    return export.register_csv(access.subject(Lesson))
