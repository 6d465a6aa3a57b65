"""The first page, by role, and the choice of language."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session
from werkzeug.wrappers import Response

from lms.links import safe_next
from lms.pages import LANGUAGES

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> str:
    """What this is, and what to do first."""
    return render_template("home/index.html")


@blueprint.post("/lingua")
def set_language() -> Response:
    """Keep the chosen language in the session and return to the page."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
    return redirect(safe_next(request.form.get("next")), 303)
