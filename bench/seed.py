"""A cycle of a thousand people for the benchmark, and signed-in cookies for its roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import insert, select

from lms.accounts.models import Account, Person, PersonEmail, RoleGrant, StaffRole, UserSession
from lms.accounts.signing_in import token_hash
from lms.calendars.actions import create_feed
from lms.catalogue.details import CycleDetails, LessonDetails, ModuleDetails, TrackDetails
from lms.catalogue.models import CycleStatus, Lesson
from lms.clock import now
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db
from lms.issuance.models import Certificate

PEOPLE = 1_000
LESSONS = 20
CODE = "ABCDEFGHIJKLMNOPQRSTUVWX22"


@dataclass(frozen=True)
class Seeded:
    """What the scenarios ask for: addresses and cookies."""

    cycle_slug: str
    lesson_id: int
    cookie: str
    feed_token: str
    code: str


def seed(app: Flask) -> Seeded:
    """Fill an empty database; commits."""
    from lms.catalogue import actions, programme_actions  # noqa: PLC0415 - after the app is made

    track = actions.create_track(TrackDetails("Percorso di misura", "Ente di misura"), by=None)
    cycle = actions.create_cycle(
        track,
        CycleDetails("Ciclo di misura", "BENCH", signatory_name="Misura", signatory_role="Prova"),
        by=None,
    )
    first: Lesson | None = None
    yesterday = now().replace(minute=0, second=0, microsecond=0) - timedelta(days=1)
    for number in range(4):
        module = programme_actions.add_module(cycle, ModuleDetails(f"Modulo {number + 1}"), by=None)
        for place in range(LESSONS // 4):
            starts_at = yesterday - timedelta(days=number * 7 + place)
            lesson = programme_actions.add_lesson(
                module,
                LessonDetails(f"Incontro {place + 1}", starts_at, starts_at + timedelta(hours=2)),
                by=None,
            )
            first = first or lesson
    actions.change_status(cycle, CycleStatus.PUBLISHED, version=None, by=None)
    assert first is not None
    _people(cycle.id)
    cookie = _organiser(app)
    token = create_feed(1, "it", by=1)
    _certificate(cycle.id)
    db.session.commit()
    return Seeded(cycle.slug, first.id, cookie, token, CODE)


def _people(cycle_id: int) -> None:
    joined = datetime(2026, 1, 1, tzinfo=UTC)
    names = [(i, f"Persona{i}", f"Misura{i:05d}") for i in range(1, PEOPLE + 1)]
    db.session.execute(
        insert(Person),
        [{"id": i, "given_name": g, "family_name": f, "created_at": joined} for i, g, f in names],
    )
    db.session.execute(
        insert(PersonEmail),
        [{"person_id": i, "address": f"p{i}@example.org"} for i, _g, _f in names],
    )
    db.session.execute(
        insert(Enrolment),
        [
            {
                "cycle_id": cycle_id, "person_id": i, "status": EnrolmentStatus.CONFIRMED,
                "enrolled_at": joined, "given_name": g, "family_name": f, "organisation_name": "",
            }
            for i, g, f in names
        ],
    )  # fmt: skip


def _certificate(cycle_id: int) -> None:
    """One issued certificate, to be checked by its code."""
    enrolment_id = db.session.scalars(select(Enrolment.id).limit(1)).one()
    db.session.add(
        Certificate(
            cycle_id=cycle_id, enrolment_id=enrolment_id, number=1, serial="BENCH-00001",
            code=CODE, snapshot="{}", holder_name="Persona1 Misura00001",
            holder_family_name="Misura00001", minutes=1200, completed_on=date(2026, 5, 25),
            issued_at=now(),
        )
    )  # fmt: skip


def _organiser(app: Flask) -> str:
    """An organiser's session; returns the Cookie header that opens it."""
    account = Account(person_id=1, login="bench@example.org", created_at=now())
    db.session.add_all(
        [account, RoleGrant(person_id=1, role=StaffRole.ORGANISER, granted_at=now())]
    )
    db.session.flush()
    token = "token-of-the-benchmark"  # noqa: S105 - of a database that lives for one run
    db.session.add(
        UserSession(
            account_id=account.id,
            token_hash=token_hash(token),
            created_at=now(),
            expires_at=now() + timedelta(hours=2),
        )
    )
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    value = serializer.dumps({"_user_id": token, "_fresh": True})
    return f"{app.config['SESSION_COOKIE_NAME']}={value}"
