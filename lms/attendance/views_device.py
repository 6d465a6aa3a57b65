"""What the register's page on a device asks by itself: to take marks, and for its worker."""

from __future__ import annotations

from typing import Any

from flask import Response as FlaskResponse
from flask import jsonify, request, url_for
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from lms import access
from lms.attendance import actions_device, queries, queries_overview
from lms.attendance.blueprint import blueprint
from lms.attendance.forms_device import BadMessageError, read_sent, refusal_sentence
from lms.attendance.rules_device import Answered, DeviceOutcome
from lms.attendance.words import cell_words
from lms.catalogue.models import Lesson
from lms.headers import STATIC_ROOT
from lms.pages import local_time

JsonAnswer = FlaskResponse | tuple[FlaskResponse, int]


@blueprint.route("/incontri/<int:lesson_id>/registro/segni.json", methods=["GET", "POST"])
def device_marks(**_address: int) -> JsonAnswer:
    """Who is signed in, with a token to send by; or (POST) marks that waited on a device.

    Sent: `{"person": id, "marks": [{"id": uuid, "enrolment": id, "mark", "minutes", "was", "at",
    "after"}]}`; answered in the same order, each mark for itself.
    """
    lesson = access.subject(Lesson)
    if request.method == "GET":
        return jsonify(person=current_user.person_id, csrf=generate_csrf())
    try:
        person, sent = read_sent(
            request.get_json(silent=True), lesson.minutes, actions_device.MOST_AT_ONCE
        )
    except BadMessageError as error:
        return jsonify(error=str(error)), 400
    if person != current_user.person_id:
        return jsonify(error="these marks are another person's"), 409
    answers = actions_device.take_marks(lesson, sent, by=current_user.person_id)
    return jsonify(marks=_told(lesson, answers))


def _told(lesson: Lesson, answers: list[Answered]) -> list[dict[str, Any]]:
    asked = [each.enrolment_id for each in answers if each.outcome is DeviceOutcome.CONFLICT]
    register = queries_overview.register_of(lesson) if asked else None
    names = {row.enrolment_id: row.name for row in _rows(lesson, answers)}
    touches = queries.last_touches(register.id, asked) if register else {}
    return [
        {
            "id": each.client_id,
            "enrolment": each.enrolment_id,
            "name": names.get(each.enrolment_id, ""),
            "outcome": each.outcome.value,
            "why": refusal_sentence(each.refusal) if each.refusal else "",
            "was": f"{each.version}:{each.cell.mark or ''}:{each.cell.minutes}",
            "words": cell_words(each.cell),
            "who": touches[each.enrolment_id][0] if each.enrolment_id in touches else "",
            "at": local_time(touches[each.enrolment_id][1], lesson.zone)
            if each.enrolment_id in touches
            else "",
        }
        for each in answers
    ]


def _rows(lesson: Lesson, answers: list[Answered]) -> list[queries.RegisterRow]:
    """The rows that have to be named, because a person must look at them."""
    open_ones = {DeviceOutcome.CONFLICT, DeviceOutcome.REFUSED}
    ids = [each.enrolment_id for each in answers if each.outcome in open_ones]
    return queries.rows_of(lesson, None, ids) if ids else []


@blueprint.get("/incontri/<int:lesson_id>/registro/worker.js")
def device_worker(lesson_id: int) -> FlaskResponse:
    """The service worker that keeps this one page for times without network."""
    script = (STATIC_ROOT / "js" / "register-worker.js").read_bytes()
    response = FlaskResponse(script, mimetype="text/javascript")
    response.headers["Service-Worker-Allowed"] = url_for(".register", lesson_id=lesson_id)
    return response
