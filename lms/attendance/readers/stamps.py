"""A date with a time, as reports write it, read without choosing what it does not say.

«08/07/2025 08:57:00 AM» keeps both its readings (8 July, 7 August) until something decides; a zone
written beside it is kept as an offset; nothing else is assumed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from lms.attendance.readers.model import Order
from lms.attendance.readers.zones import nothing_but_zone, offset_in

ORDERS: tuple[Order, Order] = ("dmy", "mdy")

UNDATED = date(2001, 1, 1)  # the day of hours whose day nothing tells yet
_YEARS = range(1990, 2100)  # beyond, a typing error or an overflow waiting to happen

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)[日.]?")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})(?!\d)")
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,10})\.?[ -](\d{1,2})(?:st|nd|rd|th)?,?[ -](\d{4})(?!\d)")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|º|°|\.)?[ -](?:de )?([^\W\d_]{3,10})\.?,?[ -]"
    r"(?:de )?(\d{4}|\d{2})(?!\d)"
)
_CLOCK = re.compile(r"(?<![\d:.])(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,6})?)?(?!\d)")
_HALF = re.compile(r"(?<![a-z])([ap])\.? ?m\b\.?|(上午|午前|오전)|(下午|午後|오후)")


# first letters of month names in English, Italian, German, French, Spanish, Portuguese, Dutch
_MONTHS = (
    ("jan", "gen", "ene", "jän", "janv"),
    ("feb", "fev", "fév"),
    ("mar", "mär", "maa", "mrt"),
    ("apr", "abr", "avr"),
    ("may", "mag", "mai", "mei"),
    ("jun", "giu", "juin"),
    ("jul", "lug", "juil"),
    ("aug", "ago", "aou", "aoû"),
    ("sep", "set"),
    ("oct", "ott", "okt", "out"),
    ("nov",),
    ("dec", "dic", "dez", "déc"),
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A local date and time. `dmy` and `mdy` are its readings, None where impossible."""

    text: str
    dmy: datetime | None
    mdy: datetime | None
    has_seconds: bool
    offset: timedelta | None

    def on(self, order: Order) -> datetime | None:
        """The wall-clock reading in one order."""
        return self.dmy if order == "dmy" else self.mdy

    def later(self, seconds: int) -> Stamp:
        """The stamp so many seconds after this one, in both readings."""
        by = timedelta(seconds=seconds)
        return replace(
            self,
            dmy=self.dmy + by if self.dmy else None,
            mdy=self.mdy + by if self.mdy else None,
        )

    @property
    def certain(self) -> datetime | None:
        """The only reading, None while there are two."""
        if self.dmy is None or self.mdy is None:
            return self.dmy or self.mdy
        return self.dmy if self.dmy == self.mdy else None


@dataclass(frozen=True, slots=True)
class Day:
    """A date without a time: its two readings, None where impossible."""

    dmy: date | None
    mdy: date | None


@dataclass(frozen=True, slots=True)
class Hour:
    """A time of day without its date."""

    text: str
    at: time
    has_seconds: bool
    offset: timedelta | None

    def on(self, day: Day, *, later: int = 0) -> Stamp:
        """The stamp of this hour on a day, or `later` days after it."""
        moved = timedelta(days=later)
        return Stamp(
            self.text,
            datetime.combine(day.dmy + moved, self.at) if day.dmy else None,
            datetime.combine(day.mdy + moved, self.at) if day.mdy else None,
            self.has_seconds,
            self.offset,
        )


