"""The organisation's own form, and the fields by which other forms name one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from lms.organisations import queries
from lms.organisations.actions import Codes
from lms.organisations.models import Organisation, OrganisationKind
from lms.organisations.rules import code_is_well_formed, guess_kind, normal_code
from lms.organisations.words import KINDS, told_apart
from lms.text import clean_line

NAME_LENGTH = 200
NEW = "new"


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
        validators=[DataRequired(_l("Enter the name of the organisation.")), Length(max=200)],
    )
    kind = SelectField(_l("Kind"), choices=[(kind.value, word) for kind, word in KINDS.items()])
    province_code = _code(_l("Province"), _l("Two letters, for example TO."))
    region = StringField(_l("Region"), filters=[one_line], validators=[Length(max=120)])
    ipa_code = _code(_l("IPA code"), _l("Key of a public body in IndicePA."))
    fiscal_code = _code(_l("Tax code of the body"), _l("Eleven digits."))
    istat_code = _code(_l("ISTAT code"), _l("Six digits, municipalities only."))
    cadastral_code = _code(_l("Cadastral code"), _l("A letter and three digits, for example L219."))

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


class OrganisationFields(FlaskForm):  # type: ignore[misc]
    """Naming an organisation in another form: typed, and asked when the name is not one body's.

    After `validate()`, `organisation_id` is the body chosen (None: none); `wants_new` says that the
    typed name is to become a new body of kind `organisation_kind`.
    """

    organisation = StringField(
        _l("Organisation"),
        filters=[one_line],
        validators=[Length(max=NAME_LENGTH)],
        description=_l("The body the person works for. Part of its name is enough."),
    )
    organisation_choice = RadioField(
        _l("Which organisation?"), choices=[], validate_choice=False, default=""
    )
    organisation_kind = SelectField(
        _l("Kind, if it is new"),
        choices=[(kind.value, word) for kind, word in KINDS.items()],
        validate_choice=False,  # the field is not there until it is asked for
    )

    def __init__(self, *args: Any, current: Organisation | None = None, **kwargs: Any) -> None:
        self.current = current
        self.organisation_id: int | None = None
        self.wants_new = False
        super().__init__(*args, **kwargs)

    def validate(self, extra_validators: dict[str, list[Callable[..., Any]]] | None = None) -> bool:
        """The fields' own checks, then which body is meant."""
        return bool(super().validate(extra_validators)) and self._settle()

    @property
    def asks(self) -> bool:
        """Whether the page must let the person choose among bodies."""
        return bool(self.organisation_choice.choices)

    def _settle(self) -> bool:
        name, choice = self.organisation.data, self.organisation_choice.data
        if not name:
            return True
        if self.current is not None and name == self.current.name:
            self.organisation_id = self.current.id
            return True
        exact, found = queries.named(name), queries.candidates(name)
        known = list(dict.fromkeys([*exact, *found]))
        if choice:  # asked before: the choices stay, should another field send the page back
            self._offer(name, known)
        if choice == NEW and self.organisation_kind.data in set(OrganisationKind):
            self.wants_new = True
            return True
        chosen = [row for row in known if str(row.id) == choice]
        if chosen or len(exact) == 1:
            self.organisation_id = (chosen or exact)[0].id
            return True
        self._ask(name, known)
        return False

    def _offer(self, name: str, known: list[Organisation]) -> None:
        choices = [(str(row.id), told_apart(row)) for row in known]
        new = (NEW, _("None of these: add “%(name)s” as new", name=name))
        self.organisation_choice.choices = [*choices, new]

    def _ask(self, name: str, known: list[Organisation]) -> None:
        self._offer(name, known)
        self.organisation_choice.data = "" if known else NEW
        self.organisation_kind.data = guess_kind(name)
        question = (
            _("Choose the organisation you mean.")
            if known
            else _("We do not know this organisation: check its name, or add it as new.")
        )
        self.organisation_choice.errors = [question]

    @property
    def new_kind(self) -> OrganisationKind:
        """Kind of the body to be added."""
        return OrganisationKind(self.organisation_kind.data)
