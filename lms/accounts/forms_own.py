"""Forms of one's own pages: profile, the name of a session."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from lms.accounts.rules import NAME_LENGTH
from lms.accounts.sessions import SESSION_NAME_LENGTH
from lms.organisations.forms import one_line
from lms.organisations.forms_choosing import OrganisationFields
from lms.pages import LANGUAGES


class ProfileForm(OrganisationFields):
    """Name, organisation and language, as their owner writes them."""

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
    language = SelectField(
        _l("Language of pages and e-mails"), choices=list(LANGUAGES.items()), default="it"
    )


class SessionNameForm(FlaskForm):  # type: ignore[misc]
    """What one calls a session, to know it again."""

    name = StringField(
        _l("Name"),
        filters=[one_line],
        validators=[
            Length(
                max=SESSION_NAME_LENGTH, message=_l("The name is too long: at most 60 characters.")
            )
        ],
    )
