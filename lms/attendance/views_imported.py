"""An imported report: its people, and its bytes given back."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import render_template
from flask_babel import gettext as _

from lms import access
from lms.attendance import queries, queries_overview, queries_reports
from lms.attendance.blueprint import blueprint
from lms.attendance.loading import LessonReport
from lms.attendance.preview import platform_name
from lms.errors import UserError
from lms.lists import search_text
from lms.pages import page_number, paginate

LINES_SHOWN = 50


def imported(subject: LessonReport) -> str:
    """The page of an imported report."""
    entries = queries_reports.entries_of(subject.file.id)
    words = search_text().casefold().split()
    found = [pair for pair in entries if all(word in pair[0].name.casefold() for word in words)]
    file = subject.file
    names = queries.people_named([file.imported_by_id, file.uploaded_by_id])
    return render_template(
        "attendance/imported.html",
        lesson=subject.lesson,
        register=queries_overview.register_of(subject.lesson),
        file=file,
        page=paginate(found, page_number(), LINES_SHOWN),
        total=len(entries),
        waiting=sum(1 for entry, _enrolment in entries if entry.match is None),
        names=names,
        text=search_text(),
        platform=platform_name(file.platform),
    )


@blueprint.get("/incontri/<int:lesson_id>/registro/report/<int:report_id>/originale")
def download_report(**_address: int) -> FlaskResponse:
    """The bytes as they were uploaded, never shown by the browser itself."""
    file = access.subject(LessonReport).file
    if not file.content:
        raise UserError(
            _("This file is not readable any more: its time is over, or somebody it names was "
              "erased. What it said of each person stands in the register."), 404,
        )  # fmt: skip
    response = FlaskResponse(file.content, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=file.filename)
    return response
