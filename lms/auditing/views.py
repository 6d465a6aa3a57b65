"""Sittings: an auditor's tracks, stating the purpose, closing; and the log of looks."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.accounts.models import StaffRole
from lms.accounts.scopes import tracks_of
from lms.auditing import actions, queries
from lms.auditing.forms import PurposeForm
from lms.auditing.words import look_in_words
from lms.catalogue.models import Track
from lms.clock import now
from lms.lists import search_text

blueprint = Blueprint("auditing", __name__)
blueprint.add_app_template_filter(look_in_words)


@blueprint.get("/revisione")
def index() -> str:
    """The tracks one audits, and which of them one may look at now."""
    me = current_user.person_id
    tracks = queries.tracks(tracks_of(me, StaffRole.AUDITOR), me, now())
    return render_template("auditing/index.html", tracks=tracks)


@blueprint.route("/revisione/percorsi/<track_slug>/apri", methods=["GET", "POST"])
def open_session(**_address: str) -> str | Response | tuple[str, int]:
    """State the purpose, then look for some hours."""
    track, form = access.subject(Track), PurposeForm()
    if not form.validate_on_submit():
        page = render_template("auditing/open.html", track=track, form=form)
        return page, 422 if form.is_submitted() else 200
    actions.open_session(track, form.purpose.data or "", by=current_user.person_id)
    return redirect(url_for("auditing.track", track_slug=track.slug), 303)


@blueprint.post("/revisione/percorsi/<track_slug>/chiudi")
def close_session(**_address: str) -> Response:
    """Stop looking."""
    actions.close_session(access.subject(Track), by=current_user.person_id)
    flash(_("The inspection is closed."), "success")
    return redirect(url_for("auditing.index"), 303)


@blueprint.get("/registro-accessi")
def looks() -> str:
    """Who looked at whose data, when and why."""
    text = search_text()
    return render_template("auditing/looks.html", page=queries.looks(text), text=text)
