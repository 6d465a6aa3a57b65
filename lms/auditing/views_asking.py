"""An auditor asks for the PDF of a sealed register, or of all of a cycle; a job makes it."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.attendance import actions_documents
from lms.attendance.models_paper import DocumentKind
from lms.auditing.sitting import looked_at
from lms.auditing.views import blueprint
from lms.catalogue.models import Cycle, Lesson
from lms.errors import UserError
from lms.pages import select_locale


@blueprint.post("/revisione/incontri/<int:lesson_id>/pdf")
@looked_at()
def ask_register_pdf(lesson_id: int) -> Response:
    """Have the sealed register of a lesson made into a PDF."""
    try:
        actions_documents.ask_for_lesson(
            access.subject(Lesson), DocumentKind.LESSON, select_locale(), by=current_user.person_id
        )
    except UserError as error:
        flash(error.message, "danger")
    else:
        flash(_("The document is being made: open this page again in a moment."), "info")
    return redirect(url_for("auditing.register", lesson_id=lesson_id), 303)


@blueprint.post("/revisione/cicli/<cycle_slug>/pdf")
@looked_at()
def ask_cycle_pdf(cycle_slug: str) -> Response:
    """Have all sealed registers of a cycle made into one document."""
    cycle = access.subject(Cycle)
    try:
        actions_documents.ask_for_cycle(cycle, select_locale(), by=current_user.person_id)
    except UserError as error:
        flash(error.message, "danger")
    else:
        flash(_("The document is being made: open this page again in a moment."), "info")
    return redirect(url_for("auditing.cycle", cycle_slug=cycle_slug), 303)
