"""Forms of issuing, revoking, replacing and verifying."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length

from lms.issuance.codes import read_code
from lms.text import clean_line, clean_text

MAXIMUM_REASON = 500
KEEP, TODAY = "keep", "today"


def _cleaned_line(text: str | None) -> str:
    return clean_line(text or "")


def _cleaned_text(text: str | None) -> str:
    return clean_text(text or "")


class IssueForm(FlaskForm):  # type: ignore[misc]
    """The confirmation, and whether the holders hear of it."""

    tell_holders = BooleanField(
        _l("Write to each of them when their certificate is ready"), default=True
    )


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why a certificate is taken back."""

    reason = TextAreaField(
        _l("Reason"),
        filters=[_cleaned_text],
        validators=[
            DataRequired(_l("Say why, in a sentence.")),
            Length(max=MAXIMUM_REASON, message=_l("At most %(max)d characters.")),
        ],
        description=_l("The person concerned reads it; the verification page does not show it."),
        render_kw={"rows": 3, "maxlength": MAXIMUM_REASON},
    )


class RestoreForm(ReasonForm):
    """Why a revocation is taken back."""

    def __init__(self) -> None:
        super().__init__()
        self.reason.description = _l(
            "Kept in the history; the verification page shows the date, not the reason."
        )


class KeepForm(RestoreForm):
    """Why a certificate stays as it is. `seen` are the differences that the page showed."""

    seen = HiddenField()


class ReplaceForm(ReasonForm):
    """Why a certificate gives way to another, and whose hours the new one carries.

    `seen` is the status it had when the page was drawn: meanwhile somebody may have revoked it.
    """

    hours = RadioField(_l("Hours on the new certificate"), default=KEEP)
    seen = HiddenField()

    def __init__(self, choices: list[tuple[str, str]], status: str) -> None:
        super().__init__()
        self.hours.choices = choices
        if not self.is_submitted():
            self.seen.data = status
        if choices and not self.hours.raw_data:
            self.hours.data = choices[0][0]  # what the page does not ask, it shows

    @property
    def keep_hours(self) -> bool:
        """Whether the certified hours stay."""
        return bool(self.hours.data == KEEP)


class CodeForm(FlaskForm):  # type: ignore[misc]
    """A code of verification, as typed."""

    code = StringField(
        _l("Verification code"),
        filters=[_cleaned_line],
        validators=[DataRequired(_l("Enter the code printed on the certificate."))],
        description=_l("26 letters and digits, near the QR code. Spaces do not matter."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )

    def validate_code(self, field: StringField) -> None:
        """Refuse what cannot be a code, whatever it is."""
        if not read_code(field.data or ""):
            raise ValidationError(
                _l("A code has 26 letters and digits from 2 to 7. Check that none is missing.")
            )


class FileForm(FlaskForm):  # type: ignore[misc]
    """A PDF to be compared with what was issued."""

    file = FileField(
        _l("PDF of the certificate"),
        validators=[FileRequired(_l("Choose the PDF file."))],
        description=_l("It is compared and then forgotten: we do not keep it."),
        render_kw={"accept": "application/pdf,.pdf"},
    )


class NameForm(FlaskForm):  # type: ignore[misc]
    """The family name that opens the details of a certificate."""

    family_name = StringField(
        _l("Family name of the holder"),
        filters=[_cleaned_line],
        validators=[DataRequired(_l("Enter the family name.")), Length(max=200)],
        render_kw={"autocomplete": "off"},
    )
