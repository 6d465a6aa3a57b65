"""The field of a person's tax code, by itself and as a part of other forms."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, ValidationError

from lms.accounts import tax_code_rules as rules
from lms.accounts.models import Person
from lms.accounts.tax_codes import fault_in_words


def _normalised(text: str | None) -> str:
    return rules.normalise(text or "")


class TaxCodeFields(FlaskForm):  # type: ignore[misc]
    """The tax code of `person`; letters of another name are questioned once, then believed."""

    tax_code = StringField(_l("Tax code"), filters=[_normalised])
    sure = BooleanField(_l("The code and the name are both right"))

    def __init__(self, person: Person, *, needed: bool, **kwargs: Any) -> None:
        self.person, self.needed = person, needed
        self.holder: Person | None = None
        self.doubtful = False
        super().__init__(**kwargs)
        self.tax_code.flags.required = needed

    def validate_tax_code(self, field: StringField) -> None:
        """Well written, and of this name or said to be."""
        code = field.data or ""
        if not code:
            if self.needed:
                raise ValidationError(_("Enter the tax code."))
            return
        wrong = rules.fault(code)
        if wrong:
            raise ValidationError(fault_in_words(wrong))
        if rules.fits_name(code, self.person.family_name, self.person.given_name):
            return
        self.doubtful = True
        if not self.sure.data:
            raise ValidationError(
                _(
                    "Its first letters are not those of %(name)s. If both are right, say so below.",
                    name=self.person.full_name,
                )
            )
