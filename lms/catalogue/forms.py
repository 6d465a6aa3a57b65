"""Forms of tracks and cycles: what is typed, checked and turned into what the actions take."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, Regexp

from lms.catalogue.details import CycleDetails, Emblem, TrackDetails
from lms.catalogue.forms_common import (
    ITALY,
    Validators,
    VersionedForm,
    choices,
    line,
    one_line,
    text,
)
from lms.catalogue.models import (
    Cycle,
    CycleStatus,
    Denominator,
    EnrolmentMode,
    ExcusedPolicy,
    FundingEmblem,
    TaxCodePolicy,
    Track,
)
from lms.catalogue.rules import MOST_CONTEST_DAYS, MOST_GRACE
from lms.catalogue.times import Clock, TimeFault, instant_of
from lms.catalogue.words import (
    DENOMINATOR_WORDS,
    ENROLMENT_WORDS,
    EXCUSED_WORDS,
    PROBLEM_WORDS,
    STATUS_CONSEQUENCES,
    SYMBOL_WORDS,
    TAX_CODE_WORDS,
)

MAXIMUM_EMBLEMS = 4
# As it is drawn, then as browsers may send it.
WALL_CLOCK = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


# --- tracks --------------------------------------------------------------------------------------


class TrackForm(VersionedForm):
    """A track; its emblems are the numbered pairs of fields below."""

    title = line(_l("Title"), 300, DataRequired(_l("Enter the title.")))
    issuer = line(
        _l("Body that issues the certificates"), 200, DataRequired(_l("Enter the body's name."))
    )
    summary = text(_l("What it is about"))
    project_code = line(_l("Project code"), 40, description=_l("CUP or the funder's own code."))
    funding_statement = text(
        _l("Funding statement"), description=_l("The sentence the fund asks for, word by word.")
    )
    fictional = BooleanField(_l("Demonstration data: pages and certificates say so"))

    @property
    def emblem_rows(self) -> list[tuple[Any, Any]]:
        """Symbol and label fields, in the order the fund wants."""
        numbers = range(1, MAXIMUM_EMBLEMS + 1)
        return [(self[f"emblem_{n}_symbol"], self[f"emblem_{n}_label"]) for n in numbers]

    def details(self) -> TrackDetails:
        """What was typed, for the actions; emblems without a name are left out."""
        return TrackDetails(
            title=self.title.data or "",
            issuer=self.issuer.data or "",
            summary=self.summary.data or "",
            project_code=self.project_code.data or "",
            funding_statement=self.funding_statement.data or "",
            fictional=bool(self.fictional.data),
            emblems=tuple(
                Emblem(symbol.data, label.data) for symbol, label in self.emblem_rows if label.data
            ),
        )


for _number in range(1, MAXIMUM_EMBLEMS + 1):
    setattr(
        TrackForm,
        f"emblem_{_number}_symbol",
        SelectField(
            _l("Symbol %(number)s", number=_number), choices=choices(SYMBOL_WORDS), default="none"
        ),
    )
    setattr(TrackForm, f"emblem_{_number}_label", line(_l("Name %(number)s", number=_number), 120))


def track_values(track: Track, emblems: Iterable[FundingEmblem]) -> dict[str, Any]:
    """What the form of `track` shows."""
    names = ("title", "issuer", "summary", "project_code", "funding_statement", "fictional")
    values = {name: getattr(track, name) for name in (*names, "version")}
    for number, emblem in enumerate(emblems, 1):
        values[f"emblem_{number}_symbol"] = emblem.symbol
        values[f"emblem_{number}_label"] = emblem.label
    return values


# --- cycles --------------------------------------------------------------------------------------


def cycle_code() -> StringField:
    """The field of a cycle's code."""
    return StringField(
        _l("Code"),
        filters=[lambda typed: one_line(typed).upper()],
        validators=[
            DataRequired(_l("Enter a short code.")),
            Regexp(
                r"^[A-Z0-9][A-Z0-9-]{1,19}$",
                message=_l("From 2 to 20 letters, digits and hyphens, without spaces."),
            ),
        ],
        description=_l("Short and unique: certificate numbers begin with it, for example CP1."),
    )


