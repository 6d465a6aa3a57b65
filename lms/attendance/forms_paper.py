"""Forms around the paper register: a scan, its withdrawal, what is to be countersigned."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from lms.text import clean_text


class ScanForm(FlaskForm):  # type: ignore[misc]
    """A scan of the signed paper."""

    scan = FileField(
        _l("Scan of the signed register"),
        description=_l("PDF, JPEG or PNG, up to 15 MB. The file is kept exactly as it is."),
        validators=[FileRequired(_l("Choose the file of the scan."))],
    )


class WithdrawScanForm(FlaskForm):  # type: ignore[misc]
    """Why a scan is taken back."""

    reason = TextAreaField(
        _l("Reason"),
        description=_l("It stays beside the scan, for whoever checks the register."),
        filters=[lambda text: clean_text(text or "")],
        validators=[
            DataRequired(_l("Write why the scan is taken back.")),
            Length(max=300, message=_l("Write the reason in 300 characters at most.")),
        ],
    )
