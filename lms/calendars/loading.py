"""How personal calendars are loaded for `lms.access`: the token in the address is the credential.

A token that never was and one that was revoked give the same answer.
"""

from __future__ import annotations

from typing import Any

from lms.access import Subject, loader
from lms.calendars.queries import feed_by_token


@loader("calendar_feed")
def _calendar_feed(token: str, **_rest: Any) -> Subject | None:
    feed = feed_by_token(token)
    return Subject(feed, person_id=feed.person_id) if feed else None
