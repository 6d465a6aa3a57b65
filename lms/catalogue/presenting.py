"""The catalogue in words: statuses, dates, the attendance rule, who changed what meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask import current_app, g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, SelectFieldBase

from lms import access
from lms.catalogue import rules
from lms.catalogue.models import (
    Cycle,
    CycleStatus,
    Denominator,
    EnrolmentMode,
    ExcusedPolicy,
    Lesson,
    LessonMode,
)
from lms.catalogue.times import Occurrence, TimeProblem, hours_from_utc, occurrence_of
from lms.pages import local_date, local_datetime, local_time, minutes_in_words
from lms.permissions import TABLE

STATUS_WORDS = {
    CycleStatus.DRAFT: _l("Draft"),
    CycleStatus.PUBLISHED: _l("Published"),
    CycleStatus.CLOSED: _l("Closed"),
    CycleStatus.ARCHIVED: _l("Archived"),
}
STATUS_TONES = {
    CycleStatus.DRAFT: "warning",
    CycleStatus.PUBLISHED: "success",
    CycleStatus.CLOSED: "neutral",
    CycleStatus.ARCHIVED: "neutral",
}
MODE_WORDS = {
    LessonMode.ONLINE: _l("Online"),
    LessonMode.ROOM: _l("In person"),
    LessonMode.BLENDED: _l("In person and online"),
}
ENROLMENT_WORDS = {
    EnrolmentMode.OPEN: _l("People enrol by themselves"),
    EnrolmentMode.BY_ORGANISER: _l("The organisers enrol people"),
}
DENOMINATOR_WORDS = {
    Denominator.WHOLE: _l("Of the whole cycle"),
    Denominator.SINCE_ENROLMENT: _l("Of the lessons held after the person enrolled"),
}
EXCUSED_WORDS = {
    ExcusedPolicy.MISSING: _l("It counts as an absence"),
    ExcusedPolicy.NOT_DUE: _l("Its hours are taken off what is due"),
}
SYMBOL_WORDS = {"none": _l("Words only"), "eu": _l("Emblem of the European Union")}
PROBLEM_WORDS = {
    TimeProblem.NONEXISTENT: _l(
        "On this day the clock is put forward and never shows this time. Choose another one."
    ),
    TimeProblem.AMBIGUOUS: _l(
        "On this day the clock is put back and shows this time twice. Say which of the two."
    ),
    TimeProblem.ENDS_FIRST: _l("The end must come after the start, on the same day."),
    TimeProblem.TOO_LONG: _l("A lesson lasts 24 hours at most."),
    TimeProblem.FAR_AWAY: _l("Choose a year from 2000 to 2100."),
}


def status_in_words(status: CycleStatus) -> str:
    """A cycle's status."""
    return str(STATUS_WORDS[status])


def status_tone(status: CycleStatus) -> str:
    """The tone of a status's badge."""
    return STATUS_TONES[status]


def mode_in_words(mode: LessonMode) -> str:
    """How people attend."""
    return str(MODE_WORDS[mode])


def when_in_words(lesson: Lesson) -> str:
    """Day and clock times of a lesson; the zone too, where it is not Italy's."""
    words = str(
        _(
            "%(date)s, %(start)s–%(end)s",
            date=local_date(lesson.starts_at, lesson.zone, "full"),
            start=local_time(lesson.starts_at, lesson.zone),
            end=local_time(lesson.ends_at, lesson.zone),
        )
    )
    return words if lesson.zone == "Europe/Rome" else f"{words} ({lesson.zone})"


def days_in_words(first: datetime | None, last: datetime | None) -> str:
    """From the first day to the last; empty while there is none."""
    if first is None or last is None:
        return str(_("Dates to be announced"))
    if local_date(first) == local_date(last):
        return local_date(first)
    return str(_("%(first)s – %(last)s", first=local_date(first), last=local_date(last)))


def lessons_in_words(number: int) -> str:
    """So many lessons."""
    return str(ngettext("%(num)s lesson", "%(num)s lessons", number))


def rule_of(cycle: Cycle, planned_minutes: int) -> rules.AttendanceRule:
    """A cycle's attendance rule over its planned minutes."""
    return rules.AttendanceRule(
        cycle.threshold_percent, cycle.denominator, cycle.excused_policy, planned_minutes
    )


