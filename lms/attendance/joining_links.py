"""Everybody's own joining link: an address of ours that stands for one person and one lesson. Pure.

The token says which lesson and which person, with a keyed digest; nothing is stored, so the same
link stands in every calendar and page, and what it opens is asked anew each time it is followed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Sequence
from urllib.parse import urlsplit

PURPOSE = "joining link"
_NUMBERS = struct.Struct(">II")
_MARK_BYTES = 12


def token_of(keys: Sequence[bytes], lesson_id: int, person_id: int) -> str:
    """The token of a person's link to a lesson."""
    numbers = _NUMBERS.pack(lesson_id, person_id)
    return base64.urlsafe_b64encode(numbers + _mark(keys[0], numbers)).decode().rstrip("=")


def read_token(keys: Sequence[bytes], token: str) -> tuple[int, int] | None:
    """The lesson's and the person's id; None for what no key of ours made."""
    try:
        plain = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    numbers, mark = plain[: _NUMBERS.size], plain[_NUMBERS.size :]
    if len(mark) != _MARK_BYTES:
        return None
    if not any(hmac.compare_digest(mark, _mark(key, numbers)) for key in keys):
        return None
    lesson_id, person_id = _NUMBERS.unpack(numbers)
    return lesson_id, person_id


def _mark(key: bytes, numbers: bytes) -> bytes:
    return hmac.new(key, numbers, hashlib.sha256).digest()[:_MARK_BYTES]


def origin_of(address: str) -> str | None:
    """Scheme and host of a platform's address, if a browser may be sent there: https, no user."""
    parts = urlsplit(address)
    unsafe = any(character <= " " or character in "\\;'\"," for character in address)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or unsafe:
        return None
    return f"https://{parts.netloc}"
