"""Checking in with one's own phone: the scan, the code typed instead, and the button.

A scan is judged before anybody signs in. What it opens is kept in the browser (`permits`); only the
button writes. Who is signed in sees the button at once: thousands scan in a lesson's first minute,
and a redirect would be one request of four.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.accounts import throttle
from lms.attendance import actions_checking, codes, permits, queries_checking
from lms.attendance.blueprint import blueprint
from lms.attendance.codes import (
    CHECK_IN_BEFORE,
    CHECK_OUT_AFTER,
    PERMIT_LASTS,
    Direction,
    Moment,
    Scanned,
)
from lms.attendance.forms_checking import TypedCodeForm
from lms.attendance.queries_checking import Desk, OwnCheck, Visit
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.framing import framed, prepare
from lms.transaction import begin_writing, reads_first
from lms.warming import warmed

Answer = str | Response | tuple[str, int]
TYPING = throttle.Limit("check-in code", 10, timedelta(minutes=5))
RELOAD_SECONDS = 20


@blueprint.get("/p/<check_code>")
def scan(check_code: str) -> Answer:
    """What the QR code leads to: the button, or the way there, or at once why not."""
    found = codes.read_long(permits.code_key(), check_code, now())
    if found.standing is Scanned.UNKNOWN:
        return render_template("attendance/scan_refused.html", over=False), 404
    lesson_id, direction = found.lesson_id, found.direction
    if found.standing is Scanned.VALID:
        permit = permits.take(lesson_id, direction, now() + PERMIT_LASTS)
        answer = _button(lesson_id, direction) or redirect(_page_of(lesson_id, direction), 303)
        permits.keep(answer, permit)
        return answer
    held = permits.held()
    if held and held.opens(lesson_id, direction):  # scanned in time; only opened again
        return redirect(_page_of(lesson_id, direction), 303)
    return render_template("attendance/scan_refused.html", over=True), 410


def _button(lesson_id: int, direction: Direction) -> Response | None:
    """The button itself, for who may press it now."""
    if not access.admits(_endpoint_of(direction), lesson_id=lesson_id):
        return None
    page = _look(access.subject(Visit), direction)
    return make_response(_drawn(page)) if page.state is State.READY else None


@warmed
def _ready() -> None:
    """A lesson's first minute finds the page drawn and the statements made."""
    prepare("attendance/check.html")
    queries_checking.ready()


def _page_of(lesson_id: int, direction: Direction) -> str:
    return url_for(_endpoint_of(direction), lesson_id=lesson_id)


def _endpoint_of(direction: Direction) -> str:
    return f"attendance.check_{'in' if direction is Direction.IN else 'out'}"


class State(enum.StrEnum):
    """What the page of a check-in has to say."""

    STRANGER = "stranger"  # not enrolled
    CLOSED = "closed"  # nobody has opened it, or it is closed again
    EARLY = "early"
    OVER = "over"
    SCAN = "scan"  # no permit: the code is still to be scanned
    READY = "ready"
    DONE = "done"
    NOT_IN = "not_in"  # going without having come


@dataclass(frozen=True, slots=True)
class CheckPage:
    """A lesson's check-in as one person sees it."""

    desk: Desk
    direction: Direction
    state: State
    own: OwnCheck | None
    opens_at: datetime
    permitted: bool


def _look(visit: Visit, direction: Direction) -> CheckPage:
    desk, own = visit
    held = permits.held()
    permitted = held is not None and held.opens(desk.lesson_id, direction)
    window = desk.window(direction)
    state = _state(desk, direction, own, window.at(now()), permitted=permitted)
    return CheckPage(desk, direction, state, own, window.opens_at, permitted)


def _state(
    desk: Desk, direction: Direction, own: OwnCheck | None, moment: Moment, *, permitted: bool
) -> State:
    if own is None or not own.enrolled:
        return State.STRANGER
    coming = direction is Direction.IN
    if own.last is not None and own.inside == coming:
        return State.DONE
    if not desk.is_open:
        return State.CLOSED
    if moment is not Moment.OPEN:
        return State.EARLY if moment is Moment.EARLY else State.OVER
    if not coming and own.last is None:
        return State.NOT_IN
    return State.READY if permitted else State.SCAN


