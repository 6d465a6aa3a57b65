"""What a browser keeps of a valid scan, signed: the lesson it opens, until when, and which browser.

A cookie and not an address, so that a permit cannot be handed on as a link; it outlives signing in,
which begins a new session. `device` is a random number, the same for all of a browser's scans of
half a day: it only tells that one browser checked several people in.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from flask import current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from lms.attendance.codes import Direction
from lms.clock import now
from lms.secretbox import keyed_hash, signing_keys

PURPOSE = "check-in permit"
KEPT = timedelta(hours=12)
DEVICE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Permit:
    """Opens one lesson in one direction until an instant."""

    device: str
    lesson_id: int
    direction: Direction
    until: datetime

    def opens(self, lesson_id: int, direction: Direction) -> bool:
        """Whether it opens this lesson now."""
        mine = (self.lesson_id, self.direction) == (lesson_id, direction)
        return mine and now() < self.until

    def device_at(self, lesson_id: int) -> str:
        """The browser as traces keep it: another hash for every lesson, so nobody is followed."""
        return keyed_hash(f"{lesson_id} {self.device}", "check-in device")


def code_key() -> bytes:
    """The key that codes are made with."""
    return signing_keys("check-in code")[0]


def held() -> Permit | None:
    """What this browser holds, opening or not; None if nothing of ours."""
    if "check_in_permit" not in g:
        g.check_in_permit = _read(request.cookies.get(_cookie_name()))
    permit: Permit | None = g.check_in_permit
    return permit


def hand(response: Response, lesson_id: int, direction: Direction, until: datetime) -> None:
    """Let this browser keep a permit; it stays the device it was."""
    keep(response, take(lesson_id, direction, until))


def take(lesson_id: int, direction: Direction, until: datetime) -> Permit:
    """A permit that this request holds from now on; its answer must let the browser `keep` it."""
    before = held()
    device = before.device if before else secrets.token_urlsafe(DEVICE_BYTES)
    permit = g.check_in_permit = Permit(device, lesson_id, direction, until)
    return permit


def extend(response: Response, until: datetime) -> None:
    """Let the permit that this browser holds last until then, if that is longer."""
    permit = held()
    if permit is not None and permit.until < until:
        keep(response, replace(permit, until=until))


def keep(response: Response, permit: Permit) -> None:
    """Let this browser keep this permit."""
    value = [permit.device, permit.lesson_id, permit.direction.value, int(permit.until.timestamp())]
    response.set_cookie(
        _cookie_name(),
        str(_serializer().dumps(value)),
        max_age=int(KEPT.total_seconds()),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _read(text: str | None) -> Permit | None:
    try:
        device, lesson_id, direction, until = _serializer().loads(text or "")
    except BadSignature:
        return None
    return Permit(device, lesson_id, Direction(direction), datetime.fromtimestamp(until, UTC))


def _serializer() -> URLSafeSerializer:
    return _signing_with(signing_keys(PURPOSE))


@lru_cache(maxsize=4)
def _signing_with(keys: tuple[bytes, ...]) -> URLSafeSerializer:
    newest_last = [key.hex() for key in reversed(keys)]  # as itsdangerous wants them
    return URLSafeSerializer(newest_last, signer_kwargs={"digest_method": hashlib.sha256})


def _cookie_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-presenza"
