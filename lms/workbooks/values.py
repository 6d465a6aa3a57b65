"""What a cell of a workbook shows as text: numbers, truth values, and dates kept as serials."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Shape = Literal["plain", "date", "moment", "time"]

_REFERENCE = re.compile(r"([A-Z]{1,3})\d+")
_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]')
_LAST_SERIAL = 2_958_466  # the end of the year 9999
_DAY = 86_400
# numbers of formats every Excel has, without a code of their own; those of some locales included
_DATES = frozenset([14, 15, 16, 17, *range(27, 32), 36, *range(50, 59)])
_TIMES = frozenset([18, 19, 20, 21, *range(32, 36), 45, 46, 47])
_MOMENTS = frozenset([22])


@dataclass(frozen=True, slots=True)
class Formats:
    """The shape of each style of cells, and where the workbook's calendar begins."""

    shapes: tuple[Shape, ...]
    from_1904: bool


def formats_of(codes: Mapping[int, str], used: Sequence[int], *, from_1904: bool) -> Formats:
    """The shapes of styles, by the numbers of the formats they use and the codes of own formats."""
    return Formats(tuple(_shape(number, codes.get(number)) for number in used), from_1904)


def _shape(number: int, code: str | None) -> Shape:
    if code is None:
        if number in _DATES:
            return "date"
        return "time" if number in _TIMES else "moment" if number in _MOMENTS else "plain"
    bare = _NOT_CODE.sub("", code.split(";")[0]).lower()
    bare = bare.replace("general", "").replace("am/pm", "h").replace("a/p", "h")
    dated, timed = re.search("[yd]", bare), re.search("[hs]", bare)
    if dated:
        return "moment" if timed else "date"
    if timed or re.search(r"\[m+\]", bare):
        return "time"
    return "date" if "m" in bare else "plain"


def column_of(reference: str) -> int:
    """The column a reference names, from 0. ValueError when it names none."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise ValueError(f"{reference!r} names no cell")
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def shown(written: str, kind: str, style: int, formats: Formats) -> str:
    """The text of a cell that keeps its value itself. `kind` is the file's letter for its type."""
    if kind == "b":
        return {"1": "TRUE", "0": "FALSE"}.get(written.strip(), written)
    if kind not in {"n", ""}:
        return written
    try:
        number = float(written)
    except ValueError:
        return written
    shape = formats.shapes[style] if 0 <= style < len(formats.shapes) else "plain"
    if shape != "plain" and 0 <= number < _LAST_SERIAL:
        return _of_calendar(number, shape, formats)
    return f"{number:.15g}" if abs(number) < 1e15 and "e" not in written.lower() else written


def _of_calendar(serial: float, shape: Shape, formats: Formats) -> str:
    seconds = round(serial * _DAY)
    if shape == "time" or (shape == "moment" and serial < 1):
        return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    if formats.from_1904:
        begins = datetime(1904, 1, 1)  # noqa: DTZ001 - a wall clock, as the cell shows it
    else:  # Excel believes that 1900 was a leap year
        begins = datetime(1899, 12, 30 if serial >= 61 else 31)  # noqa: DTZ001
    moment = begins + timedelta(seconds=seconds)
    if shape == "date" and seconds % _DAY == 0:
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%d %H:%M:%S}"