class CycleForm(VersionedForm):
    """A cycle: what it is, who may enrol and when, its rule, who signs."""

    track = SelectField(_l("Track"), coerce=int, validators=[InputRequired()])
    title = line(_l("Title"), 300, DataRequired(_l("Enter the title.")))
    code = cycle_code()
    summary = text(_l("What it is about"))
    enrolment_mode = RadioField(
        _l("Who enrols"), choices=choices(ENROLMENT_WORDS), validators=[InputRequired()],
        default=EnrolmentMode.OPEN.value,
    )  # fmt: skip
    enrolment_opens_at = DateTimeLocalField(
        _l("Enrolment opens"), format=WALL_CLOCK, validators=[Optional()]
    )
    enrolment_closes_at = DateTimeLocalField(
        _l("Enrolment closes"), format=WALL_CLOCK, validators=[Optional()]
    )
    places = IntegerField(
        _l("Places"),
        validators=[Optional(), NumberRange(min=1, max=1_000_000)],
        description=_l("Leave empty for no limit."),
    )
    tax_code_policy = RadioField(
        _l("Tax code of who enrols"), choices=choices(TAX_CODE_WORDS),
        default=TaxCodePolicy.NOT_ASKED.value,
        description=_l("Ask for it only if a fund or a law wants it."),
    )  # fmt: skip
    threshold_percent = IntegerField(
        _l("Hours to attend, in percent"),
        validators=[InputRequired(_l("Enter a number from 1 to 100.")), NumberRange(1, 100)],
        default=80,
    )
    denominator = RadioField(
        _l("The percentage is"), choices=choices(DENOMINATOR_WORDS), validators=[InputRequired()],
        default=Denominator.WHOLE.value,
    )  # fmt: skip
    excused_policy = RadioField(
        _l("An excused absence"), choices=choices(EXCUSED_WORDS), validators=[InputRequired()],
        default=ExcusedPolicy.MISSING.value,
    )  # fmt: skip
    grace_minutes = IntegerField(
        _l("Short drops that count as presence, in minutes"),
        validators=[InputRequired(_l("Enter a number from 0 to 60.")), NumberRange(0, MOST_GRACE)],
        default=0,
        description=_l("A longer gap between two stays is an absence. 0: every gap counts."),
    )
    contest_days = IntegerField(
        _l("Days to contest a presence"),
        validators=[
            InputRequired(_l("Enter a number from 1 to 365.")),
            NumberRange(1, MOST_CONTEST_DAYS),
        ],
        default=15,
        description=_l("From the day after the register is closed."),
    )
    signatory_name = line(_l("Who signs"), 120)
    signatory_role = line(_l("In which role"), 120)
    place = line(
        _l("Place of the certificate"), 120, description=_l("Stands before the date, e.g. Roma.")
    )

    def validate(self, extra_validators: Validators = None) -> bool:
        """The fields' own checks, then the enrolment window."""
        self.window: dict[str, datetime | None] = {}
        if not super().validate(extra_validators):
            return False
        for field in (self.enrolment_opens_at, self.enrolment_closes_at):
            try:
                self.window[field.name] = _instant(field.data)
            except TimeFault as fault:
                field.errors = [PROBLEM_WORDS[fault.problem]]
                return False
        opens_at, closes_at = self.window.values()
        if opens_at and closes_at and closes_at <= opens_at:
            self.enrolment_closes_at.errors = [_l("Enrolment must close after it opens.")]
            return False
        return True

    def details(self) -> CycleDetails:
        """What was typed, for the actions (valid only)."""
        return CycleDetails(
            title=self.title.data or "",
            code=self.code.data or "",
            summary=self.summary.data or "",
            enrolment_mode=EnrolmentMode(self.enrolment_mode.data),
            places=self.places.data,
            threshold_percent=self.threshold_percent.data or 0,
            denominator=Denominator(self.denominator.data),
            excused_policy=ExcusedPolicy(self.excused_policy.data),
            grace_minutes=self.grace_minutes.data or 0,
            contest_days=self.contest_days.data or 0,
            tax_code_policy=TaxCodePolicy(self.tax_code_policy.data),
            signatory_name=self.signatory_name.data or "",
            signatory_role=self.signatory_role.data or "",
            place=self.place.data or "",
            enrolment_opens_at=self.window["enrolment_opens_at"],
            enrolment_closes_at=self.window["enrolment_closes_at"],
        )


def _instant(wall: datetime | None) -> datetime | None:
    """A wall clock's time in Italy; one that occurs twice is refused: there are others."""
    if wall is None:
        return None
    return instant_of(wall.date(), wall.time(), ITALY, None, Clock.START)


def cycle_values(cycle: Cycle) -> dict[str, Any]:
    """What the form of `cycle` shows."""
    names = (
        "title", "code", "summary", "places", "threshold_percent", "grace_minutes",
        "contest_days", "signatory_name",
        "signatory_role", "place", "version",
    )  # fmt: skip
    values = {name: getattr(cycle, name) for name in names}
    for name in ("enrolment_mode", "denominator", "excused_policy", "tax_code_policy"):
        values[name] = getattr(cycle, name).value
    for name in ("enrolment_opens_at", "enrolment_closes_at"):
        instant = getattr(cycle, name)
        local = instant.astimezone(ZoneInfo(ITALY)) if instant else None
        values[name] = local.replace(tzinfo=None, second=0, microsecond=0) if local else None
    return values


class StatusForm(VersionedForm):
    """Where a cycle goes from its status; the choices are those its rule allows."""

    status = RadioField(_l("New status"), validators=[InputRequired(_l("Choose the new status."))])

    def offer(self, allowed: Iterable[CycleStatus]) -> None:
        """Set the choices."""
        self.status.choices = [(status.value, STATUS_CONSEQUENCES[status]) for status in allowed]


class DuplicateForm(FlaskForm):  # type: ignore[misc]
    """A new cycle with the programme of another one."""

    title = line(_l("Title"), 300, DataRequired(_l("Enter the title.")))
    code = cycle_code()
    first_day = DateField(
        _l("Day of the first lesson"),
        validators=[InputRequired(_l("Enter the day of the first lesson."))],
        description=_l("All lessons move by the same number of days; clock times stay."),
    )
    keep_trainers = BooleanField(_l("Keep the same trainers"), default=True)

    @property
    def day(self) -> date:
        """The new first day (valid only)."""
        return cast(date, self.first_day.data)
