"""Pages without a menu, asked for by thousands at once: what is the same is drawn once.

Two people's pages differ in a few values only. The frame, drawn by `base.html` like every page, and
the blocks of a page are kept with marks in the places of these, which each answer fills in. The
template says `{% extends layout %}`; what comes out is what `base.html` would have drawn, byte for
byte.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import cast

from flask import current_app, g, render_template, request, session
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from jinja2.utils import LRUCache
from markupsafe import escape

from lms.drawing import place, store
from lms.headers import csp_nonce

WHOLE, PARTS = "base.html", "components/parts.html"
BETWEEN_PARTS = "<!-- part -->"  # what people wrote is escaped and cannot hold it

KEPT_PAGES = 500  # of each some kilobytes

Parts = list[str]  # text and names of slots by turns


SLOTS = ("title", "head", "content", "csrf", "nonce", "name", "person", "address")


def prepare(template: str) -> None:
    """Make a page's template and the frame ready, in the language of the moment."""
    current_app.jinja_env.get_template(template)
    current_app.jinja_env.get_template(PARTS)
    _frame()


def framed(template: str, theirs: Mapping[str, str], **same: Hashable) -> str:
    """Draw a page for who is signed in. Its blocks may be `title`, `head` and `content`.

    They are drawn from `same` alone, once for equal values; `theirs` are values of this person's
    page alone (names of small letters), which the template shows and asks nothing of.
    """
    if "_flashes" in session or current_app.config.get("TEMPLATES_AUTO_RELOAD"):
        return render_template(template, layout=WHOLE, **theirs, **same)
    slots = {
        "csrf": escape(generate_csrf()),
        "nonce": csp_nonce(),
        "name": escape(current_user.full_name),
        "person": str(current_user.person_id),
        "address": escape(request.full_path.rstrip("?")),
        **{name: escape(value) for name, value in theirs.items()},
    }
    parts = _page(template, theirs, same)
    return "".join(slots[part] if odd % 2 else part for odd, part in enumerate(parts))


def _page(template: str, theirs: Mapping[str, str], same: Mapping[str, Hashable]) -> Parts:
    """The whole page in parts: the frame's, with the blocks' in their places."""
    pages = cast("LRUCache", store().setdefault(("pages",), LRUCache(KEPT_PAGES)))
    key = (template, *place(), *theirs, *same.items())
    parts: Parts | None = pages.get(key)
    if parts is None:
        with _marked(*theirs) as mark:
            drawn = render_template(
                template, layout=PARTS, current_user=mark.nobody, **mark.of, **same
            )
        blocks = dict(zip(SLOTS, map(mark.parts, drawn.split(BETWEEN_PARTS)), strict=False))
        parts = pages[key] = _filled(_frame(), blocks)
    return parts


def _filled(frame: Parts, blocks: Mapping[str, Parts]) -> Parts:
    """The frame with these of its slots replaced by parts of their own."""
    parts = [frame[0]]
    for slot, text in zip(frame[1::2], frame[2::2], strict=True):
        inner = blocks.get(slot)
        if inner is None:
            parts += [slot, text]
        else:
            parts[-1] += inner[0]
            parts += inner[1:]
            parts[-1] += text
    return parts


def _frame() -> Parts:
    key = ("components/frame.html", *place())
    frame: Parts | None = store().get(key)
    if frame is None:
        with _marked(*SLOTS) as mark:
            page = render_template(
                "components/frame.html", current_user=mark.nobody, slot=mark.of,
                frame_address=mark.of["address"],
            )  # fmt: skip
        frame = store()[key] = mark.parts(page)
    return frame


class _Marks:
    """Words that stand for values while a page is drawn for nobody."""

    def __init__(self, names: frozenset[str]) -> None:
        self._own = f"slot{secrets.token_hex(8)}"
        self.of = {name: f"{self._own}{name}end" for name in names}
        self.nobody = SimpleNamespace(
            is_authenticated=True, full_name=self.of["name"], person_id=self.of["person"]
        )

    def parts(self, page: str) -> Parts:
        """What was drawn, cut at the marks."""
        return re.split(f"{self._own}([a-z]+)end", page)


@contextmanager
def _marked(*names: str) -> Iterator[_Marks]:
    """Let what is drawn meanwhile show marks for these and for who is signed in."""
    mark = _Marks(frozenset({"csrf", "nonce", "name", "person", *names}))
    with _instead(csrf_token=mark.of["csrf"], csp_nonce=mark.of["nonce"]):
        yield mark


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
