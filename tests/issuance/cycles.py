"""Cycles whose registers are closed, with people who attended more or less of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from lms.accounts.models import Person, PersonEmail
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    Mark,
    RecordSource,
    RegisterStatus,
)
from lms.catalogue.models import Cycle, Lesson
from lms.clock import now
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db
from tests import factories


def close(register: AttendanceRegister) -> None:
    """Seal without ceremony: only that it is closed matters here."""
    with db.session.no_autoflush:
        register.seal, register.seal_number = f"seal-{register.id}", register.id
        register.status, register.closed_at, register.sealed_rows = RegisterStatus.CLOSED, now(), ""
    db.session.commit()


class TaughtCycle:
    """A cycle of two-hour lessons, all over, in two modules; registers closed by default."""

    def __init__(self, lessons: int = 5, *, closed: bool = True, **cycle: Any) -> None:
        cycle.setdefault("place", "Roma")
        self.cycle: Cycle = factories.cycle(**cycle)
        modules = [factories.module(self.cycle), factories.module(self.cycle)]
        first = now() - timedelta(days=lessons + 2, hours=3)
        self.lessons: list[Lesson] = [
            factories.lesson(
                modules[2 * number // lessons], starts_at=first + timedelta(days=number)
            )
            for number in range(lessons)
        ]
        self.registers = [factories.register(lesson) for lesson in self.lessons]
        if closed:
            for register in self.registers:
                close(register)

    def attendee(
        self, *minutes: int | None, who: Person | None = None, **enrolment: Any
    ) -> Enrolment:
        """Somebody enrolled, with minutes lesson by lesson; None leaves a lesson unmarked."""
        row = factories.enrolment(self.cycle, who, **enrolment)
        for register, credited in zip(self.registers, minutes, strict=False):
            if credited is not None:
                self.mark(register, row, credited)
        return row

    def mark(self, register: AttendanceRegister, who: Enrolment, minutes: int) -> AttendanceRecord:
        record = AttendanceRecord(
            register_id=register.id, enrolment_id=who.id,
            mark=Mark.PRESENT if minutes else Mark.ABSENT, minutes=minutes,
            source=RecordSource.TRAINER, updated_at=now(),
        )  # fmt: skip
        db.session.add(record)
        db.session.commit()
        return record

    def entitled(self, count: int, **person: Any) -> list[Enrolment]:
        """People who attended everything."""
        full = [120] * len(self.lessons)
        return [
            self.attendee(*full, who=factories.person(**person) if person else None)
            for _ in range(count)
        ]

    def crowd(self, count: int) -> None:
        """As many people who attended everything as one likes, in a few statements."""
        instant = now()
        names = [
            {"given_name": "Ada", "family_name": f"Folla{number:05}"} for number in range(count)
        ]
        people = _insert(Person, [{**name, "created_at": instant} for name in names])
        mails = [{"person_id": who, "address": f"folla{who}@example.org"} for who in people]
        _insert(PersonEmail, mails)
        common = {
            "cycle_id": self.cycle.id, "status": EnrolmentStatus.CONFIRMED,
            "organisation_name": "", "enrolled_at": instant - timedelta(days=60),
        }  # fmt: skip
        enrolments = _insert(
            Enrolment,
            [{**common, **name, "person_id": who} for who, name in zip(people, names, strict=True)],
        )
        for register in self.registers:
            mark = {
                "register_id": register.id, "mark": Mark.PRESENT, "minutes": 120,
                "source": RecordSource.TRAINER, "updated_at": instant,
            }  # fmt: skip
            _insert(AttendanceRecord, [{**mark, "enrolment_id": who} for who in enrolments])
        db.session.commit()


def _insert(model: Any, rows: list[dict[str, Any]]) -> list[int]:
    made = insert(model).returning(model.id, sort_by_parameter_order=True)
    return list(db.session.scalars(made, rows))
