"""Error pages: right status, helpful words in both languages, nothing of the inside or the input.

ASVS 16.5.1; the rest of what an error must not do is asked by test_logs.py and test_headers.py.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from lms.accounts import throttle
from lms.accounts.models import Person
from lms.clock import now
from lms.extensions import db
from tests.client import PercorsoClient
from tests.foundation.asking import digest
from tests.html import check_page
from tests.security.pages import Site
from tests.world import World

TYPED = "testo-digitato-7f3a"
INSIDE = re.compile(
    r"Traceback|File &#34;|sqlalchemy|werkzeug|jinja|psycopg|sqlite|\.py\b|SELECT |lambda", re.I
)


class Errors:
    """One real way to each error."""

    def __init__(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        self.site, self.monkeypatch = site, monkeypatch

    def no_token(self, client: PercorsoClient) -> TestResponse:
        return client.post(f"/accedi?a={TYPED}", {"login": TYPED}, csrf=False)

    def foreign_host(self, client: PercorsoClient) -> TestResponse:
        return client.get(f"/cicli?q={TYPED}", headers={"Host": f"{TYPED}.example"})

    def not_for_you(self, client: PercorsoClient) -> TestResponse:
        return client.sign_in(self.site.world.this.participant).get(f"/persone?q={TYPED}")

    def not_here(self, client: PercorsoClient) -> TestResponse:
        return client.get(f"/{TYPED}/{TYPED}?{TYPED}=1")

    def not_yours(self, client: PercorsoClient) -> TestResponse:
        other = self.site.world.other.certificate.id
        return client.sign_in(self.site.world.this.participant).get(f"/attestati/{other}.pdf")

    def wrong_method(self, client: PercorsoClient) -> TestResponse:
        return client.post("/cicli", {TYPED: TYPED})

    def too_late(self, client: PercorsoClient) -> TestResponse:
        client.sign_in(self.site.world.organiser)
        path = f"/cicli/{self.site.world.this.cycle.slug}/elimina"
        return client.post(path, {TYPED: TYPED})

    def too_large(self, client: PercorsoClient) -> TestResponse:
        return client.post("/verifica", {"code": TYPED + "x" * (3 * 2**20)})

    def against_the_rule(self, client: PercorsoClient) -> TestResponse:
        client.sign_in(self.site.world.organiser)
        module = self.site.world.this.module.id
        return client.post(f"/moduli/{module}/sposta", {"direction": TYPED})

    def too_often(self, client: PercorsoClient) -> TestResponse:
        self.monkeypatch.setattr("lms.accounts.actions.verify_password", lambda _s, _p: False)
        once = dataclasses.replace(throttle.SIGN_IN, attempts=1)
        self.monkeypatch.setattr(throttle, "SIGN_IN", once)
        for _attempt in range(2):
            answer = client.post("/accedi", {"login": "ada@example.org", "password": TYPED})
        return answer

    def our_fault(self, client: PercorsoClient) -> TestResponse:
        def fault() -> str:
            raise RuntimeError(TYPED)

        self.monkeypatch.setitem(self.site.app.view_functions, "catalogue.cycles", fault)
        return client.get(f"/cicli?q={TYPED}")

    def database_away(self, client: PercorsoClient) -> TestResponse:
        client.sign_in(self.site.world.organiser)

        def away(*_arguments: Any, **_more: Any) -> Any:
            raise OperationalError("SELECT", {}, Exception("no route to the database"))

        with self.monkeypatch.context() as patch:
            patch.setattr(db.session, "execute", away)
            patch.setattr(db.session, "scalar", away)
            patch.setattr(db.session, "scalars", away)
            return client.get("/cicli")


CASES: list[tuple[Callable[[Errors, PercorsoClient], TestResponse], int]] = [
    (Errors.no_token, 400),
    (Errors.foreign_host, 400),
    (Errors.not_for_you, 403),
    (Errors.not_here, 404),
    (Errors.not_yours, 404),
    (Errors.wrong_method, 405),
    (Errors.too_late, 409),
    (Errors.too_large, 413),
    (Errors.against_the_rule, 422),
    (Errors.too_often, 429),
    (Errors.our_fault, 500),
    (Errors.database_away, 500),
]


@pytest.mark.parametrize(("way", "status"), CASES, ids=[way.__name__ for way, _status in CASES])
def test_an_error_is_a_helpful_page_in_both_languages(
    app: Flask, monkeypatch: pytest.MonkeyPatch, way: Any, status: int
) -> None:
    site, headings = Site(app, World()), {}
    for language in ("it", "en"):
        client = PercorsoClient(site.app)
        client.http.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        with monkeypatch.context() as patch:
            answer = way(Errors(site, patch), client)
        assert answer.status_code == status
        page = answer.text
        check_page(page, path=way.__name__)
        assert f'<html lang="{language}">' in page
        # Choosing a language leads back to the same address: the one place where it may stand.
        rest = re.sub(r'name="next" value="[^"]*"', "", page)
        assert TYPED not in rest, "the page repeats what was sent"
        assert not INSIDE.search(page.partition("<main")[2]), "the page tells of the inside"
        main = page.partition("<main")[2].partition("</main>")[0]
        assert main.count("<p") >= 2, "what happened, and what to do"
        assert 'href="/"' in main or "<form" in main, "a way onwards"
        found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
        assert found
        headings[language] = found[1]
    assert headings["it"] != headings["en"]
    if status == 405:
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_an_error_of_a_signed_in_person_says_so_too(site: Site) -> None:
    page = site.browser("organiser").get("/nowhere").text
    assert "/esci" in page


def test_errors_leave_nothing_behind(site: Site, app: Flask) -> None:
    """What a view wrote before it failed is gone."""
    client = site.browser("organiser")

    def writes_then_fails() -> str:
        db.session.add(Person(given_name="A", family_name="B", created_at=now()))
        db.session.flush()
        raise RuntimeError

    before, view = digest(), app.view_functions["people.add"]
    app.view_functions["people.add"] = writes_then_fails
    try:
        assert client.post("/persone/nuova", {}).status_code == 500
    finally:
        app.view_functions["people.add"] = view
    assert digest() == before
