"""Intervals of presence: united, clipped, intersected, subtracted, counted in whole minutes.

An interval is half-open, `[start, end)`. Everything is compared and subtracted in UTC: two aware
datetimes of one zone compare by their wall clocks in Python, so 25-10-2026 01:00-04:00 in Rome
would count 180 minutes instead of 240.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple


class Interval(NamedTuple):
    """A stretch of time between two aware instants, the end not included."""

    start: datetime
    end: datetime


def interval(start: datetime, end: datetime) -> Interval:
    """Return the interval in UTC. ValueError for a naive instant or an end before the start."""
    for instant in (start, end):
        if instant.utcoffset() is None:
            raise ValueError(f"not an instant, its zone is missing: {instant.isoformat()}")
    made = Interval(start.astimezone(UTC), end.astimezone(UTC))
    if made.end < made.start:
        raise ValueError(f"ends before it starts: {start.isoformat()} - {end.isoformat()}")
    return made


def union(intervals: Iterable[tuple[datetime, datetime]]) -> tuple[Interval, ...]:
    """Return the same time as sorted, disjoint intervals in UTC; touching ones become one."""
    merged: list[Interval] = []
    for start, end in sorted(interval(*each) for each in intervals):
        if start == end:
            continue
        if merged and start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(end, merged[-1].end))
        else:
            merged.append(Interval(start, end))
    return tuple(merged)


def intersection(
    one: Iterable[tuple[datetime, datetime]], other: Iterable[tuple[datetime, datetime]]
) -> tuple[Interval, ...]:
    """Return the time that lies in both, sorted and disjoint, in UTC."""
    left, right = union(one), union(other)
    common: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i].start, right[j].start), min(left[i].end, right[j].end)
        if start < end:
            common.append(Interval(start, end))
        if left[i].end <= right[j].end:
            i += 1
        else:
            j += 1
    return tuple(common)


def subtraction(
    intervals: Iterable[tuple[datetime, datetime]], taken: Iterable[tuple[datetime, datetime]]
) -> tuple[Interval, ...]:
    """Return `intervals` without `taken` (breaks), sorted and disjoint, in UTC."""
    left: list[Interval] = []
    breaks = union(taken)
    first = 0
    for start, end in union(intervals):
        while first < len(breaks) and breaks[first].end <= start:
            first += 1
        rest, at = start, first
        while at < len(breaks) and breaks[at].start < end:
            if rest < breaks[at].start:
                left.append(Interval(rest, breaks[at].start))
            rest = max(rest, breaks[at].end)
            at += 1
        if rest < end:
            left.append(Interval(rest, end))
    return tuple(left)


def duration(intervals: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """Return the real time the union of the intervals lasts."""
    return sum(((end - start) for start, end in union(intervals)), timedelta())


def minutes(intervals: Iterable[tuple[datetime, datetime]]) -> int:
    """Return the whole minutes of the union, rounded down once, at the end."""
    return duration(intervals) // timedelta(minutes=1)
