"""The scans of a register: listed, added, taken back, given out as they are."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.attendance import actions_scans, queries_overview, queries_scans
from lms.attendance.blueprint import blueprint
from lms.attendance.forms_paper import ScanForm, WithdrawScanForm
from lms.attendance.models_paper import RegisterScan
from lms.attendance.serving import scan_response
from lms.catalogue.models import Lesson
from lms.errors import UserError

Answer = str | Response | tuple[str, int]


@blueprint.route("/incontri/<int:lesson_id>/registro/scansioni", methods=["GET", "POST"])
def scans(lesson_id: int) -> Answer:
    """The scans of the signed paper; another one is added here."""
    lesson, form, status = access.subject(Lesson), ScanForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            status = _keep(lesson, form)
        if status == 303:
            return redirect(url_for(".scans", lesson_id=lesson_id), 303)
    register = queries_overview.register_of(lesson)
    lines = queries_scans.scans(register.id) if register else []
    return render_template("attendance/scans.html", lesson=lesson, lines=lines, form=form), status


def _keep(lesson: Lesson, form: ScanForm) -> int:
    upload = form.scan.data
    try:
        actions_scans.keep_scan(
            lesson, upload.filename or "", upload.read(), by=current_user.person_id
        )
    except UserError as error:
        form.scan.errors = [error.message]
        return error.status
    flash(_("The scan is kept beside the register."), "success")
    return 303


@blueprint.route(
    "/incontri/<int:lesson_id>/registro/scansioni/<int:scan_id>/ritira", methods=["GET", "POST"]
)
def withdraw_scan(lesson_id: int, **_address: int) -> Answer:
    """Take a scan back, with a reason."""
    scan, form, status = access.subject(RegisterScan), WithdrawScanForm(), 200
    back = url_for(".scans", lesson_id=lesson_id)
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                actions_scans.withdraw_scan(scan, form.reason.data or "", by=current_user.person_id)
            except UserError as error:
                form.form_errors.append(error.message)
                status = error.status
            else:
                flash(_("The scan is taken back; it stays in the list with the reason."), "success")
                return redirect(back, 303)
    lesson = scan.register.lesson
    return (
        render_template(
            "attendance/withdraw_scan.html", lesson=lesson, scan=scan, form=form, back=back
        ),
        status,
    )


@blueprint.get("/incontri/<int:lesson_id>/registro/scansioni/<int:scan_id>")
def download_scan(**_address: int) -> FlaskResponse:
    """The bytes of a scan."""
    return scan_response(access.subject(RegisterScan))
