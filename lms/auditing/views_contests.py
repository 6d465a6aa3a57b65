"""Contests of a track as an auditor reads them; documents attached are told of, not handed out."""

from __future__ import annotations

from flask import render_template, request

from lms import access
from lms.attendance import queries_contests
from lms.attendance.contesting import wanted_status
from lms.attendance.loading_contests import LessonContest
from lms.auditing.queries import AUDITABLE
from lms.auditing.sitting import looked_at
from lms.auditing.views import blueprint
from lms.catalogue.models import Track
from lms.lists import search_text


@blueprint.get("/revisione/percorsi/<track_slug>/contestazioni")
@looked_at()
def contests(**_address: str) -> str:
    """The contests of a track, by how they stand."""
    track, text = access.subject(Track), search_text()
    shown, status = wanted_status(request.args.get("show", "all"))
    page = queries_contests.of_track(track.id, AUDITABLE, text, status)
    return render_template("auditing/contests.html", track=track, page=page, text=text, show=shown)


@blueprint.get("/revisione/contestazioni/<int:contest_id>")
@looked_at(lambda found: found.contest)
def contest(contest_id: int) -> str:
    """One contest with what was said."""
    found = access.subject(LessonContest)
    return render_template(
        "auditing/contest.html",
        lesson=found.lesson,
        enrolment=found.enrolment,
        contest=found.contest,
        history=queries_contests.history(contest_id),
        attachment=queries_contests.attachment_of(contest_id),
    )
