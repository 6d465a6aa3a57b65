"""What is put right in an open register: an import taken back, minutes counted again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.attendance import actions_amending
from lms.attendance.blueprint import blueprint
from lms.attendance.loading import LessonReport
from lms.attendance.models import ReportStatus
from lms.catalogue.models import Lesson


@blueprint.route(
    "/incontri/<int:lesson_id>/registro/report/<int:report_id>/ritira", methods=["GET", "POST"]
)
def withdraw_report(lesson_id: int, report_id: int) -> str | Response:
    """Take an import back, once somebody has seen what it means."""
    subject = access.subject(LessonReport)
    back = url_for(".preview_report", lesson_id=lesson_id, report_id=report_id)
    if request.method == "POST":
        changed = actions_amending.withdraw_report(
            subject.lesson, subject.file, by=current_user.person_id
        )
        flash(
            ngettext(
                "Import taken back: %(num)d mark changed.",
                "Import taken back: %(num)d marks changed.",
                changed,
            ),
            "success",
        )
        return redirect(back, 303)
    if subject.file.status is not ReportStatus.IMPORTED:
        return redirect(back, 303)
    return render_template(
        "attendance/withdraw.html", lesson=subject.lesson, file=subject.file, back=back
    )


@blueprint.post("/incontri/<int:lesson_id>/registro/ricalcola")
def count_again(lesson_id: int) -> Response:
    """Count the reports' minutes again after the lesson's times were changed."""
    changed = actions_amending.count_again(access.subject(Lesson), by=current_user.person_id)
    flash(
        ngettext("Counted again: %(num)d mark changed.", "Counted again: %(num)d marks changed.",
                 changed),
        "success",
    )  # fmt: skip
    return redirect(url_for(".register", lesson_id=lesson_id), 303)
