"""Forms of roles: for which tracks, and why."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from lms.accounts.models import StaffRole
from lms.accounts.roles import REASON_LENGTH
from lms.organisations.forms import one_line

ALL, SOME = "all", "some"


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why a role is given or ended: it stays in the history."""

    reason = StringField(
        _l("Reason"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Say why: it stays in the history.")),
            Length(max=REASON_LENGTH),
        ],
        description=_l("For example the act by which the office was given."),
    )


class GrantForm(ReasonForm):
    """Giving a role: an organiser's for all tracks or some, an auditor's for some."""

    reach = RadioField(
        _l("For which tracks"), choices=[(ALL, _l("All tracks, also those to come")),
                                         (SOME, _l("Only those chosen here"))],
    )  # fmt: skip
    tracks = SelectMultipleField(_l("Tracks"), coerce=int)

    def __init__(self, role: StaffRole, titles: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tracks.choices = titles
        if role is not StaffRole.ORGANISER:
            del self.reach
        if role not in {StaffRole.ORGANISER, StaffRole.AUDITOR}:
            del self.tracks

    def validate_tracks(self, field: SelectMultipleField) -> None:
        """At least one, unless it is for all."""
        if not field.data and not self.is_for_all:
            raise ValidationError(_("Choose at least one track."))

    @property
    def is_for_all(self) -> bool:
        """Whether the role is to hold towards every track."""
        return "reach" in self and self.reach.data == ALL

    @property
    def track_ids(self) -> list[int | None]:
        """The tracks the role is for; one None for everything."""
        if "tracks" not in self or self.is_for_all:
            return [None]
        return list(dict.fromkeys(self.tracks.data or []))
