"""Forms of the second factor: they parse, check, and word the errors."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from lms.accounts.rules import MAXIMUM_PASSWORD_LENGTH
from lms.factors.rules import NAME_LENGTH, RESPONSE_LENGTH
from lms.organisations.forms import one_line

CODE_LENGTH = 60  # more than anybody types with spaces and hyphens


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The six digits an authenticator app shows."""

    code = StringField(
        _l("Code of six digits"),
        filters=[one_line],
        validators=[DataRequired(_l("Enter the code your app shows.")), Length(max=CODE_LENGTH)],
    )


class RecoveryForm(FlaskForm):  # type: ignore[misc]
    """One of the recovery codes."""

    code = StringField(
        _l("Recovery code"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Enter one of your recovery codes.")),
            Length(max=CODE_LENGTH),
        ],
    )


class PasskeyNameForm(FlaskForm):  # type: ignore[misc]
    """What a passkey is called."""

    name = StringField(
        _l("Name of the passkey"),
        filters=[one_line],
        description=_l("To tell it from others: the telephone, the computer or the key it is on."),
        validators=[
            DataRequired(_l("Give the passkey a name.")),
            Length(max=NAME_LENGTH, message=_l("At most %(max)d characters.")),
        ],
    )


class PasskeyForm(PasskeyNameForm):
    """Its name, and what the browser made of it (its script fills that in)."""

    response = HiddenField(validators=[Length(max=RESPONSE_LENGTH)])


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """A passkey's answer at sign-in (the script fills it in)."""

    response = HiddenField(validators=[Length(max=RESPONSE_LENGTH)])


class ProofForm(FlaskForm):  # type: ignore[misc]
    """The password again, before something that would open the account to others."""

    password = PasswordField(
        _l("Password"),
        validators=[
            InputRequired(_l("Enter your password.")),
            Length(max=MAXIMUM_PASSWORD_LENGTH),
        ],
    )


class PasswordlessForm(FlaskForm):  # type: ignore[misc]
    """The same for who has no password: the second factor alone is asked."""
