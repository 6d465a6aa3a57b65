"""What every answer says to the browser, and how static files travel."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from flask import Flask, Response, make_response

from lms import headers
from lms.headers import FIXED
from tests.shell.gallery import make_gallery

DYNAMIC = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def test_every_page_carries_the_headers(gallery: Flask) -> None:
    answer = gallery.test_client().get("/")
    assert {name: answer.headers[name] for name in DYNAMIC} == DYNAMIC
    assert {"Cookie", "Accept-Language"} <= set(answer.vary)
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer.headers


def test_the_policy_has_a_fresh_nonce_and_nothing_unsafe(gallery: Flask) -> None:
    first, second = (gallery.test_client().get("/") for _turn in range(2))
    policy = first.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self' 'nonce-")
    for needed in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert needed in policy
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce
    assert set(re.findall(r'nonce="([^"]+)"', first.text)) == {nonce[1]}
    assert nonce[1] not in second.headers["Content-Security-Policy"]


def test_without_a_nonce_no_inline_script_runs() -> None:
    policy = headers.content_security_policy(None, https=False)
    assert "script-src 'self';" in policy
    assert "upgrade-insecure-requests" not in policy


def test_what_a_view_sets_itself_stays(gallery: Flask) -> None:
    @gallery.get("/own")
    def own() -> Response:
        answer = make_response("x")
        answer.headers["Cache-Control"] = "private, max-age=60"
        answer.headers["Content-Security-Policy"] = "sandbox"
        return answer

    answer = gallery.test_client().get("/own")
    assert answer.headers["Cache-Control"] == "private, max-age=60"
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_https_site_says_so_for_two_years() -> None:
    """ASVS 3.4.1."""
    app = Flask("https")
    app.config["PREFERRED_URL_SCHEME"] = "https"
    headers.init_app(app)
    answer = app.test_client().get("/nowhere")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert answer.headers["Content-Security-Policy"].endswith("; upgrade-insecure-requests")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("css/percorso.css", "text/css"),
        ("vendor/bootstrap-italia.min.js", "text/javascript"),
        ("img/mark.svg", "image/svg+xml"),
    ],
)
def test_static_files_are_kept_for_a_year(gallery: Flask, path: str, kind: str) -> None:
    """ASVS 3.4.3, 3.4.4, 3.4.6."""
    answer = gallery.test_client().get(f"/static/{path}")
    assert answer.status_code == 200
    assert answer.mimetype == kind
    assert answer.headers["Cache-Control"] == "max-age=31536000, public, immutable"
    assert {name: answer.headers.get(name) for name in FIXED} == FIXED
    policy = answer.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_static_files_travel_compressed(gallery: Flask) -> None:
    client = gallery.test_client()
    for encoding in ("br", "gzip"):
        answer = client.get(
            "/static/vendor/bootstrap-italia.min.css", headers={"Accept-Encoding": encoding}
        )
        assert answer.headers["Content-Encoding"] == encoding
        assert int(answer.headers["Content-Length"]) < 100_000


def test_no_path_leads_out_of_the_static_folder(gallery: Flask) -> None:
    client = gallery.test_client()
    for path in ("../lms/config.py", "%2e%2e/lms/config.py", "..%2flms/config.py", "css/", ""):
        assert client.get(f"/static/{path}").status_code == 404


def test_a_compressed_variant_older_than_its_source_is_not_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headers, "STATIC_ROOT", tmp_path)
    source, variant = tmp_path / "a.css", tmp_path / "a.css.br"
    source.write_text("new")
    variant.write_text("old")
    before = time.time() - 60
    os.utime(variant, (before, before))
    app = make_gallery(tmp_path / "data")
    answer = app.test_client().get("/static/a.css", headers={"Accept-Encoding": "br"})
    assert answer.text == "new"
    assert "Content-Encoding" not in answer.headers
