"""How long somebody was there, as platforms state it: «1h 42m 10s», «52 mins», «02:10:43».

Words for hours, minutes and seconds are known in a dozen languages; those of another language are
learned from the rows themselves, by what agrees with their join and leave times.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import product

from lms.attendance.readers.columns import whole_minutes

_DAY, _HOUR, _MINUTE, _SECOND = 86_400, 3_600, 60, 1
_LONGEST = timedelta(days=31)  # beyond, a typing error or an overflow waiting to happen
_PART = r"(\d{1,6})(?:[.,](\d{1,4}))?\s?([^\W\d_]{1,12})\.?"
_PARTS = re.compile(rf"{_PART}(?:[\s,]*(?:(?:and|e|ed|und|et|y|en|i|og|och)\s)?(?=\d)|$)")
_COLONS = re.compile(r"(?:(\d{1,2})[.:]\s?)?(\d{1,3}):([0-5]\d):([0-5]\d)(?:[.,]\d{1,6})?")
_ISO = re.compile(r"p(?:(\d{1,2})d)?t(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})(?:\.\d+)?s)?")
_LEARNED = 4  # unknown words tried against the clock; more are no durations

# Beginnings of the words, single letters whole. Japanese and Chinese units begin a word as well.
_WORDS: tuple[tuple[int, str, str], ...] = (
    (_DAY, "d j", "day giorn gg tag jour dia día dag dzie dni день дн 日 天 일"),
    (
        _HOUR,
        "h u t o ч",
        "hr hour ora ore std stunde heure hora uur uren godz tim saat "
        "час год 時間 时 小时 小時 시간",
    ),
    (_MINUTE, "m м", "min mn dk dak мин хв 分 분 phut phút λεπ"),
    (_SECOND, "s с", "sec seg sek sn sani сек 秒 초 giay giây δευ"),
)


@dataclass(frozen=True, slots=True)
class Length:
    """A stated duration and the smallest unit it is told in."""

    time: timedelta
    unit: timedelta


@lru_cache(maxsize=8192)
def parse_length(text: str, learned: frozenset[tuple[str, int]] = frozenset()) -> Length | None:
    """Return the duration a cell holds, None if it holds anything else.

    A bare number is none: only a heading tells its unit. `learned`: words of another language with
    their seconds.
    """
    if not text or len(text) > 40 or not any(ch.isdigit() for ch in text):
        return None
    lowered = unicodedata.normalize("NFKC", text).lower().strip()
    if found := _COLONS.fullmatch(lowered):
        days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
        return _length([(days, _DAY), (hours, _HOUR), (minutes, _MINUTE), (seconds, _SECOND)])
    if (found := _ISO.fullmatch(lowered)) and any(found.groups()):
        units = zip(found.groups(), (_DAY, _HOUR, _MINUTE, _SECOND), strict=True)
        return _length([(int(number), unit) for number, unit in units if number])
    return _in_words(lowered, dict(learned))


def stated_time(text: str, learned: frozenset[tuple[str, int]] = frozenset()) -> Length | None:
    """The duration of a column of durations, where a bare whole number is minutes."""
    minutes = whole_minutes(text)
    if minutes is None:
        return parse_length(text, learned)
    return _length([(minutes, _MINUTE)])


def looks_like_length(text: str) -> bool:
    """Whether a cell is a duration in whatever language: one to four numbers, a word after each."""
    lowered = unicodedata.normalize("NFKC", text).lower().strip()
    if parse_length(text):
        return True
    parts = _split(lowered)
    return bool(parts) and len(parts) <= 4


def learn(told: Sequence[tuple[str, timedelta]]) -> frozenset[tuple[str, int]]:
    """Return what unknown words of durations mean, by the real time that each cell stands beside.

    Nothing is learned unless one reading fits most of the cells to the minute.
    """
    pairs = [(_split(unicodedata.normalize("NFKC", text).lower()), real) for text, real in told]
    cells = [(parts, real) for parts, real in pairs if parts]
    unknown = {word for parts, _ in cells for *_, word in parts if _seconds(word, {}) is None}
    words = sorted(unknown)
    if not words or len(words) > _LEARNED:
        return frozenset()
    best: dict[str, int] = {}
    most = 0
    for units in product((_HOUR, _MINUTE, _SECOND), repeat=len(words)):
        reading = dict(zip(words, units, strict=True))
        fitting = sum(_fits(parts, real, reading) for parts, real in cells)
        if fitting > most:
            best, most = reading, fitting
    return frozenset(best.items()) if most > len(cells) / 2 else frozenset()


def _fits(
    parts: Sequence[tuple[int, float, str]], real: timedelta, words: Mapping[str, int]
) -> bool:
    length = _sum(parts, words)
    return length is not None and abs(length.time - real) <= timedelta(seconds=_MINUTE)


def _in_words(lowered: str, words: Mapping[str, int]) -> Length | None:
    return _sum(_split(lowered), words)


def _split(lowered: str) -> list[tuple[int, float, str]]:
    """«1h 42m» as (1, 0, h), (42, 0, m); nothing if anything else stands there."""
    parts: list[tuple[int, float, str]] = []
    at = 0
    while at < len(lowered):
        found = _PARTS.match(lowered, at)
        if found is None:
            return []
        fraction = float(f"0.{found[2]}") if found[2] else 0.0
        parts.append((int(found[1]), fraction, found[3]))
        at = found.end()
    return parts


def _sum(parts: Sequence[tuple[int, float, str]], words: Mapping[str, int]) -> Length | None:
    told: list[tuple[float, int]] = []
    for number, fraction, word in parts:
        unit = _seconds(word, words)
        if unit is None or (told and unit >= told[-1][1]):  # from the largest to the smallest
            return None
        told.append((number + fraction, unit))
    return _length(told)


def _seconds(word: str, words: Mapping[str, int]) -> int | None:
    if word in words:
        return words[word]
    for unit, letters, beginnings in _WORDS:
        if word in letters.split() or (
            word not in "hmsdujto" and word.startswith(tuple(beginnings.split()))
        ):
            return unit
    return None


def _length(parts: Sequence[tuple[float, int]]) -> Length | None:
    if not parts:
        return None
    time = timedelta(seconds=sum(number * unit for number, unit in parts))
    return Length(time, timedelta(seconds=parts[-1][1])) if time <= _LONGEST else None
