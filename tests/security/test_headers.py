"""What every answer of the application says to a browser: pages, files, errors, redirects, static.

Weaknesses 22 and 27, promise S9; ASVS 3.3.2 3.3.3 3.3.4 3.4.1 3.4.3 3.4.4
3.4.5 3.4.6 4.1.1 4.1.4 14.3.2.
"""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.accounts.people import PASSWORD, with_account
from tests.client import PercorsoClient
from tests.foundation.asking import addresses
from tests.security.attack import Answer, Record
from tests.security.conftest import PUBLIC

pytestmark = pytest.mark.one_database  # headers do not come from a database

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = (
    "default-src 'none'; script-src 'self'{nonce}; style-src 'self'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
FILES = {"application/pdf", "application/octet-stream", "application/zip"}
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {
    WORKBOOK: WORKBOOK,
    "text/html": "text/html; charset=utf-8",
    "text/csv": "text/csv; charset=utf-8",
    "text/calendar": "text/calendar; charset=utf-8",
    "application/json": "application/json",
    "application/vc+jwt": "application/vc+jwt",
    "text/javascript": "text/javascript; charset=utf-8",
    "application/pdf": "application/pdf",
    "application/octet-stream": "application/octet-stream",
    "application/zip": "application/zip",
    "image/png": "image/png",
    "text/plain": "text/plain; charset=utf-8",
}
# What leads to a provider is asked by tests/federation, which has one; what the attack decided can
# no longer be taken back: tests/privacy asks that. What failed is made again, and check-in opened
# (in the world it is open), in tests/attendance. A seal is tried where one is: tests/issuance.
ASKED_ELSEWHERE = {
    "federation.start", "federation.link", "federation.finish", "privacy.take_back",
    "attendance.make_document_again", "attendance.open_check_in", "issuance.try_seal",
}  # fmt: skip


def test_every_address_was_answered(attacked: Record, template: object, app: Flask) -> None:
    asked = {answer.endpoint for answer in attacked.answers}
    assert {address.endpoint for address in addresses(app)} - asked <= ASKED_ELSEWHERE
    assert {200, 303, 403, 404, 409, 422} <= {answer.status for answer in attacked.answers}


def test_every_answer_carries_the_headers(attacked: Record) -> None:
    for answer in attacked.answers:
        told = dict(answer.headers)
        assert {name: told.get(name) for name in ALWAYS} == ALWAYS, answer.where
        assert "camera=()" in told["Permissions-Policy"], answer.where
        assert {"Cookie", "Accept-Language"} <= set(re.split(r",\s*", told["Vary"])), answer.where
        assert told["Content-Type"] == KINDS[answer.kind], answer.where


def test_every_answer_has_a_strict_policy(attacked: Record) -> None:
    nonces = set()
    for answer in attacked.answers:
        policy = answer.header("Content-Security-Policy")
        assert "unsafe" not in policy, answer.where
        if answer.kind in FILES or answer.header("Content-Disposition").startswith("attachment"):
            assert policy == "sandbox; default-src 'none'; frame-ancestors 'none'", answer.where
            continue
        nonce = re.search(r" 'nonce-([\w-]{20,})'", policy)
        assert policy == POLICY.format(nonce=nonce[0] if nonce else ""), answer.where
        if nonce:
            nonces.add(nonce[1])
            used = set(re.findall(r'nonce="([^"]*)"', answer.text))
            assert used == {nonce[1]}, answer.where
    pages = [a for a in attacked.answers if a.kind == "text/html" and "<script" in a.text]
    assert len(nonces) == len(pages), "every page has a nonce of its own"


def test_nothing_personal_is_kept_on_the_way(attacked: Record) -> None:
    for answer in attacked.answers:
        caching = answer.header("Cache-Control")
        if answer.kind == "text/calendar" and answer.status == 200:
            feed = answer.endpoint == "calendars.feed"
            assert caching == ("private, no-cache" if feed else "private, max-age=300")
        elif answer.endpoint == "organisations.suggestions" and answer.status == 200:
            assert caching == "private, max-age=300"  # names of public bodies, for anybody
        elif answer.endpoint == "attendance.live_state" and answer.status == 200:
            assert caching == "private, no-cache"  # asked again each time, by its tag
        else:
            assert caching == "no-store", (answer.where, caching)


def cookies_of(answer: Answer | TestResponse) -> list[str]:
    pairs = answer.headers if isinstance(answer, Answer) else list(answer.headers)
    return [value for name, value in pairs if name == "Set-Cookie"]


def test_every_cookie_is_out_of_reach_of_scripts_and_other_sites(attacked: Record) -> None:
    set_cookies = [cookie for answer in attacked.answers for cookie in cookies_of(answer)]
    assert set_cookies
    for cookie in set_cookies:
        assert cookie.startswith(("percorso=", "percorso-presenza=")), cookie
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; ")), cookie
        assert "Domain" not in cookie


@pytest.fixture
def https(public_app: Flask) -> PercorsoClient:
    """A browser that asks over https."""
    client = PercorsoClient(public_app)
    opened = client.http.open
    client.http.open = lambda *args, **more: opened(  # type: ignore[method-assign]
        *args, **{"base_url": PUBLIC, **more}
    )
    return client


def test_cookies_of_a_real_site_travel_encrypted_only(https: PercorsoClient) -> None:
    with_account("ada@example.org")
    body = {"login": "ada@example.org", "password": PASSWORD}
    referrer = {"Referer": f"{PUBLIC}/accedi"}  # Flask-WTF asks for it over https
    signed_in = https.post("/accedi", body, headers=referrer)
    assert signed_in.status_code == 303
    for cookie in cookies_of(signed_in) + cookies_of(https.get("/accedi")):
        assert cookie.startswith("__Host-percorso=")
        parts = set(cookie.split("; "))
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
        assert "Domain" not in cookie
    assert https.get("/profilo").status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/static/css/percorso.css", "/static/none.css", "/cicli.ics"]
)
def test_a_real_site_is_reached_encrypted_only(https: PercorsoClient, path: str) -> None:
    answer = https.http.open(path)
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    if "/static/c" not in path:
        assert answer.headers["Content-Security-Policy"].endswith("; upgrade-insecure-requests")
    plain = https.http.open(path, base_url="http://formazione.example.it")
    assert "Strict-Transport-Security" in plain.headers, "a proxy in front ends the encryption"


def test_another_sites_form_is_refused_over_https(https: PercorsoClient) -> None:
    foreign = https.post("/esci", {}, headers={"Referer": "https://evil.example/"})
    assert foreign.status_code == 400


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "EVIL"])
def test_methods_nobody_declared_do_nothing(app: Flask, method: str) -> None:
    answer = PercorsoClient(app).http.open("/cicli", method=method)
    assert answer.status_code == 405
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
