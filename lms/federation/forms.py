"""What comes back from a provider, and what a person says on their first arrival."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField
from wtforms.validators import DataRequired

from lms.federation.protocol import Answer
from lms.organisations.forms_choosing import OrganisationFields
from lms.organisations.models import OrganisationKind

# What a provider may put into its answer, and how much of each is read.
RETURNED = {"state": 200, "code": 4096, "iss": 300, "error": 100, "error_description": 1000}


class ReturnForm(FlaskForm):  # type: ignore[misc]
    """The provider's answer, handed on from the address it came in."""

    state = HiddenField()
    code = HiddenField()
    iss = HiddenField()
    error = HiddenField()
    error_description = HiddenField()

    @property
    def answer(self) -> Answer:
        """As the protocol reads it; what is too long to be real is not read at all."""
        got = {name: self[name].data or "" for name in RETURNED}
        kept = {name: got[name] if len(got[name]) <= RETURNED[name] else "" for name in RETURNED}
        return Answer(
            state=kept["state"],
            code=kept["code"],
            issuer=kept["iss"],
            error=kept["error"],
            error_description=kept["error_description"],
        )


class FirstArrivalForm(OrganisationFields):
    """The organisation, and that the person agrees to be registered with what was received."""

    accept = BooleanField(
        _l("The data are mine: register me"),
        validators=[DataRequired(_l("Tick the box to be registered."))],
    )
    notice = BooleanField(
        _l("I have read the privacy notice"),
        validators=[DataRequired(_l("Read the privacy notice, then tick this box."))],
    )

    @property
    def new_organisation(self) -> tuple[str, OrganisationKind] | None:
        """Name and kind of a body we did not know, to be proposed to the organisers."""
        return (self.organisation.data or "", self.new_kind) if self.wants_new else None
