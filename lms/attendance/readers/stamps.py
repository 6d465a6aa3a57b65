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

ORDERS: tuple[Order, Order] = ("dmy", "mdy")

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
_OFFSET = re.compile(r"(?:(?:utc|gmt) ?)?([+-])(\d{1,2}):?(\d{2})?(?!\d)")

# hours east of Greenwich; only abbreviations that mean one thing (not BST, CST, IST)
_ABBREVIATIONS = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "cet": 1, "mez": 1, "cest": 2, "mesz": 2,
    "eet": 2, "eest": 3, "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
    "pdt": -7,
}  # fmt: skip
_FILLERS = frozenset(
    ["at", "alle", "ore", "um", "uhr", "a", "à", "às", "as", "las", "le", "kl", "t"]
)

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
    offset, rest = _offset(rest)
    words = [word.strip(".") for word in re.split(r"[\s,;()\-–]+", rest)]
    if any(word not in _FILLERS and not _zone_name(word) for word in words if word):
        return None
    return Stamp(
        text,
        datetime.combine(dmy, at) if dmy else None,
        datetime.combine(mdy, at) if mdy else None,
        has_seconds,
        mark if offset is None else offset,
    )


def zone_mark(heading: str) -> timedelta | None:
    """The offset a heading states: «Join Time (UTC)», «Start (GMT+02:00)»."""
    lowered = heading.lower()
    if not re.search(r"\b(utc|gmt|cest|cet)\b|\b(utc|gmt)[+-]", lowered):
        return None
    return _offset(" " + re.sub(r".*?(?=\b(?:utc|gmt|cest|cet))", "", lowered, count=1))[0]


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


def _offset(text: str) -> tuple[timedelta | None, str]:
    if found := _OFFSET.search(text):
        hours, mins = int(found[2]), int(found[3] or 0)
        if hours > 14 or mins > 59:
            return None, text
        size = timedelta(hours=hours, minutes=mins)
        rest = f"{text[: found.start()]} {text[found.end() :]}"
        return (size if found[1] == "+" else -size), rest
    for word in re.findall(r"[a-z]+", text):
        if word in _ABBREVIATIONS:
            rest = re.sub(rf"\b{word}\b", " ", text)
            return timedelta(hours=_ABBREVIATIONS[word]), rest
    return None, text


def _zone_name(word: str) -> bool:
    """An abbreviation that means several zones (IST, CST): no answer, but no other content."""
    return word in {"ist", "cst", "bst", "msk", "jst", "kst", "sgt", "hkt", "aest", "brt", "art"}
