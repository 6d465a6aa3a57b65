"""The writer: what stands in the file, across clock changes, and what hostile text cannot do."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given

from lms.calendars import ical
from lms.calendars.ical import write
from lms.config import PROJECT_ROOT
from tests.calendars.samples import LESSONS, calendar, lesson

ROME = ZoneInfo("Europe/Rome")


def events(data: bytes) -> list[icalendar.Event]:
    return icalendar.Calendar.from_ical(data).events


def lines(data: bytes) -> list[str]:
    """Content lines, unfolded."""
    return data.decode().replace("\r\n ", "").split("\r\n")[:-1]


def test_a_lesson_in_all_its_properties():
    data = write(calendar(lesson(sequence=3)))
    text = lines(data)
    event = text[text.index("BEGIN:VEVENT") + 1 : text.index("END:VEVENT")]
    assert sorted(event) == [
        "CREATED:20260901T080000Z",
        "DESCRIPTION:Prima parte\\; seconda parte\\, con domande.\\n\\nModulo: Basi",
        "DTEND;TZID=Europe/Rome:20261103T123000",
        "DTSTAMP:20261001T083015Z",
        "DTSTART;TZID=Europe/Rome:20261103T103000",
        "LAST-MODIFIED:20261001T083015Z",
        "LOCATION:Sala Città\\, via Roma 1",
        "SEQUENCE:3",
        "STATUS:CONFIRMED",
        "SUMMARY:Perché co-progettare: l’avvio",
        "TRANSP:OPAQUE",
        "UID:incontro-1@percorso.example",
        "URL:https://percorso.example/incontri/1",
    ]


def test_a_subscription_has_a_name_and_a_rhythm_and_no_method():
    head = lines(write(calendar(lesson())))
    head = head[: head.index("BEGIN:VTIMEZONE")]
    assert head == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Percorso//Calendario 1//IT",
        "CALSCALE:GREGORIAN",
        "NAME:Percorso: i miei incontri",
        "X-WR-CALNAME:Percorso: i miei incontri",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]


def test_a_file_to_import_once_does_not_ask_for_a_calendar_of_its_own():
    text = lines(write(calendar(lesson(), name="")))
    assert text[4] == "BEGIN:VTIMEZONE"


def test_a_backslash_before_any_letter_stays():
    [event] = events(write(calendar(lesson(location="\\\\NAS\\nuovi", title="C:\\Nuovo"))))
    assert event["LOCATION"] == "\\\\NAS\\nuovi"
    assert event["SUMMARY"] == "C:\\Nuovo"


def test_an_address_is_written_in_the_signs_that_addresses_have():
    url = 'https://percorso.example/città?a=1&b=%20#c d"<>'
    assert "URL:https://percorso.example/citt%C3%A0?a=1&b=%20#c%20d%22%3C%3E" in lines(
        write(calendar(lesson(url=url)))
    )


@pytest.mark.parametrize(("language", "prefix"), [("it", "ANNULLATO"), ("en", "CANCELLED")])
def test_cancelled_stays_with_its_status_in_the_reader_s_words(language, prefix):
    [event] = events(write(calendar(lesson(cancelled=True, sequence=2), language=language)))
    assert event["STATUS"] == "CANCELLED"
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["SUMMARY"] == f"{prefix}: Perché co-progettare: l’avvio"
    assert event["SEQUENCE"] == 2


def test_the_file_is_the_same_whatever_the_order_the_process_and_its_hash_seed():
    """Several zones: `icalendar` itself would add them in the order of a set."""
    zones = ("Europe/Rome", "America/New_York", "Asia/Tokyo", "Europe/London", "Asia/Kolkata")
    code = (
        "import hashlib, sys; from tests.calendars.samples import calendar, lesson;"
        "from lms.calendars.ical import write;"
        f"lessons = [lesson(uid=z, zone=z) for z in {zones!r}];"
        "lessons = lessons[::int(sys.argv[1])];"
        "print(hashlib.sha256(write(calendar(*lessons))).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code, step], cwd=PROJECT_ROOT, check=True, text=True,
            capture_output=True, env={"PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout
        for seed, step, zone in [("1", "1", "UTC"), ("2", "-1", "Asia/Tokyo"), ("3", "1", "CET")]
    }  # fmt: skip
    assert len(digests) == 1


def test_every_zone_in_use_is_told_and_no_other():
    data = write(calendar(lesson(), lesson(uid="b", zone="America/New_York"), lesson(zone="UTC")))
    told = [line for line in lines(data) if line.startswith("TZID:")]
    assert told == ["TZID:America/New_York", "TZID:Europe/Rome"]
    assert icalendar.Calendar.from_ical(data).get_missing_tzids() == set()


def test_an_empty_calendar_still_has_the_component_that_rfc_5545_wants():
    data = write(calendar())
    assert events(data) == []
    assert b"BEGIN:VTIMEZONE" in data


def test_the_tag_stands_for_the_bytes():
    one, same, other = (write(calendar(lesson(title=title))) for title in ("a", "a", "b"))
    assert ical.etag(one) == ical.etag(same) != ical.etag(other)


# Clock changes --------------------------------------------------------------------------------


def test_the_night_with_an_hour_more_keeps_its_real_minutes():
    """25-10-2026, 01:00-04:00 in Rome: 240 minutes, not 180."""
    start = datetime(2026, 10, 25, 1, tzinfo=ROME)
    end = datetime(2026, 10, 25, 4, tzinfo=ROME)
    [event] = events(write(calendar(lesson(starts_at=start, ends_at=end))))
    assert event["DTSTART"].to_ical() == b"20261025T010000"
    assert event["DTEND"].to_ical() == b"20261025T040000"
    length = event["DTEND"].dt.astimezone(UTC) - event["DTSTART"].dt.astimezone(UTC)
    assert length == timedelta(minutes=240)


def test_a_time_that_the_clock_reads_twice_is_said_in_utc():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 summer time
    again = first + timedelta(hours=1)  # 02:30 winter time
    data = write(
        calendar(
            lesson(uid="1", starts_at=first, ends_at=first + timedelta(hours=3)),
            lesson(uid="2", starts_at=again, ends_at=again + timedelta(hours=2)),
            lesson(uid="3", starts_at=again - timedelta(hours=3), ends_at=again),
        )
    )
    body = lines(data)[lines(data).index("BEGIN:VEVENT") :]
    assert [line for line in body if line.startswith("DT") and not line.startswith("DTSTAMP")] == [
        "DTSTART:20261024T223000Z",
        "DTEND:20261025T013000Z",
        "DTSTART:20261025T003000Z",
        "DTEND:20261025T033000Z",
        "DTSTART:20261025T013000Z",
        "DTEND:20261025T033000Z",
    ]


def test_rome_s_clock_changes_are_told_by_the_european_rule():
    text = write(calendar(lesson())).decode()
    zone = text[text.index("BEGIN:VTIMEZONE") : text.index("END:VTIMEZONE")]
    assert zone.split("\r\n")[1:-1] == [
        "TZID:Europe/Rome",
        "BEGIN:DAYLIGHT",
        "DTSTART:20250330T020000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20251026T030000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
    ]


@given(LESSONS)
def test_a_reader_that_trusts_our_zones_alone_finds_the_same_instants(one):
    """Not the reader's own tables: those would hide a wrong VTIMEZONE."""
    data = write(calendar(one)).replace(b"Europe/", b"Somewhere/").replace(b"America/", b"Some/")
    data = data.replace(b"Asia/", b"Else/").replace(b"Africa/", b"Far/").replace(b"Austr", b"Pac")
    from dateutil import tz

    text = data.decode().replace("\r\n ", "")
    known = tz.tzical(_Text(_zones_of(text))) if "BEGIN:VTIMEZONE" in text else None
    for name, instant in (("DTSTART", one.starts_at), ("DTEND", one.ends_at)):
        body = text[text.index("BEGIN:VEVENT") :]
        [line] = [found for found in body.split("\r\n") if found.startswith(name)]
        head, value = line.split(":")
        said = datetime.strptime(value.rstrip("Z") + "+0000", "%Y%m%dT%H%M%S%z")
        zone = known.get(head.partition("TZID=")[2]) if "TZID" in head else UTC
        assert said.replace(tzinfo=zone).astimezone(UTC) == instant.replace(microsecond=0)


class _Text:
    """What dateutil reads from: it asks for `read` alone."""

    name = "ours.ics"

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self) -> str:
        return self.text


def _zones_of(text: str) -> str:
    return text[text.index("BEGIN:VTIMEZONE") : text.index("BEGIN:VEVENT")].replace("\r\n", "\n")
