"""Forms of one's own pages: profile, the name of a session."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from lms.accounts.rules import NAME_LENGTH
from lms.accounts.sessions import SESSION_NAME_LENGTH
from lms.organisations import queries
from lms.organisations.forms import NEW, OrganisationFields, one_line
from lms.organisations.models import Organisation
from lms.organisations.words import told_apart
from lms.pages import LANGUAGES

NONE_OF_THESE = "none"


class KnownOrganisationFields(OrganisationFields):
    """Choosing one's own organisation among those known; bodies are added by who organises."""

    def _settle(self) -> bool:
        if self.organisation.data and self.organisation_choice.data == NONE_OF_THESE:
            self._offer(self.organisation.data, queries.candidates(self.organisation.data))
            return True
        if self.organisation_choice.data == NEW:
            self.organisation_choice.data = ""
        return super()._settle()

    def _offer(self, _name: str, known: list[Organisation]) -> None:
        choices = [(str(row.id), told_apart(row)) for row in known]
        none = (NONE_OF_THESE, _("None of these: go on without, and tell the organisers later"))
        self.organisation_choice.choices = [*choices, none]

    def _ask(self, name: str, known: list[Organisation]) -> None:
        self._offer(name, known)
        self.organisation_choice.data = ""
        question = (
            _("Choose the organisation you mean.")
            if known
            else _("We do not know this organisation: check its name, or go on without it.")
        )
        self.organisation_choice.errors = [question]


class ProfileForm(KnownOrganisationFields):
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

    name = StringField(_l("Name"), filters=[one_line], validators=[Length(max=SESSION_NAME_LENGTH)])
