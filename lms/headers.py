"""What every answer says to the browser, and how static files are served.

The policy has no `unsafe-inline`: scripts carry the request's nonce or come from our own address.
"""

from __future__ import annotations

import secrets
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from flask import Flask, Response, g
from whitenoise import WhiteNoise

from lms.config import PROJECT_ROOT

STATIC_ROOT = PROJECT_ROOT / "static"
STATIC_URL = "/static/"
ONE_YEAR_SECONDS = 365 * 24 * 3600
HSTS = f"max-age={2 * ONE_YEAR_SECONDS}; includeSubDomains"
STATIC_POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
NEVER_USED = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)
# A download that a browser opens all the same neither runs anything nor is framed.
FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in NEVER_USED),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SCRIPTS = "{scripts}"  # in whose place a page's own word comes
VARIES = ("Cookie", "Accept-Language")


def csp_nonce() -> str:
    """The nonce of this request, made when a template first asks for it."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def allow_own_frame() -> None:
    """Let this request's page show another of our pages in a frame."""
    g.own_frame = True


def allow_form_to(origin: str) -> None:
    """Let a form of this request's page lead on to `origin` ("https://host") by a redirect."""
    g.form_origin = origin


def content_security_policy(
    nonce: str | None, *, https: bool, frames: bool = False, form_to: str = ""
) -> str:
    """The policy of a page; without a nonce no inline script runs at all."""
    scripts = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    return _policy(https=https, frames=frames, form_to=form_to).replace(SCRIPTS, scripts)


@lru_cache(maxsize=64)
def _policy(*, https: bool, frames: bool, form_to: str) -> str:
    directives = {
        "default-src": "'none'",
        "script-src": SCRIPTS,
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": f"'self' {form_to}".rstrip(),
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    if frames:
        directives["frame-src"] = "'self'"
    policy = "; ".join(f"{name} {value}" for name, value in directives.items())
    return f"{policy}; upgrade-insecure-requests" if https else policy


def init_app(app: Flask) -> None:
    """Put the headers on every answer of `app`; what a view set itself is left alone."""
    https = app.config["PREFERRED_URL_SCHEME"] == "https"
    fixed = {**FIXED, "Cache-Control": "no-store"}
    if https:
        fixed["Strict-Transport-Security"] = HSTS

    @app.after_request
    def _headers(response: Response) -> Response:
        own = response.headers
        said = {name.lower() for name, _value in own}  # looked through once, not for each of ours
        for name, value in fixed.items():
            if name.lower() not in said:
                own.add(name, value)
        if "content-security-policy" not in said:
            own.add("Content-Security-Policy", _policy_of(own, https=https))
        # The same address answers differently to another session or another language.
        if "vary" in said:
            response.vary.update(VARIES)
        else:
            own.add("Vary", ", ".join(VARIES))
        return response


def _policy_of(headers: Any, *, https: bool) -> str:
    if headers.get("Content-Disposition", "").startswith("attachment"):
        return FILE_POLICY
    return content_security_policy(
        g.get("csp_nonce"),
        https=https,
        frames=g.get("own_frame", False),
        form_to=g.get("form_origin", ""),
    )


class _Static(WhiteNoise):  # type: ignore[misc]
    """WhiteNoise that never serves a compressed variant older than its source.

    Variants are made at set-up; whoever edits a style afterwards must see the edit.
    """

    FOREVER = ONE_YEAR_SECONDS

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> Any:
        found = super().get_static_file(path, url, stat_cache)
        changed = Path(path).stat().st_mtime_ns
        found.alternatives = [
            variant
            for variant in found.alternatives
            if Path(variant[1]).stat().st_mtime_ns >= changed
        ]
        return found


def serve_static(app: Flask) -> None:
    """Serve `static/` before Flask is asked: compressed variants, kept for a year.

    Every address carries a hash of its content (`lms.pages.static_url`) or, for fonts, a version
    in its name, so nothing kept by a browser is ever stale.
    """
    app.wsgi_app = _Static(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(STATIC_ROOT),
        prefix=STATIC_URL,
        autorefresh=bool(app.config.get("TEMPLATES_AUTO_RELOAD")),
        allow_all_origins=False,
        immutable_file_test=_always,
        add_headers_function=partial(
            _static_headers, https=app.config["PREFERRED_URL_SCHEME"] == "https"
        ),
    )


def _always(_path: str, _url: str) -> bool:
    return True


def _static_headers(headers: Headers, _path: str, _url: str, *, https: bool) -> None:
    for name, value in FIXED.items():
        headers[name] = value
    if https:
        headers["Strict-Transport-Security"] = HSTS
    # Opened by itself a picture is a document: nothing in it runs, and nobody frames it.
    headers["Content-Security-Policy"] = STATIC_POLICY
