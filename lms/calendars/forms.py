"""The form behind replacing and revoking an address."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField

LONGEST_ID = 9  # digits; no row has more


class FeedForm(FlaskForm):  # type: ignore[misc]
    """Which feed the page was shown for: another one must not be hit by a page sent late."""

    feed_id = HiddenField()

    def asked(self) -> int:
        """The feed's id; 0, which no feed has, when somebody sent nonsense."""
        text = str(self.feed_id.data or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID else 0
