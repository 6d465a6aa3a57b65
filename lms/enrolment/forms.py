"""Forms of enrolment."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from lms.accounts.forms_tax_code import TaxCodeFields
from lms.enrolment.pasted import MAXIMUM_LINES, Line, TooManyLinesError, read_lines
from lms.organisations.forms import one_line
from lms.typed import typable

MAXIMUM_LIST_CHARACTERS = 400_000


class EnrolForm(TaxCodeFields):
    """A button; the tax code where the cycle asks for it; the notice where it was not read yet."""

    notice = BooleanField(
        _l("I have read the privacy notice"),
        validators=[DataRequired(_l("Read the privacy notice, then tick this box."))],
    )


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """Why somebody leaves, if they want to say."""

    reason = StringField(
        _l("Reason (optional)"),
        filters=[one_line],
        validators=[Length(max=300)],
        description=_l("Only the organisers read it."),
    )


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """What becomes of the nominations ticked; refusing asks for a reason."""

    decision = HiddenField()
    reason = StringField(
        _l("Reason, to refuse"),
        filters=[one_line],
        validators=[Length(max=300)],
        description=_l("The organisation that nominated reads it."),
    )

    @property
    def decided(self) -> bool:
        """Whether one of the two buttons was pressed."""
        return self.decision.data in {"approve", "refuse"}

    @property
    def refusing(self) -> bool:
        """Whether it is the one that refuses."""
        return bool(self.decision.data == "refuse")

    def validate_reason(self, field: StringField) -> None:
        """Nobody is refused without a word."""
        if self.refusing and not field.data:
            raise ValidationError(_("Say why: the organisation reads it."))


def chosen_ids(name: str) -> list[int]:
    """The numbers ticked under `name`; what is no number is passed over."""
    typed = request.form.getlist(name)
    return [int(one) for one in typed if one.isascii() and one.isdecimal() and len(one) < 10]


class PastedForm(FlaskForm):  # type: ignore[misc]
    """A list of people, pasted or from a file; `shown` is the digest of the plan looked at."""

    people = TextAreaField(
        _l("People, one per line"),
        filters=[lambda text: text or ""],
        description=_l(
            "Family name; given name; e-mail; organisation; tax code. The last three may be empty."
        ),
    )
    file = FileField(
        _l("Or a CSV file"), description=_l("The same columns; as spreadsheets save it (UTF-8).")
    )
    shown = HiddenField()

    lines: list[Line]

    def validate_people(self, field: TextAreaField) -> None:
        """Read the lines; a file, if there is one, is read in their place."""
        uploaded = self.file.data
        if uploaded:
            field.data = self._text_of(uploaded.read(4 * MAXIMUM_LIST_CHARACTERS + 1))
        text = field.data or ""
        if not text.strip():
            raise ValidationError(_("Paste the list, or choose a file."))
        if len(text) > MAXIMUM_LIST_CHARACTERS:
            raise ValidationError(_("The list is too long: divide it."))
        try:
            self.lines = read_lines(text)
        except TooManyLinesError as error:
            raise ValidationError(
                _("At most %(count)s people at a time: divide the list.", count=MAXIMUM_LINES)
            ) from error
        if not self.lines:
            raise ValidationError(_("There are only headings here, no people."))

    @staticmethod
    def _text_of(content: bytes) -> str:
        encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        if encoding != "utf-16" and b"\0" in content:
            raise ValidationError(
                _("This is not a CSV file: save the sheet as “CSV UTF-8” and try again.")
            )
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")  # what older spreadsheets save
        return typable(text)
