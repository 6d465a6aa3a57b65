"""Marks, sources and refusals in the words of the pages."""

from __future__ import annotations

from flask_babel import gettext as _

from lms.attendance.rules import Cell, Mark, RecordSource
from lms.pages import minutes_in_words


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


def mark_tone(mark: Mark | None) -> str:
    """The tone of a mark's badge."""
    tones = {Mark.PRESENT: "success", Mark.ABSENT: "danger", Mark.EXCUSED: "warning"}
    return tones[mark] if mark else "neutral"


def source_word(source: RecordSource | None) -> str:
    """Where a mark comes from."""
    words = {
        RecordSource.TRAINER: _("marked by hand"),
        RecordSource.REPORT: _("from the report"),
        RecordSource.RECTIFICATION: _("rectified"),
        None: "",
    }
    return str(words[source])
