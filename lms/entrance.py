"""In a process one request at a time is worked on; threads are for what waits.

Threads share one interpreter: several that work at once hand it to one another at every statement
they send to the database, and all are late (figures: ADR 22). Slow lines, large uploads and answers
that stream take a thread without keeping others out.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Who waits longer than this is behind a slow one, and goes in beside it.
PATIENCE_SECONDS = 0.1
SMALL_BYTES = 64 * 1024


class Entrance:
    """Lets requests into `app` one by one, each from its whole body to the begin of its answer."""

    def __init__(self, app: WSGIApplication, patience: float = PATIENCE_SECONDS) -> None:
        self._app, self._patience = app, patience
        self._free = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer; the answer's body is streamed outside."""
        if not _received(environ):
            return self._app(environ, start_response)
        alone = self._free.acquire(timeout=self._patience)
        try:
            return self._app(environ, start_response)
        finally:
            if alone:
                self._free.release()


def _received(environ: WSGIEnvironment) -> bool:
    """Whether all of the request is here; a small body is waited for, a large one is not."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if "HTTP_TRANSFER_ENCODING" in environ or not length.isdecimal():
        return False
    if int(length) > SMALL_BYTES:
        return False
    if int(length):
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(length)))
    return True
