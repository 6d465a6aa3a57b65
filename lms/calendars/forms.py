"""The form behind replacing and revoking an address."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput


class FeedForm(FlaskForm):  # type: ignore[misc]
    """Which feed the page was shown for: another one must not be hit by a page sent late."""

    feed_id = IntegerField(
        widget=HiddenInput(),
        validators=[InputRequired(_l("Open this page again from your calendar."))],
    )
