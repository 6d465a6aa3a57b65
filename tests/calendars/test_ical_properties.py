"""The writer, whatever text and instants it is given."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from lms.calendars.ical import LessonCalendar, write
from lms.text import clean_line, clean_text
from tests.calendars.samples import CALENDARS
from tests.calendars.test_ical import events, lines


def shown(text: str) -> str:
    """What is left of a title, a place or a uid."""
    return clean_line(text.replace("\ufeff", ""))


@given(CALENDARS)
def test_what_is_written_is_what_a_reader_finds(one: LessonCalendar):
    found = events(write(one))
    wanted = sorted(one.lessons, key=lambda item: (item.starts_at, item.uid))
    assert len(found) == len(wanted)
    for event, item in zip(found, wanted, strict=True):
        assert event["UID"] == shown(item.uid)
        assert event["SEQUENCE"] == item.sequence
        prefix = {"it": "ANNULLATO: ", "en": "CANCELLED: "}[one.language] if item.cancelled else ""
        assert event["SUMMARY"] == prefix + shown(item.title)
        assert event.get("DESCRIPTION", "") == clean_text(item.description.replace("\ufeff", ""))
        assert event.get("LOCATION", "") == shown(item.location)
        assert event["DTSTART"].dt.astimezone(UTC) == item.starts_at.replace(microsecond=0)
        assert event["DTEND"].dt.astimezone(UTC) == item.ends_at.replace(microsecond=0)
        assert event["DTSTAMP"].dt == item.changed_at.replace(microsecond=0)


@given(CALENDARS)
def test_lines_end_in_crlf_hold_75_octets_and_never_split_a_character(one: LessonCalendar):
    data = write(one)
    assert data.endswith(b"\r\n")
    for line in data[:-2].split(b"\r\n"):
        assert len(line) <= 75
        assert b"\r" not in line
        assert b"\n" not in line
        line.decode()  # each physical line is whole UTF-8


KNOWN = {
    "BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "NAME", "X-WR-CALNAME", "REFRESH-INTERVAL",
    "X-PUBLISHED-TTL", "TZID", "TZNAME", "TZOFFSETFROM", "TZOFFSETTO", "DTSTART", "DTEND", "RRULE",
    "RDATE", "UID", "SEQUENCE", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SUMMARY", "DESCRIPTION",
    "LOCATION", "URL", "STATUS", "TRANSP",
}  # fmt: skip


@given(CALENDARS)
def test_hostile_text_adds_no_property_no_component_and_no_control_character(one: LessonCalendar):
    """Weakness 13."""
    data = write(one)
    names = [line.replace(";", ":").partition(":")[0] for line in lines(data)]
    assert set(names) <= KNOWN
    assert names.count("SUMMARY") == names.count("DTEND") == len(one.lessons)
    assert sum(line == "BEGIN:VEVENT" for line in lines(data)) == len(one.lessons)
    assert not [c for c in data.decode() if c < " " and c not in "\r\n"]
    # Readers that split lines as Python does (form feed, NEL, U+2028 …) see the same lines.
    assert data.decode().splitlines() == data.decode().split("\r\n")[:-1]


@given(CALENDARS, st.data())
def test_the_same_lessons_give_the_same_bytes(one: LessonCalendar, data):
    shuffled = tuple(data.draw(st.permutations(one.lessons)))
    keys = [(item.starts_at, item.uid) for item in one.lessons]
    if len(set(keys)) == len(keys):  # uids are unique in the database
        again = LessonCalendar(shuffled, one.language, one.name)
        assert write(again) == write(one)
