"""Forms of people and accounts: they parse, check, and word the errors."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    PasswordField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length

from lms.accounts.models import Person
from lms.accounts.rules import (
    EMAIL_LENGTH,
    MAXIMUM_EMAILS,
    MAXIMUM_PASSWORD_LENGTH,
    MINIMUM_PASSWORD_LENGTH,
    NAME_LENGTH,
    PasswordFault,
    is_email,
    password_fault,
    split_emails,
)
from lms.organisations.forms import one_line
from lms.organisations.forms_choosing import OrganisationFields
from lms.organisations.queries import OFFERED_TO_ORGANISERS


def password_words(fault: PasswordFault) -> str:
    """Why a password is refused, and what would do."""
    words: dict[PasswordFault, str] = {
        PasswordFault.TOO_SHORT: _(
            "Use at least %(count)s characters: three or four words make a good password.",
            count=MINIMUM_PASSWORD_LENGTH,
        ),
        PasswordFault.TOO_LONG: _(
            "Use at most %(count)s characters.", count=MAXIMUM_PASSWORD_LENGTH
        ),
        PasswordFault.TOO_COMMON: _("Too easy to guess: choose words that only you would join."),
        PasswordFault.TOO_PERSONAL: _(
            "Too easy to guess: it is little more than your name, your address or this site's name."
        ),
    }
    return words[fault]


def refuse_weak(password: str, *own_words: str) -> None:
    """Raise ValidationError, in plain words, unless `password` will do."""
    site = str(current_app.config["SITE_NAME"])
    fault = password_fault(password, *own_words, site)
    if fault:
        raise ValidationError(password_words(fault))


def check_email(address: str) -> None:
    """Raise ValidationError unless `address` is a well-written mail address (nobody is asked)."""
    if not is_email(address):
        raise ValidationError(_("“%(address)s” is not an e-mail address.", address=address))


def _email(_form: FlaskForm, field: EmailField) -> None:
    if field.data:
        check_email(field.data)


class SignInForm(FlaskForm):  # type: ignore[misc]
    """E-mail and password."""

    login = EmailField(
        _l("E-mail address"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Enter your e-mail address.")),
            Length(max=EMAIL_LENGTH),
        ],
    )
    password = PasswordField(
        _l("Password"),
        validators=[
            InputRequired(_l("Enter your password.")),
            Length(max=MAXIMUM_PASSWORD_LENGTH),
        ],
    )


class PersonForm(OrganisationFields):
    """Name, mail addresses and organisation of a person."""

    statuses = OFFERED_TO_ORGANISERS

    given_name = StringField(
        _l("Given name"),
        filters=[one_line],
        validators=[DataRequired(_l("Enter the given name.")), Length(max=NAME_LENGTH)],
    )
    family_name = StringField(
        _l("Family name"),
        filters=[one_line],
        validators=[DataRequired(_l("Enter the family name.")), Length(max=NAME_LENGTH)],
    )
    emails = TextAreaField(
        _l("E-mail addresses"),
        filters=[lambda text: text or ""],
        description=_l("One per line. An office mailbox may belong to several people."),
    )

    def validate_emails(self, field: TextAreaField) -> None:
        """Every address well written, not too many of them."""
        addresses = split_emails(field.data or "")
        if len(addresses) > MAXIMUM_EMAILS:
            raise ValidationError(_("At most %(count)s addresses.", count=MAXIMUM_EMAILS))
        for address in addresses:
            check_email(address)

    @property
    def addresses(self) -> list[str]:
        """The mail addresses typed, lower-case."""
        return split_emails(self.emails.data or "")


class NewPersonForm(PersonForm):
    """A person to be added, with an account or without; twins are shown before one is made."""

    really_new = BooleanField(_l("It is another person: add them"))
    with_account = BooleanField(
        _l("They may sign in"), description=_l("With the first e-mail address.")
    )
    password = PasswordField(_l("Initial password"), filters=[lambda text: text or ""])

    twins: tuple[Person, ...] = ()

    def without_account(self) -> None:
        """Ask nothing about an account: who adds the person may not give one."""
        del self.with_account, self.password

    @property
    def wants_account(self) -> bool:
        """Whether an account is asked for."""
        return "with_account" in self and bool(self.with_account.data)

    def validate_with_account(self, field: BooleanField) -> None:
        """An account needs an address to sign in with."""
        if field.data and not self.addresses:
            raise ValidationError(_("To sign in, the person needs an e-mail address."))

    def validate_password(self, field: PasswordField) -> None:
        """Looked at only when one is given; without, the person is invited to choose theirs."""
        if not self.with_account.data or not field.data:
            return
        names = (self.given_name.data or "", self.family_name.data or "")
        refuse_weak(field.data or "", *names, *self.addresses)


class AccountForm(FlaskForm):  # type: ignore[misc]
    """What a person signs in with, as an organiser sets it; an empty password changes nothing."""

    login = EmailField(
        _l("E-mail address to sign in with"),
        filters=[lambda text: one_line(text).lower()],
        validators=[
            DataRequired(_l("Enter the address to sign in with.")),
            Length(max=EMAIL_LENGTH),
            _email,
        ],
    )
    password = PasswordField(_l("New password"), filters=[lambda text: text or ""])

    def __init__(self, person: Person, *, has_password: bool, **kwargs: Any) -> None:
        self.person, self.has_password = person, has_password
        super().__init__(**kwargs)

    def validate_password(self, field: PasswordField) -> None:
        """Needed at first, later only to replace the one there is."""
        if not field.data and self.has_password:
            return
        words = (self.person.given_name, self.person.family_name, self.login.data or "")
        refuse_weak(field.data or "", *words)


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """Changing one's own password: the one in use, and the new one twice."""

    least = MINIMUM_PASSWORD_LENGTH

    current = PasswordField(
        _l("Password in use"),
        validators=[
            InputRequired(_l("Enter the password you use now.")),
            Length(max=MAXIMUM_PASSWORD_LENGTH),
        ],
    )
    password = PasswordField(
        _l("New password"),
        validators=[InputRequired(_l("Enter the new password."))],
        description=_l("At least 12 characters; three or four words are easy to remember."),
    )
    again = PasswordField(
        _l("New password again"), validators=[InputRequired(_l("Repeat the new password."))]
    )

    def __init__(self, person: Person, login: str, **kwargs: Any) -> None:
        self.own_words = (person.given_name, person.family_name, login)
        super().__init__(**kwargs)

    def validate_password(self, field: PasswordField) -> None:
        """The rules of a new password."""
        refuse_weak(field.data or "", *self.own_words)

    def validate_again(self, field: PasswordField) -> None:
        """Typed the same twice."""
        if field.data != self.password.data:
            raise ValidationError(_("The two new passwords differ."))
