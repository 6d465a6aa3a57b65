"""Forms as a browser reads them from a page, whatever room it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from justhtml import JustHTML
from justhtml.dom import Element

CHOICES = frozenset({"select", "radio"})
# Text a person may type anything into; the rest of the inputs hold numbers, dates and the like.
FREE_TEXT = frozenset({"text", "textarea", "search", "email", "url", "tel"})


@dataclass(frozen=True)
class Control:
    """One named field: its values are what a browser would send if nobody touched it."""

    name: str
    kind: str
    values: tuple[str, ...]
    options: tuple[str, ...] = ()
    numeric: bool = False
    longest: int | None = None


@dataclass(frozen=True)
class Form:
    """One form of a page, as `actor` sees it."""

    actor: str
    page: str
    action: str
    controls: tuple[Control, ...]
    endpoint: str = ""

    @property
    def name(self) -> str:
        return f"{self.actor}: {self.endpoint} on {self.page}"

    def pairs(self, change: Callable[[Control], list[Any] | None] = lambda _c: None) -> list[Any]:
        """What is sent: `change` gives a control other values, None leaves it alone."""
        sent: list[tuple[str, Any]] = []
        for control in self.controls:
            values = change(control) if control.name != "csrf_token" else None
            chosen: Any = control.values if values is None else values
            sent += [(control.name, value) for value in chosen]
        return sent


def elements(html: str) -> Iterator[Element]:
    """Every element of a page, in order."""

    def below(node: Any) -> Iterator[Element]:
        for child in getattr(node, "children", None) or []:
            if isinstance(child, Element):
                yield child
            yield from below(child)

    yield from below(JustHTML(html, sanitize=False).root)


def forms_of(html: str, page: str, actor: str, app: Flask) -> Iterator[Form]:
    """The POST forms of a page that was got from `page`."""
    adapter = app.url_map.bind("localhost")
    for element in elements(html):
        if element.name != "form" or str(element.attrs.get("method")).lower() != "post":
            continue
        action = urljoin(page, str(element.attrs.get("action") or page))
        endpoint, _values = adapter.match(urlsplit(action).path, method="POST")
        controls = tuple(_merged(list(_controls(element))))
        yield Form(actor, page, action, controls, endpoint)


def _controls(form: Element) -> Iterator[Control]:
    for element in _within(form):
        attrs = element.attrs or {}
        name = attrs.get("name")
        if not name or "disabled" in attrs:
            continue
        if element.name == "select":
            options = [e for e in _within(element) if e.name == "option"]
            values = [str(o.attrs.get("value", _text(o))) for o in options]
            chosen = [v for v, o in zip(values, options, strict=True) if "selected" in o.attrs]
            yield Control(name, "select", tuple(chosen or values[:1]), tuple(values))
        elif element.name == "textarea":
            yield Control(name, "textarea", (_text(element).removeprefix("\n"),))
        elif element.name == "input":
            kind, value = str(attrs.get("type") or "text"), str(attrs.get("value") or "")
            if kind in {"radio", "checkbox"}:
                on = (value,) if "checked" in attrs else ()
                yield Control(name, kind, on, (value,))
            elif kind not in {"submit", "button", "reset", "image"}:
                numeric = attrs.get("inputmode") == "numeric"
                values = () if kind == "file" else (value,)
                longest = int(attrs["maxlength"]) if "maxlength" in attrs else None
                yield Control(name, kind, values, numeric=numeric, longest=longest)
        elif element.name == "button" and attrs.get("type", "submit") == "submit":
            yield Control(name, "button", (str(attrs.get("value") or ""),))


def _merged(controls: list[Control]) -> Iterator[Control]:
    """Radios and checkboxes of one name are one control; of several buttons the first is pressed.

    A radio that nothing is chosen of gets its first choice, for a person must choose.
    """
    seen: set[str] = set()
    for control in controls:
        if control.kind == "button":
            if "button" not in seen:
                yield control
            seen.add("button")
        elif control.kind not in {"radio", "checkbox"}:
            yield control
        elif control.name not in seen:
            seen.add(control.name)
            alike = [c for c in controls if c.name == control.name]
            options = tuple(option for c in alike for option in c.options)
            chosen = tuple(value for c in alike for value in c.values)
            if control.kind == "radio" and not chosen:
                chosen = options[:1]
            yield Control(control.name, control.kind, chosen, options)


def _within(element: Element) -> Iterator[Element]:
    for child in element.children or []:
        if isinstance(child, Element):
            yield child
            yield from _within(child)


def _text(node: Any) -> str:
    if getattr(node, "name", "") == "#text":
        return str(node.data)
    return "".join(_text(child) for child in getattr(node, "children", None) or [])
