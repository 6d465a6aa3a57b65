"""Structured logs: one JSON object a line on standard error, without personal data.

Views and actions log ids and codes, never names, addresses or what people typed.
"""

from __future__ import annotations

import logging
import logging.config
import secrets

from flask import Flask, Response, g, has_request_context, request
from pythonjsonlogger.json import JsonFormatter

from lms.config import Settings

log = logging.getLogger("lms.requests")


class _RequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request = g.get("request_id") if has_request_context() else None
        return True


def init_app(app: Flask) -> None:
    """Configure the root logger once and give each request an id that its lines carry."""
    settings: Settings = app.config["SETTINGS"]
    handler = logging.StreamHandler()
    handler.addFilter(_RequestId())
    handler.setFormatter(
        JsonFormatter("{asctime}{levelname}{name}{message}{request}", style="{", timestamp=True)
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
