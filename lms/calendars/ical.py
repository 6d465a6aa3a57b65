"""Lessons in, the bytes of an iCalendar file out (RFC 5545, 7986). Pure: no Flask, no database.

The same lessons give the same bytes in every process, so an ETag stands still until something
changes: DTSTAMP is the last change and not the hour of the request. There is no METHOD: without
one DTSTAMP means exactly that (RFC 5545 3.8.7.2), readers take the file as published, and no
invented ORGANIZER makes an invitation of it (METHOD:PUBLISH would demand one, RFC 5546 3.2.1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vDuration, vText, vUri

from lms.calendars.wording import WORDS
from lms.calendars.zones import vtimezone
from lms.text import clean_line, clean_text

PRODUCT = "-//Percorso//Calendario 1//IT"
REFRESH = timedelta(hours=1)
OF_AN_EMPTY_CALENDAR = ("Europe/Rome", 2026, 2026)
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
# What RFC 3986 allows in an address; the rest is written in percent.
_IN_ADDRESSES = ":/?#[]@!$&'()*+,;=-._~%"


class _Text(vText):
    """Text escaped as RFC 5545 3.3.11 says; to `icalendar` a typed `\\N` ends a line."""

    def to_ical(self) -> bytes:
        """The value as it stands after the colon."""
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return escaped.replace("\n", "\\n").encode()


@dataclass(frozen=True)
class CalendarLesson:
    """A lesson as calendars see it. Instants are aware; `zone` is an IANA name.

    `uid` never changes; `sequence` grows with each change of time or place. Texts may hold
    anything people typed: what a calendar cannot carry is left out when it is written.
    """

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    title: str
    description: str
    location: str
    url: str
    cancelled: bool
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class LessonCalendar:
    """Lessons under one name. Without a `name` it is a file to import once, not a subscription."""

    lessons: tuple[CalendarLesson, ...]
    language: str
    name: str = ""


def write(calendar: LessonCalendar) -> bytes:
    """The whole file: CRLF lines of at most 75 octets, one VTIMEZONE a zone, one VEVENT a lesson.

    Raises `ZoneInfoNotFoundError` when a lesson's zone does not exist, KeyError for a language
    without words.
    """
    root = Calendar()
    root.add("prodid", PRODUCT)
    root.add("version", "2.0")
    root.add("calscale", "GREGORIAN")
    if calendar.name:
        _name(root, _line(calendar.name))
    prefix = WORDS[calendar.language].cancelled
    ordered = sorted(calendar.lessons, key=lambda lesson: (lesson.starts_at, lesson.uid))
    for zone in _zones(ordered):
        root.add_component(zone)
    for lesson in ordered:
        root.add_component(_event(lesson, prefix))
    return bytes(root.to_ical())


def etag(data: bytes) -> str:
    """The strong entity tag of `data`, without its quotes."""
    return hashlib.sha256(data).hexdigest()[:32]


def _name(root: Calendar, name: str) -> None:
    """Name and rhythm of a subscription, each in the standard's word and in the older one."""
    root.add("name", _Text(name))
    root.add("x-wr-calname", _Text(name))
    root.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    root.add("x-published-ttl", vDuration(REFRESH))


def _zones(lessons: Sequence[CalendarLesson]) -> list[Timezone]:
    """The zones on whose clocks `lessons` are told, by name.

    An empty calendar has one too: RFC 5545 3.6 wants at least one component, and some readers
    refuse a file without.
    """
    years: dict[str, set[int]] = {}
    for lesson in lessons:
        on_clock = [edge.year for edge in _clock_times(lesson) if edge.tzinfo is not UTC]
        if on_clock:
            years.setdefault(lesson.zone, set()).update(on_clock)
    told = [(zone, min(used), max(used)) for zone, used in sorted(years.items())]
    return [vtimezone(*one) for one in (told if lessons else [OF_AN_EMPTY_CALENDAR])]


def _event(lesson: CalendarLesson, cancelled_prefix: str) -> Event:
    event = Event()
    title = _line(lesson.title)
    event.add("uid", _Text(_line(lesson.uid)))
    event.add("sequence", lesson.sequence)
    event.add("dtstamp", _to_second(lesson.changed_at))
    event.add("created", _to_second(lesson.created_at))
    event.add("last-modified", _to_second(lesson.changed_at))
    start, end = _clock_times(lesson)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", _Text(f"{cancelled_prefix}: {title}" if lesson.cancelled else title))
    event.add("status", "CANCELLED" if lesson.cancelled else "CONFIRMED")
    # A cancelled lesson must not keep the hour busy.
    event.add("transp", "TRANSPARENT" if lesson.cancelled else "OPAQUE")
    optional = {
        "description": _Text(clean_text(lesson.description.replace(BOM, ""))),
        "location": _Text(_line(lesson.location)),
        "url": vUri(quote(_line(lesson.url), safe=_IN_ADDRESSES)),
    }
    for name, value in optional.items():
        if value:
            event.add(name, value)
    return event


def _clock_times(lesson: CalendarLesson) -> tuple[datetime, datetime]:
    """Start and end on the zone's clock; in UTC where that clock reads the same time twice.

    Of two such times RFC 5545 (3.3.5) means the first; libical, ical.js and dateutil take the
    second. In UTC there is nothing to mistake.
    """
    instants = _to_second(lesson.starts_at), _to_second(lesson.ends_at)
    start, end = (instant.astimezone(ZoneInfo(lesson.zone)) for instant in instants)
    in_utc = lesson.zone == "UTC" or _occurs_twice(start) or _occurs_twice(end)
    return instants if in_utc else (start, end)


def _occurs_twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _line(text: str) -> str:
    """`text` on one line, without what a calendar cannot carry.

    A byte order mark is none at the start of a folded line, yet readers drop it there.
    """
    return clean_line(text.replace(BOM, ""))


def _to_second(instant: datetime) -> datetime:
    """`instant` in UTC, without its microseconds: iCalendar has none."""
    return instant.astimezone(UTC).replace(microsecond=0)
