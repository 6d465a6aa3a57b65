"""Lessons and calendars for the tests of the writer, plain and hostile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from lms.calendars.ical import CalendarLesson, LessonCalendar

LESSON = CalendarLesson(
    uid="incontro-1@percorso.example",
    sequence=0,
    starts_at=datetime(2026, 11, 3, 9, 30, tzinfo=UTC),
    ends_at=datetime(2026, 11, 3, 11, 30, tzinfo=UTC),
    zone="Europe/Rome",
    title="Perché co-progettare: l’avvio",
    description="Prima parte; seconda parte, con domande.\n\nModulo: Basi",
    location="Sala Città, via Roma 1",
    url="https://percorso.example/incontri/1",
    cancelled=False,
    created_at=datetime(2026, 9, 1, 8, tzinfo=UTC),
    changed_at=datetime(2026, 10, 1, 8, 30, 15, 250_000, tzinfo=UTC),
)


def lesson(**more: Any) -> CalendarLesson:
    return replace(LESSON, **more)


def calendar(*lessons: CalendarLesson, **more: Any) -> LessonCalendar:
    more.setdefault("language", "it")
    more.setdefault("name", "Percorso: i miei incontri")
    return LessonCalendar(lessons, **more)


# What has broken calendar files: line ends of every kind, control and bidi characters, properties
# spelt out, escapes, and characters of one to four octets to fold in the middle of.
NASTY = st.sampled_from(
    [
        "\r\nX-EVIL:1", "\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:altro", "\rATTACH:file:///etc/passwd",
        "\x00", "\x07", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\u202e",
        "\ufeff", "\ud800",
        "\\n", "\\N", "\\", ";", ",", ":", '"', "^n", "è", "€", "𝒳", "👩‍🏫", "ا",
        "a" * 74, "è" * 40, " ", "\t",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(NASTY, st.text(max_size=30)), max_size=8).map("".join)
ZONES = st.sampled_from(
    ["Europe/Rome", "Europe/London", "America/New_York", "Asia/Kolkata", "Africa/Casablanca",
     "Australia/Lord_Howe", "UTC"]
)  # fmt: skip
INSTANTS = st.integers(0, 100 * 365 * 24 * 3600).map(
    lambda seconds: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
LESSONS = st.builds(
    lambda start, minutes, **rest: CalendarLesson(
        starts_at=start, ends_at=start + timedelta(minutes=minutes), **rest
    ),
    start=INSTANTS,
    minutes=st.integers(1, 24 * 60),
    uid=TEXTS,
    sequence=st.integers(0, 2**31 - 1),
    zone=ZONES,
    title=TEXTS,
    description=TEXTS,
    location=TEXTS,
    url=TEXTS,
    cancelled=st.booleans(),
    created_at=INSTANTS,
    changed_at=INSTANTS,
)
CALENDARS = st.builds(
    LessonCalendar,
    lessons=st.lists(LESSONS, max_size=4).map(tuple),
    language=st.sampled_from(["it", "en"]),
    name=TEXTS,
)
