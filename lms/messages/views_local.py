"""The demonstration's mail: where letters land that leave for nobody."""

from __future__ import annotations

import base64
import hashlib
import re

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms import access
from lms.headers import allow_own_frame
from lms.lists import page_of, search_text
from lms.messages import queries
from lms.messages.letters import Letter
from lms.messages.models import OutboxMessage
from lms.messages.rendering import as_html, as_text
from lms.messages.views import blueprint

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@blueprint.get("/dimostrazione/posta")
def local_mail() -> str:
    """Every letter, the newest first."""
    text = search_text()
    page = page_of(queries.local_mail(text))
    return render_template("messages/local_mail.html", page=page, text=text)


@blueprint.get("/dimostrazione/posta/<int:message_id>")
def local_letter(**_address: int) -> str:
    """One letter as its reader would see it: as HTML, in a frame, and as text."""
    message = access.subject(OutboxMessage)
    letter = _letter(message)
    allow_own_frame()
    return render_template(
        "messages/local_letter.html",
        message=message,
        letter=letter,
        text=as_text(letter, message.language),
    )


@blueprint.get("/dimostrazione/posta/<int:message_id>/html")
def local_html(**_address: int) -> Response:
    """The letter's HTML alone, for the frame: no script, no form, its own style and no other."""
    message = access.subject(OutboxMessage)
    html = as_html(_letter(message), message.language)
    style = _STYLE.search(html)
    if style is None:
        raise LookupError("the letter's template has one <style>")
    known = base64.b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode()
    page = make_response(html)
    page.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{known}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    return page


def _letter(message: OutboxMessage) -> Letter:
    if message.letter is None:
        raise LookupError("the loader lets in only messages with a letter")
    return Letter.from_json(message.letter)
