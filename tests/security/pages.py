"""The pages and forms of the whole application, found by asking it and not by a list.

Every room's pages are reached from the addresses of the small world; their forms are read from the
HTML as a browser reads them, so that a form added tomorrow is attacked without being named here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from justhtml import JustHTML
from justhtml.dom import Element
from werkzeug.test import TestResponse

from tests.client import PercorsoClient
from tests.foundation.asking import SAFE, Address, addresses, may_enter, person_of, values_of
from tests.world import World

# Who opens which page first: each page is looked at once by the first of these who may.
WHO = (
    "organiser",
    "administrator",
    "trainer of this cycle",
    "participant of this cycle",
    "stranger",
)
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


@dataclass(frozen=True)
class Place:
    """An address of the application with everything filled in."""

    address: Address
    path: str


@dataclass
class Site:
    """The small world, a browser for each actor, and where everything stands.

    `variations` are further objects in other states; `queries` what stands behind a question mark.
    """

    app: Flask
    world: World
    variations: tuple[dict[str, Any], ...] = ()
    queries: dict[str, tuple[str, ...]] = field(default_factory=dict)
    browsers: dict[str, PercorsoClient] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values = values_of(self.world, self.world.this)

    def browser(self, actor: str) -> PercorsoClient:
        if actor not in self.browsers:
            client, person = PercorsoClient(self.app), person_of(self.world, actor)
            self.browsers[actor] = client if person is None else client.sign_in(person)
        return self.browsers[actor]

    def places(self, *, methods: frozenset[str] = SAFE) -> list[Place]:
        """Every address there is, with the objects of the world and of its variations."""
        found: dict[str, Place] = {}
        for address in addresses(self.app):
            if address.method not in methods:
                continue
            mine = [more for more in self.variations if more.keys() == address.names]
            # Where a variation says all of several names, it is what shows the page can do most.
            ways = (*mine, {}) if len(address.names) > 1 else ({}, *mine)
            for more in ways:
                path = address.path(self.app, {**self.values, **more})
                for query in ("", *self.queries.get(address.endpoint, ())):
                    found.setdefault(path + query, Place(address, path + query))
        return list(found.values())

    def readers(self, place: Place, actors: Sequence[str] = WHO) -> list[str]:
        return [actor for actor in actors if may_enter(actor, place.address.rule)]

    def views(self, actors: Sequence[str] = WHO) -> Iterator[tuple[str, Place, TestResponse]]:
        """Every place that can be read, opened by each of `actors` who may."""
        for place in self.places():
            for actor in self.readers(place, actors):
                yield actor, place, self.browser(actor).get(place.path)

    def forms(self) -> list[Form]:
        """Every POST form of the application, once; the first who may open its page sends it."""
        found: dict[tuple[Any, ...], Form] = {}
        for place in self.places():
            for actor in self.readers(place):
                response = self.browser(actor).get(place.path)
                if response.status_code == 303:  # nothing to be done here by this one
                    continue
                if response.mimetype != "text/html":
                    break
                for form in forms_of(response.text, place.path, actor, self.app):
                    names = frozenset(re.sub(r"\d+", "", c.name) for c in form.controls)
                    pressed = tuple(c.values for c in form.controls if c.kind == "button")
                    found.setdefault((form.endpoint, names, pressed), form)
                break
        return list(found.values())

    def send(self, form: Form, pairs: Sequence[tuple[str, Any]]) -> TestResponse:
        """As the form's actor, with the token that stands in the form."""
        kept = [(name, _file(value)) for name, value in pairs]
        return self.browser(form.actor).post(form.action, kept, csrf=False)


def _file(value: Any) -> Any:
    """A fresh stream for each sending: Werkzeug closes it."""
    if isinstance(value, tuple):
        content, name = value
        return BytesIO(content), name
    return value


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
                yield Control(name, kind, values, numeric=numeric)
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
