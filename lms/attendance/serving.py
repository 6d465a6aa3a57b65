"""Kept bytes as a download that a browser neither runs nor frames."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from lms.text import slug

PIECE = 256 * 1024


def download(content: bytes, media_type: str, name: str, extension: str) -> Response:
    """`content` in pieces, as an attachment with a plain name."""
    response = Response(
        _pieces(content),
        mimetype=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{slug(name)[:80]}.{extension}"',
        },
    )
    response.content_length = len(content)
    return response


def _pieces(content: bytes) -> Iterator[bytes]:
    view = memoryview(content)
    for start in range(0, len(view), PIECE):
        yield bytes(view[start : start + PIECE])
