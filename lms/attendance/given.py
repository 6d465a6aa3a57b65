"""What people answered about a report, and a report read with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from lms.attendance.readers import ColumnMapping, Report, UnreadableReport, read_report
from lms.workbooks import is_workbook

MAX_LINES = 30_000  # 6,000 people who each came back five times: read in about two seconds


@dataclass(frozen=True, slots=True)
class Given:
    """The answers so far; None is not answered. `meetings` are positions in the file, from 0.

    `day`, in ISO form, is the day of a report that has hours only; `columns` is what the columns of
    a table of no platform are.
    """

    date_order: str | None = None
    zone: str | None = None
    fold: int | None = None
    meetings: tuple[int, ...] | None = None
    day: str | None = None
    columns: ColumnMapping | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Given:
        """As they stand in `ReportFile.answers`; what makes no sense is not answered."""
        order, zone, fold = stored.get("date_order"), stored.get("zone"), stored.get("fold")
        chosen = stored.get("meetings")
        return cls(
            date_order=order if order in {"dmy", "mdy"} else None,
            zone=zone if zone in available_timezones() else None,
            fold=fold if fold in {0, 1} else None,
            meetings=tuple(chosen) if isinstance(chosen, list) and chosen else None,
            day=day_or_none(stored.get("day")),
            columns=ColumnMapping.of(stored.get("columns")),
        )

    def stored(self) -> dict[str, Any]:
        """As JSON keeps them."""
        return {
            "date_order": self.date_order,
            "zone": self.zone,
            "fold": self.fold,
            "meetings": list(self.meetings) if self.meetings else None,
            "day": self.day,
            "columns": self.columns.stored() if self.columns else None,
        }


def day_or_none(text: object) -> str | None:
    """A day in ISO form; None for anything else."""
    try:
        return date.fromisoformat(str(text)).isoformat()
    except ValueError:
        return None


def read(content: bytes, filename: str, given: Given) -> Report:
    """Read a report with the answers given. Raises UnreadableReport, also for more than MAX_LINES.

    The lesson's day is not handed over: a date that may be two days is asked, never guessed from
    the lesson, because the report may be of another one.
    """
    lines = max(content.count(b"\n"), content.count(b"\r"))
    if lines > MAX_LINES and not is_workbook(content):
        raise UnreadableReport("too_many_rows", row=MAX_LINES, limit=MAX_LINES)
    return read_report(
        content,
        filename,
        date=date.fromisoformat(given.day) if given.day else None,
        zone=ZoneInfo(given.zone) if given.zone else None,
        date_order=given.date_order,  # type: ignore[arg-type]
        fold=given.fold,  # type: ignore[arg-type]
        most_rows=MAX_LINES,
        columns=given.columns,
    )
