"""A person's calendar program subscribed to the real server: what it shows after each change.

The clients speak to gunicorn over loopback; changes are made by the same actions as the pages.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import flask_migrate
import pytest
from flask import Flask

from lms import create_app
from lms.calendars import actions
from lms.catalogue.models import Lesson
from lms.catalogue.programme_actions import cancel_lesson
from lms.clock import now
from lms.config import PROJECT_ROOT
from lms.enrolment.actions import withdraw
from lms.extensions import db
from tests import factories
from tests.calendars.clients import Shown, Subscriber
from tests.calendars.conftest import move
from tests.conftest import SECRET, make_settings
from tests.servers import free_port

pytestmark = pytest.mark.slow
ROME = ZoneInfo("Europe/Rome")


@pytest.fixture
def own_app(tmp_path: Path) -> Iterator[Flask]:
    """An application on a database in a file, with its context pushed."""
    app = create_app(make_settings(tmp_path / "data"))
    (tmp_path / "data").mkdir(exist_ok=True)
    with app.app_context():
        flask_migrate.upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


@contextmanager
def gunicorn(data: Path) -> Iterator[int]:
    """The application under its production server, on the database in `data`; gives the port."""
    port = free_port()
    environ = {
        **os.environ, "LMS_ENV": "test", "LMS_DATA": str(data), "LMS_SECRET_KEY": SECRET,
        "LMS_DATABASE_URL": "", "LMS_PUBLIC_URL": "",
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}",
               "--worker-class", "gthread", "--threads", "2", "--log-level", "warning"]  # fmt: skip
    server = subprocess.Popen(command, cwd=PROJECT_ROOT, env=environ)
    try:
        for _attempt in range(200):
            try:
                fetch(port, "/calendario/none.ics")
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def fetch(port: int, path: str, tag: str = "") -> tuple[int, str, bytes]:
    """Status, ETag and body as a client on the network gets them."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"If-None-Match": tag} if tag else {})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, response.headers.get("ETag", ""), body


def shown(lesson: Lesson, title: str = "", status: str = "CONFIRMED") -> Shown:
    start, end = (instant.astimezone(ROME) for instant in (lesson.starts_at, lesson.ends_at))
    form = "%d/%m/%Y %H:%M"
    return Shown(start.strftime(form), end.strftime(form), title or lesson.title, status)


def night_with_an_hour_more() -> datetime:
    """The next night in Rome with an hour more: 01:30 UTC is 02:30 for the second time."""
    today = now().date()
    for year in (today.year, today.year + 1):
        last = max(
            day for day in range(25, 32) if datetime(year, 10, day, tzinfo=UTC).weekday() == 6
        )
        night = datetime(year, 10, last, 1, 30, tzinfo=UTC)
        if night > now() + timedelta(days=60):
            return night
    raise AssertionError("not reached")


def test_a_subscribed_calendar_follows(own_app: Flask, tmp_path: Path) -> None:
    person = factories.person()
    enrolment = factories.enrolment(factories.cycle(title="Ciclo uno"), person)
    module = factories.module(enrolment.cycle)
    day = (now() + timedelta(days=10)).date()
    start = datetime(day.year, day.month, day.day, 8, 30, tzinfo=UTC)
    moved = factories.lesson(module, starts_at=start, title="Perché, come; quando")
    dropped = factories.lesson(module, starts_at=start + timedelta(days=1), title="Secondo")
    night = factories.lesson(module, starts_at=night_with_an_hour_more(), title="Notte")
    taught = factories.lesson(starts_at=start + timedelta(days=2), title="Lo tiene lei")
    factories.teaches(person, taught)
    token = actions.create_feed(person.id, "it", by=person.id)
    db.session.commit()
    path = f"/calendario/{token}.ics"

    with gunicorn(tmp_path / "data") as port:
        client = Subscriber(tmp_path / "home", f"http://127.0.0.1:{port}{path}")
        client.sync()
        assert client.lessons() == [shown(one) for one in (moved, dropped, taught, night)]

        # Two polls without a change: the same bytes, and a 304 for who knows the tag.
        status, tag, body = fetch(port, path)
        assert fetch(port, path) == (status, tag, body) == (200, tag, body)
        assert fetch(port, path, tag) == (304, tag, b"")

        # Moved: the same event at the new time.
        later = moved.starts_at + timedelta(days=3, hours=5)
        move(moved, starts_at=later, ends_at=later + timedelta(minutes=90))
        status, new_tag, body = fetch(port, path, tag)
        assert (status, new_tag == tag) == (200, False)
        assert _property(body, moved.uid, "SEQUENCE") == b"1"
        client.sync()
        assert client.lessons() == [shown(one) for one in (dropped, taught, moved, night)]

        # Cancelled: still there, and says so.
        cancel_lesson(dropped, by=None)
        db.session.commit()
        client.sync()
        assert client.lessons()[0] == shown(dropped, "ANNULLATO: Secondo", "CANCELLED")

        # Withdrawn: gone at the next poll; what one teaches stays.
        withdraw(enrolment, reason="", by=person.id, by_organiser=False)
        db.session.commit()
        client.sync()
        assert client.lessons() == [shown(taught)]

        # Replaced: the old address is dead, and the calendar on the computer keeps what it has.
        [feed] = db.session.query(actions.CalendarFeed)
        actions.replace_feed(person.id, feed.id, "it", by=person.id)
        db.session.commit()
        assert fetch(port, path)[0] == 404
        assert client.sync("--force-delete").returncode != 0
        assert client.lessons() == [shown(taught)]


def _property(body: bytes, uid: str, name: str) -> bytes:
    [event] = [part for part in body.split(b"BEGIN:VEVENT") if uid.encode() in part]
    [line] = [line for line in event.split(b"\r\n") if line.startswith(name.encode() + b":")]
    return line.split(b":", 1)[1]
