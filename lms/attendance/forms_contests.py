"""The forms of contested presences: the contest with its attachment, and the answer."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from lms.attendance.actions_contests import Upload
from lms.attendance.contesting import LARGEST_ATTACHMENT, REASON_LENGTH
from lms.attendance.forms import one_line
from lms.attendance.rules import Mark
from lms.text import clean_text

ANSWER_LENGTH = 450  # it becomes the reason of a rectification, with the contest's number before it


class ContestForm(FlaskForm):  # type: ignore[misc]
    """Why somebody contests their presence. After `validate()`, `upload` holds the file."""

    reason = TextAreaField(
        _l("What is wrong, and how it was"),
        description=_l("For example: when you came in and left, or which name you had online."),
        filters=[lambda text: clean_text(text or "")],
        validators=[
            DataRequired(_l("Say what is wrong.")),
            Length(max=REASON_LENGTH, message=_l("Say it in 1000 characters at most.")),
        ],
    )
    document = FileField(
        _l("Document"),
        description=_l("If you have one: PDF, JPEG or PNG, 5 MB at most. Who answers sees it."),
    )
    upload: Upload | None = None

    def validate_document(self, field: FileField) -> None:
        """A file is what its bytes say, and not too large."""
        if not isinstance(field.data, FileStorage) or not field.data.filename:
            return
        content = field.data.stream.read(LARGEST_ATTACHMENT + 1)
        if len(content) > LARGEST_ATTACHMENT:
            raise ValidationError(_("The file is larger than 5 MB: choose a smaller one."))
        upload = Upload(field.data.filename, content)
        if upload.kind is None:
            raise ValidationError(_("This is not a whole PDF, JPEG or PNG file: choose another."))
        self.upload = upload


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """The answer to a contest; mark and minutes are for accepting it."""

    version = HiddenField(filters=[one_line])
    outcome = RadioField(
        _l("Answer"),
        choices=[
            ("accept", _l("Accept: the mark is corrected as written below")),
            ("refuse", _l("Refuse: the register stays as it is")),
        ],
        validators=[InputRequired(_l("Say whether you accept."))],
    )
    mark = RadioField(
        _l("Right mark"),
        choices=[
            (Mark.PRESENT.value, _l("Present")),
            (Mark.ABSENT.value, _l("Absent")),
            (Mark.EXCUSED.value, _l("Excused")),
        ],
        validators=[Optional()],
    )
    minutes = StringField(
        _l("Minutes"),
        filters=[one_line],
        validators=[Optional(), Length(max=10, message=_l("Write the minutes as a number."))],
    )
    answer = TextAreaField(
        _l("Reason of the answer"),
        description=_l("The person reads it; it stays beside the mark."),
        filters=[lambda text: clean_text(text or "")],
        validators=[
            DataRequired(_l("Write the reason of the answer.")),
            Length(max=ANSWER_LENGTH, message=_l("Write the reason in 450 characters at most.")),
        ],
    )

    @property
    def accepts(self) -> bool:
        """Whether the contest is accepted."""
        return bool(self.outcome.data == "accept")

    def validate_mark(self, field: RadioField) -> None:
        """Accepting needs the right mark."""
        if self.accepts and not field.data:
            raise ValidationError(_("Choose the right mark."))


class WithdrawalForm(FlaskForm):  # type: ignore[misc]
    """The button that takes a contest back."""
