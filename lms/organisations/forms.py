"""The organisation's own form. The fields by which other forms name one: `forms_choosing`."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from lms.organisations.actions import Codes
from lms.organisations.models import OrganisationKind
from lms.organisations.rules import code_is_well_formed, normal_code
from lms.organisations.words import KINDS
from lms.text import clean_line

NAME_LENGTH = 200


def one_line(text: str | None) -> str:
    """WTForms filter: one clean line, never None."""
    return clean_line(text or "")


def _well_formed(_form: FlaskForm, field: StringField) -> None:
    code = normal_code(field.data or "")
    if code and not code_is_well_formed(field.name, code):
        raise ValidationError(_("This code is not written as such codes are: %(code)s", code=code))


def _code(label: Any, description: Any = "") -> StringField:
    return StringField(
        label, filters=[one_line], validators=[_well_formed], description=description
    )


class OrganisationForm(FlaskForm):  # type: ignore[misc]
    """Name, kind, place and codes of one body."""

    name = StringField(
        _l("Name"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Enter the name of the organisation.")),
            Length(max=NAME_LENGTH),
        ],
    )
    kind = SelectField(_l("Kind"), choices=[(kind.value, word) for kind, word in KINDS.items()])
    province_code = _code(_l("Province"), _l("Two letters, for example TO."))
    region = StringField(_l("Region"), filters=[one_line], validators=[Length(max=120)])
    ipa_code = _code(_l("IPA code"), _l("Key of a public body in IndicePA."))
    fiscal_code = _code(
        _l("Tax code of the body"), _l("Eleven digits, the last of which is a check.")
    )
    istat_code = _code(_l("ISTAT code"), _l("Six digits for a municipality, three for a province."))
    cadastral_code = _code(_l("Cadastral code"), _l("A letter and three digits, for example L219."))
    keep_name = BooleanField(
        _l("The old name was right until today: let searches find it"), default=True
    )

    @property
    def chosen_kind(self) -> OrganisationKind:
        """The kind, as the database keeps it."""
        return OrganisationKind(self.kind.data)

    def codes(self) -> Codes:
        """What `actions` take beside name and kind."""
        return Codes(
            province_code=self.province_code.data,
            region=self.region.data,
            ipa_code=self.ipa_code.data,
            fiscal_code=self.fiscal_code.data,
            istat_code=self.istat_code.data,
            cadastral_code=self.cadastral_code.data,
        )
