"""Words of registers on paper: times, kinds of evidence, files, letters that the fonts lack."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import format_decimal
from flask_babel import gettext as _

from certificates.faces import draws
from certificates.scripts import kept_apart, without_non_joiners
from lms.attendance.preview import platform_name
from lms.pages import NO_BREAK

MISSING = "?"


def drawn(text: str) -> str:
    """`text` with what our fonts cannot draw replaced: without its accents, else by a "?"."""
    normal = unicodedata.normalize("NFC", str(text))
    if all(map(draws, without_non_joiners(normal))):
        return normal
    return "".join(letter if draws(letter) else _nearest(letter) for letter in normal)


def printed(text: str) -> object:
    """`drawn`, for a page: letters of another script stand in an element of their own."""
    return kept_apart(drawn(text))


def _nearest(letter: str) -> str:
    if letter.isspace():
        return " "
    plain = "".join(each for each in unicodedata.normalize("NFKD", letter) if draws(each))
    return plain or ("" if unicodedata.category(letter) == "Mn" else MISSING)


def clock(instant: str | None, zone: str) -> str:
    """A sealed instant on the lesson's clock, with seconds where the report has them."""
    if instant is None:
        return ""
    local = datetime.fromisoformat(instant).astimezone(ZoneInfo(zone))
    return local.strftime("%H:%M:%S")


def kinds_words(kinds: str) -> str:
    """Kinds of evidence, as a seal has them, in words."""
    known = {
        "trainer_mark": _("marked by the trainer"),
        "report": _("platform report"),
        "closing": _("marked at the closing"),
        "checkin": _("check-in with the code"),
        "checkout": _("check-out with the code"),
        "joined_link": _("own joining link followed"),
    }
    return ", ".join(str(known.get(kind, kind.replace("_", " "))) for kind in kinds.split())


def file_words(kind: str, of: str) -> str:
    """A file of a register: "report, Zoom", "scan, PDF"."""
    if kind == "report":
        return str(_("report, %(platform)s", platform=platform_name(of)))
    return str(_("scan, %(type)s", type=of.rpartition("/")[2].upper()))


def file_size(size: int) -> str:
    """A size as people read it: "2,4 MB"."""
    if size < 1000:
        return f"{size} B"
    unit, count = ("MB", size / 1_000_000) if size >= 1_000_000 else ("kB", size / 1000)
    return f"{format_decimal(round(count, 1))}{NO_BREAK}{unit}"
