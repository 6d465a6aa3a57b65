"""The same file through libical, ical.js and vobject: each must understand what we meant.

The readers take the zones from the file, so a wrong VTIMEZONE shows.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lms.calendars.ical import CalendarLesson, write
from tests.calendars.readers import READERS, Reader, libical
from tests.calendars.samples import calendar, lesson

# The night of each clock change in Rome (EU rule), as dates of ten years.
CHANGES = [
    (2026, 3, 29), (2026, 10, 25), (2027, 3, 28), (2027, 10, 31), (2028, 3, 26), (2028, 10, 29),
    (2029, 3, 25), (2029, 10, 28), (2030, 3, 31), (2030, 10, 27), (2031, 3, 30), (2031, 10, 26),
    (2032, 3, 28), (2032, 10, 31), (2033, 3, 27), (2033, 10, 30), (2034, 3, 26), (2034, 10, 29),
    (2035, 3, 25), (2035, 10, 28),
]  # fmt: skip


def nights() -> list[CalendarLesson]:
    """Lessons at each quarter of the hours around every change, in Rome and elsewhere."""
    return [
        lesson(
            uid=f"{year}-{month}-{quarter}-{zone}",
            starts_at=(start := datetime(year, month, day, tzinfo=UTC) + quarter * QUARTER),
            ends_at=start + timedelta(hours=3),
            zone=zone,
        )
        for year, month, day in CHANGES
        for quarter in range(-4, 16)
        for zone in ("Europe/Rome", "Europe/London")
    ]


QUARTER = timedelta(minutes=15)
TRICKY = "Più; di, \\n «uno»: 1\nriga\r\n\tdue 👩‍🏫 " + "è" * 200


@pytest.fixture(params=sorted(READERS))
def reader(request: pytest.FixtureRequest) -> Reader:
    return READERS[request.param]


def read(reader: Reader, data: bytes, folder: Path) -> dict[str, Any]:
    file = folder / "calendar.ics"
    file.write_bytes(data)
    return reader(file)


def test_every_reader_finds_the_same_lessons(reader: Reader, tmp_path: Path) -> None:
    lessons = [
        lesson(uid="1", sequence=4, title="L’avvio", description=TRICKY, location=TRICKY),
        lesson(uid="2", cancelled=True, description="", location=""),
    ]
    found = read(reader, write(calendar(*lessons)), tmp_path)["events"]
    first, second = sorted(found, key=lambda event: event["uid"])
    assert first["uid"] == "1"
    assert first["sequence"] == 4
    assert first["status"] == "confirmed"
    assert first["summary"] == "L’avvio"
    assert first["description"] == "Più; di, \\n «uno»: 1\nriga\ndue 👩‍🏫 " + "è" * 200
    assert first["location"] == "Più; di, \\n «uno»: 1 riga due 👩‍🏫 " + "è" * 200
    assert second["status"] == "cancelled"
    assert second["summary"] == "ANNULLATO: Perché co-progettare: l’avvio"


def test_ten_years_of_clock_changes(reader: Reader, tmp_path: Path) -> None:
    wanted = {one.uid: (one.starts_at, one.ends_at) for one in nights()}
    found = {
        event["uid"]: tuple(
            datetime.fromisoformat(event[edge]).astimezone(UTC) for edge in ("starts_at", "ends_at")
        )
        for event in read(reader, write(calendar(*nights())), tmp_path)["events"]
    }
    assert found == wanted


def test_an_empty_calendar_is_read(reader: Reader, tmp_path: Path) -> None:
    assert read(reader, write(calendar()), tmp_path)["events"] == []


def test_libical_finds_nothing_against_the_standards(tmp_path: Path) -> None:
    hostile = lesson(uid="3", title="x\r\nX-EVIL:1", url="https://x/\r\nATTACH:y", location="\x00")
    found = read(libical, write(calendar(lesson(), hostile)), tmp_path)
    assert found["lawful"]
    assert found["errors"] == []


def test_libical_would_notice(tmp_path: Path) -> None:
    """That the tests above can fail: a METHOD without ORGANIZER, a zone with a wrong offset."""
    data = write(calendar(lesson()))
    published = data.replace(b"CALSCALE", b"METHOD:PUBLISH\r\nCALSCALE")
    assert not read(libical, published, tmp_path)["lawful"]
    wrong = data.replace(b"TZOFFSETTO:+0100", b"TZOFFSETTO:+0300")
    assert read(libical, wrong, tmp_path)["events"][0]["starts_at"] == "2026-11-03T07:30:00+00:00"
