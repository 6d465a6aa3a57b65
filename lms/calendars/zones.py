"""Time zones as calendars want them told: a VTIMEZONE with the clock changes of the years in use.

Not by `icalendar`'s `add_missing_timezones`: that lists every change as a date instead of the rule,
dates the spring one an hour late (RFC 5545 3.6.5 counts the onset in the time before the change;
readers happen to forgive it) and adds several zones in the order of a set, so that two processes
would write different bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
STEP = timedelta(days=7)  # no zone in use has changed its clock twice within a week


class _Change(NamedTuple):
    """The clock goes from one offset to another; `onset` is the (naive) clock time before it."""

    offset_from: timedelta
    offset_to: timedelta
    name: str
    daylight: bool
    onset: datetime


@lru_cache(maxsize=64)
def vtimezone(zone: str, first_year: int, last_year: int) -> Timezone:
    """The VTIMEZONE of `zone`, right for instants of `first_year` to `last_year`.

    The object is shared: callers must not change it. Raises `ZoneInfoNotFoundError` for a zone
    that does not exist.
    """
    timezone = Timezone()
    timezone.add("tzid", zone)
    start = datetime(first_year - 1, 1, 1, tzinfo=UTC)
    end = datetime(last_year + 1, 1, 2, tzinfo=UTC)
    changes = list(_changes(ZoneInfo(zone), start, end))
    if not changes or changes[0].onset.year >= first_year:
        changes.insert(0, _state_at(ZoneInfo(zone), start))
    groups: dict[tuple[object, ...], list[_Change]] = {}
    for change in changes:
        groups.setdefault(change[:4], []).append(change)
    for group in groups.values():
        timezone.add_component(_observance(group, last_year - first_year + 2))
    return timezone


def _state_at(zone: ZoneInfo, instant: datetime) -> _Change:
    local = instant.astimezone(zone)
    offset = _offset(local)
    return _Change(
        offset, offset, local.tzname() or "", bool(local.dst()), local.replace(tzinfo=None)
    )


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[_Change]:
    """The changes in [start, end): found week by week, then to the second."""
    before = start
    while before < end:
        after = before + STEP
        offset = _offset(before.astimezone(zone))
        if _offset(after.astimezone(zone)) != offset:
            low, high = before, after
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                if _offset(middle.astimezone(zone)) == offset:
                    low = middle
                else:
                    high = middle
            local = high.astimezone(zone)
            onset = (high + offset).replace(tzinfo=None)
            yield _Change(offset, _offset(local), local.tzname() or "", bool(local.dst()), onset)
        before = after


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or timedelta()


def _observance(group: list[_Change], years: int) -> TimezoneStandard | TimezoneDaylight:
    first = group[0]
    part = TimezoneDaylight() if first.daylight else TimezoneStandard()
    part.add("dtstart", first.onset)
    part.add("tzoffsetfrom", first.offset_from)
    part.add("tzoffsetto", first.offset_to)
    part.add("tzname", first.name)
    onsets = [change.onset for change in group]
    if len(onsets) >= years and _last_weekdays(onsets):
        rule = {"freq": "yearly", "bymonth": first.onset.month}
        part.add("rrule", {**rule, "byday": f"-1{DAYS[first.onset.weekday()]}"})
    elif onsets[1:]:
        part.add("rdate", onsets[1:])
    return part


def _last_weekdays(onsets: list[datetime]) -> bool:
    """Whether every onset is the last such weekday of one month, at one time: the European rule."""
    alike = {(onset.month, onset.weekday(), onset.time()) for onset in onsets}
    each_year = [onset.year for onset in onsets]
    yearly = each_year == list(range(each_year[0], each_year[0] + len(onsets)))
    return len(alike) == 1 and yearly and all(_is_last(onset) for onset in onsets)


def _is_last(onset: datetime) -> bool:
    return (onset + timedelta(days=7)).month != onset.month
