"""What an organiser decides about a body: a proposal's fate, or an end."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from lms.organisations import queries
from lms.organisations.forms import one_line
from lms.organisations.forms_choosing import OrganisationFields
from lms.organisations.models import Organisation
from lms.organisations.suggestions import called
from lms.organisations.words import told_apart

CONFIRM, REFUSE, OTHER = "confirm", "refuse", "other"
MERGED, TWICE, CLOSED = "merged", "twice", "closed"


class _AnotherBody(OrganisationFields):
    """Fields that name a body already known; a new one is no answer here."""

    def needs_body(self) -> bool:
        """Whether the answer given needs another body. Overridden."""
        return False

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields' own checks; the named body only where the answer needs one."""
        if not self.needs_body():
            return bool(FlaskForm.validate(self, extra_validators))
        if not super().validate(extra_validators):
            return False
        if self.organisation_id is None or self.wants_new:
            self.organisation.errors = [_("Choose an organisation that is known already.")]
            return False
        return True

    def _offer(self, name: str, known: list[Organisation]) -> None:
        self.organisation_choice.choices = [(str(row.id), called(name, row)) for row in known]

    def _ask(self, name: str, known: list[Organisation]) -> None:
        if known:
            super()._ask(name, known)
        else:
            self.organisation.errors = [_("No active organisation is found by this name.")]


class ProposalForm(_AnotherBody):
    """What becomes of a proposal: a body of its own, one known already, or none we keep."""

    decision = RadioField(
        _l("What is it?"), validators=[InputRequired(_l("Choose what the proposal is."))]
    )
    reason = StringField(
        _l("Why it is not accepted"),
        filters=[one_line],
        validators=[Length(max=200)],
        description=_l("Only if it is not accepted. It stays in the organisation's history."),
    )

    def __init__(self, near: list[Organisation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation.label.text = _("Another organisation already known")
        self.organisation.description = _("Only if it is none of those listed above.")
        self.decision.choices = [
            (CONFIRM, _("A new organisation: confirm it")),
            *((str(body.id), _("The same as %(name)s", name=told_apart(body))) for body in near),
            (OTHER, _("The same as another one, named below")),
            (REFUSE, _("Not an organisation to keep")),
        ]

    def needs_body(self) -> bool:
        """Only "another one" names it in the field."""
        return bool(self.decision.data == OTHER)

    def validate_reason(self, field: StringField) -> None:
        """Refusing says why."""
        if self.decision.data == REFUSE and not field.data:
            raise ValidationError(_("Write why it is not accepted."))

    @property
    def into(self) -> Organisation | None:
        """The body the proposal is the same as."""
        chosen = str(self.organisation_id if self.needs_body() else self.decision.data)
        return queries.offered(int(chosen)) if chosen.isdecimal() else None


class EndForm(_AnotherBody):
    """How a body ends: into another, closed, or because it stands here twice."""

    how = RadioField(
        _l("What happened?"),
        choices=[
            (MERGED, _l("It went into another organisation (merger, incorporation)")),
            (CLOSED, _l("It was closed and nothing followed")),
            (TWICE, _l("It stands here twice: it is the same as another one")),
        ],
        validators=[InputRequired(_l("Choose what happened."))],
    )
    on = DateField(_l("Since when"), validators=[Optional()])

    def __init__(self, body: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body = body
        self.organisation.label.text = _("The other organisation")
        self.organisation.description = _("Where it went, or which it is the same as.")

    def needs_body(self) -> bool:
        """Unless nothing followed."""
        return self.how.data in {MERGED, TWICE}

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields' own checks; an end has a day, a body written twice has none."""
        right = super().validate(extra_validators)
        if self.how.data in {MERGED, CLOSED} and self.on.data is None and not self.on.errors:
            self.on.errors = [_("Enter the day since when.")]
            return False
        return right

    @property
    def day(self) -> date:
        """The day of the end, once valid."""
        day = self.on.data
        if not isinstance(day, date):
            raise TypeError("a form that was not validated")
        return day
