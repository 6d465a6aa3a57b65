"""Forms of privacy."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from lms.privacy.rules import REASON_LENGTH

ERASE, REFUSE = "erase", "refuse"
_LENGTH = Length(max=REASON_LENGTH, message=_l("At most 500 characters."))


def _text(text: str | None) -> str:
    return (text or "").strip()


class AcceptForm(FlaskForm):  # type: ignore[misc]
    """The notice was read."""

    notice = BooleanField(
        _l("I have read the privacy notice"),
        validators=[DataRequired(_l("Read the privacy notice, then tick this box."))],
    )


class AskForm(FlaskForm):  # type: ignore[misc]
    """A wish to be erased."""

    note = TextAreaField(
        _l("Anything the office should know (optional)"), filters=[_text], validators=[_LENGTH]
    )
    understood = BooleanField(
        _l("I understand that this cannot be undone"),
        validators=[DataRequired(_l("Tick this box if you have understood."))],
    )


class OfficeForm(FlaskForm):  # type: ignore[misc]
    """A wish to be erased that reached the office in another way."""

    note = TextAreaField(
        _l("How and when the request arrived"),
        filters=[_text],
        validators=[DataRequired(_l("Say how the request arrived.")), _LENGTH],
        description=_l("For example: letter, protocol number 123 of 4 May."),
    )


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why a legal hold is set or lifted."""

    reason = TextAreaField(
        _l("Reason"),
        filters=[_text],
        validators=[DataRequired(_l("Enter a reason.")), _LENGTH],
        description=_l("For example the number of a proceeding. It is kept with the trace."),
    )


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """Erase, or refuse with a reason."""

    decision = RadioField(
        _l("Decision"),
        choices=[
            (ERASE, _l("Erase the data: it cannot be undone")),
            (REFUSE, _l("Refuse the request")),
        ],
        validators=[DataRequired(_l("Choose a decision."))],
    )
    reason = TextAreaField(
        _l("Reason"),
        filters=[_text],
        validators=[_LENGTH],
        description=_l("Needed to refuse: the person is told. Do not write names here."),
    )

    def validate_reason(self, field: TextAreaField) -> None:
        """A refusal has one."""
        if self.decision.data == REFUSE and not field.data:
            raise ValidationError(_l("Say why the request is refused."))