@blueprint.route("/incontri/<int:lesson_id>/presenza", methods=["GET", "POST"])
@reads_first
def check_in(**_address: int) -> Answer:
    """«I am here»."""
    return _check(Direction.IN)


@blueprint.route("/incontri/<int:lesson_id>/presenza/uscita", methods=["GET", "POST"])
@reads_first
def check_out(**_address: int) -> Answer:
    """«I am leaving»."""
    return _check(Direction.OUT)


def _check(direction: Direction) -> Answer:
    page = _look(access.subject(Visit), direction)
    if request.method == "POST":
        return _confirmed(page)
    response = make_response(_drawn(page))
    if page.state is State.EARLY and page.permitted:
        permits.extend(response, codes.permit_until(page.desk.window(direction), now()))
    return response


def _drawn(page: CheckPage, problem: str = "") -> str:
    own, done = page.own, page.state is State.DONE
    shown = _shown(own) if own and done else None
    address = _page_of(page.desk.lesson_id, page.direction)
    why = _why(page.desk.lesson_id, own.enrolment_id) if own and done else ""
    return framed(
        "attendance/check.html", {"why": why},
        page=replace(page, own=None), desk=page.desk, address=address, own=shown, problem=problem,
        reload_seconds=RELOAD_SECONDS,
    )  # fmt: skip


def _shown(own: OwnCheck) -> OwnCheck:
    """What many share: the same minute, the same minutes, nobody's number."""
    minute = own.at.replace(second=0, microsecond=0) if own.at else None
    return replace(own, enrolment_id=0, at=minute)


def _why(lesson_id: int, enrolment_id: int) -> str:
    return url_for("attendance.why", lesson_id=lesson_id, enrolment_id=enrolment_id)


def _confirmed(page: CheckPage) -> Answer:
    lesson_id, direction = page.desk.lesson_id, page.direction
    if page.state is State.DONE:  # sent again: it is done
        return redirect(_page_of(lesson_id, direction), 303)
    held = permits.held()
    if held is None or not page.permitted:
        return _drawn(page, _("The code you scanned is over: scan the one shown now.")), 409
    person_id, device = current_user.person_id, held.device_at(lesson_id)
    try:
        begin_writing()
        actions_checking.check(lesson_id, person_id, direction, device)
    except UserError as error:
        db.session.rollback()
        as_it_is = queries_checking.visit(lesson_id, person_id) or access.subject(Visit)
        return _drawn(_look(as_it_is, direction), error.message), error.status
    return redirect(_page_of(lesson_id, direction), 303)


@blueprint.route("/presenza", methods=["GET", "POST"])
def type_code() -> Answer:
    """The six digits instead of the scan; so many wrong ones, and one must wait."""
    form, status = TypedCodeForm(), 200
    if form.validate_on_submit():
        attempt = throttle.count(TYPING, account=str(current_user.account_id))
        if attempt is None:
            raise throttle.too_many(TYPING)
        found = _typed(form.code.data or "")
        if found is not None:
            throttle.take_back(attempt)
            target = redirect(_page_of(*found), 303)
            permits.hand(target, *found, now() + PERMIT_LASTS)
            return target
        form.code.errors = [
            _("This is not the code of a lesson of yours that takes check-ins now. Look at the "
              "screen again: it changes every few seconds.")
        ]  # fmt: skip
    if form.is_submitted():
        status = 422
    return render_template("attendance/type_code.html", form=form), status


def _typed(text: str) -> tuple[int, Direction] | None:
    instant, key = now(), permits.code_key()
    desks = queries_checking.open_desks_of(
        current_user.person_id, instant - CHECK_OUT_AFTER, instant + 2 * CHECK_IN_BEFORE
    )
    for desk in desks:
        for direction in Direction:
            if codes.is_typed(key, text, desk.lesson_id, direction, instant):
                return desk.lesson_id, direction
    return None
