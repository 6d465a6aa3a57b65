"""GoToWebinar's attendee report, CSV or workbook.

Above stand headings and values in pairs (the webinar with its number, when it really began); below,
whoever registered: when they registered, came and left, with how long in words. Recognised by times
that agree with those words, beside addresses and a column that tells who came.
"""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise, permutations

from lms.attendance.readers.columns import email_in, whole_minutes
from lms.attendance.readers.durations import Length, learn, parse_length
from lms.attendance.readers.grid import Grid, full_name, grids, names
from lms.attendance.readers.model import Notice
from lms.attendance.readers.raw import RawMeeting, RawReport, Reference, Visit
from lms.attendance.readers.stamps import ORDERS, Stamp, parse_stamp
from lms.attendance.readers.table import Row, Table
from lms.attendance.readers.vocabulary import meanings, yes_or_no

_WEBINAR_ID = re.compile(r"\d{3}-\d{3}-\d{3}")
_PROOF = 0.8
_SLACK = timedelta(minutes=1, seconds=30)
_MINUTE = timedelta(minutes=1)
Words = frozenset[tuple[str, int]]


class GoToWebinarReader:
    """Reads what GoToWebinar exports."""

    platform = "gotowebinar"
    looked_for = "GoToWebinar"
    rounding = 60

    def read(self, table: Table) -> RawReport | None:
        """Return what a GoToWebinar report says, None for another table."""
        raw = RawReport()
        before = 0
        for grid in grids(table):
            if grid.head.line < before or (times := _times(grid)) is None:
                continue
            above = [row for row in table.rows if before <= row.line < grid.head.line]
            if not _is_webinar(grid, above):
                continue
            raw.meetings.append(_meeting(above, grid.head.line))
            _people(grid, times, raw)
            raw.references += _references(above, grid, times)
            before = grid.rows[-1].line
        return raw if raw.meetings else None


def _is_webinar(grid: Grid, above: list[Row]) -> bool:
    """Whether it is GoTo's: the webinar's number above, or yes and no in the first column."""
    numbered = any(_WEBINAR_ID.fullmatch(cell) for row in above for cell in row.cells)
    return bool(grid.emails) and (numbered or (bool(grid.flags) and grid.flags[0] == 0))


def _times(grid: Grid) -> tuple[int, int, int, Words] | None:
    """Join, leave, duration, and words learned of it; None unless they agree in nearly all rows."""
    for length in grid.lengths:
        for join, leave in permutations(grid.stamps, 2):
            told = [
                (row.cell(length), real)
                for row in grid.rows[:100]
                if row.cell(length) and (real := _between(row.cell(join), row.cell(leave)))
            ]
            words = learn(told)
            agreeing = sum(_agree(parse_length(text, words), real) for text, real in told)
            if told and agreeing >= _PROOF * len(told):
                return join, leave, length, words
    return None


def _agree(length: Length | None, real: timedelta) -> bool:
    return length is not None and abs(length.time - real) <= _SLACK


def _between(join: str, leave: str) -> timedelta | None:
    came, left = parse_stamp(join), parse_stamp(leave)
    for order in ORDERS:
        start, end = (came.on(order), left.on(order)) if came and left else (None, None)
        if start and end and end >= start:
            return end - start
    return None


def _meeting(above: list[Row], line: int) -> RawMeeting:
    """The webinar of the pairs above: a row of headings, and what each means right under it."""
    meeting = RawMeeting(line)
    for headings, values in pairwise(above):
        if any(map(_WEBINAR_ID.fullmatch, values.cells)) and meeting.title is None:
            meeting.title = next(
                (c for c in values.cells if c and not _WEBINAR_ID.fullmatch(c)), None
            )
        stamp = parse_stamp(values.cell(0))
        if stamp is not None and meeting.start is None and parse_stamp(headings.cell(0)) is None:
            meeting.start = stamp
            meeting.minutes = whole_minutes(values.cell(1))
    return meeting


def _people(grid: Grid, times: tuple[int, int, int, Words], raw: RawReport) -> None:
    join, leave, length, words = times
    email = grid.emails[0]
    before = [i for i in grid.texts() if i < min(join, leave)]
    columns = _name_columns(grid, before, email)
    attended = grid.flags[0] if grid.flags and grid.flags[0] < join else None
    left_out: list[int] = []
    for row in grid.rows:
        came, left = grid.stamp(row, join), grid.stamp(row, leave)
        stated = _stated(row.cell(length), words)
        address = email_in(row.cell(email))
        name = full_name(row, columns)
        if not name and not address:
            left_out.append(row.line)
        elif came is None and left is None and stated is None:
            if yes_or_no(row.cell(attended)):
                raw.meetings[-1].visits.append(Visit(row.line, name, address, None, None, None))
            else:
                raw.not_attended.append((name or address or "", address))
        else:
            raw.meetings[-1].visits.append(
                Visit(
                    row.line, name, address, came, left, stated.time if stated else None,
                    tax_code=grid.tax_code(row), short=_MINUTE,
                )
            )  # fmt: skip
    if left_out:
        raw.notices.append(Notice("unnamed_rows", {"rows": tuple(left_out)}))


def _name_columns(
    grid: Grid, before: list[int], email: int
) -> tuple[int | None, int | None, int | None]:
    """By words; in an unknown language the two texts nearest to the address: family, given."""
    found = names(grid, before)
    if any(meanings(grid.heading(i)) & {"name", "first_name", "last_name"} for i in before):
        return found
    near = sorted(before, key=lambda i: abs(i - email))[:2]
    return (near[0] if len(near) == 1 else None, max(near), min(near)) if near else found


def _stated(text: str, words: Words) -> Length | None:
    return parse_length(text, words) if text else None


def _references(
    above: list[Row], grid: Grid, times: tuple[int, int, int, Words]
) -> list[Reference]:
    """When the report was generated (a row of its own: what, when), and registrations."""
    found: list[Reference] = []
    for row in above:
        stamp: Stamp | None = parse_stamp(row.cell(1)) if row.filled == 2 else None
        if stamp is not None and parse_stamp(row.cell(0)) is None:
            found.append(Reference(row.line, stamp, "generated"))
    registered = [at for at in grid.stamps if at not in times[:2]]
    for row in grid.rows:
        stamps = (grid.stamp(row, at) for at in registered)
        found += [Reference(row.line, each, "other") for each in stamps if each]
    return found
