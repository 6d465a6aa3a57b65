"""Forms of modules and lessons; a lesson's clock times are asked about where they are ambiguous."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TimeField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired

from lms.accounts.models import Person
from lms.catalogue.details import LessonDetails, ModuleDetails
from lms.catalogue.forms_breaks import BreakFields, break_values
from lms.catalogue.forms_common import ITALY, Validators, VersionedForm, choices, line, text
from lms.catalogue.models import Lesson, LessonMode, Module
from lms.catalogue.presenting import reading_in_words
from lms.catalogue.times import (
    FIRST_YEAR,
    LAST_YEAR,
    Clock,
    Occurrence,
    TimeFault,
    TimeProblem,
    instants_of,
    lesson_times,
    occurrence_of,
)
from lms.catalogue.words import MODE_WORDS, PROBLEM_WORDS

ALL_ZONES = frozenset(available_timezones())
OFFERED_ZONES = frozenset(name for name in ALL_ZONES if name.startswith("Europe/"))


class ModuleForm(VersionedForm):
    """A module."""

    title = line(_l("Title"), 300, DataRequired(_l("Enter the title.")))
    subject_area = line(
        _l("Subject area"), 120, description=_l("As the register of training names it.")
    )
    summary = text(_l("What it is about"))

    def details(self) -> ModuleDetails:
        """What was typed, for the actions."""
        return ModuleDetails(
            title=self.title.data or "",
            summary=self.summary.data or "",
            subject_area=self.subject_area.data or "",
        )


def module_values(module: Module) -> dict[str, Any]:
    """What the form of `module` shows."""
    names = ("title", "subject_area", "summary", "version")
    return {name: getattr(module, name) for name in names}


def _web_address(_form: FlaskForm, field: Any) -> None:
    if not field.data:
        return
    try:
        parts = urlsplit(field.data)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or " " in field.data:
        raise ValidationError(_("Enter a whole address that begins with https://"))


class LessonForm(BreakFields):
    """A lesson. After `validate()`, `times` holds its start and end in UTC."""

    module = SelectField(_l("Module"), coerce=int)
    title = line(_l("Title"), 300, DataRequired(_l("Enter the title.")))
    summary = text(_l("What it is about"))
    day = DateField(_l("Day"), validators=[InputRequired(_l("Enter the day."))])
    start = TimeField(_l("From"), validators=[InputRequired(_l("Enter the starting time."))])
    end = TimeField(_l("To"), validators=[InputRequired(_l("Enter the ending time."))])
    start_which = RadioField(_l("Which starting time?"), choices=[], validate_choice=False)
    end_which = RadioField(_l("Which ending time?"), choices=[], validate_choice=False)
    zone = SelectField(_l("Time zone"), default=ITALY)
    mode = RadioField(
        _l("How people attend"), choices=choices(MODE_WORDS), validators=[InputRequired()],
        default=LessonMode.ONLINE.value,
    )  # fmt: skip
    place = line(_l("Place"), 200, description=_l("Address and room, where there is one."))
    join_url = line(
        _l("Joining link"), 500, _web_address,
        description=_l("Shown only to those enrolled, to the trainers and to the organisers."),
    )  # fmt: skip
    trainers = SelectMultipleField(_l("Trainers"), coerce=int)

    def offer(
        self, people: Iterable[Person], modules: Iterable[Module] | None = None, zone: str = ITALY
    ) -> None:
        """Set the choices: who may teach, the zones, and the modules unless there is no choice."""
        if modules is None:
            del self.module
        else:
            self.module.choices = [(module.id, module.title) for module in modules]
        self.trainers.choices = [(person.id, person.full_name) for person in people]
        self.zone.choices = [(name, name) for name in sorted({*OFFERED_ZONES, zone})]
        self._offer_readings()

    def _offer_readings(self) -> None:
        self.start_which.choices = self._readings(self.start.data)
        self.end_which.choices = self._readings(self.end.data)

    def _readings(self, clock: time | None) -> list[tuple[str, str]]:
        day, zone = self.day.data, self.zone.data
        if not day or clock is None or not zone or zone not in ALL_ZONES:
            return []
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            return []
        instants = instants_of(day, clock, zone)
        if len(instants) < 2:
            return []
        return [
            (which.value, reading_in_words(instant, zone))
            for which, instant in zip(Occurrence, instants, strict=True)
        ]

    def validate(self, extra_validators: Validators = None) -> bool:
        """The fields' own checks, then the times they amount to."""
        return super().validate(extra_validators) and self._place_is_there() and self._settle()

    def _place_is_there(self) -> bool:
        if self.mode.data != LessonMode.ONLINE.value and not self.place.data:
            self.place.errors = [_("Say where people meet.")]
            return False
        return True

    def _settle(self) -> bool:
        day, start, end, zone = self.day.data, self.start.data, self.end.data, self.zone.data
        if not (day and start and end and zone):
            return False  # cannot be: they are required
        try:
            self.times = lesson_times(
                day, start, end, zone,
                start_which=_which(self.start_which), end_which=_which(self.end_which),
            )  # fmt: skip
        except TimeFault as fault:
            self._blame(fault).errors = [PROBLEM_WORDS[fault.problem]]
            return False
        return self.settle_breaks(day, zone, self.times)

    def _blame(self, fault: TimeFault) -> Any:
        if fault.problem is TimeProblem.FAR_AWAY:
            return self.day
        if fault.problem is TimeProblem.AMBIGUOUS:
            return self.start_which if fault.clock is Clock.START else self.end_which
        return self.start if fault.clock is Clock.START else self.end

    def details(self) -> LessonDetails:
        """What was typed, for the actions (valid only)."""
        starts_at, ends_at = self.times
        return LessonDetails(
            title=self.title.data or "",
            summary=self.summary.data or "",
            starts_at=starts_at,
            ends_at=ends_at,
            zone=self.zone.data or ITALY,
            mode=LessonMode(self.mode.data),
            place=self.place.data or "",
            join_url=self.join_url.data or "",
            breaks=self.breaks,
            trainer_ids=frozenset(self.trainers.data or ()),
        )

    times: tuple[datetime, datetime]


def _which(field: RadioField) -> Occurrence | None:
    """The reading chosen; None where none is offered, or none was chosen."""
    values = {which.value for which in Occurrence} if field.choices else set()
    return Occurrence(field.data) if field.data in values else None


def lesson_values(lesson: Lesson, trainers: Iterable[Person]) -> dict[str, Any]:
    """What the form of `lesson` shows."""
    names = ("title", "summary", "zone", "place", "join_url", "version")
    zone = ZoneInfo(lesson.zone)
    start, end = lesson.starts_at.astimezone(zone), lesson.ends_at.astimezone(zone)
    waiting = lesson.breaks_to_come
    breaks = break_values(lesson.breaks if waiting is None else waiting, lesson.zone)
    return (
        {name: getattr(lesson, name) for name in names}
        | breaks
        | {
            "module": lesson.module_id,
            "day": start.date(),
            "start": start.time(),
            "end": end.time(),
            "start_which": occurrence_of(lesson.starts_at, lesson.zone),
            "end_which": occurrence_of(lesson.ends_at, lesson.zone),
            "mode": lesson.mode.value,
            "trainers": [person.id for person in trainers],
        }
    )
