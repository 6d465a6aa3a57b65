"""The whole address of somebody's own joining link, for pages and calendars."""

from __future__ import annotations

from lms.attendance import joining_links
from lms.attendance.joining_links import PURPOSE
from lms.links import public_url
from lms.secretbox import signing_keys


def personal_address(lesson_id: int, join_url: str, person_id: int) -> str:
    """The address to show a person instead of a lesson's room.

    A room whose address no browser may be sent to (not https) is shown as it is.
    """
    if joining_links.origin_of(join_url) is None:
        return join_url
    token = joining_links.token_of(signing_keys(PURPOSE), lesson_id, person_id)
    return public_url("attendance.join", join_token=token)
