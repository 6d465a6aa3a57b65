"""The demonstration's own page: what it is, its sign-ins, the report to drop in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template, send_file
from flask_babel import lazy_gettext as _l

from lms.access import Subject, loader
from lms.config import Settings
from lms.demo import content
from lms.demo.build import REPORT_NAME

blueprint = Blueprint("demo", __name__)

ROLE_WORDS = {
    "Participant": _l("Participant"),
    "Trainer": _l("Trainer"),
    "Organiser": _l("Organiser"),
    "Entity referent": _l("Entity referent"),
    "Auditor": _l("Auditor"),
    "Administrator": _l("Administrator"),
}


def sign_ins() -> list[tuple[Any, str, str]]:
    """Role in words, login, password."""
    return [(ROLE_WORDS[role], login, content.PASSWORD) for role, login in content.SIGN_INS]


def report_path(settings: Settings) -> Path:
    """Where the report file lies that belongs to the waiting lesson."""
    return settings.data / "demo" / REPORT_NAME


@loader("demo")
def _demo(**_rest: Any) -> Subject | None:
    """Nothing of this exists outside the demonstration."""
    settings: Settings = current_app.config["SETTINGS"]
    return Subject(settings) if settings.demo and report_path(settings).exists() else None


@blueprint.get("/dimostrazione")
def index() -> str:
    """What to try, with which sign-in."""
    return render_template("demo/index.html", sign_ins=sign_ins(), report_name=REPORT_NAME)


@blueprint.get("/dimostrazione/report.csv")
def report() -> Response:
    """The fictional report of the lesson that waits for it."""
    return send_file(
        report_path(current_app.config["SETTINGS"]),
        mimetype="text/csv",
        as_attachment=True,
        download_name=REPORT_NAME,
    )


def init_app(app: Flask) -> None:
    """Tell the sign-in page what to show."""
    app.config["DEMO_SIGN_INS"] = sign_ins() if app.config["DEMO"] else []
