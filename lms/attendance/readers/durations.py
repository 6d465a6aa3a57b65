"""How long somebody stayed, as platforms write it: «2 hours 3 minutes», «1h 42m», «01:52:31»."""

from __future__ import annotations

import re
import unicodedata

from lms.attendance.readers.vocabulary import folded

_CLOCK = re.compile(r"(\d{1,3}):([0-5]?\d)(?::([0-5]?\d)(?:[.,]\d+)?)?")
_PART = re.compile(r"(\d{1,6})(?:[.,](\d{1,3}))?\s*([^\W\d_]+)\.?")
_BETWEEN = re.compile(r"(?:[\s,;&]|\b(?:and|und|et|e|y|en|og|och|i)\b)*")
_LONGEST = 1_000 * 3_600

# beginnings of the words for each unit, without accents; one letter stands alone
_UNITS: tuple[tuple[int, str, str], ...] = (
    (86_400, "d g j", "day giorn tag jour dia dag dni dzie ден дн 日 天"),
    (
        3_600,
        "h u o",
        "hour hr ora ore std stunde heure hora uur uren godz tim saat час год 小 時 时 시",
    ),
    (60, "m", "min мин хв dak perc phut λεπ 分 분"),
    (1, "s", "sec sek seg sou сек с 秒 초"),
)


def seconds_in(text: str) -> int | None:
    """The seconds a cell says, None when it says anything else; a bare number has no unit.

    Two numbers on a clock are hours and minutes: «1:30» is an hour and a half.
    """
    plain = folded(unicodedata.normalize("NFKC", text)).strip()
    if not 2 <= len(plain) <= 60 or not any(ch.isdigit() for ch in plain):
        return None
    clock = _CLOCK.fullmatch(plain)
    if clock is not None:
        total = int(clock[1]) * 3_600 + int(clock[2]) * 60 + int(clock[3] or 0)
        return total if total <= _LONGEST else None
    return _in_words(plain.removeprefix("pt"))


def _in_words(plain: str) -> int | None:
    """The sum of its parts, each unit once, the larger ones first."""
    total = 0.0
    at, smallest = 0, 10**9
    while at < len(plain):
        part = _PART.match(plain, at)
        unit = _unit(part[3]) if part else None
        if part is None or unit is None or unit >= smallest:
            return None
        total += float(f"{part[1]}.{part[2] or 0}") * unit
        smallest = unit
        between = _BETWEEN.match(plain, part.end())
        at = between.end() if between else part.end()
    return round(total) if 0 < smallest < 10**9 and total <= _LONGEST else None


def _unit(word: str) -> int | None:
    for seconds, alone, beginnings in _UNITS:
        if word in alone.split() or word.startswith(tuple(beginnings.split())):
            return seconds
    return None
