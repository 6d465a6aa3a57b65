"""Google Meet: the attendance sheet of Workspace, and what browser extensions write.

Workspace gives hours only: first and last name, a length in words, joined and exited. Extensions
give first and last time seen, or first time and a total, or events, or a mark for each minute;
above them often the meeting's code and when it was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from lms.attendance.readers.events import find_events, read_events
from lms.attendance.readers.grids import Grid, Shapes, Sheet, cut, shapes
from lms.attendance.readers.hours import Occasion, hours_in
from lms.attendance.readers.marks import find_marks, read_marks
from lms.attendance.readers.model import Notice
from lms.attendance.readers.naming import name_columns
from lms.attendance.readers.raw import RawMeeting, RawReport, Visit
from lms.attendance.readers.stamps import UNDATED, Day, Stamp, parse_day, parse_stamp
from lms.attendance.readers.table import Table
from lms.attendance.readers.visits import Moment, Plan, Timing, Visits, span, timings

_CODE = re.compile(r"\b[a-z]{3}-[a-z]{4}-[a-z]{3}\b")  # of a meeting
_NAMED = re.compile(r"\bmeet\b|\btime in call\b|\bfirst seen\b", re.I)
_NUMBERED = re.compile(r"\d.*")
_FILE = re.compile(r"(\d{4}-\d{2}-\d{2}|\d{1,2}[-.]\d{1,2}[-.]\d{4})(?!\d)")
_GOOGLES_FILE = re.compile(r"\d{4}-\d{2}-\d{2} \d{1,2}[-_.:]\d{2}(?: [AP]M)? (.+?)(?:\.\w+)?")
_SURE = 0.8  # of the rows agree
_MINUTE_AND_ROUNDING = timedelta(seconds=121)
_FEW = 6  # columns of an extension's list


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the lines around the tables say: is it Meet, the day, start and end."""

    named: bool
    day: Day | None
    start: Stamp | None
    end: Stamp | None


class MeetReader:
    """Reads what Google Meet and its extensions write."""

    platform = "meet"
    looked_for = "Google Meet"
    rounding = 60

    def read(self, table: Table) -> RawReport | None:
        """Return what a Meet report says, None for another table.

        Raises UnreadableReport: `no_people`, `unreadable_times`.
        """
        sheet = cut(table)
        frame = _frame(table, sheet)
        marks = find_marks(table)
        if marks is not None:
            return _dated(read_marks(marks, frame.day), frame, table)
        for grid in sheet.grids:
            events = find_events(grid)
            if events is not None and (frame.named or events.when < events.action):
                return _dated(read_events(grid, events), frame, table)
            raw = _people(grid, frame)
            if raw is not None:
                return _dated(raw, frame, table)
        return None


def _frame(table: Table, sheet: Sheet) -> _Frame:
    lines = [*sheet.loose, *sheet.pairs]
    texts = [cell for row in lines for cell in row.cells if cell]
    headings = [heading for grid in sheet.grids for heading in grid.headings]
    named = any(_CODE.search(text) for text in texts) or any(
        _NAMED.search(text) for text in (*texts, *headings, table.filename.replace("_", " "))
    )
    told = [found[0] for text in texts if (found := _NUMBERED.search(text))]
    stamps = [stamp for text in told if (stamp := parse_stamp(text))]
    days = [day for text in told if (day := parse_day(text))]
    if stamps:
        first = stamps[0]
        days = [Day(first.dmy and first.dmy.date(), first.mdy and first.mdy.date())]
    start, end = (stamps[0], stamps[1]) if len(stamps) == 2 else (None, None)
    return _Frame(named, days[0] if days else None, start, end)


def _dated(raw: RawReport, frame: _Frame, table: Table) -> RawReport:
    """With start and end, title and day of the lines above and of the file's name."""
    (meeting,) = raw.meetings
    stem = table.filename.rsplit("/", 1)[-1]
    googles = _GOOGLES_FILE.fullmatch(stem)
    meeting.title = meeting.title or (googles[1].strip() if googles else None)
    meeting.start, meeting.end = frame.start, frame.end
    if raw.undated and (named := _FILE.search(stem)):
        raw.suggested = parse_day(named[1])
    return raw


def _people(grid: Grid, frame: _Frame) -> RawReport | None:
    found = shapes(grid.rows)
    hours = tuple(at for at in found.hours if at not in found.stamps)
    dated = bool(found.stamps)
    occasion = Occasion(frame.day or Day(UNDATED, UNDATED), hours_in(grid.rows, hours))
    moments = found.stamps if dated else hours
    best = _columns(grid, found, moments, occasion.moment)
    if best is None or not _is_meet(grid, found, frame, best, dated=dated):
        return None
    texts = [at for at in found.texts if at not in (best.join, best.leave)]
    names = name_columns(grid.rows, texts, grid.headings)
    if not names and not found.emails:
        return None
    leave = best.leave if best.leave != best.join else None
    plan = Plan(grid.headings, names, best.join, leave, best.length, found.emails, best.learned)
    raw = RawReport(meetings=[RawMeeting(grid.line)], undated=not dated and frame.day is None)
    visits = Visits(raw)
    for row in grid.rows:
        visit = visits.visit(row, plan, moment=occasion.moment)
        if visit is not None:
            raw.meetings[0].visits.append(visit)
    _between(raw, total=leave is None)
    return visits.finish(grid.line)


def _columns(grid: Grid, found: Shapes, moments: Sequence[int], moment: Moment) -> Timing | None:
    """Join, leave and length; one column of times with a length is join alone (leave = join)."""
    best = next(iter(timings(grid.rows, moments, found.lengths, moment)), None)
    if best is not None and (best.length is None or best.within >= _SURE):
        return best
    lengths = (
        [at for at in found.lengths if at not in moments]
        or [at for at in found.lengths if at != moments[0]]
        if moments
        else []
    )
    if not lengths:
        return None
    return Timing(moments[0], moments[0], lengths[0], 0.0, 0.0)


def _is_meet(grid: Grid, found: Shapes, frame: _Frame, best: Timing, *, dated: bool) -> bool:
    """Hours without a day are Meet's; with days, a short list that says so or has clock lengths."""
    if frame.named:
        return True
    width = max(len(row.cells) for row in grid.rows)
    if found.flags or found.days or best.length is None:
        return False
    if not dated:
        return best.leave != best.join
    clock = all(":" in cell for row in grid.rows[:60] if (cell := row.cell(best.length)))
    return clock and width <= _FEW


def _between(raw: RawReport, *, total: bool) -> None:
    """Say where the time stated is less than from first to last, or is all that gives the end."""
    (meeting,) = raw.meetings
    if total:
        ended = [v.line for v in meeting.visits if v.stated is not None and v.join]
        meeting.visits = [_ended(visit) for visit in meeting.visits]
        if ended:
            raw.notices.append(Notice("leave_from_duration", {"rows": tuple(ended)}))
        return
    away = [visit.line for visit in meeting.visits if _went_out(visit)]
    if away:
        raw.notices.append(Notice("away_inside", {"rows": tuple(away)}))


def _ended(visit: Visit) -> Visit:
    if visit.stated is None or visit.join is None:
        return visit
    return replace(visit, leave=visit.join.later(int(visit.stated.total_seconds())))


def _went_out(visit: Visit) -> bool:
    between = span(visit.join, visit.leave)
    return (
        visit.stated is not None
        and between is not None
        and between - visit.stated > _MINUTE_AND_ROUNDING
    )
