"""Rows for tests, each with sensible defaults; every function commits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from lms.accounts.models import Person, PersonEmail, RoleGrant, StaffRole
from lms.attendance.models import AttendanceRegister
from lms.catalogue.models import (
    Cycle,
    CycleStatus,
    CycleTrainer,
    Lesson,
    LessonTrainer,
    Module,
    Track,
)
from lms.clock import now
from lms.enrolment.models import Enrolment, EnrolmentEvent, EnrolmentStatus
from lms.extensions import db
from lms.joining.notices import accept_notice, notice_in_force
from lms.organisations.models import Organisation, OrganisationKind

_numbers = count(1)


def _keep(row: Any) -> Any:
    db.session.add(row)
    db.session.commit()
    return row


def organisation(name: str | None = None, **more: Any) -> Organisation:
    more.setdefault("kind", OrganisationKind.MUNICIPALITY)
    return _keep(Organisation(name=name or f"Comune di Prova {next(_numbers)}", **more))


def person(given_name: str = "Ada", family_name: str | None = None, **more: Any) -> Person:
    """A person with one mail address; `email=None` for none."""
    number = next(_numbers)
    email = more.pop("email", f"persona{number}@example.org")
    more.setdefault("organisation", None)
    row = _keep(
        Person(
            given_name=given_name, family_name=family_name or f"Prova{number}",
            created_at=now(), **more,
        )
    )  # fmt: skip
    if email:
        _keep(PersonEmail(person_id=row.id, address=email))
    return row


def read_notice(who: Person) -> Person:
    """Let somebody have read the privacy notice in force: enrolling is then a click."""
    accept_notice(who.id, notice_in_force())
    db.session.commit()
    return who


def staff(role: StaffRole, *, track: Any = None, of: Any = None, **more: Any) -> Person:
    """A person with a role: towards a track, an organisation (`of`), or everything."""
    row = person(**more)
    grant(row, role, track=track, of=of)
    return row


def grant(who: Person, role: StaffRole, *, track: Any = None, of: Any = None) -> RoleGrant:
    return _keep(
        RoleGrant(
            person_id=who.id, role=role, granted_at=now(),
            track_id=track.id if track else None, organisation_id=of.id if of else None,
        )
    )  # fmt: skip


def organiser(**more: Any) -> Person:
    return staff(StaffRole.ORGANISER, **more)


def administrator(**more: Any) -> Person:
    return staff(StaffRole.ADMINISTRATOR, **more)


def referent(of: Organisation, **more: Any) -> Person:
    return staff(StaffRole.REFERENT, of=of, **more)


def auditor(track: Track, **more: Any) -> Person:
    return staff(StaffRole.AUDITOR, track=track, **more)


def track(**more: Any) -> Track:
    number = next(_numbers)
    more.setdefault("slug", f"percorso-{number}")
    more.setdefault("title", f"Percorso di prova {number}")
    more.setdefault("issuer", "Ente di prova")
    return _keep(Track(**more))


def cycle(**more: Any) -> Cycle:
    """A published cycle, open to enrolment, threshold 80 %."""
    number = next(_numbers)
    more.setdefault("track", None)
    more["track"] = more["track"] or track()
    more.setdefault("slug", f"ciclo-{number}")
    more.setdefault("code", f"CP{number}")
    more.setdefault("title", f"Ciclo di prova {number}")
    more.setdefault("status", CycleStatus.PUBLISHED)
    more.setdefault("signatory_name", "Firma di Prova")
    more.setdefault("signatory_role", "Responsabile")
    return _keep(Cycle(**more))


def module(of: Cycle | None = None, **more: Any) -> Module:
    number = next(_numbers)
    more.setdefault("position", number)
    more.setdefault("title", f"Modulo {number}")
    return _keep(Module(cycle=of or cycle(), **more))


def lesson(of: Module | None = None, **more: Any) -> Lesson:
    """A two-hour online lesson that ended yesterday (10:00-12:00 UTC)."""
    number = next(_numbers)
    day = (now() - timedelta(days=1)).date()
    more.setdefault("starts_at", datetime(day.year, day.month, day.day, 10, tzinfo=UTC))
    more.setdefault("ends_at", more["starts_at"] + timedelta(hours=2))
    more.setdefault("title", f"Incontro {number}")
    more.setdefault("uid", f"incontro-{number}@example.org")
    return _keep(Lesson(module=of or module(), created_at=now(), changed_at=now(), **more))


def trainer(of: Cycle, **more: Any) -> Person:
    row = person(**more)
    _keep(CycleTrainer(cycle_id=of.id, person_id=row.id))
    return row


def teaches(who: Person, what: Lesson) -> LessonTrainer:
    return _keep(LessonTrainer(lesson_id=what.id, person_id=who.id))


def enrolment(of: Cycle, who: Person | None = None, **more: Any) -> Enrolment:
    """A confirmed enrolment with its history."""
    who = who or person()
    more.setdefault("status", EnrolmentStatus.CONFIRMED)
    more.setdefault("enrolled_at", now() - timedelta(days=60))
    row = _keep(
        Enrolment(
            cycle_id=of.id, person_id=who.id, given_name=who.given_name,
            family_name=who.family_name, organisation_id=who.organisation_id,
            organisation_name=who.organisation.name if who.organisation else "", **more,
        )
    )  # fmt: skip
    _keep(EnrolmentEvent(enrolment_id=row.id, status=row.status, at=row.enrolled_at))
    return row


def register(of: Lesson) -> AttendanceRegister:
    return _keep(AttendanceRegister(lesson_id=of.id))
