"""Webex: a meeting's participants, every row with its meeting; reports of events and trainings.

A meeting's report has topic, start and end of the meeting in each row, then the person, join, leave
and a length in minutes («52 mins»). A report of sessions has a date, hours of start and end and a
length, each session under its own title.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lms.attendance.readers.durations import parse_length
from lms.attendance.readers.grids import Grid, Shapes, Sheet, cut, shapes
from lms.attendance.readers.naming import name_columns
from lms.attendance.readers.raw import RawMeeting, RawReport
from lms.attendance.readers.stamps import Stamp, parse_day, parse_hour
from lms.attendance.readers.table import Row, Table
from lms.attendance.readers.visits import Moment, Plan, Visits, timings

_SURE = 0.8  # of the rows agree
_MINUTES = re.compile(r"\d{1,5}\s?[^\W\d_]{2,10}\.?")  # one number and its unit; «5m» is Teams'
_QUOTED = re.compile("[\"'“”«„](.+?)[\"'“”»]")
_SAMPLE = 60


@dataclass(frozen=True, slots=True)
class _Part:
    """A grid of people: its columns, those of the meeting in each row, how its times are read."""

    grid: Grid
    plan: Plan
    meeting: tuple[int, ...] = ()  # topic, start, end
    moment: Moment | None = None


class WebexReader:
    """Reads what Webex lets hosts download."""

    platform = "webex"
    looked_for = "Webex"
    rounding = 60

    def read(self, table: Table) -> RawReport | None:
        """Return what a Webex report says, None for another table.

        Raises UnreadableReport: `no_people`, `unreadable_times`.
        """
        sheet = cut(table)
        found = [(grid, shapes(grid.rows)) for grid in sheet.grids]
        parts = [
            part
            for grid, shaped in found
            if (part := _of_meetings(grid, shaped) or _of_sessions(grid, shaped))
        ]
        if not parts:
            return None
        raw = RawReport()
        visits = Visits(raw)
        for part in parts:
            _read(part, sheet, raw, visits)
        return visits.finish(parts[0].grid.line)


def _of_meetings(grid: Grid, found: Shapes) -> _Part | None:
    lengths = tuple(at for at in found.lengths if at not in found.stamps)
    best = next(iter(timings(grid.rows, found.stamps, lengths)), None)
    if best is None or best.length is None or best.exact < _SURE:
        return None
    meeting = _meeting_columns(grid, found, best.join)
    if not meeting and not _only_minutes(grid.rows, best.length):
        return None
    after = max(meeting, default=-1)
    texts = [at for at in found.texts if after < at < best.join]
    names = name_columns(grid.rows, texts, grid.headings)
    if not names and not found.emails:
        return None
    plan = Plan(
        grid.headings, names, best.join, best.leave, best.length, found.emails, best.learned
    )
    return _Part(grid, plan, meeting)


def _meeting_columns(grid: Grid, found: Shapes, join: int) -> tuple[int, ...]:
    """Topic, start and end that are the same for all people of a meeting."""
    before = [at for at in found.stamps if at < join]
    if len(before) < 2:
        return ()
    start, end = before[:2]
    kinds = {(row.cell(start), row.cell(end)) for row in grid.rows}
    if len(grid.rows) > 3 and len(kinds) > len(grid.rows) / 2:
        return ()
    topic = next((at for at in reversed(found.texts) if at < start), None)
    return (topic, start, end) if topic is not None else (start, start, end)


def _only_minutes(rows: list[Row], at: int) -> bool:
    """Whether every length is a number of minutes and a word for them."""
    told = [cell for row in rows[:_SAMPLE] if (cell := row.cell(at))]
    lengths = [(cell, parse_length(cell)) for cell in told if _MINUTES.fullmatch(cell)]
    minutes = [each for _, each in lengths if each and each.unit.total_seconds() == 60]
    return bool(minutes) and len(minutes) == len(told)


def _of_sessions(grid: Grid, found: Shapes) -> _Part | None:
    hours = tuple(at for at in found.hours if at not in found.lengths)
    days = [at for at in found.days if hours and at < hours[0]]
    if len(hours) < 2 or not days:
        return None
    day_at = days[-1]

    def moment(row: Row, at: int) -> Stamp | None:
        day, hour = parse_day(row.cell(day_at)), parse_hour(row.cell(at))
        first = parse_hour(row.cell(hours[0]))
        if day is None or hour is None:
            return None
        return hour.on(day, later=int(first is not None and hour.at < first.at))

    best = next(iter(timings(grid.rows, hours, found.lengths, moment)), None)
    if best is None or best.length is None or best.exact < _SURE:
        return None
    texts = [at for at in found.texts if at < day_at] or list(found.texts)
    names = name_columns(grid.rows, texts, grid.headings)
    plan = Plan(
        grid.headings, names, best.join, best.leave, best.length, found.emails, best.learned
    )
    return _Part(grid, plan, moment=moment) if names or found.emails else None


def _read(part: _Part, sheet: Sheet, raw: RawReport, visits: Visits) -> None:
    """The rows of a part; a meeting begins where topic, start or end changes, or the title."""
    if not part.meeting:
        raw.meetings.append(RawMeeting(part.grid.line, title=_title(part.grid, sheet)))
    meetings: dict[tuple[str, ...], RawMeeting] = {}
    for row in part.grid.rows:
        visit = visits.visit(row, part.plan, moment=part.moment)
        if visit is None:
            continue
        if not part.meeting:
            raw.meetings[-1].visits.append(visit)
            continue
        key = tuple(row.cell(at) for at in part.meeting)
        if key not in meetings:
            topic, start, end = part.meeting
            meetings[key] = RawMeeting(
                row.line,
                title=row.cell(topic) if topic != start else None,
                start=part.plan.stamp(row, start),
                end=part.plan.stamp(row, end),
            )
            raw.meetings.append(meetings[key])
        meetings[key].visits.append(visit)


def _title(grid: Grid, sheet: Sheet) -> str | None:
    """«Session detail for 'Topic':», else the first text of the lines above."""
    quoted = _QUOTED.search(grid.title)
    if quoted:
        return quoted[1]
    values = (row.cells[-1] for row in sheet.pairs if row.line < grid.line)
    plain = (value for value in values if not any(ch.isdigit() for ch in value))
    return next(plain, None) or grid.title.rstrip(":") or None
