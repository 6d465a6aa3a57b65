"""Forms of registration, links and addresses: they parse, check, and word the errors."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from lms.accounts.forms import check_email, refuse_weak
from lms.accounts.rules import (
    EMAIL_LENGTH,
    MAXIMUM_PASSWORD_LENGTH,
    MINIMUM_PASSWORD_LENGTH,
    NAME_LENGTH,
)
from lms.organisations.forms import one_line
from lms.organisations.forms_choosing import OrganisationFields
from lms.pages import LANGUAGES


def _address(text: str | None) -> str:
    return one_line(text).lower()


def _well_written(_form: FlaskForm, field: EmailField) -> None:
    if field.data:
        check_email(field.data)


def _email(label: Any) -> EmailField:
    return EmailField(
        label,
        filters=[_address],
        validators=[
            DataRequired(_l("Enter an e-mail address.")),
            Length(max=EMAIL_LENGTH),
            _well_written,
        ],
    )


def _notice() -> BooleanField:
    return BooleanField(
        _l("I have read the privacy notice"),
        validators=[DataRequired(_l("Read the privacy notice, then tick this box."))],
    )


class RegistrationForm(OrganisationFields):
    """Who wants to join; the password is chosen once the mailbox has proved itself."""

    given_name = StringField(
        _l("Given name"),
        filters=[one_line],
        validators=[DataRequired(_l("Enter your given name.")), Length(max=NAME_LENGTH)],
    )
    family_name = StringField(
        _l("Family name"),
        filters=[one_line],
        validators=[DataRequired(_l("Enter your family name.")), Length(max=NAME_LENGTH)],
    )
    email = _email(_l("E-mail address"))
    language = SelectField(_l("Language of pages and e-mails"), choices=list(LANGUAGES.items()))
    notice = _notice()


class AddressForm(FlaskForm):  # type: ignore[misc]
    """Only an address: of a forgotten password, or to invite somebody at."""

    email = _email(_l("E-mail address"))


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A password chosen through a link, typed twice."""

    least = MINIMUM_PASSWORD_LENGTH

    password = PasswordField(
        _l("Password"), validators=[InputRequired(_l("Enter a password."))],
        description=_l("At least 12 characters; three or four words are easy to remember."),
    )  # fmt: skip
    again = PasswordField(
        _l("Password again"), validators=[InputRequired(_l("Repeat the password."))]
    )

    def __init__(self, *own_words: str, **kwargs: Any) -> None:
        self.own_words = own_words
        super().__init__(**kwargs)

    def validate_password(self, field: PasswordField) -> None:
        """The rules of a new password."""
        refuse_weak(field.data or "", *self.own_words)

    def validate_again(self, field: PasswordField) -> None:
        """Typed the same twice."""
        if field.data != self.password.data:
            raise ValidationError(_("The two passwords differ."))


class InvitationForm(NewPasswordForm):
    """A password, and the privacy notice, which nobody has shown this person yet."""

    notice = _notice()


class ChangeLoginForm(FlaskForm):  # type: ignore[misc]
    """A new address to sign in with, and the password if there is one."""

    email = _email(_l("New e-mail address"))
    current = PasswordField(_l("Password in use"), validators=[Length(max=MAXIMUM_PASSWORD_LENGTH)])

    def __init__(self, login: str, *, has_password: bool, **kwargs: Any) -> None:
        self.login, self.has_password = login, has_password
        super().__init__(**kwargs)
        self.current.flags.required = has_password

    def validate_email(self, field: EmailField) -> None:
        """Another than the one in use."""
        if field.data == self.login:
            raise ValidationError(_("This is the address in use."))

    def validate_current(self, field: PasswordField) -> None:
        """Needed where there is a password: whoever finds an open browser must not take it over."""
        if self.has_password and not field.data:
            raise ValidationError(_("Enter the password you use now."))
