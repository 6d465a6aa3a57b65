"""What organisers write is Italian on every page: elsewhere it says so (WCAG 3.1.2)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, session
from justhtml import JustHTML
from justhtml.dom import Element

from lms.extensions import db
from lms.pages import as_written, phrase
from tests.client import PercorsoClient
from tests.foundation.asking import SAFE, addresses, may_enter, person_of, values_of
from tests.hostile import SHORT_POLYGLOT
from tests.world import World

WRITTEN = "Scritto qui"
# A browser shows the title and a choice in a list of its own making, a typed value in a field.
NOT_MARKED = {"title", "option", "textarea"}


def rewrite(world: World) -> None:
    """Every text that organisers write about the catalogue holds the words to look for."""
    track, half = world.track, world.this
    for name in ("title", "summary", "issuer", "funding_statement"):
        setattr(track, name, f"{WRITTEN} {name}")
    for row, names in (
        (half.cycle, ("title", "summary", "signatory_role")),
        (half.module, ("title", "summary", "subject_area")),
        (half.lesson, ("title", "summary", "place")),
        (half.second, ("title", "summary", "place")),
    ):
        for name in names:
            setattr(row, name, f"{WRITTEN} {name}")
    db.session.commit()


def unmarked(html: str) -> Iterator[str]:
    """Texts of a page that hold the organisers' words in a part whose language is not Italian."""

    def search(node: Element, language: str) -> Iterator[str]:
        for child in node.children or []:
            if child.name == "#text":
                if WRITTEN in str(child.data) and language != "it":
                    yield f"<{node.name}> {str(child.data).strip()}"
            elif isinstance(child, Element) and child.name not in NOT_MARKED:
                yield from search(child, str((child.attrs or {}).get("lang") or language))

    return search(JustHTML(html, sanitize=False).root, "")


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize("actor", ["stranger", "participant of this cycle", "organiser"])
def test_english_pages_mark_what_is_italian(app: Flask, actor: str) -> None:
    world = World()
    rewrite(world)
    client, values = PercorsoClient(app), values_of(world, world.this)
    if person := person_of(world, actor):
        client.sign_in(person)
    wrong, pages = [], 0
    for address in addresses(app):
        if address.method not in SAFE or not may_enter(actor, address.rule):
            continue
        path = address.path(app, values)
        answer = client.get(path, headers={"Accept-Language": "en"})
        if answer.mimetype == "text/html" and answer.status_code == 200:
            pages += WRITTEN in answer.text
            wrong += [f"{path}: {text}" for text in unmarked(answer.text)]
    assert pages >= {"stranger": 3, "participant of this cycle": 6, "organiser": 30}[actor]
    assert not wrong, "\n".join(wrong)


def test_italian_pages_carry_no_marks_and_nothing_is_trusted(own_app: Flask) -> None:
    with own_app.test_request_context():
        assert as_written("È qui & là") == "È qui &amp; là"
        session["language"] = "en"
        assert as_written(None) == as_written("") == ""
        assert as_written("<b>") == '<span lang="it">&lt;b&gt;</span>'
        assert phrase("Cancel “%(title)s”?", title="Qui") == (
            'Cancel “<span lang="it">Qui</span>”?'
        )
        for marked in (as_written(SHORT_POLYGLOT), phrase("%(title)s", title=SHORT_POLYGLOT)):
            assert marked.striptags() == " ".join(SHORT_POLYGLOT.split()), "text, not markup"
