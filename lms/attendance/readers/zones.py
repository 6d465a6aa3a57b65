"""A zone written beside a time: an offset, or an abbreviation that means one thing."""

from __future__ import annotations

import re
from datetime import timedelta

_OFFSET = re.compile(r"(?:(?:utc|gmt) ?)?([+-])(\d{1,2}):?(\d{2})?(?!\d)")
_ZONE_IN_WORDS = re.compile(r"\([^()]*\b(?:utc|gmt) ?[+-]\d[^()]*\)")  # «… Time (Rome, GMT+02:00)»

# hours east of Greenwich; only abbreviations that mean one thing (not BST, CST, IST)
_ABBREVIATIONS = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "cet": 1, "mez": 1, "cest": 2, "mesz": 2,
    "eet": 2, "eest": 3, "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
    "pdt": -7,
}  # fmt: skip
_FILLERS = frozenset(
    ["at", "alle", "ore", "um", "uhr", "a", "à", "às", "as", "las", "le", "kl", "t"]
)


def nothing_but_zone(rest: str) -> tuple[timedelta | None, bool]:
    """The offset that stands beside a time, and whether nothing else does."""
    named = _ZONE_IN_WORDS.search(rest)
    offset, rest = offset_in(rest)
    if named:
        return offset, offset is not None
    words = [word.strip(".") for word in re.split(r"[\s,;()\-–]+", rest)]
    return offset, all(word in _FILLERS or _zone_name(word) for word in words if word)


def offset_in(text: str) -> tuple[timedelta | None, str]:
    """The offset a text in lower case names, and the text without it."""
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
