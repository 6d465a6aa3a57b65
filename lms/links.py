"""Addresses: whole ones from the configured public address, and safe ones to return to."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, has_request_context, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter

from lms.config import Settings

LARGEST_ID = 2**31 - 1  # what a PostgreSQL integer holds


class RowId(IntegerConverter):
    """`<int:…>` in an address: a number no row can have is an address that does not exist."""

    def __init__(self, of: Map, *args: Any, **options: Any) -> None:
        options.setdefault("max", LARGEST_ID)
        super().__init__(of, *args, **options)


class Segment(UnicodeConverter):
    """`<…>` in an address: without control characters, which PostgreSQL refuses to compare."""

    def __init__(self, of: Map, *args: Any, **options: Any) -> None:
        super().__init__(of, *args, **options)
        self.regex = self.regex.replace("[^/]", r"[^/\x00-\x1f\x7f]")


def init_app(app: Flask) -> None:
    """Read addresses by the converters above; before any blueprint is registered."""
    app.url_map.converters |= {"int": RowId, "default": Segment, "string": Segment}


def safe_next(target: str | None) -> str:
    """`target` if it is the path of one of our own GET pages, else the first page."""
    home = url_for("home.index")
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return home
    if any(ord(character) < 33 for character in target):
        return home
    path, _mark, query = target.partition("?")
    try:
        current_app.url_map.bind("").match(path, method="GET", query_args=query)
    except HTTPException:
        return home
    return target


def public_root() -> str:
    """The public address without a closing slash.

    Configured; outside production it may be left out, and the (trusted) host of the request serves.
    Empty where there is neither (a worker without settings).
    """
    settings: Settings = current_app.config["SETTINGS"]
    if not has_request_context():
        return settings.public_url
    return settings.public_url or request.url_root.rstrip("/")


def public_url(endpoint: str, **values: Any) -> str:
    """The whole public address of a page, for what leaves the site (PDF, mail, calendars)."""
    return public_root() + url_for(endpoint, **values)


def address_under(root: str, endpoint: str, **values: Any) -> str:
    """A page's whole address under `root` (a kept `public_root`), with or without a request."""
    return root + current_app.url_map.bind("").build(endpoint, values)
