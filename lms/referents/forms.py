"""Forms of referents, and of who appoints them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from lms.organisations.forms import one_line


class NominateForm(FlaskForm):  # type: ignore[misc]
    """People ticked in a list, with a word for the organisers."""

    note = StringField(
        _l("Note for the organisers (optional)"), filters=[one_line], validators=[Length(max=300)]
    )


class TakeBackForm(FlaskForm):  # type: ignore[misc]
    """Why a nomination is taken back, if the referent wants to say."""

    reason = StringField(_l("Reason (optional)"), filters=[one_line], validators=[Length(max=300)])


class AppointForm(FlaskForm):  # type: ignore[misc]
    """Who becomes a referent, and why."""

    person_id = HiddenField()
    reason = StringField(
        _l("Reason"),
        filters=[one_line],
        validators=[DataRequired(_l("Say why: it stays in the history.")), Length(max=300)],
        description=_l("For example the organisation's letter of appointment."),
    )


class DismissForm(FlaskForm):  # type: ignore[misc]
    """Why somebody is a referent no longer."""

    reason = StringField(
        _l("Reason"),
        filters=[one_line],
        validators=[DataRequired(_l("Say why: it stays in the history.")), Length(max=300)],
    )
