"""Errors as helpful pages: what happened, what to do next, nothing lost.

A fault of ours carries a reference that stands in the log beside its traceback.
"""

from __future__ import annotations

import logging
import secrets

from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from lms import logs
from lms.extensions import db

PAGES = frozenset({400, 403, 404, 409, 413, 422, 429, 500})
UNIQUE_VIOLATION = "23505"  # SQLSTATE, class 23 of the SQL standard
log = logging.getLogger("lms.errors")


class UserError(Exception):
    """Somebody asked for what the rules forbid; `message` (translated) tells them why.

    Raised by actions; a view that has a form shows it there, else it becomes a page with `status`.
    `way_on`: address and label of where to begin again, where going back would not help.
    """

    def __init__(
        self, message: str, status: int = 422, *, way_on: tuple[str, str] | None = None
    ) -> None:
        self.message = message
        self.status = status
        self.way_on = way_on
        super().__init__(message)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_error_handler(HTTPException, _http_page)
    app.register_error_handler(UserError, _user_page)
    app.register_error_handler(IntegrityError, _integrity_page)
    app.register_error_handler(StaleDataError, _overtaken_page)
    app.register_error_handler(Exception, _fault_page)


def _render(
    status: int, detail: str = "", reference: str = "", way_on: tuple[str, str] | None = None
) -> tuple[str, int]:
    db.session.rollback()
    page = status if status in PAGES else (400 if status < 500 else 500)
    words = {"detail": detail, "reference": reference, "way_on": way_on}
    return render_template(f"errors/{page}.html", status=status, **words), status


def _http_page(error: HTTPException) -> tuple[str, int, dict[str, str]]:
    status = error.code or 500
    # Werkzeug's own English sentence says less than our page, and may repeat what was sent.
    detail = "csrf" if isinstance(error, CSRFError) else ""
    headers = {}
    if status == 405 and getattr(error, "valid_methods", None):
        headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    return (*_render(status, detail), headers)


def _user_page(error: UserError) -> tuple[str, int]:
    if error.status == 403:
        logs.note_refusal()
    return _render(error.status, error.message, way_on=error.way_on)


def _integrity_page(error: IntegrityError) -> tuple[str, int]:
    """Two people wrote the same unique thing at once: the second is told; the rest is a fault."""
    duplicate = getattr(error.orig, "sqlstate", None) == UNIQUE_VIOLATION or (
        "UNIQUE constraint failed" in str(error.orig)
    )
    return _render(409) if duplicate else _fault_page(error)


def _overtaken_page(_error: StaleDataError) -> tuple[str, int]:
    """A row was changed by somebody else between reading and writing it."""
    return _render(409)


def _fault_page(error: Exception) -> tuple[str, int]:
    reference = secrets.token_hex(4).upper()
    g.error_reference = reference
    log.error(
        "fault",
        exc_info=error,
        extra={"reference": reference, "endpoint": request.endpoint, "method": request.method},
    )
    return _render(500, reference=reference)
