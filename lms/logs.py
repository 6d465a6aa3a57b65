"""Structured logs: one JSON object a line on standard error, without personal data.

Views and actions log ids and codes, never names, addresses or what people typed. The words of an
error are logged only where they cannot hold any of that; where they can, its traceback must do.
"""

from __future__ import annotations

import logging
import logging.config
import secrets
import traceback
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from flask_login import current_user
from pythonjsonlogger.json import JsonFormatter

from lms.config import Settings
from lms.error_words import safe_words

log = logging.getLogger("lms.requests")


class _Formatter(JsonFormatter):
    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        return _told(ei[1])


def _told(error: BaseException | None) -> str:
    """The traceback of `error` and of what caused it, without the values that were at hand."""
    if error is None:
        return ""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return "".join(
        [_told(before), *traceback.format_tb(error.__traceback__), f"{kind}: {safe_words(error)}\n"]
    )


class _RequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request = g.get("request_id") if has_request_context() else None
        return True


def note_refusal() -> None:
    """Somebody asked for what they may not have: who (an id) and for what, nothing they typed."""
    log.warning(
        "refused",
        extra={
            "endpoint": request.endpoint,
            "method": request.method,
            "person": current_user.person_id if current_user.is_authenticated else None,
        },
    )


def init_app(app: Flask) -> None:
    """Configure the root logger once and give each request an id that its lines carry."""
    settings: Settings = app.config["SETTINGS"]
    handler = logging.StreamHandler()
    handler.addFilter(_RequestId())
    handler.setFormatter(
        _Formatter("{asctime}{levelname}{name}{message}{request}", style="{", timestamp=True)
    )
    root = logging.getLogger("lms")
    root.handlers = [handler]
    root.propagate = settings.environment == "test"
    root.setLevel(settings.log_level)

    @app.before_request
    def _name_request() -> None:
        g.request_id = secrets.token_hex(6)

    @app.after_request
    def _note_request(response: Response) -> Response:
        # The endpoint, not the path: addresses of feeds and verification carry secrets.
        log.debug(
            "request",
            extra={
                "endpoint": request.endpoint,
                "method": request.method,
                "status": response.status_code,
            },
        )
        return response
