"""The room's blueprint, and what its views share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import Blueprint, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.factors.rules import RelyingParty, relying_party
from lms.factors.stepping import proved_recently
from lms.links import public_root

Page = str | Response | tuple[str, int]
View = Callable[..., Page]

blueprint = Blueprint("factors", __name__)


def recently_proved(view: View) -> View:
    """Ask for the password again first, unless that was proved a few minutes ago (ASVS 7.5.1)."""

    @wraps(view)
    def guarded(**address: int) -> Page:
        if proved_recently():
            return view(**address)
        readable = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
        back = request.path if readable else url_for("factors.overview")
        return redirect(url_for("factors.prove", next=back), 303)

    return guarded


def party() -> RelyingParty | None:
    """Who we are to passkeys at our public address; None where browsers offer none."""
    return relying_party(public_root())


def json_answer(text: str) -> Response:
    """What a script asked for."""
    return current_app.response_class(text, mimetype="application/json")
