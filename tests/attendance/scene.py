"""A lesson of 12 May 2026, 10:00-12:00 in Rome, with its people; and what pages send back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.accounts.models import Person
from lms.attendance.models import AttendanceRecord, AttendanceRegister, Evidence
from lms.catalogue.models import Cycle, Lesson
from lms.enrolment.models import Enrolment
from lms.extensions import db
from tests import factories
from tests.client import PercorsoClient

START = datetime(2026, 5, 12, 8, tzinfo=UTC)
END = START + timedelta(hours=2)
ZOOM_HEADINGS = "Name (original name),Email,Join time,Leave time,Duration (minutes),Guest"


class Scene:
    """One cycle, one lesson (ended), its trainer and people enrolled with known names."""

    def __init__(self, *names: str, lesson: dict[str, Any] | None = None) -> None:
        self.cycle: Cycle = factories.cycle()
        self.module = factories.module(self.cycle)
        times = {"starts_at": START, "ends_at": END, **(lesson or {})}
        self.lesson: Lesson = factories.lesson(self.module, **times)
        self.trainer: Person = factories.trainer(self.cycle)
        self.people: list[Enrolment] = [self.enrol(name) for name in names]
        self.url = f"/incontri/{self.lesson.id}/registro"
        db.session.commit()  # a transaction left open stands in the way of a server's thread

    def enrol(self, name: str, email: str | None = None, organisation: str = "") -> Enrolment:
        given, _space, family = name.partition(" ")
        body = factories.organisation(organisation) if organisation else None
        who = factories.person(given, family, email=email, organisation=body)
        return factories.enrolment(self.cycle, who)

    def record(self, enrolment: Enrolment) -> tuple[str, int, str] | None:
        """What the register says of somebody: mark, minutes, source; None is unmarked."""
        row = db.session.scalar(
            select(AttendanceRecord)
            .join(AttendanceRegister)
            .where(
                AttendanceRegister.lesson_id == self.lesson.id,
                AttendanceRecord.enrolment_id == enrolment.id,
            )
            .execution_options(populate_existing=True)
        )
        found = (row.mark.value, row.minutes, row.source.value) if row else None
        db.session.commit()
        return found

    def evidence(self, enrolment: Enrolment) -> list[Evidence]:
        return list(
            db.session.scalars(
                select(Evidence).where(Evidence.enrolment_id == enrolment.id).order_by(Evidence.id)
            )
        )


def cells(page: TestResponse) -> dict[str, str]:
    """The fields of a register's form as a browser would send them back untouched."""
    found = dict(re.findall(r'name="(was-\d+)" value="([^"]*)"', page.text))
    for name, value, checked in re.findall(
        r'type="radio" name="(mark-\d+)" value="(\w*)"( checked)?', page.text
    ):
        if checked:
            found[name] = value
    found.update(re.findall(r'name="(minutes-\d+)" value="([^"]*)"', page.text))
    return found


def hidden(page: TestResponse, name: str) -> str:
    """The value of a hidden field of a page."""
    match = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    assert match, f"no hidden field {name}"
    return match.group(1)


def zoom(*rows: tuple[str, str, str, str], headings: str = ZOOM_HEADINGS) -> bytes:
    """A Zoom meeting report of 12 May 2026; rows are name, e-mail, join, leave (HH:MM:SS)."""
    lines = [headings]
    for name, email, join, leave in rows:
        first, last = (datetime.fromisoformat(f"2026-05-12 {each}") for each in (join, leave))
        minutes = -(-int((last - first).total_seconds()) // 60)
        lines.append(f'"{name}",{email},2026-05-12 {join},2026-05-12 {leave},{minutes},Yes')
    return "\n".join(lines).encode() + b"\n"


def upload(
    client: PercorsoClient, scene: Scene, content: bytes, name: str = "zoom.csv"
) -> TestResponse:
    return client.post(
        f"{scene.url}/report", {"file": (BytesIO(content), name)},
        content_type="multipart/form-data",
    )  # fmt: skip


def answer(client: PercorsoClient, preview: str, **answers: str) -> TestResponse:
    return client.post(f"{preview}/risposte", {"zone": "Europe/Rome", "other_zone": "", **answers})


def bring_in(client: PercorsoClient, scene: Scene, content: bytes, **answers: str) -> str:
    """Upload, answer, look at the preview and import; returns the report's address."""
    staged = upload(client, scene, content)
    assert staged.status_code == 303, staged.text
    address = staged.location
    assert answer(client, address, **answers).status_code == 303
    page = client.get(address)
    imported = client.post(f"{address}/conferma", {"fingerprint": hidden(page, "fingerprint")})
    assert imported.status_code == 303, imported.text
    return str(address)
