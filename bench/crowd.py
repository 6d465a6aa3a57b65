"""A lesson that takes check-ins, and as many people as one likes, signed in without passwords."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, insert, select

from lms.accounts.models import Account, Person, UserSession
from lms.accounts.signing_in import token_hash
from lms.attendance import codes, permits
from lms.attendance.codes import Direction
from lms.attendance.models import AttendanceRecord, Evidence, EvidenceKind
from lms.attendance.models_checking import SelfCheckIn
from lms.catalogue.models import Lesson
from lms.clock import now
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db

SAME_TOKEN = "0123456789abcdef0123456789abcdef01234567"  # noqa: S105 - of a benchmark's sessions


@dataclass(frozen=True)
class Crowd:
    """The lesson, the people's cookies by enrolment, a CSRF token of all, and the code to scan."""

    lesson_id: int
    cookies: dict[int, dict[bytes, bytes]]
    csrf: str
    scan: Callable[[], str]


def gather(app: Flask, lesson: Lesson, people: int) -> Crowd:
    """Open the check-in of `lesson`, which begins now, to this many new people; commits."""
    instant = now().replace(microsecond=0)
    lesson.starts_at, lesson.ends_at = instant - timedelta(minutes=5), instant + timedelta(hours=2)
    db.session.add(SelfCheckIn(lesson_id=lesson.id, opened_at=instant, asks_check_out=False))
    first = (db.session.scalar(select(func.max(Person.id))) or 0) + 1
    account = (db.session.scalar(select(func.max(Account.id))) or 0) + 1
    enrolment = (db.session.scalar(select(func.max(Enrolment.id))) or 0) + 1
    numbers = range(people)
    names = [{"given_name": f"Persona{n}", "family_name": f"Folla{n:05}"} for n in numbers]
    _insert(Person, [{"id": first + n, "created_at": instant, **names[n]} for n in numbers])
    _insert(
        Account,
        [
            {
                "id": account + n, "person_id": first + n, "login": f"folla{first + n}@example.org",
                "is_active": True, "created_at": instant, "must_change_password": False,
            }
            for n in numbers
        ],
    )  # fmt: skip
    _insert(
        UserSession,
        [
            {
                "account_id": account + n, "token_hash": token_hash(f"crowd {first + n}"),
                "created_at": instant, "expires_at": instant + timedelta(hours=2),
            }
            for n in numbers
        ],
    )  # fmt: skip
    _insert(
        Enrolment,
        [
            {
                "id": enrolment + n, "cycle_id": lesson.module.cycle_id, "person_id": first + n,
                "status": EnrolmentStatus.CONFIRMED, "enrolled_at": instant,
                "organisation_name": "", **names[n],
            }
            for n in numbers
        ],
    )  # fmt: skip
    lesson_id = lesson.id
    db.session.commit()
    key = permits.code_key()

    def scan() -> str:
        return f"/p/{codes.code_of(key, lesson_id, Direction.IN, now()).long}"

    cookies = {enrolment + n: _cookies(app, f"crowd {first + n}") for n in numbers}
    csrf = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(SAME_TOKEN)
    return Crowd(lesson_id, cookies, str(csrf), scan)


def _insert(model: type, rows: list[dict[str, object]]) -> None:
    db.session.execute(insert(model), rows)


def _cookies(app: Flask, token: str) -> dict[bytes, bytes]:
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    value = serializer.dumps({"_user_id": token, "_fresh": True, "csrf_token": SAME_TOKEN})
    return {app.config["SESSION_COOKIE_NAME"].encode(): str(value).encode()}


@dataclass(frozen=True)
class Kept:
    """What the database holds of a lesson's check-ins afterwards."""

    present: set[int]
    evidence: dict[int, int]  # pieces by enrolment


def kept() -> Kept:
    """Who is present by the register, and how many check-ins are written of each."""
    present = set(db.session.scalars(select(AttendanceRecord.enrolment_id)))
    pieces = (
        select(Evidence.enrolment_id, func.count())
        .where(Evidence.kind == EvidenceKind.CHECKIN)
        .group_by(Evidence.enrolment_id)
    )
    return Kept(present, {row[0]: row[1] for row in db.session.execute(pieces)})
