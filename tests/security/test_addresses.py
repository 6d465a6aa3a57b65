"""Hosts, ways back and addresses that leave the site: nobody else decides where people are led.

Weaknesses 23 and 24; ASVS 1.2.2 3.7.2 4.1.3.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms import create_app
from lms.catalogue.models import Cycle
from lms.extensions import db
from lms.issuance import actions, snapshots
from lms.issuance.models import Certificate
from lms.links import safe_next
from tests import factories
from tests.accounts.people import is_signed_in, sign_in, with_account
from tests.accounts.test_next import HOSTILE
from tests.client import PercorsoClient
from tests.foundation.asking import digest
from tests.issuance.cycles import TaughtCycle
from tests.security.conftest import PUBLIC
from tests.security.pages import Site, plain

HOSTS = [
    "evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example",
    "evil.example#localhost", "127.0.0.1.evil.example", "", " ", "localhost\t", "[::ffff:1.2.3.4]",
    "localhost:99999999999", "localhost, evil.example", "evil.example\\@localhost",
]  # fmt: skip
FORWARDED = (
    "X-Forwarded-Host", "X-Host", "X-Forwarded-Server", "X-HTTP-Host-Override", "Forwarded",
    "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Forwarded-Proto",
)  # fmt: skip
MORE = [
    "https:/evil.example", "https:evil.example", "//evil.example/cicli", "/\u2028/evil.example",
    "/cicli?next=//evil.example\r\nSet-Cookie: a=b", "http://localhost/cicli", "//localhost/cicli",
    "\ufeff//evil.example", "/​/evil.example", "/cicli\u0000", "/;//evil.example", "x" * 5000,
]  # fmt: skip


def test_a_hostile_host_is_refused_wherever_it_asks(site: Site) -> None:
    client, places = site.browser("organiser"), site.places()
    before = digest()
    for at, place in enumerate(places):
        host = HOSTS[at % len(HOSTS)]
        answer = client.get(place.path, headers={"Host": host})
        assert answer.status_code == 400, (place.path, host)
        assert not re.search(r"evil|localhost", answer.text)
    assert len(places) > 5 * len(HOSTS)
    for host in HOSTS:
        for method, path in (
            ("POST", "/accedi"),
            ("POST", "/nowhere"),
            ("PUT", "/"),
            ("GET", "/x"),
        ):
            answer = client.http.open(path, method=method, headers={"Host": host})
            assert answer.status_code == 400, (method, path, host)
    assert digest() == before


def test_headers_of_a_proxy_nobody_declared_are_ignored(app: Flask) -> None:
    """A calendar carries whole addresses: they stay those of the request itself."""
    factories.lesson(factories.module(factories.cycle(slug="ciclo-pubblico")))
    client, path = PercorsoClient(app), "/cicli/ciclo-pubblico.ics"
    plain_bytes = client.get(path).data
    assert b"URL:http://localhost/incontri/" in plain_bytes
    for header in FORWARDED:
        for value in ("evil.example", "https", "host=evil.example;proto=https"):
            assert client.get(path, headers={header: value}).data == plain_bytes, header


def test_a_declared_proxy_may_not_name_another_host(app: Flask) -> None:
    settings = replace(app.config["SETTINGS"], public_url=PUBLIC, trusted_proxies=1)
    behind = create_app(settings).test_client()
    for host, status in (("formazione.example.it", 200), ("evil.example", 400)):
        answer = behind.get("/accedi", headers={"X-Forwarded-Host": host})
        assert answer.status_code == status, host


def test_what_leaves_the_site_carries_the_configured_address(public_app: Flask) -> None:
    """Certificates, calendars and secret addresses: never the host somebody asked by."""
    taught = TaughtCycle(1, slug="ciclo-pubblico")
    person, cycle_id = taught.attendee(120).person, taught.cycle.id
    lesson_id = taught.lessons[0].id
    client = PercorsoClient(public_app).sign_in(person)
    with public_app.test_request_context("/", base_url="http://127.0.0.1:8000"):
        actions.issue(db.session.get_one(Cycle, cycle_id), by=None)
        db.session.commit()
    snapshot = db.session.scalars(select(Certificate.snapshot)).one()
    assert snapshots.thaw(snapshot).verify_url.startswith(f"{PUBLIC}/verifica/")
    assert "127.0.0.1" not in snapshot
    # A machine of ours may ask by its own name; what it is given leads to the public one.
    for path in ("/cicli/ciclo-pubblico.ics", f"/incontri/{lesson_id}.ics"):
        calendar = client.get(path, base_url="http://localhost")
        assert calendar.status_code == 200
        assert f"{PUBLIC}/incontri/" in calendar.text.replace("\r\n ", "")
        assert "//localhost" not in calendar.text
    page = client.post("/calendario", {}, base_url="http://localhost").text
    assert re.search(rf"{PUBLIC}/calendario/[\w-]{{40,}}\.ics", page)
    assert "//localhost" not in page


@pytest.mark.parametrize("target", MORE)
def test_further_ways_out_lead_home(app: Flask, target: str) -> None:
    """The corpus of tests/accounts/test_next.py, continued."""
    with app.test_request_context("/accedi"):
        assert safe_next(target) == "/"


def test_signing_in_and_choosing_a_language_lead_nowhere_else(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.accounts.actions.verify_password", lambda _stored, _typed: True)
    with_account("ada@example.org")
    signed_in = PercorsoClient(app)
    assert sign_in(signed_in, "ada@example.org").status_code == 303
    for target in [*HOSTILE, *MORE]:
        # What nobody types is dropped at the door; a page of ours may be what is left.
        known = "/cicli" if "\0" in target and target.replace("\0", "") == "/cicli" else "/"
        guest = PercorsoClient(app)
        ways: dict[str, Any] = {
            "after signing in": sign_in(
                guest, "ada@example.org", path="/accedi", query_string={"next": target}
            ),
            "already signed in": plain(signed_in, "/accedi", query_string={"next": target}),
            "language": signed_in.post("/lingua", {"language": "en", "next": target}),
        }
        for way, answer in ways.items():
            assert (answer.status_code, answer.location) == (303, known), (way, target)
        assert is_signed_in(guest)


def test_the_sign_in_page_links_to_no_hostile_way_back(app: Flask) -> None:
    client = PercorsoClient(app)
    for target in [*HOSTILE, *MORE]:
        page = plain(client, "/accedi", query_string={"next": target})
        assert page.status_code == 200
        assert not re.search(r'(?:href|action)="[^"?]*(?:evil|javascript:)', page.text), target


def test_a_stranger_comes_back_to_the_page_asked_for(site: Site) -> None:
    client, asked = site.browser("stranger"), 0
    for place in site.places():
        answer = client.get(place.path)
        if answer.status_code == 303 and answer.location.startswith("/accedi"):
            assert plain(client, answer.location).status_code == 200
            asked += 1
    assert asked > 50