def rule_in_words(rule: rules.AttendanceRule) -> list[str]:
    """The rule as people read it before enrolling, a sentence each."""
    planned = minutes_in_words(rule.planned_minutes)
    required = minutes_in_words(rule.required_minutes)
    if rule.everything:
        sentences = [_("The certificate goes to those who attend every lesson in full.")]
    elif rule.planned_minutes == 0:
        sentences = [
            _("The certificate asks for %(percent)s%% of the hours at least.", percent=rule.percent)
        ]
    else:
        sentences = [
            _(
                "The certificate asks for %(percent)s%% of the hours at least: %(required)s out of "
                "%(planned)s.",
                percent=rule.percent, required=required, planned=planned,
            )
        ]  # fmt: skip
    if rule.denominator is Denominator.SINCE_ENROLMENT:
        sentences.append(_("For those who enrol late, only the lessons from then on count."))
    else:
        sentences.append(_("All lessons of the cycle count, those before enrolling too."))
    if rule.excused is ExcusedPolicy.NOT_DUE:
        sentences.append(_("Excused absences are taken off the hours to attend."))
    else:
        sentences.append(_("Excused absences count as absences."))
    return [str(sentence) for sentence in sentences]


def window_of(cycle: Cycle, instant: datetime) -> rules.EnrolmentWindow:
    """How enrolment in a cycle stands."""
    return rules.enrolment_window(
        cycle.status,
        cycle.enrolment_mode,
        cycle.enrolment_opens_at,
        cycle.enrolment_closes_at,
        instant,
    )


def window_in_words(cycle: Cycle, instant: datetime) -> str:
    """How enrolment in a cycle stands, in a sentence."""
    window, closes_at = window_of(cycle, instant), cycle.enrolment_closes_at
    if window is rules.EnrolmentWindow.NOT_YET and cycle.enrolment_opens_at is not None:
        return str(_("Enrolment opens: %(when)s.", when=local_datetime(cycle.enrolment_opens_at)))
    if window is rules.EnrolmentWindow.OPEN and closes_at is not None:
        return str(_("Enrolment is open until %(when)s.", when=local_datetime(closes_at)))
    return {
        rules.EnrolmentWindow.OPEN: str(_("Enrolment is open.")),
        rules.EnrolmentWindow.OVER: str(_("Enrolment is closed.")),
        rules.EnrolmentWindow.BY_ORGANISER: str(_("The organisers enrol the participants.")),
    }.get(window, str(_("Enrolment opens when the cycle is published.")))


def reading_in_words(instant: datetime, zone: str) -> str:
    """One of the two instants that a clock shows as the same time."""
    from_utc = hours_from_utc(instant, zone)
    words = (
        _("The first time, %(zone)s", zone=from_utc)
        if occurrence_of(instant, zone) is Occurrence.FIRST
        else _("The second time, an hour later, %(zone)s", zone=from_utc)
    )
    return str(words)


def may_open(endpoint: str) -> bool:
    """Whether a room offers this page of the object shown, and who looks may enter it."""
    rule = TABLE.get(endpoint)
    if rule is None or endpoint not in current_app.view_functions:
        return False
    return access.holds_any(rule.roles, g.get("access_subject"))


@dataclass(frozen=True)
class Conflict:
    """A field that stands differently in the database than somebody typed it."""

    label: str
    stored: str
    typed: str


def conflicts(form: FlaskForm, stored: FlaskForm) -> list[Conflict]:
    """Where the typed `form` differs from the one that shows what is `stored`."""
    return [
        Conflict(str(field.label.text), shown(stored[field.name]), shown(field))
        for field in _compared(form)
        if shown(stored[field.name]) != shown(field)
    ]


def _compared(form: FlaskForm) -> Iterator[Field]:
    return (field for field in form if not isinstance(field, HiddenField))


def shown(field: Field) -> str:
    """What a field holds, as people read it."""
    value: Any = field.data
    if isinstance(field, BooleanField):
        return str(_("Yes") if value else _("No"))
    if isinstance(field, SelectFieldBase):
        chosen = [str(label) for _value, label, selected, _more in field.iter_choices() if selected]
        return ", ".join(chosen)
    if isinstance(value, datetime):
        return f"{local_date(value.date())}, {value:%H:%M}"
    if isinstance(value, date):
        return local_date(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return "" if value is None else str(value)
