"""Columns of a table in a language nobody listed, by the shape of its cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import permutations

from lms.attendance.readers.columns import Columns, agreement, email_in, whole_minutes
from lms.attendance.readers.stamps import parse_stamp
from lms.attendance.readers.table import Row
from lms.attendance.readers.vocabulary import folded, yes_or_no

_SAMPLE = 60
_MOST = 0.6  # of a column's filled cells have one shape
_PROOF = 0.8  # of the rows state the minutes between their two times
_MOST_STAMPS = 6  # columns of times looked at


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
    after = [i for i in flags if i > name]
    return Columns(
        tuple(headings),
        name=name,
        email=min(emails, key=lambda i: abs(i - name), default=None),
        join=join,
        leave=leave,
        minutes=minutes,
        waiting=after[-1] if len(after) > 1 else None,
        attended=next((i for i in flags if i < name), None),
        topic=next((i for i in texts if i < name), None) if before else None,
        start=before[0] if before else None,
        end=before[1] if len(before) > 1 else None,
    )


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
