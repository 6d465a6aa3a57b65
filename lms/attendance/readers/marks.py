"""Lists with a column for each minute (or call of the roll) and a mark where somebody was seen.

A mark stands for the stretch from its column's hour to the next one's; marks in a row are one stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby, pairwise
from statistics import median

from lms.attendance.readers.columns import email_in
from lms.attendance.readers.hours import Occasion
from lms.attendance.readers.model import Notice
from lms.attendance.readers.naming import name_columns
from lms.attendance.readers.raw import RawMeeting, RawReport, Visit
from lms.attendance.readers.stamps import UNDATED, Day, Stamp, parse_hour, parse_stamp
from lms.attendance.readers.table import Row, Table
from lms.attendance.readers.visits import Plan, span
from lms.attendance.readers.vocabulary import yes_or_no

_FEWEST = 3  # columns with an hour for a heading
_LOOKED_AT = 40  # rows among which the headings are
_ABSENT = frozenset(["0", "✗", "✘", "✖", "❌", "×", "a", "abs", "absent", "assente", "☐"])
_LONGEST_STEP = timedelta(minutes=5)  # a mark stands for no longer; beyond, for the instant


@dataclass(frozen=True, slots=True)
class Marks:
    """The headings with their hours, and the rows of people."""

    headings: Row
    columns: tuple[int, ...]
    rows: tuple[Row, ...]


def find_marks(table: Table) -> Marks | None:
    """Return the list of marks of a table, None if it has none."""
    for at, row in enumerate(table.rows[:_LOOKED_AT]):
        columns = tuple(i for i, cell in enumerate(row.cells) if _timed(cell))
        if len(columns) < _FEWEST:
            continue
        below = tuple(each for each in table.rows[at + 1 :] if each.filled)
        if not below or any(_timed(cell) for each in below[:20] for cell in each.cells):
            return None
        kinds = {each.cell(i) for each in below for i in columns} - {""}
        return Marks(row, columns, below) if kinds and len(kinds) <= 4 else None
    return None


def _timed(cell: str) -> bool:
    return parse_hour(cell) is not None or parse_stamp(cell) is not None


def read_marks(marks: Marks, day: Day | None) -> RawReport:
    """Return the stays that marks in a row make."""
    hours = [hour.at for at in marks.columns if (hour := parse_hour(marks.headings.cell(at)))]
    occasion = Occasion(day or Day(UNDATED, UNDATED), hours)
    times = [occasion.stamp(marks.headings.cell(at)) for at in marks.columns]
    others = [i for i in range(len(marks.headings.cells)) if i not in marks.columns]
    emails = tuple(i for i in others if any(email_in(row.cell(i)) for row in marks.rows))
    texts = [i for i in others if i not in emails and i < marks.columns[0]] or others
    names = name_columns(marks.rows, texts, marks.headings.cells)
    plan = Plan(marks.headings.cells, names, None, None, emails=emails)
    raw = RawReport(meetings=[RawMeeting(marks.headings.line)])
    raw.undated = day is None and bool(hours)
    step = _step(times)
    for row in marks.rows:
        stays = _stays(row, plan, marks.columns, times, step)
        raw.meetings[0].visits += stays
        if not stays and plan.name(row):
            raw.not_attended.append((plan.name(row), plan.email(row)))
    minutes = max(1, round(step.total_seconds() / 60))
    raw.notices.append(Notice("marks", {"count": minutes}))
    return raw


def _step(times: Sequence[Stamp | None]) -> timedelta:
    """The usual stretch between two columns."""
    spans = [span(one, other) for one, other in pairwise(times)]
    known = [each.total_seconds() for each in spans if each is not None and each > timedelta()]
    return timedelta(seconds=median(known)) if known else timedelta(minutes=1)


def _stays(
    row: Row,
    plan: Plan,
    columns: Sequence[int],
    times: Sequence[Stamp | None],
    step: timedelta,
) -> list[Visit]:
    name, email = plan.name(row), plan.email(row)
    if not name and not email:
        return []
    last = step if step <= _LONGEST_STEP else timedelta()
    stays = []
    for marked, run in groupby(
        zip(columns, times, strict=True), lambda c: _is_mark(row.cell(c[0]))
    ):
        stamps = [stamp for _, stamp in run if stamp is not None]
        if marked and stamps:
            end = stamps[-1].later(int(last.total_seconds()))
            stays.append(Visit(row.line, name, email, stamps[0], end, None))
    return stays


def _is_mark(text: str) -> bool:
    return bool(text) and text.casefold() not in _ABSENT and yes_or_no(text) is not False
