"""What an auditor states before looking."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from lms.organisations.forms import one_line


class PurposeForm(FlaskForm):  # type: ignore[misc]
    """Why the data are looked at."""

    purpose = StringField(
        _l("Purpose"),
        filters=[one_line],
        validators=[DataRequired(_l("Say what the inspection is for.")), Length(max=300)],
        description=_l("For example the act that orders the inspection, with its number."),
    )
