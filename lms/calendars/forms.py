"""The form behind replacing and revoking an address."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import HiddenInput

LARGEST_ID = 2**31 - 1


class FeedForm(FlaskForm):  # type: ignore[misc]
    """Which feed the page was shown for: another one must not be hit by a page sent late."""

    feed_id = IntegerField(
        widget=HiddenInput(),
        validators=[
            InputRequired(_l("Open this page again from your calendar.")),
            NumberRange(1, LARGEST_ID, _l("Open this page again from your calendar.")),
        ],
    )

    def asked(self) -> int:
        """The feed the page was shown for (after a successful validation)."""
        return int(self.feed_id.data or 0)
