"""The pages and forms of the whole application, found by asking it and not by a list.

Every room's pages are reached from the addresses of the small world; their forms are read from the
HTML as a browser reads them, so that a form added tomorrow is attacked without being named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.client import PercorsoClient
from tests.foundation.asking import SAFE, Address, addresses, may_enter, person_of, values_of
from tests.security.reading import Form, forms_of
from tests.world import World

# Who opens which page first: each page is looked at once by the first of these who may.
WHO = (
    "organiser",
    "administrator",
    "trainer of this cycle",
    "participant of this cycle",
    "referent of this organisation",
    "auditor of this track",
    "stranger",
)


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
                response = plain(self.browser(actor), place.path)
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

    def send(
        self, form: Form, pairs: Sequence[tuple[str, Any]], *, look: bool = True
    ) -> TestResponse:
        """As the form's actor, with the token in the form; without a `look` no page is checked."""
        client = self.browser(form.actor)
        kept = [(name, _file(value)) for name, value in pairs]
        if look:
            return client.post(form.action, kept, csrf=False)
        body: dict[str, list[Any]] = {}
        for name, value in kept:
            body.setdefault(name, []).append(value)
        return plain(client, form.action, "POST", data=body)


def plain(client: PercorsoClient, path: str, method: str = "GET", **more: Any) -> TestResponse:
    """Without the look at the whole page that the client takes, where only the answer counts."""
    return client._send(method, path, **more)


def _file(value: Any) -> Any:
    """A fresh stream for each sending: Werkzeug closes it."""
    if isinstance(value, tuple):
        content, name = value
        return BytesIO(content), name
    return value
