"""The background jobs, for administrators: what waits, runs, is planned, failed and why."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.wrappers import Response as FlaskResponse
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from lms import access, jobs
from lms.clock import now
from lms.jobs import Job
from lms.lists import page_of, search_text
from lms.operations import actions, queries
from lms.operations.rules import Standing, neglected
from lms.operations.words import KINDS, kind_in_words, standing, standing_in_words, tone_of

blueprint = Blueprint("operations", __name__)
blueprint.add_app_template_filter(kind_in_words, "job_kind")
blueprint.add_app_template_filter(standing, "job_standing")
blueprint.add_app_template_filter(standing_in_words, "job_standing_in_words")
blueprint.add_app_template_filter(tone_of, "job_standing_tone")


@blueprint.get("/lavori")
def overview() -> str:
    """All jobs, by words, standing and kind."""
    asked, kind = request.args.get("status", ""), request.args.get("kind", "")
    text, instant = search_text(), now()
    shown = Standing(asked) if asked in set(Standing) else None
    oldest = queries.oldest_due(instant)
    return render_template(
        "operations/jobs.html",
        page=page_of(queries.searched(text, shown, kind if kind in KINDS else None, instant)),
        text=text,
        standing=shown,
        standings=list(Standing),
        kind=kind,
        kinds=sorted(KINDS, key=kind_in_words),
        counts=queries.counts(instant),
        waiting_since=oldest if neglected(oldest, instant) else None,
    )


@blueprint.get("/lavori/<int:job_id>")
def job(**_address: int) -> str:
    """One job: how it stands, how far it is, what went wrong."""
    shown = access.subject(Job)
    return render_template(
        "operations/job.html",
        job=shown,
        attempts_allowed=jobs.MAX_ATTEMPTS,
        may_retry=actions.may_retry(shown),
    )


@blueprint.get("/lavori/<int:job_id>/stato.json")
def job_state(**_address: int) -> FlaskResponse:
    """The same for the script: `{"done", "total", "stands"}`."""
    shown = access.subject(Job)
    return jsonify(done=shown.done, total=shown.total, stands=standing(shown))


@blueprint.route("/lavori/<int:job_id>/riprova", methods=["GET", "POST"])
def retry(**_address: int) -> str | Response:
    """Have it carried out once more, after asking."""
    shown, form = access.subject(Job), FlaskForm()
    back = redirect(url_for("operations.job", job_id=shown.id), 303)
    if not form.validate_on_submit():
        if not actions.may_retry(shown):
            return back
        return render_template("operations/retry.html", job=shown, form=form)
    actions.retry(shown, by=current_user.person_id)
    flash(_("The job is in the queue again."), "success")
    return back
