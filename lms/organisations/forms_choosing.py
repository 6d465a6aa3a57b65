"""The fields by which other forms name an organisation: type-ahead, or asked by the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import Length

from lms.organisations import queries
from lms.organisations.forms import NAME_LENGTH, one_line
from lms.organisations.models import Organisation, OrganisationKind
from lms.organisations.rules import guess_kind
from lms.organisations.suggestions import called
from lms.organisations.words import KINDS, told_apart
from lms.text import search_key

NEW = "new"
LONGEST_NUMBER = 9


class OrganisationFields(FlaskForm):  # type: ignore[misc]
    """Naming an organisation in another form: typed, and asked when the name is not one body's.

    With script the list that opens writes the chosen body's number into `organisation_ref`;
    without, the server answers with the bodies to choose from. After `validate()`,
    `organisation_id` is the body chosen (None: none); `wants_new` says that the typed name is to
    become a new body of kind `new_kind`: the view adds or proposes it.
    """

    statuses = queries.OFFERED  # a form of organisers may offer what waits for confirmation, too

    organisation = StringField(
        _l("Organisation"),
        filters=[one_line],
        validators=[Length(max=NAME_LENGTH)],
        description=_l("The body the person works for. Part of its name is enough."),
    )
    organisation_ref = HiddenField()
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

    @property
    def new_kind(self) -> OrganisationKind:
        """Kind of the body to be added."""
        return OrganisationKind(self.organisation_kind.data)

    def _settle(self) -> bool:
        name, choice = self.organisation.data, self.organisation_choice.data
        if not name:
            return True
        referred = self._referred(name)
        if referred is not None:
            self.organisation_id = referred.id
            return True
        exact = queries.named(name, self.statuses)
        found = queries.candidates(name, statuses=self.statuses)
        known = list({body.id: body for body in (*exact, *found)}.values())
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

    def _referred(self, name: str) -> Organisation | None:
        """The body whose number came along, if the name still says the same."""
        key = search_key(name)
        if self.current is not None and key in _keys(self.current):
            return self.current  # it may have ended: who is there stays there
        number = self.organisation_ref.data or ""
        if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
            return None
        body = queries.offered(int(number), self.statuses)
        return body if body is not None and key in _keys(body) else None

    def _offer(self, name: str, known: list[Organisation]) -> None:
        choices = [(str(row.id), called(name, row)) for row in known]
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


def _keys(body: Organisation) -> set[str]:
    return {search_key(body.name), search_key(told_apart(body))}
