"""The catalogue in words: statuses, dates, the attendance rule, who changed what meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask import current_app, g
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms import BooleanField, Field, HiddenField, SelectFieldBase

from lms import access
from lms.catalogue import rules
from lms.catalogue.models import (
    Cycle,
    CycleStatus,
    Denominator,
    ExcusedPolicy,
    Lesson,
    LessonMode,
)
from lms.catalogue.queries import CycleCard
from lms.catalogue.times import Occurrence, hours_from_utc, occurrence_of
from lms.catalogue.words import MODE_WORDS, STATUS_TONES, STATUS_WORDS
from lms.pages import as_written, local_date, local_datetime, local_time, minutes_in_words, phrase
from lms.permissions import TABLE


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
    day = local_date(lesson.starts_at, lesson.zone, "full")
    return str(_("%(date)s, %(clock)s", date=day, clock=clock_in_words(lesson)))


def breaks_in_words(lesson: Lesson) -> str:
    """The breaks of a lesson as clock times: "13:00–14:00"; empty where there are none."""
    return _clocks(lesson.breaks, lesson.zone)


def breaks_to_come_in_words(lesson: Lesson) -> str:
    """The breaks that wait for the register to be counted again."""
    return _clocks(lesson.breaks_to_come or (), lesson.zone) or str(_("none"))


def _clocks(breaks: Iterable[rules.Span], zone: str) -> str:
    return ", ".join(f"{local_time(start, zone)}–{local_time(end, zone)}" for start, end in breaks)


def clock_in_words(lesson: Lesson) -> str:
    """Clock times of a lesson; the zone too, where it is not Italy's."""
    start = local_time(lesson.starts_at, lesson.zone)
    words = f"{start}–{local_time(lesson.ends_at, lesson.zone)}"
    return words if lesson.zone == "Europe/Rome" else f"{words} ({lesson.zone})"


def where_in_words(lesson: Lesson) -> Markup:
    """Where a lesson is held: its place, or how people attend where none is named."""
    if lesson.mode is LessonMode.BLENDED and lesson.place:
        return phrase(_("%(place)s and online"), place=lesson.place)
    return as_written(lesson.place) or escape(mode_in_words(lesson.mode))


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


def to_come_in_words(number: int) -> str:
    """How many lessons are still to come; empty when none is."""
    return str(ngettext("%(num)s to come", "%(num)s to come", number)) if number else ""


def card_state(card: CycleCard, instant: datetime) -> tuple[str, str]:
    """What a card on the public list says of its cycle, and the tone of it."""
    if card.is_over(instant):
        return str(_("Finished")), "neutral"
    window = window_of(card.cycle, instant)
    if window is rules.EnrolmentWindow.OPEN:
        return str(_("Enrolment open")), "success"
    if card.first is not None and card.first <= instant:
        return str(_("Under way")), "info"
    return str(_("Coming soon")), "info"


def rule_of(cycle: Cycle, planned_minutes: int) -> rules.AttendanceRule:
    """A cycle's attendance rule over its planned minutes."""
    return rules.AttendanceRule(
        cycle.threshold_percent,
        cycle.denominator,
        cycle.excused_policy,
        planned_minutes,
        cycle.grace_minutes,
        cycle.contest_days,
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
    return [*map(str, sentences), *_counting_in_words(rule)]


def _counting_in_words(rule: rules.AttendanceRule) -> list[str]:
    """How minutes are counted and contested, a sentence each."""
    sentences = []
    if rule.grace_minutes:
        sentences.append(
            ngettext(
                "Whoever drops out and is back within %(num)d minute is taken as present "
                "throughout.",
                "Whoever drops out and is back within %(num)d minutes is taken as present "
                "throughout.",
                rule.grace_minutes,
            )
        )
    sentences.append(
        ngettext(
            "After a register is closed there is %(num)d day to contest the presence in it.",
            "After a register is closed there are %(num)d days to contest the presence in it.",
            rule.contest_days,
        )
    )
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
