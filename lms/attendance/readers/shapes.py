"""Columns of a table in a language nobody listed, by the shape of its cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

from lms.attendance.readers.columns import Columns, agreement, email_in, whole_minutes
from lms.attendance.readers.stamps import parse_stamp
from lms.attendance.readers.table import Row
from lms.attendance.readers.vocabulary import folded, yes_or_no

_SAMPLE = 60
_MOST = 0.6  # of a column's filled cells have one shape
_PROOF = 0.8  # of the rows state the minutes between their two times
_MOST_STAMPS = 6  # columns of times looked at
_ADMITTED = 4  # seconds from the waiting room into the meeting
_SECOND = timedelta(seconds=1)


def presence(headings: Sequence[str], rows: Sequence[Row]) -> Columns | None:
    """Return the columns of people's presence, None without proof.

    Proof: two columns of times whose difference, rounded up, is a third of whole numbers in nearly
    every row, and a heading with something in brackets, as Zoom writes «name (original name)» and
    «duration (minutes)».
    """
    sample = [row for row in rows if row.filled > 1][:_SAMPLE]
    width = len(headings)
    stamps = _shaped(sample, width, lambda text: parse_stamp(text) is not None)
    whole = _shaped(sample, width, lambda text: whole_minutes(text) is not None)
    emails = _shaped(sample, width, lambda text: email_in(text) is not None)
    flags = _shaped(sample, width, lambda text: yes_or_no(text) is not None)
    taken = {*stamps, *whole, *emails, *flags}
    texts = [i for i in range(width) if i not in taken and any(row.cell(i) for row in sample)]
    found = _times(sample, stamps, whole)
    if found is None or not texts:
        return None
    join, leave, minutes = found
    bracketed = [i for i in texts if "(" in folded(headings[i])]
    if not bracketed and "(" not in folded(headings[minutes]):
        return None
    name = bracketed[0] if bracketed else min(texts, key=lambda i: abs(i - join))
    before = [i for i in stamps if i < name and i not in (join, leave)]
    return Columns(
        tuple(headings),
        name=name,
        email=min(emails, key=lambda i: abs(i - name), default=None),
        join=join,
        leave=leave,
        minutes=minutes,
        attended=next((i for i in flags if i < name), None),
        topic=next((i for i in texts if i < name), None) if before else None,
        start=before[0] if before else None,
        end=before[1] if len(before) > 1 else None,
    )


def completed(columns: Columns, rows: Sequence[Row]) -> Columns:
    """Return the columns found by words with what words did not tell: times, e-mail."""
    named = columns.name if columns.name is not None else columns.last_name
    if named is None or columns.of_meetings:
        return columns
    if not any(_when(row.cell(columns.join)) and _when(row.cell(columns.leave)) for row in rows):
        shaped = presence(columns.headings, rows)
        if shaped is not None:
            columns = replace(columns, join=shaped.join, leave=shaped.leave, minutes=shaped.minutes)
    if columns.email is None:
        emails = _shaped(rows, len(columns.headings), lambda text: email_in(text) is not None)
        columns = replace(columns, email=min(emails, key=lambda i: abs(i - named), default=None))
    return columns


def waiting(columns: Columns, rows: Sequence[Row]) -> int | None:
    """Return the yes/no column that tells rows of the waiting room, None without proof.

    Proof: half of its yes rows or more end where a no row of the same name begins, as being
    admitted looks; a guest's rejoining has yes on both sides.
    """
    if columns.name is None or columns.join is None or columns.leave is None:
        return None
    for at in reversed(_shaped(rows, len(columns.headings), lambda t: yes_or_no(t) is not None)):
        yes = [row for row in rows if yes_or_no(row.cell(at))]
        joined = {
            (row.cell(columns.name), when)
            for row in rows
            if yes_or_no(row.cell(at)) is False and (when := _when(row.cell(columns.join)))
        }
        admitted = sum(
            any((row.cell(columns.name), left + _SECOND * n) in joined for n in range(_ADMITTED))
            for row in yes
            if (left := _when(row.cell(columns.leave)))
        )
        if yes and admitted >= len(yes) / 2:
            return at
    return None


def _when(text: str) -> datetime | None:
    stamp = parse_stamp(text)
    return None if stamp is None else stamp.dmy or stamp.mdy


def meeting(headings: Sequence[str], row: Row) -> Columns | None:
    """Return the columns of a meeting's own line, title and times; None without either."""
    width = len(headings)
    read = {i: s for i in range(width) if (s := parse_stamp(row.cell(i)))}
    times = {i: when for i, stamp in read.items() if (when := stamp.dmy or stamp.mdy)}
    plain = (
        i for i in range(width) if i not in times and not re.fullmatch(r"[\d -]*", row.cell(i))
    )
    topic = next(plain, None)
    if not times or topic is None:
        return None
    in_time = sorted(times, key=lambda i: times[i])
    return Columns(
        tuple(headings),
        topic=topic,
        start=in_time[0],
        end=in_time[-1] if len(in_time) > 1 else None,
    )


def _shaped(rows: Sequence[Row], width: int, shape: Callable[[str], bool]) -> list[int]:
    found = []
    for at in range(width):
        filled = [cell for row in rows if (cell := row.cell(at))]
        if filled and sum(map(shape, filled)) >= _MOST * len(filled):
            found.append(at)
    return found


def _times(
    rows: Sequence[Row], stamps: Sequence[int], whole: Sequence[int]
) -> tuple[int, int, int] | None:
    """Join, leave and minutes that agree with one another; the last such columns."""
    last = stamps[-_MOST_STAMPS:]
    for leave, join in permutations(reversed(last), 2):
        for minutes in whole:
            if agreement(rows, join, leave, minutes) >= _PROOF:
                return join, leave, minutes
    return None
