"""What the pages of self check-in send back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Regexp

from lms.attendance.codes import TYPED_DIGITS, only_digits


class OpenCheckInForm(FlaskForm):  # type: ignore[misc]
    """How a lesson takes check-ins."""

    asks_check_out = BooleanField(
        _l("Ask for a check-out too"),
        description=_l("Minutes then count from the check-in to the check-out. Without it they "
                       "count to the end of the lesson."),
    )  # fmt: skip


class TypedCodeForm(FlaskForm):  # type: ignore[misc]
    """The short code, for who cannot scan."""

    code = StringField(
        _l("Code"),
        filters=[lambda text: only_digits(text or "")],
        validators=[
            DataRequired(_l("Type the six digits shown on the screen.")),
            Regexp(rf"[0-9]{{{TYPED_DIGITS}}}\Z", message=_l("The code has six digits.")),
        ],
    )
