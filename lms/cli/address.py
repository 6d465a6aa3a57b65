"""The address of the site, for commands whose work leaves it (certificates, mail)."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager

from flask import current_app
from flask.ctx import RequestContext

from lms.config import Settings


def at_public_address() -> AbstractContextManager[RequestContext]:
    """As inside a request to the public address; outside production, where `lms serve` listens."""
    settings: Settings = current_app.config["SETTINGS"]
    here = f"http://{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
    return current_app.test_request_context(base_url=settings.public_url or here)
