"""Marks, sources and refusals in the words of the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from lms.attendance.intervals import Interval, minutes
from lms.attendance.preview import Meaning
from lms.attendance.queries_overview import Stage
from lms.attendance.rules import Cell, Mark, Outcome, RecordSource
from lms.pages import local_date, local_time, minutes_in_words


def mark_word(mark: Mark | None) -> str:
    """A mark as pages say it; None is a person nobody has marked."""
    words = {
        Mark.PRESENT: _("Present"),
        Mark.ABSENT: _("Absent"),
        Mark.EXCUSED: _("Excused"),
        None: _("Not marked"),
    }
    return str(words[mark])


def cell_words(cell: Cell) -> str:
    """A mark with its minutes: "Present, 1 h 27 min"."""
    if cell.mark is not Mark.PRESENT:
        return mark_word(cell.mark)
    return f"{mark_word(cell.mark)}, {minutes_in_words(cell.minutes)}"


def why_words(cell: Cell) -> str:
    """What is asked about a cell: "Why 1 h 27 min?", "Why absent?"."""
    if cell.mark is Mark.PRESENT:
        return str(_("Why %(time)s?", time=minutes_in_words(cell.minutes)))
    questions = {
        Mark.ABSENT: _("Why absent?"),
        Mark.EXCUSED: _("Why excused?"),
        None: _("Why not marked?"),
    }
    return str(questions[cell.mark])


def mark_tone(mark: Mark | None) -> str:
    """The tone of a mark's badge."""
    tones = {Mark.PRESENT: "success", Mark.ABSENT: "danger", Mark.EXCUSED: "warning"}
    return tones[mark] if mark else "neutral"


def source_word(source: RecordSource | None) -> str:
    """Where a mark comes from."""
    words = {
        RecordSource.TRAINER: _("marked by hand"),
        RecordSource.REPORT: _("from the report"),
        RecordSource.CHECKIN: _("checked in with the code"),
        RecordSource.RECTIFICATION: _("rectified"),
        None: "",
    }
    return str(words[source])


def stage_word(stage: Stage) -> str:
    """How far a register is."""
    words = {
        Stage.CANCELLED: _("Lesson cancelled"),
        Stage.TO_COME: _("To come"),
        Stage.WAITING: _("Waiting for marks"),
        Stage.UNDER_WAY: _("Under way"),
        Stage.COMPLETE: _("Ready to be closed"),
        Stage.CLOSED: _("Closed and sealed"),
        Stage.COUNTERSIGNED: _("Countersigned"),
    }
    return str(words[stage])


def stage_tone(stage: Stage) -> str:
    """The tone of a stage's badge."""
    tones = {
        Stage.CANCELLED: "danger",
        Stage.WAITING: "warning",
        Stage.UNDER_WAY: "info",
        Stage.COMPLETE: "warning",
        Stage.CLOSED: "success",
        Stage.COUNTERSIGNED: "success",
    }
    return tones.get(stage, "neutral")


def method_word(method: str | None) -> str:
    """How a person of a report is known (a `How` or a `MatchMethod`)."""
    words = {
        "email": _("by e-mail"),
        "tax_code": _("by tax code"),
        "name": _("by name"),
        "part_of_name": _("by first name and surname"),
        "initials": _("by initials and surname"),
        "remembered": _("as decided before"),
        "human": _("decided by a person"),
        "dismissed": _("not one of ours"),
    }
    return str(words.get(method or "", _("to be matched")))


def role_word(role: str) -> str:
    """What a column of a table holds (a `Role`)."""
    words = {
        "name": _("Name and surname together"),
        "given_name": _("Name (alone)"),
        "family_name": _("Surname"),
        "email": _("E-mail address"),
        "tax_code": _("Tax code"),
        "day": _("Day"),
        "joined": _("Came in (time)"),
        "left": _("Left (time)"),
        "minutes": _("Minutes attended"),
    }
    return str(words[role])


def outcome_words(outcome: Outcome) -> str:
    """What the register would say, as `cell_words`."""
    return cell_words(Cell(outcome.mark, outcome.minutes))


def clock_with_seconds(instant: datetime, zone: str) -> str:
    """A time of a report: "14:30:05"."""
    return instant.astimezone(ZoneInfo(zone)).strftime("%H:%M:%S")


def clock_with_day(instant: datetime, zone: str) -> str:
    """A time of a report with its day: "12/01/2027 14:30", in the page's order."""
    return f"{local_date(instant, zone, 'short')} {local_time(instant, zone)}"


def as_day(day: str) -> str:
    """A day of a question's options, in words."""
    return local_date(date.fromisoformat(day))


def reading_words(reading: str) -> str:
    """A row as one answer reads it (two ISO instants): "08/07/25 08:57–12:07"."""
    try:
        start, end = (datetime.fromisoformat(part) for part in reading.split(" – "))
    except ValueError:
        return reading  # a day that this answer does not make
    last = f"{end:%H:%M}"
    if start.date() != end.date():
        last = f"{local_date(end.date(), style='short')} {last}"
    return f"{local_date(start.date(), style='short')} {start:%H:%M}–{last}"


def stays_in_words(stays: Sequence[Interval], zone: str) -> str:
    """Some stays as clock times: "10:33:00 – 11:00:00, 11:15:00 – 12:00:00"."""
    return ", ".join(
        f"{clock_with_seconds(start, zone)} – {clock_with_seconds(end, zone)}"
        for start, end in stays
    )


def whole_minutes(stays: Sequence[Interval]) -> int:
    """Whole minutes of some stays together."""
    return minutes(stays)


def meaning_rows(meanings: Mapping[str, Meaning]) -> list[dict[str, object]]:
    """The rows of "what each clock makes of it": one for each clock and person, first stay."""
    return [
        {"zone": zone, "name": name, "stay": stays[0], "minutes": inside}
        for zone, meaning in meanings.items()
        for name, stays, inside in meaning.rows
    ]