@lru_cache(maxsize=8192)
def parse_stamp(text: str, mark: timedelta | None = None) -> Stamp | None:
    """Return the date and time a cell holds, None if it holds anything else as well or neither.

    `mark` is the offset its column's heading states, used where the cell names none.
    """
    if not 8 <= len(text) <= 60 or not any(ch.isdigit() for ch in text):
        return None
    lowered = unicodedata.normalize("NFKC", text).lower()
    found = _date(lowered)
    if found is None:
        return None
    dmy, mdy, rest = found
    clock = _clock(rest)
    if clock is None:
        return None
    at, has_seconds, rest = clock
    offset, known = nothing_but_zone(rest)
    if not known:
        return None
    return Stamp(
        text,
        datetime.combine(dmy, at) if dmy else None,
        datetime.combine(mdy, at) if mdy else None,
        has_seconds,
        mark if offset is None else offset,
    )


@lru_cache(maxsize=8192)
def parse_hour(text: str) -> Hour | None:
    """Return the time of day a cell holds, None if it holds a date or anything else."""
    if not 4 <= len(text) <= 80 or not text[0].isdigit():
        return None
    lowered = unicodedata.normalize("NFKC", text).lower()
    clock = None if _date(lowered) else _clock(lowered)
    if clock is None:
        return None
    at, has_seconds, rest = clock
    offset, known = nothing_but_zone(rest)
    if offset is not None and not has_seconds and not any(ch.isalpha() for ch in rest):
        return None  # «10:00-11:00» is from and to, no zone
    return Hour(text, at, has_seconds, offset) if known else None


@lru_cache(maxsize=1024)
def parse_day(text: str) -> Day | None:
    """Return the date a cell holds, None if it holds a time or anything else as well."""
    if not 6 <= len(text) <= 40:
        return None
    found = _date(unicodedata.normalize("NFKC", text).lower())
    return Day(found[0], found[1]) if found and not found[2].strip(" ,;") else None


def zone_mark(heading: str) -> timedelta | None:
    """The offset a heading states: «Join Time (UTC)», «Start (GMT+02:00)», «UtcEventTimestamp»."""
    if re.match("U[Tt][Cc][A-Z]", heading):
        return timedelta()
    lowered = heading.lower()
    if not re.search(r"\b(utc|gmt|cest|cet)\b|\b(utc|gmt)[+-]", lowered):
        return None
    return offset_in(" " + re.sub(r".*?(?=\b(?:utc|gmt|cest|cet))", "", lowered, count=1))[0]


def _date(text: str) -> tuple[date | None, date | None, str] | None:
    """Both readings of the date and the text without it."""
    if found := _YEAR_FIRST.search(text):
        only = _day(int(found[1]), int(found[2]), int(found[3]))
        dmy = mdy = only
    elif found := _NUMERIC.search(text):
        first, second, year = int(found[1]), int(found[2]), _year(found[3])
        dmy, mdy = _day(year, second, first), _day(year, first, second)
    elif found := _MONTH_FIRST.search(text):
        dmy = mdy = _day(int(found[3]), _month(found[1]), int(found[2]))
    elif found := _DAY_FIRST.search(text):
        dmy = mdy = _day(_year(found[3]), _month(found[2]), int(found[1]))
    else:
        return None
    if dmy is None and mdy is None:
        return None
    return dmy, mdy, f"{text[: found.start()]} {text[found.end() :]}"


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _month(word: str) -> int:
    """The month a word names, 0 for none."""
    for number, beginnings in enumerate(_MONTHS, start=1):
        if word.startswith(beginnings):
            return number
    return 0


def _day(year: int, month: int, day: int) -> date | None:
    if year not in _YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(text: str) -> tuple[time, bool, str] | None:
    found = _CLOCK.search(text)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    half = _HALF.search(rest)
    if half is not None:
        rest = f"{rest[: half.start()]} {rest[half.end() :]}"
        afternoon = half[1] == "p" or bool(half[3])
        if hour <= 12:
            hour = hour % 12 + (12 if afternoon else 0)
        elif not afternoon:  # «13:05 PM» is a 24-hour clock with a useless mark; «13:05 AM» is none
            return None
    if hour > 23 or minute > 59 or second > 59:
        return None
    return time(hour, minute, second), found[3] is not None, rest
