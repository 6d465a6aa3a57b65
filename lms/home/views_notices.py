"""Privacy and accessibility: the notices a public site owes, until its body has its own."""

from __future__ import annotations

from flask import current_app, render_template

from lms.config import Settings
from lms.home.views import blueprint


def _notice(template: str) -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return render_template(template, settings=settings)


@blueprint.get("/privacy")
def privacy() -> str:
    """Which data are kept, why, for how long (GDPR art. 13)."""
    return _notice("home/privacy.html")


@blueprint.get("/accessibilita")
def accessibility() -> str:
    """What we aim at and whom to tell what does not work (L. 4/2004)."""
    return _notice("home/accessibility.html")
