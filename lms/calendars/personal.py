"""What this room holds about a person: the secret addresses of their calendar, never the secret."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select

from lms.calendars.models import CalendarFeed
from lms.personal import Erase, Erasing, Export, Held, Period, Whose, declare, keep_for, run


def _feeds(who: Whose) -> Select[Any]:
    row = CalendarFeed
    rows = select(row.language, row.created_at, row.revoked_at)
    return rows.where(row.person_id == who.person_id).order_by(row.id)


def _erase_feeds(who: Erasing) -> int:
    """The address opens nothing any more."""
    return run(delete(CalendarFeed).where(CalendarFeed.person_id == who.person_id))


def _forget_feeds(before: datetime, held: Held) -> int:
    row = CalendarFeed
    return run(delete(row).where(row.revoked_at < before, row.person_id.not_in(held.person_ids)))


declare("calendar_feed", Export("calendar_feeds", _feeds), Erase(_erase_feeds))
keep_for(
    Period(
        "calendar_feeds",
        timedelta(days=365),
        "the end of the address",
        "addresses of calendars that were replaced or ended",
        _forget_feeds,
    )
)
