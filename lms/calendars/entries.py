"""What a lesson says of itself in a calendar: rows of `queries` become what `ical` writes. Pure.

The joining link stands in personal calendars only. A public file carries the address of the
lesson's page instead, where those enrolled find it: such files are forwarded and indexed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lms.calendars.ical import CalendarLesson, LessonCalendar
from lms.calendars.wording import WORDS, Words
from lms.catalogue.rules import LessonMode, LessonStatus, Span

PathOf = Callable[[int], str]


class LessonFacts(NamedTuple):
    """A lesson with the names it stands under; every column a calendar shows, and no other."""

    id: int
    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    breaks: tuple[Span, ...]
    zone: str
    title: str
    summary: str
    mode: LessonMode
    place: str
    join_url: str
    status: LessonStatus
    created_at: datetime
    changed_at: datetime
    module_title: str
    cycle_title: str


@dataclass(frozen=True)
class Contents:
    """All that decides a calendar's bytes. `site` is our public address, without a closing slash.

    Nothing in it names who reads but their own joining links, which `personal` calendars have.
    Without a `name` it is a file to add once.
    """

    lessons: tuple[LessonFacts, ...]
    language: str
    site: str
    name: str = ""
    personal: bool = False


def personal_name(language: str, site_name: str) -> str:
    """What a personal calendar is called."""
    return WORDS[language].my_lessons.format(site_name)


def calendar_of(contents: Contents, path_of: PathOf) -> LessonCalendar:
    """The calendar to be written; `path_of` gives the path of a lesson's page by its id."""
    entries = tuple(
        _entry(
            facts, WORDS[contents.language], contents.site + path_of(facts.id), contents.personal
        )
        for facts in contents.lessons
    )
    return LessonCalendar(entries, contents.language, contents.name)


def _entry(facts: LessonFacts, words: Words, page: str, personal: bool) -> CalendarLesson:
    cancelled = facts.status is LessonStatus.CANCELLED
    link = facts.join_url if personal and not cancelled else ""
    return CalendarLesson(
        uid=facts.uid,
        sequence=facts.sequence,
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        zone=facts.zone,
        title=facts.title,
        description=_description(facts, words, page, link, cancelled=cancelled),
        location=_location(facts, words, link),
        url=page,
        cancelled=cancelled,
        created_at=facts.created_at,
        changed_at=facts.changed_at,
    )


def _description(facts: LessonFacts, words: Words, page: str, link: str, *, cancelled: bool) -> str:
    lines = [words.module.format(facts.module_title), words.cycle.format(facts.cycle_title)]
    if facts.breaks:
        lines.append(words.breaks.format(", ".join(_clocks(facts))))
    if link:
        lines.append(words.join.format(link))
    elif facts.join_url and not cancelled:
        lines.append(words.join_on_page)
    lines.append(words.page.format(page))
    return "\n\n".join(part for part in (facts.summary, "\n".join(lines)) if part.strip())


def _clocks(facts: LessonFacts) -> list[str]:
    """The breaks as clocks where the lesson is show them."""
    place = ZoneInfo(facts.zone)
    return [
        "–".join(f"{instant.astimezone(place):%H:%M}" for instant in span) for span in facts.breaks
    ]


def _location(facts: LessonFacts, words: Words, link: str) -> str:
    """Where to be. Phones make a button of a joining link that stands here."""
    if facts.mode is LessonMode.ONLINE:
        return link or words.online
    if facts.mode is LessonMode.BLENDED and facts.place:
        return words.place_and_online.format(facts.place)
    return facts.place or (words.online if facts.mode is LessonMode.BLENDED else "")
