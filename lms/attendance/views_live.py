"""Presence as it comes in: a lesson's page with its picture, what it polls, and a cycle's page."""

from __future__ import annotations

from flask import Response, jsonify, render_template, request
from flask_babel import gettext as _

from lms import access
from lms.attendance import queries, queries_live
from lms.attendance.blueprint import blueprint
from lms.attendance.queries import Head
from lms.catalogue.models import Cycle, Lesson, LessonStatus
from lms.clock import now
from lms.organisations.models import OrganisationKind
from lms.organisations.words import kind_in_words

POLL_SECONDS, RELOAD_SECONDS = 5, 30


@blueprint.app_template_filter()
def kind_or_none(kind: str) -> str:
    """A kind of organisation by its value; people without one have a word, too."""
    return kind_in_words(OrganisationKind(kind)) if kind else str(_("Without organisation"))


def _moves(lesson: Lesson, head: Head) -> bool:
    """Whether counts may still come in: nobody watches a sealed register."""
    return not head.closed and lesson.status is LessonStatus.SCHEDULED


@blueprint.get("/incontri/<int:lesson_id>/diretta")
def live(**_address: int) -> str:
    """A lesson's counts as they come in, by kind of organisation, and over its time."""
    lesson, instant = access.subject(Lesson), now()
    head = queries.head(lesson)
    return render_template(
        "attendance/live.html",
        lesson=lesson,
        head=head,
        revision=queries_live.revision(head, lesson),
        presence=queries_live.presence(lesson, head, instant),
        kinds=queries_live.by_kind_of_lesson(lesson, head),
        moves=_moves(lesson, head),
        still=request.args.get("fermo") == "1",
        instant=instant,
        poll=POLL_SECONDS,
        reload=RELOAD_SECONDS,
    )


@blueprint.get("/incontri/<int:lesson_id>/diretta.json")
def live_state(**_address: int) -> Response:
    """The counts alone, for the page that polls; 304 while nothing has moved."""
    lesson = access.subject(Lesson)
    head = queries.head(lesson)
    tag = queries_live.revision(head, lesson)
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        response = jsonify(
            revision=tag,
            present=head.present,
            absent=head.absent,
            excused=head.excused,
            unmarked=head.unmarked,
            people=head.people,
            moves=_moves(lesson, head),
        )
    response.set_etag(tag)
    response.cache_control.private = True
    response.cache_control.no_cache = True
    return response


@blueprint.get("/cicli/<cycle_slug>/presenze")
def cycle_presence(**_address: str) -> str:
    """A cycle's presence so far, by module and by kind of organisation."""
    cycle, instant = access.subject(Cycle), now()
    return render_template(
        "attendance/cycle_presence.html",
        cycle=cycle,
        modules=queries_live.by_module(cycle.id, instant),
        kinds=queries_live.by_kind_of_cycle(cycle.id, instant),
    )
