"""The forms of reports: the file, the questions it leaves, the confirmation, the queue."""

from __future__ import annotations

from datetime import date
from zoneinfo import available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from lms.attendance.forms import one_line
from lms.attendance.given import Given
from lms.attendance.preview import Reading, question_words, zones_offered
from lms.attendance.readers import Question

OTHER = "other"


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A report's file."""

    file = FileField(
        _l("Report of the platform"),
        description=_l("The CSV that the platform gives after the meeting."),
        validators=[FileRequired(_l("Choose the file of the report."))],
    )


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """The button under a preview, with what it showed."""

    fingerprint = HiddenField(filters=[one_line])
    elsewhere = BooleanField(_l("It is the report of this lesson: import it all the same."))


class AnswersForm(FlaskForm):  # type: ignore[misc]
    """What only a person can say of a report; fields without a question are taken out."""

    day = RadioField(
        _l("On which day was the meeting?"),
        validators=[InputRequired(_l("Say on which day the meeting was."))],
    )
    other_day = DateField(_l("The other day"), validators=[Optional()])
    date_order = RadioField(
        _l("On which day was the meeting?"),
        validators=[InputRequired(_l("Say on which day the meeting was."))],
    )
    meetings = SelectMultipleField(
        _l("Which meetings of the file are this lesson?"),
        validators=[InputRequired(_l("Choose at least one meeting."))],
    )
    zone = RadioField(
        _l("On which clock are the times of the report?"),
        validators=[InputRequired(_l("Say on which clock the times of the report are."))],
    )
    other_zone = StringField(
        _l("Another time zone"),
        description=_l("As the zone database calls it, like America/New_York."),
        filters=[one_line],
        validators=[Length(max=40)],
    )
    fold = RadioField(
        _l("Which of the two hours?"),
        validators=[InputRequired(_l("Say which of the two hours it was."))],
    )
    reading: Reading
    questions: dict[str, Question]

    def validate_other_zone(self, field: StringField) -> None:
        """A zone that exists, when "another" is chosen."""
        if self.zone and self.zone.data == OTHER and field.data not in available_timezones():
            raise ValidationError(_("There is no time zone of this name."))

    def validate_day(self, field: RadioField) -> None:
        """With a day beside it, when "another" is chosen."""
        if field.data == OTHER and self.other_day.data is None:
            raise ValidationError(_("Enter the other day."))

    def given(self) -> Given:
        """The answers, those already given included."""
        before = self.reading.given
        zone = self.zone.data if self.zone else before.zone
        day = self.day.data if self.day else before.day
        other = self.other_day.data if day == OTHER else None
        return Given(
            date_order=self.date_order.data if self.date_order else before.date_order,
            zone=self.other_zone.data if zone == OTHER else zone,
            fold=int(self.fold.data) if self.fold else before.fold,
            meetings=(
                tuple(int(at) for at in self.meetings.data or ())
                if self.meetings
                else before.meetings
            ),
            day=other.isoformat() if other else day,
            columns=before.columns,
        )


def asked(reading: Reading) -> AnswersForm:
    """The form of a report's questions: the open ones, and those answered before, to be changed."""
    form = AnswersForm()
    form.reading = reading
    form.questions = {question.kind: question for question in reading.report.questions}
    _ask_day(form)
    _ask_date_order(form)
    _ask_meetings(form)
    _ask_zone(form)
    _ask_fold(form)
    return form


def _ask_day(form: AnswersForm) -> None:
    """The day of a report that has hours only: none is chosen beforehand."""
    known = form.reading.given.day
    question = _question(form, "date", known)
    if question is None:
        del form.day, form.other_day
        return
    days = list(dict.fromkeys([*question.options, form.reading.lesson_day]))
    form.day.label.text = question_words(question)
    form.day.choices = [
        *((day, form.reading.day_words(day)) for day in days),
        (OTHER, _("Another day")),
    ]
    if not form.is_submitted() and known is not None:
        form.day.data = known if known in days else OTHER
        form.other_day.data = None if known in days else date.fromisoformat(known)


def _ask_date_order(form: AnswersForm) -> None:
    question, reading = _question(form, "date_order", form.reading.given.date_order), form.reading
    if question is None:
        del form.date_order
        return
    form.date_order.label.text = question_words(question)
    form.date_order.choices = [
        (order, reading.day_words(day))
        for order, day in zip(("dmy", "mdy"), question.options, strict=False)
    ]
    if not form.is_submitted():
        form.date_order.data = reading.given.date_order


def _question(form: AnswersForm, kind: str, answer: object) -> Question | None:
    """The question, open or answered before."""
    if answer is not None and kind not in form.questions:
        before = form.reading.unanswered(kind)
        form.questions.update({kind: before} if before else {})
    return form.questions.get(kind)


def _ask_meetings(form: AnswersForm) -> None:
    meetings = form.reading.report.meetings
    if len(meetings) < 2:
        del form.meetings
        return
    form.meetings.choices = [
        (str(at), form.reading.meeting_words(meeting)) for at, meeting in enumerate(meetings)
    ]
    if not form.is_submitted():
        form.meetings.data = [str(at) for at in form.reading.chosen]


def _ask_zone(form: AnswersForm) -> None:
    reading = form.reading
    if "zone" not in form.questions and reading.given.zone is None:
        del form.zone, form.other_zone
        return
    zones = zones_offered(reading)
    form.zone.choices = [
        *((name, name.replace("_", " ")) for name in zones),
        (OTHER, _("Another time zone")),
    ]
    if not form.is_submitted():
        known = reading.given.zone
        form.zone.data = known if known in zones or known is None else OTHER
        form.zone.data = form.zone.data or zones[0]
        form.other_zone.data = known if form.zone.data == OTHER else ""


def _ask_fold(form: AnswersForm) -> None:
    fold = form.reading.given.fold
    question = _question(form, "ambiguous_time", fold)
    if question is None:
        del form.fold
        return
    form.fold.label.text = question_words(question)
    form.fold.choices = [(str(at), option) for at, option in enumerate(question.options)]
    if not form.is_submitted() and fold is not None:
        form.fold.data = str(fold)


class EntryForm(FlaskForm):  # type: ignore[misc]
    """A decision about one person of a report: `person` is an enrolment's id, or a word."""

    was = HiddenField(filters=[one_line])
    person = HiddenField(filters=[one_line])
