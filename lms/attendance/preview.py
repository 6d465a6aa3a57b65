"""A staged report looked at for a lesson: read with the answers given, matched and credited.

Nothing is written here: the preview page shows it and the import carries it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from lms.attendance import queries_evidence, queries_reports
from lms.attendance.crediting import Assessment, Known, assess
from lms.attendance.given import Given, read
from lms.attendance.intervals import Interval
from lms.attendance.lesson_time import window_of
from lms.attendance.matching import Candidate
from lms.attendance.models import ReportFile
from lms.attendance.readers import (
    Meeting,
    Question,
    Report,
    ReportedPerson,
    UnreadableReport,
    sentence,
)
from lms.attendance.readers.mapped import PLATFORM
from lms.catalogue.models import Lesson
from lms.pages import local_date, local_datetime

ROWS_SHOWN = 3


def told(code: str, params: Mapping[str, Any]) -> str:
    """A refusal, warning or question of the readers in the page's language."""
    locale = get_locale()
    return sentence(code, params, "it" if locale is None or locale.language == "it" else "en")


def refusal(error: UnreadableReport) -> str:
    """Why a file cannot be read, in one sentence."""
    return told(error.code, error.params)


@dataclass(frozen=True, slots=True)
class Reading:
    """A report as read for a lesson. `assessment` is None while `open_questions` remain.

    `people`: the roster by enrolment id, once there is an assessment.
    """

    file: ReportFile
    lesson: Lesson
    given: Given
    report: Report
    chosen: tuple[int, ...]
    assessment: Assessment | None
    people: Mapping[int, Candidate]

    @property
    def open_questions(self) -> tuple[str, ...]:
        """Kinds of the questions nobody has answered yet."""
        kinds: list[str] = [question.kind for question in self.report.questions]
        if len(self.report.meetings) > 1 and not self.chosen:
            kinds.append("meetings")
        return tuple(kinds)

    def unanswered(self, kind: str) -> Question | None:
        """A question that was answered, as it stood before; None where there was none."""
        field = {"date": "day", "ambiguous_time": "fold"}.get(kind, kind)
        report = read(self.file.content, self.file.filename, replace(self.given, **{field: None}))
        return next((each for each in report.questions if each.kind == kind), None)

    def day_words(self, day: str) -> str:
        """A day of a question's options, and whether it is the lesson's."""
        words = local_date(date.fromisoformat(day), style="full")
        if day == self.lesson_day:
            return str(_("%(day)s, the day of this lesson", day=words))
        return words

    @property
    def lesson_day(self) -> str:
        """The lesson's day on its own clock, in ISO form."""
        return self.lesson.starts_at.astimezone(ZoneInfo(self.lesson.zone)).date().isoformat()

    def meeting_words(self, meeting: Meeting) -> str:
        """A meeting of the file, to choose from."""
        people = ngettext("%(num)d person", "%(num)d people", len(meeting.people))
        begins = local_datetime(meeting.starts_at, self.lesson.zone) if meeting.starts_at else ""
        return " · ".join(part for part in (meeting.title or "", begins, people) if part)

    @property
    def days(self) -> list[date]:
        """The days on which people of the report were there, on the lesson's clock."""
        zone = ZoneInfo(self.lesson.zone)
        return sorted(
            {
                instant.astimezone(zone).date()
                for meeting in chosen_meetings(self.report, self.chosen)
                for person in meeting.people
                for instant in _instants(person)
            }
        )


def _instants(person: ReportedPerson) -> Iterator[datetime]:
    yield from (stay.start for stay in person.intervals or ())
    if person.seen_at is not None:
        yield person.seen_at


def look(file: ReportFile, lesson: Lesson) -> Reading:
    """Read a stored report for `lesson`. Raises UnreadableReport."""
    given = Given.of(file.answers)
    report = read(file.content, file.filename, given)
    chosen = _chosen(report, given)
    if report.questions or not chosen:
        return Reading(file, lesson, given, report, chosen, None, {})
    known = _known(file.register_id, lesson, chosen_meetings(report, chosen))
    window = window_of(lesson)
    assessment = assess(chosen_meetings(report, chosen), window, known)
    people = {int(str(each.key)): each for each in known.roster}
    return Reading(file, lesson, given, report, chosen, assessment, people)


def unexplained(file: ReportFile) -> bool:
    """Whether a table of no platform still waits for somebody to say what its columns are."""
    return file.platform == PLATFORM and Given.of(file.answers).columns is None


def _known(register_id: int, lesson: Lesson, meetings: Sequence[Meeting]) -> Known:
    codes = {each.tax_code for meeting in meetings for each in meeting.people if each.tax_code}
    decisions = queries_reports.remembered(lesson.module.cycle_id)
    return Known(
        roster=queries_reports.roster(lesson, register_id, codes),
        decisions={key: decision.enrolment_id for key, decision in decisions.items()},
        proofs=queries_evidence.proofs(register_id),
    )


def _chosen(report: Report, given: Given) -> tuple[int, ...]:
    if len(report.meetings) == 1:
        return (0,)
    return tuple(at for at in given.meetings or () if at in range(len(report.meetings)))


def chosen_meetings(report: Report, chosen: Sequence[int]) -> list[Meeting]:
    """The meetings of a report that count for the lesson."""
    return [report.meetings[at] for at in chosen]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one answer would make of the first rows: (name, stays, minutes inside the lesson)."""

    rows: tuple[tuple[str, tuple[Interval, ...], int], ...]


def zones_offered(reading: Reading) -> list[str]:
    """The zones a report's clock may be in, the lesson's first."""
    return list(dict.fromkeys([reading.lesson.zone, "Europe/Rome", "UTC"]))


def zone_meanings(reading: Reading) -> dict[str, Meaning]:
    """For each zone, the first people's stays on the lesson's clock.

    While the day is still asked, the rows are shown on the lesson's day where one answer gives it.
    """
    lesson = reading.lesson
    order = reading.given.date_order or _order_of_the_lesson(reading)
    undated = any(question.kind == "date" for question in reading.report.questions)
    day = reading.lesson_day if undated else reading.given.day
    found: dict[str, Meaning] = {}
    for name in zones_offered(reading):
        given = replace(reading.given, date_order=order, zone=name, day=day)
        report = read(reading.file.content, reading.file.filename, given)
        people = [
            person for meeting in report.meetings for person in meeting.people if person.intervals
        ]
        found[name] = Meaning(
            tuple(
                (
                    person.name,
                    tuple(person.intervals or ()),
                    window_of(lesson).credit(person.intervals or ()),
                )
                for person in people[:ROWS_SHOWN]
            )
        )
    return found


def _order_of_the_lesson(reading: Reading) -> str:
    """The date order that shows the lesson's day, for an illustration only."""
    asked = next((each for each in reading.report.questions if each.kind == "date_order"), None)
    return "mdy" if asked and asked.options[-1] == reading.lesson_day else "dmy"


def question_words(question: Question) -> str:
    """A question of the readers in the page's language."""
    return told(f"ask_{question.kind}", question.params)


def platform_name(platform: str) -> str:
    """The platform as people call it."""
    names = {
        "teams": "Microsoft Teams",
        "meet": "Google Meet",
        "gotowebinar": "GoToWebinar",
        "bigbluebutton": "BigBlueButton",
        "table": str(_("a table of your own")),
    }
    return names.get(platform) or platform.capitalize() or str(_("unknown platform"))
