"""What the tests of the catalogue's pages share: a programme of any length, forms as they are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from justhtml import JustHTML

from lms.catalogue.models import Cycle, CycleStatus
from lms.clock import now
from tests import factories


def cycle_with(lessons: int, **more: Any) -> Cycle:
    """A published cycle: as many lessons in modules of five, each with a trainer of its own."""
    cycle = factories.cycle(**more)
    module = None
    for number in range(lessons):
        if module is None or number % 5 == 0:
            module = factories.module(cycle)
        starts_at = now() + timedelta(days=number - lessons // 2, minutes=7)
        lesson = factories.lesson(module, starts_at=starts_at)
        person = factories.trainer(cycle, organisation=factories.organisation())
        factories.teaches(person, lesson)
    return cycle


def draft_with(lessons: int, **more: Any) -> Cycle:
    return cycle_with(lessons, status=CycleStatus.DRAFT, **more)


def fields(html: str) -> dict[str, Any]:
    """What a browser would send of the page's form as it stands (the token left out)."""
    document = JustHTML(html, sanitize=False)
    form = next(form for form in document.query("main form") if form.attrs.get("method") == "post")
    sent: dict[str, Any] = {}
    for control in form.query("input, select, textarea"):
        attrs, name = control.attrs, control.attrs.get("name")
        if not name or name == "csrf_token":
            continue
        kind = attrs.get("type", "")
        if kind in {"radio", "checkbox"} and "checked" not in attrs:
            continue
        if control.name == "select":
            chosen = [o for o in control.query("option") if "selected" in o.attrs]
            value = (chosen or control.query("option"))[0].attrs.get("value", "")
        elif control.name == "textarea":
            value = control.to_text(strip=False).removeprefix("\n")
        else:
            value = attrs.get("value", "on" if kind == "checkbox" else "")
        if kind == "checkbox" and name in sent:
            value = [*(sent[name] if isinstance(sent[name], list) else [sent[name]]), value]
        sent[name] = value
    return sent


def skeleton(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """Every element of a page with the names of its attributes, in order."""
    return [
        (element.name, tuple(sorted(element.attrs or {})))
        for element in JustHTML(html, sanitize=False).query("*")
    ]
