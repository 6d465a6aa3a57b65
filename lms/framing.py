"""Pages without a menu, asked for by thousands at once: their frame is drawn once.

Header and footer of such a page differ between two people in a few values only. The frame, drawn by
`base.html` like every page, is kept with marks in the places of these; a page draws its own blocks
and fills them in. Its template says `{% extends layout %}`; what comes out is what `base.html`
would have drawn, byte for byte.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from flask import current_app, g, render_template, request, session
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

from lms.drawing import place, store
from lms.headers import csp_nonce

WHOLE, PARTS = "base.html", "components/parts.html"
BETWEEN_PARTS = "<!-- part -->"  # what people wrote is escaped and cannot hold it

Frame = list[str]  # text and names of slots by turns


SLOTS = ("title", "head", "content", "csrf", "nonce", "name", "person", "address")


def prepare(template: str) -> None:
    """Make a page's template and the frame ready, in the language of the moment."""
    current_app.jinja_env.get_template(template)
    current_app.jinja_env.get_template(PARTS)
    _frame()


def framed(template: str, **values: Any) -> str:
    """Draw a page for who is signed in. Its blocks may be `title`, `head` and `content`."""
    if "_flashes" in session or current_app.config.get("TEMPLATES_AUTO_RELOAD"):
        return render_template(template, layout=WHOLE, **values)
    drawn = render_template(template, layout=PARTS, **values)
    title, head, content = drawn.split(BETWEEN_PARTS)
    slots = {
        "title": title,
        "head": head,
        "content": content,
        "csrf": escape(generate_csrf()),
        "nonce": csp_nonce(),
        "name": escape(current_user.full_name),
        "person": str(current_user.person_id),
        "address": escape(request.full_path.rstrip("?")),
    }
    return "".join(slots[part] if odd % 2 else part for odd, part in enumerate(_frame()))


def _frame() -> Frame:
    key = ("components/frame.html", *place())
    frame: Frame | None = store().get(key)
    if frame is None:
        frame = store()[key] = _drawn()
    return frame


def _drawn() -> Frame:
    own = f"slot{secrets.token_hex(8)}"
    mark = {name: f"{own}{name}end" for name in SLOTS}
    nobody = SimpleNamespace(
        is_authenticated=True, full_name=mark["name"], person_id=mark["person"]
    )
    with _instead(csrf_token=mark["csrf"], csp_nonce=mark["nonce"]):
        page = render_template(
            "components/frame.html", current_user=nobody, frame_address=mark["address"], slot=mark
        )
    return re.split(f"{own}([a-z]+)end", page)


@contextmanager
def _instead(**values: str) -> Iterator[None]:
    """Let this request's `g` say these values for a while."""
    before = {name: g.get(name) for name in values}
    for name, value in values.items():
        setattr(g, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                g.pop(name)
            else:
                setattr(g, name, value)
