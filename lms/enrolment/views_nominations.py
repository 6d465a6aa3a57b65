"""Nominations of a cycle: the organisers' queue, to approve or to refuse with a reason."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.catalogue.models import Cycle
from lms.enrolment import nominating, queries
from lms.enrolment.forms import DecisionForm, chosen_ids
from lms.enrolment.models import EnrolmentStatus
from lms.enrolment.views import blueprint
from lms.errors import UserError
from lms.lists import page_of, search_text


@blueprint.route("/cicli/<cycle_slug>/iscritti/designazioni", methods=["GET", "POST"])
def requests(**_address: str) -> str | Response | tuple[str, int]:
    """Who is nominated and waits; ticked people are approved or refused together."""
    cycle, form, status = access.subject(Cycle), DecisionForm(), 200
    if form.validate_on_submit():
        try:
            return _decide(cycle, form)
        except UserError as error:
            form.form_errors.append(error.message)
            status = error.status
    elif form.is_submitted():
        status = 422
    page = page_of(queries.participants(cycle.id, search_text(), EnrolmentStatus.REQUESTED))
    rendered = render_template(
        "enrolment/requests.html",
        cycle=cycle,
        form=form,
        page=page,
        text=search_text(),
        chosen=chosen_ids("enrolment"),
        notes=queries.last_notes([row.id for row in page.items]),
        facts=queries.facts_of(cycle),
    )
    return rendered, status


def _decide(cycle: Cycle, form: DecisionForm) -> Response:
    ids, by = chosen_ids("enrolment"), current_user.person_id
    if not form.decided:
        raise UserError(_("Press “Approve” or “Refuse”."))
    if not ids:
        raise UserError(_("Choose at least one person."))
    if form.refusing:
        done = nominating.refuse(cycle.id, ids, reason=form.reason.data or "", by=by)
        said = ngettext("%(num)d nomination refused.", "%(num)d nominations refused.", len(done))
    else:
        done = nominating.approve(cycle.id, ids, by=by)
        said = ngettext("%(num)d person enrolled.", "%(num)d people enrolled.", len(done))
    if not done:
        raise UserError(_("These nominations have been decided already."), 409)
    flash(said, "success")
    return redirect(
        url_for("enrolment.requests", cycle_slug=cycle.slug, q=request.args.get("q") or None), 303
    )
