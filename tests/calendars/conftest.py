"""A person enrolled in a cycle of two lessons, with their feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms.accounts.models import Person
from lms.calendars import actions
from lms.catalogue.details import LessonDetails
from lms.catalogue.models import Cycle, Lesson, Module
from lms.catalogue.programme_actions import edit_lesson
from lms.clock import now
from lms.enrolment.models import Enrolment
from lms.extensions import db
from tests import factories
from tests.client import PercorsoClient

JOIN = "https://riunioni.example/j/123456"


@dataclass
class Scene:
    """Who and what; `path` is the address of the person's feed."""

    person: Person
    cycle: Cycle
    module: Module
    enrolment: Enrolment
    first: Lesson
    second: Lesson
    path: str


def lesson_at(module: Module, days: int, hour: int = 9, **more: object) -> Lesson:
    """A two-hour lesson so many days from now, at `hour` UTC."""
    day = (now() + timedelta(days=days)).date()
    start = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    more.setdefault("join_url", JOIN)
    return factories.lesson(module, starts_at=start, **more)


def move(lesson: Lesson, **changed: object) -> None:
    """Change a lesson as an organiser's form does."""
    kept = {
        name: getattr(lesson, name)
        for name in (
            "title",
            "starts_at",
            "ends_at",
            "summary",
            "zone",
            "mode",
            "place",
            "join_url",
        )
    }
    edit_lesson(lesson, LessonDetails(**{**kept, **changed}), version=None, by=None)
    db.session.commit()


@pytest.fixture
def scene(app: Flask) -> Scene:
    person = factories.person()
    cycle = factories.cycle(title="Ciclo uno")
    module = factories.module(cycle, title="Basi")
    enrolment = factories.enrolment(cycle, person)
    first, second = lesson_at(module, 7), lesson_at(module, 14)
    return Scene(person, cycle, module, enrolment, first, second, feed_of(person.id))


def events(response: TestResponse) -> list[icalendar.Event]:
    """The events of a calendar just received."""
    assert response.status_code == 200, response.status
    assert response.content_type == "text/calendar; charset=utf-8"
    return icalendar.Calendar.from_ical(response.data).events


def uids(client: PercorsoClient, path: str) -> list[str]:
    return [str(event["UID"]) for event in events(client.get(path))]


def feed_of(person_id: int, language: str = "it") -> str:
    """Open a feed for a person; its path."""
    token = actions.create_feed(person_id, language, by=None)
    db.session.commit()
    return f"/calendario/{token}.ics"
