"""The screen in the room: the code that changes, how many have come, opening and closing that."""

from __future__ import annotations

import segno
from flask import Response as FlaskResponse
from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from lms import access
from lms.attendance import (
    actions_checking,
    codes,
    permits,
    queries_checking,
    queries_overview,
    queries_screen,
)
from lms.attendance.blueprint import blueprint
from lms.attendance.codes import Code, Direction
from lms.attendance.forms_checking import OpenCheckInForm
from lms.attendance.queries_checking import Desk
from lms.attendance.queries_screen import CheckCounts
from lms.catalogue.models import Lesson
from lms.clock import now
from lms.errors import UserError
from lms.links import public_url

Answer = str | Response | tuple[str, int]
QR_BORDER = 3


def code_picture(address: str) -> Markup:
    """A QR code as SVG to stand in a page; whoever looks at it sees the code typed beside it."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        omitsize=True, border=QR_BORDER, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return Markup(drawn)  # noqa: S704 # nosec B704 # segno's own drawing of our own address


def _shown(lesson_id: int, direction: Direction) -> tuple[Code, Markup]:
    code = codes.code_of(permits.code_key(), lesson_id, direction, now())
    return code, code_picture(public_url("attendance.scan", check_code=code.long))


def _direction() -> Direction:
    return Direction.OUT if request.args.get("per") == Direction.OUT else Direction.IN


@blueprint.get("/incontri/<int:lesson_id>/registro/codice")
def code_screen(lesson_id: int) -> Answer:
    """The code to be shown to the room; before it is opened, the question how."""
    desk, direction = _desk(), _direction()
    if not desk.is_open:
        form = OpenCheckInForm(data={"asks_check_out": bool(desk.asks_check_out)})
        return _setup(desk, form)
    code, picture = _shown(lesson_id, direction)
    return render_template(
        "attendance/code_screen.html", desk=desk, lesson=access.subject(Lesson), code=code,
        picture=picture, direction=direction, moment=desk.window(direction).at(now()),
        window=desk.window(direction), came=_came(queries_screen.counts(desk), direction),
    )  # fmt: skip


@blueprint.get("/incontri/<int:lesson_id>/registro/codice/ora")
def code_now(lesson_id: int) -> FlaskResponse:
    """The code of this moment and the count, for the screen's script."""
    desk, direction = _desk(), _direction()
    if not desk.is_open:
        return jsonify(open=False)
    code, picture = _shown(lesson_id, direction)
    came = _came(queries_screen.counts(desk), direction)
    return jsonify(open=True, picture=picture, typed=spaced(code.typed), seconds=code.seconds,
                   came=came)  # fmt: skip


def _desk() -> Desk:
    desk = queries_checking.desk(access.subject(Lesson).id)
    if desk is None:
        raise RuntimeError("the lesson was loaded a moment ago")
    return desk


def _setup(desk: Desk, form: OpenCheckInForm, status: int = 200) -> Answer:
    page = render_template(
        "attendance/code_setup.html", desk=desk, lesson=access.subject(Lesson), form=form
    )
    return page, status


def _came(counts: CheckCounts, direction: Direction) -> str:
    if direction is Direction.OUT:
        return str(_("%(left)s of %(came)s checked out", left=counts.left, came=counts.came))
    told = ngettext(
        "%(num)d checked in of %(people)s", "%(num)d checked in of %(people)s", counts.came,
        people=counts.people,
    )  # fmt: skip
    return str(told)


@blueprint.app_template_filter()
def spaced(digits: str) -> str:
    """Six digits as they are read aloud: "123 456"."""
    half = len(digits) // 2
    return f"{digits[:half]} {digits[half:]}"


@blueprint.post("/incontri/<int:lesson_id>/registro/codice/apri")
def open_check_in(lesson_id: int) -> Answer:
    """Take check-ins, and show the code."""
    lesson, form = access.subject(Lesson), OpenCheckInForm()
    try:
        actions_checking.open_check_in(
            lesson, asks_check_out=bool(form.asks_check_out.data), by=current_user.person_id
        )
    except UserError as error:
        form.form_errors.append(error.message)
        return _setup(_desk(), form, error.status)
    return redirect(url_for(".code_screen", lesson_id=lesson_id), 303)


@blueprint.post("/incontri/<int:lesson_id>/registro/codice/chiudi")
def close_check_in(lesson_id: int) -> Response:
    """Take no more check-ins."""
    actions_checking.close_check_in(access.subject(Lesson), by=current_user.person_id)
    flash(_("Check-in is closed. Codes that were scanned open nothing any more."), "success")
    return redirect(url_for(".register", lesson_id=lesson_id), 303)


@blueprint.get("/incontri/<int:lesson_id>/registro/ingressi")
def shared_devices(**_address: int) -> str:
    """Browsers that checked several people in: to be looked at, not judged."""
    lesson = access.subject(Lesson)
    register = queries_overview.register_of(lesson)
    found = queries_screen.shared_devices(register.id) if register else []
    return render_template("attendance/shared_devices.html", lesson=lesson, devices=found)
