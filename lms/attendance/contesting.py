"""When a presence can be contested, until when, and what may be attached. Pure."""

from __future__ import annotations

import enum
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

REASON_LENGTH = 1000
LARGEST_ATTACHMENT = 5 * 1024 * 1024


class ContestStatus(enum.StrEnum):
    """How a contest stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class AttachmentKind(enum.StrEnum):
    """What may be attached to a contest."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"


def wanted_status(shown: str) -> tuple[str, ContestStatus | None]:
    """What a list is asked to show, and of which status that is; None is all of them."""
    if shown == "all":
        return shown, None
    known = {status.value: status for status in ContestStatus}
    status = known.get(shown, ContestStatus.OPEN)
    return status.value, status


_BEGINNINGS = {
    AttachmentKind.PDF: b"%PDF-",
    AttachmentKind.JPEG: b"\xff\xd8\xff",
    AttachmentKind.PNG: b"\x89PNG\r\n\x1a\n",
}
_ENDINGS = {
    AttachmentKind.PDF: b"%%EOF",
    AttachmentKind.JPEG: b"\xff\xd9",
    AttachmentKind.PNG: b"IEND\xaeB`\x82",
}
_TAIL = 1024


def kind_of(content: bytes) -> AttachmentKind | None:
    """What a file is by its own bytes, whatever it is called; None for anything else."""
    for kind, beginning in _BEGINNINGS.items():
        if content.startswith(beginning) and _ENDINGS[kind] in content[-_TAIL:]:
            return kind
    return None


class NotNow(enum.StrEnum):
    """Why a presence cannot be contested."""

    CANCELLED = "cancelled"
    NOT_OVER = "not_over"
    NOT_MARKED = "not_marked"  # an open register: nothing is said yet
    TOO_LATE = "too_late"
    PENDING = "pending"  # one waits for an answer already


def last_day(closed_at: datetime, days: int, zone: str) -> date:
    """The last day on which a presence can be contested, on the lesson's clock.

    The day on which the register was closed does not count.
    """
    return closed_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=days)


def contest_until(closed_at: datetime, days: int, zone: str) -> datetime:
    """The end of that day."""
    after = last_day(closed_at, days, zone) + timedelta(days=1)
    return datetime.combine(after, time(), ZoneInfo(zone))


def why_not_contest(
    instant: datetime,
    *,
    cancelled: bool,
    ends_at: datetime,
    marked: bool,
    until: datetime | None,
    pending: bool,
) -> NotNow | None:
    """Why not now, or None. `until`: the deadline of a closed register, None while it is open."""
    checks = {
        NotNow.PENDING: pending,
        NotNow.CANCELLED: cancelled,
        NotNow.NOT_OVER: instant < ends_at,
        NotNow.NOT_MARKED: until is None and not marked,
        NotNow.TOO_LATE: until is not None and instant >= until,
    }
    return next((reason for reason, holds in checks.items() if holds), None)
