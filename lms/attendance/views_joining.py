"""Everybody's own joining link: a page with a button, then the platform's own address.

A button and not a redirect, because mail scanners and previews follow addresses: only who presses
it was there. Where it leads is the lesson's own stored address, never anything in the request.
"""

from __future__ import annotations

from flask import redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access, headers
from lms.attendance import actions_joining, joining_links
from lms.attendance.blueprint import blueprint
from lms.attendance.joining_addresses import personal_address
from lms.attendance.queries_joining import Joining
from lms.catalogue.models import Lesson, LessonStatus
from lms.clock import now
from lms.transaction import begin_writing, reads_first

Answer = str | Response | tuple[str, int]


@blueprint.route("/j/<join_token>", methods=["GET", "POST"])
@reads_first
def join(**_address: str) -> Answer:
    """«Entra»: the click is noted, then the platform opens."""
    joining = access.subject(Joining)
    origin = joining_links.origin_of(joining.join_url)
    takes_place = joining.status is LessonStatus.SCHEDULED and now() < joining.ends_at
    may_go = takes_place and origin is not None
    if request.method == "POST" and may_go:
        begin_writing()
        actions_joining.note_click(joining)
        return redirect(joining.join_url, 303)
    if origin is not None:
        headers.allow_form_to(origin)  # browsers hold a redirect after a form against the policy
    page = render_template("attendance/join.html", joining=joining, may_go=may_go, origin=origin)
    return page, 409 if request.method == "POST" else 200


@blueprint.app_template_global()
def joining_address(lesson: Lesson) -> str:
    """The address of a lesson's room for who looks at the page."""
    return personal_address(lesson.id, lesson.join_url, current_user.person_id)
